import Crypto

/// Secrets as texts that clients keep: random bytes in base64url without padding (RFC 4648, section 5).
enum SecretText {
  /// Characters of 32 bytes.
  static let length = 43

  static func make(_ randomness: Randomness) -> String {
    base64URL(randomness.bytes(32))
  }

  static func base64URL(_ bytes: [UInt8]) -> String {
    base(bytes, bitsPerLetter: 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  }

  /// RFC 4648: bytes as letters that each stand for some bits, without padding.
  static func base(_ bytes: [UInt8], bitsPerLetter: Int, _ letters: String) -> String {
    let alphabet = Array(letters.utf8)
    var text: [UInt8] = []
    var buffer = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | Int(byte)
      bits += 8
      while bits >= bitsPerLetter {
        bits -= bitsPerLetter
        text.append(alphabet[buffer >> bits & (alphabet.count - 1)])
      }
      buffer &= 1 << bits - 1
    }
    if bits > 0 { text.append(alphabet[buffer << (bitsPerLetter - bits) & (alphabet.count - 1)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a text looks like what `make` gives; says nothing about whether it is known.
  static func isShaped(_ text: some StringProtocol) -> Bool {
    text.utf8.count == length
      && text.utf8.allSatisfy { byte in
        (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
      }
  }

  static func hash(_ text: some StringProtocol) -> [UInt8] {
    Array(SHA256.hash(data: Array(text.utf8)))
  }

  /// Takes the same time wherever two texts differ (S-AUTH-10).
  static func isSame(_ text: some StringProtocol, hash: [UInt8]) -> Bool {
    SHA256.hash(data: Array(text.utf8)) == hash
  }
}
