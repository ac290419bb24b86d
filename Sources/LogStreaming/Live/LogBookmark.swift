import DockerEngine

/// Where a subscription is in each of its containers: with it, another one goes on behind the last line delivered.
///
/// Opaque text. The places of 64 containers are exact; what is beyond those goes on from the earliest of the other places, so that
/// lines may come twice, but none is lost.
package struct LogBookmark: Hashable, Sendable {
  /// Containers that have a place of their own.
  package static let sourceLimit = 64
  private static let version: UInt8 = 1
  /// `sourceLimit` places of at most 8 + 10 + 5 + 10 bytes, one more, and the head.
  private static let limitBytes = 64 * 33 + 16

  private(set) var places: [UInt64: LogMark]
  /// For containers that are not among the places.
  private(set) var others: LogMark?

  init(_ marks: [(key: UInt64, mark: LogMark)]) {
    let known = marks.filter { !$0.mark.isUnknown }
    // Those that wrote last have the most to lose.
    let sorted = known.count > Self.sourceLimit ? known.sorted { $0.mark.latest > $1.mark.latest } : known
    places = Dictionary(sorted.prefix(Self.sourceLimit).map { ($0.key, $0.mark) }, uniquingKeysWith: { first, _ in first })
    others = sorted.dropFirst(Self.sourceLimit).map(\.mark.since).min().map { LogMark(before: $0) }
  }

  func mark(of key: LogOriginKey) -> LogMark? { places[key.digest] ?? others }

  // MARK: Text

  /// As base64url (RFC 4648 §5) without padding.
  package var text: String {
    var bytes: [UInt8] = [Self.version, others == nil ? 0 : 1]
    if let others { Self.write(UInt64(bitPattern: others.since), &bytes) }
    for (key, mark) in places.sorted(by: { $0.key < $1.key }) {
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: key >> UInt64(shift))) }
      Self.write(UInt64(bitPattern: mark.since), &bytes)
      Self.write(UInt64(mark.count), &bytes)
      Self.write(UInt64(bitPattern: mark.latest &- mark.since &+ 1), &bytes)
    }
    return Base64URL.text(of: bytes)
  }

  /// - Throws: `LogStreamError.badCursor`.
  package init(_ text: String) throws(LogStreamError) {
    guard text.utf8.count <= Self.limitBytes * 4 / 3 + 4, let bytes = Base64URL.bytes(of: text) else {
      throw .badCursor(reason: "not base64url, or too long")
    }
    var rest = bytes[...]
    guard rest.popFirst() == Self.version, let kind = rest.popFirst(), kind <= 1 else {
      throw .badCursor(reason: "of another version")
    }
    places = [:]
    others = nil
    if kind == 1 {
      guard let since = Self.read(&rest), let since = Int64(exactly: since), since < .max else {
        throw .badCursor(reason: "cut off, or numbers out of range")
      }
      others = LogMark(before: since)
    }
    while !rest.isEmpty {
      guard rest.count > 8, places.count < Self.sourceLimit else { throw .badCursor(reason: "cut off") }
      let key = rest.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(8)
      guard let since = Self.read(&rest), let count = Self.read(&rest), let length = Self.read(&rest),
        let count = UInt32(exactly: count), let since = Int64(exactly: since), since >= 0, since < .max,
        let length = Int64(exactly: length), length <= Int64.max - since
      else { throw .badCursor(reason: "cut off, or numbers out of range") }
      places[key] = LogMark(since: since, count: count, latest: since + length - 1)
    }
  }

  /// Seven bits a byte, the lowest first.
  private static func write(_ number: UInt64, _ bytes: inout [UInt8]) {
    var number = number
    while number >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
      number >>= 7
    }
    bytes.append(UInt8(number))
  }

  private static func read(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = bytes.popFirst() {
      guard shift < 63 || byte <= 1 else { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
      guard shift <= 63 else { return nil }
    }
    return nil
  }
}

/// Base64 with the letters of URLs and no padding (RFC 4648 §5).
enum Base64URL {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func text(of bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(letters[Int(bits >> count & 63)])
      }
    }
    if count > 0 { text.append(letters[Int(bits << (6 - count) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for letter in text.utf8 {
      guard let value = letters.firstIndex(of: letter) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return count < 6 && bits & (1 << count - 1) == 0 ? bytes : nil
  }
}
