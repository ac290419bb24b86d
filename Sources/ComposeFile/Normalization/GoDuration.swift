/// Durations in the text form of Go ("1m30s"), which Compose files and hashes use.
package enum GoDuration {
  /// Nanoseconds; takes days and weeks too; nil when `text` is not a duration or too long for 64 bits.
  package static func parse(_ text: String) -> Int? {
    var bytes = text.utf8[...]
    var sign = 1.0
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? -1 : 1
      bytes.removeFirst()
    }
    if bytes.count == 1, bytes.first == UInt8(ascii: "0") { return 0 }
    guard !bytes.isEmpty else { return nil }
    var total = 0
    while !bytes.isEmpty {
      let number = bytes.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
      bytes = bytes.dropFirst(number.count)
      let unit = bytes.prefix { !$0.isDigit && $0 != UInt8(ascii: ".") }
      bytes = bytes.dropFirst(unit.count)
      guard let scale = units[String(decoding: unit, as: UTF8.self)] else { return nil }
      let digits = String(decoding: number, as: UTF8.self)
      if let whole = Int(digits) {
        let (part, overflow) = whole.multipliedReportingOverflow(by: scale)
        guard !overflow, !total.addingReportingOverflow(part).overflow else { return nil }
        total += part
      } else {
        guard digits.utf8.contains(where: \.isDigit), let value = Double(digits.hasPrefix(".") ? "0" + digits : digits)
        else { return nil }
        guard let part = Int(exactly: (value * Double(scale)).rounded(.towardZero)),
          !total.addingReportingOverflow(part).overflow
        else { return nil }
        total += part
      }
    }
    return sign < 0 ? -total : total
  }

  private static let units: [String: Int] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
    "h": 3_600_000_000_000, "d": 86_400_000_000_000, "w": 604_800_000_000_000,
  ]

  /// "1h0m0s", "1.5s", "500µs", "0s".
  package static func text(_ nanoseconds: Int) -> String {
    guard nanoseconds != 0 else { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let magnitude = nanoseconds.magnitude
    if magnitude < 1_000 { return "\(sign)\(magnitude)ns" }
    if magnitude < 1_000_000 { return "\(sign)\(decimal(magnitude, per: 1_000))µs" }
    if magnitude < 1_000_000_000 { return "\(sign)\(decimal(magnitude, per: 1_000_000))ms" }
    let minutes = magnitude / 60_000_000_000
    let seconds = decimal(magnitude % 60_000_000_000, per: 1_000_000_000) + "s"
    if minutes == 0 { return sign + seconds }
    if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
    return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
  }

  private static func decimal(_ value: UInt, per unit: UInt) -> String {
    let whole = value / unit
    let rest = value % unit
    guard rest > 0 else { return String(whole) }
    let width = String(unit).utf8.count - 1
    var fraction = String(rest)
    fraction = String(repeating: "0", count: width - fraction.utf8.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(whole).\(fraction)"
  }
}
