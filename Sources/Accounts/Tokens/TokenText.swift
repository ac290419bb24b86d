import RevisionStore

/// An API token as a text: `slw_<id>_<43 characters>_<crc>` (S-AUTH-10). The checksum tells scanners of public code a real one.
struct TokenText {
  static let prefix = "slw_"
  /// Hexadecimal digits of an id.
  static let idLength = 12

  var id: String
  var text: String

  static func make(_ randomness: Randomness) -> TokenText {
    let id = hexadecimal(randomness.bytes(idLength / 2))
    let body = "\(prefix)\(id)_\(SecretText.make(randomness))"
    return TokenText(id: id, text: "\(body)_\(checksum(body))")
  }

  private init(id: String, text: String) {
    self.id = id
    self.text = text
  }

  /// Nil when the shape or the checksum is wrong: then no storage is asked.
  init?(_ text: String) {
    // slw_ + id + _ + secret + _ + 8 digits; the secret may hold underscores, so by places.
    guard text.utf8.count == 4 + Self.idLength + 1 + SecretText.length + 1 + 8, text.utf8.allSatisfy({ $0 < 128 }) else {
      return nil
    }
    let bytes = Array(text.utf8)
    func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    let end = 5 + Self.idLength + SecretText.length
    let id = part(4..<4 + Self.idLength)
    guard text.hasPrefix(Self.prefix), bytes[4 + Self.idLength] == UInt8(ascii: "_"), bytes[end] == UInt8(ascii: "_"),
      id.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      SecretText.isShaped(part(5 + Self.idLength..<end)), Self.checksum(part(0..<end)) == part(end + 1..<bytes.count)
    else { return nil }
    self.id = id
    self.text = text
  }

  /// CRC-32 of IEEE 802.3 in 8 hexadecimal digits.
  static func checksum(_ text: String) -> String {
    var crc: UInt32 = 0xffff_ffff
    for byte in text.utf8 {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    crc = ~crc
    return hexadecimal([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) })
  }
}
