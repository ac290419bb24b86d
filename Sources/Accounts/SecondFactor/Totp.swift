import Crypto
import FoundationEssentials
package import RevisionStore

/// Codes by time: RFC 6238 with SHA-1, 6 digits, 30 seconds (S-AUTH-8), as every authenticator app makes them.
package enum Totp {
  /// Bytes of a seed: 160 bits.
  package static let seedSize = 20
  static let stepSeconds: Int64 = 30
  /// Steps before and after the clock's that count too.
  static let drift: Int64 = 1

  package static func step(at moment: Timestamp) -> Int64 {
    moment.milliseconds / 1000 / stepSeconds
  }

  /// The code of a step: 6 digits (RFC 4226, section 5.3).
  package static func code(seed: [UInt8], step: Int64) -> String {
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
    let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: seed)))
    let offset = Int(mac[mac.count - 1] & 15)
    let number = mac[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
    let digits = String(number % 1_000_000)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// The step a code is of, when that is near the clock's; nil for a wrong one. Whether it was used before is not known here.
  package static func matchingStep(_ code: String, seed: [UInt8], at moment: Timestamp) -> Int64? {
    let given = code.filter { $0 != " " }
    guard given.utf8.count == 6, given.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    let current = step(at: moment)
    var found: Int64?
    // Every step is looked at, whichever matches.
    for step in max(0, current - drift)...max(0, current + drift)
    where SecretText.isSame(given, hash: SecretText.hash(Self.code(seed: seed, step: step))) {
      found = step
    }
    return found
  }

  /// What an authenticator app reads from a picture: the key URI format that they share.
  package static func uri(seed: [UInt8], userName: String, issuer: String) -> String {
    func escaped(_ text: String) -> String {
      let isPlain = { (byte: UInt8) in
        (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || "-._~".utf8.contains(byte)
      }
      return text.utf8.map { isPlain($0) ? String(UnicodeScalar($0)) : "%" + hexadecimal([$0]).uppercased() }.joined()
    }
    return "otpauth://totp/\(escaped(issuer)):\(escaped(userName))?secret=\(Base32.text(seed))"
      + "&issuer=\(escaped(issuer))&algorithm=SHA1&digits=6&period=30"
  }
}

/// RFC 4648, section 6, without padding.
package enum Base32 {
  package static func text(_ bytes: [UInt8]) -> String {
    SecretText.base(bytes, bitsPerLetter: 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
  }
}
