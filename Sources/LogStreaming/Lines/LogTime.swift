import DockerEngine

/// Reads the times of log lines as nanoseconds since 1970; those of one second after the other cost little.
struct LogTimeReader {
  /// `2026-11-21T04:49:43.190661783Z`, as the engine writes it in UTC.
  static let textBytes = 30
  private static let pattern = Array("0000-00-00T00:00:00.000000000Z".utf8)
  /// Up to the point behind the seconds.
  private static let secondBytes = 20

  private var second: [UInt8] = []
  private var secondNanoseconds: Int64 = 0

  /// The time that `bytes` begin with; nil when it is not in the usual form.
  mutating func read(_ bytes: Span<UInt8>) -> Int64? {
    guard bytes.count >= Self.textBytes else { return nil }
    if !isSameSecond(bytes) {
      guard takeSecond(bytes) else { return nil }
    }
    var fraction: Int64 = 0
    for index in Self.secondBytes..<Self.textBytes - 1 {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      fraction = fraction &* 10 &+ Int64(digit)
    }
    guard bytes[Self.textBytes - 1] == UInt8(ascii: "Z") else { return nil }
    return secondNanoseconds &+ fraction
  }

  private func isSameSecond(_ bytes: Span<UInt8>) -> Bool {
    guard second.count == Self.secondBytes else { return false }
    let known = second.span
    // From the end: that is where seconds differ.
    var index = Self.secondBytes - 1
    while index >= 0 {
      if known[index] != bytes[index] { return false }
      index -= 1
    }
    return true
  }

  private mutating func takeSecond(_ bytes: Span<UInt8>) -> Bool {
    var text: [UInt8] = []
    for index in 0..<Self.textBytes {
      let (byte, place) = (bytes[index], Self.pattern[index])
      guard place == UInt8(ascii: "0") ? byte &- UInt8(ascii: "0") <= 9 : byte == place else { return false }
      text.append(byte)
    }
    guard let time = EngineTimestamp(String(decoding: text, as: UTF8.self)), let nanoseconds = time.logNanoseconds else {
      return false
    }
    second = Array(text.prefix(Self.secondBytes))
    secondNanoseconds = nanoseconds - Int64(time.nanoseconds)
    return true
  }
}

extension Int64 {
  /// The nanosecond before and after, where there is one.
  var previous: Int64 { self == .min ? .min : self - 1 }
  var next: Int64 { self == .max ? .max : self + 1 }
}

extension EngineTimestamp {
  /// Since 1970; nil outside of 1678 to 2262, which fits no log.
  package var logNanoseconds: Int64? {
    let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflows else { return nil }
    let (sum, carries) = product.addingReportingOverflow(Int64(nanoseconds))
    return carries ? nil : sum
  }

  init(logNanoseconds: Int64) {
    let (seconds, rest) = logNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    self.init(
      seconds: rest < 0 ? seconds - 1 : seconds, nanoseconds: Int32(rest < 0 ? rest + 1_000_000_000 : rest))
  }
}
