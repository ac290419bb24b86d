import Crypto
import CryptoExtras
import FoundationEssentials

/// What making one password hash costs: scrypt's three numbers (RFC 7914).
package struct PasswordCost: Hashable, Sendable {
  /// The logarithm of N.
  package var logN: Int
  package var r: Int
  package var p: Int

  package init(logN: Int, r: Int, p: Int) {
    self.logN = logN
    self.r = r
    self.p = p
  }

  /// N=2^15, r=8, p=3 (S-AUTH-1): an OWASP-listed setting.
  package static let standard = PasswordCost(logN: 15, r: 8, p: 3)

  /// Bytes that making one hash takes.
  var memory: Int { 128 * (1 << logN) * r }

  /// What is taken from storage: a changed row must not make the server use all its memory or time (S-AUTH-1).
  var isBounded: Bool {
    (10...18).contains(logN) && (1...16).contains(r) && (1...8).contains(p) && memory <= 256 << 20
  }
}

/// A password as it is stored: a PHC string `$scrypt$ln=15,r=8,p=3$salt$hash`, both in base64 without padding.
package struct PasswordHash: Hashable, Sendable {
  /// Bytes of a new salt and of a hash, of S-AUTH-1.
  static let saltSize = 16
  static let size = 32
  /// Bytes of the longest password that is hashed: 256 characters of 4 bytes.
  private static let inputLimit = 1024

  package var cost: PasswordCost
  var salt: [UInt8]
  var hash: [UInt8]

  /// Hashes a password; takes long on purpose, so never on a thread that others need.
  package init(_ password: String, cost: PasswordCost, randomness: Randomness) throws(AccountError) {
    self.cost = cost
    salt = randomness.bytes(Self.saltSize)
    hash = []
    guard cost.isBounded, let key = Self.derive(password, salt: salt, cost: cost, size: Self.size) else {
      throw .invalid(what: "the cost of password hashes", reason: "scrypt takes ln 10 to 18, r 1 to 16, p 1 to 8, 256 MiB")
    }
    hash = unsafe key.withUnsafeBytes { unsafe Array($0) }
  }

  private init(cost: PasswordCost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// What the password of a name that nobody has is compared with: as much work, and never right (S-AUTH-3).
  static func dummy(cost: PasswordCost) -> PasswordHash {
    PasswordHash(
      cost: cost, salt: [UInt8](repeating: 0x5a, count: saltSize), hash: [UInt8](repeating: 0, count: size))
  }

  /// Nil for anything but what `text` gives, and for costs out of bounds.
  package init?(text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", text.utf8.count <= 512 else { return nil }
    let numbers = parts[2].split(separator: ",", omittingEmptySubsequences: false)
    guard numbers.count == 3, let logN = Self.number(numbers[0], "ln="), let r = Self.number(numbers[1], "r="),
      let p = Self.number(numbers[2], "p="), let salt = Self.bytes(parts[3]), let hash = Self.bytes(parts[4]),
      (16...64).contains(salt.count), (32...64).contains(hash.count)
    else { return nil }
    let cost = PasswordCost(logN: logN, r: r, p: p)
    guard cost.isBounded else { return nil }
    self.init(cost: cost, salt: salt, hash: hash)
  }

  /// The PHC string.
  package var text: String {
    "$scrypt$ln=\(cost.logN),r=\(cost.r),p=\(cost.p)$\(Self.base64(salt))$\(Self.base64(hash))"
  }

  /// Whether it is this password. Takes as long as making the hash did, whatever the answer.
  package func matches(_ password: String) -> Bool {
    guard let key = Self.derive(password, salt: salt, cost: cost, size: hash.count) else { return false }
    // Compared in constant time, by SymmetricKey's own rule.
    return key == SymmetricKey(data: hash) && Self.isHashable(password)
  }

  private static func isHashable(_ password: String) -> Bool {
    (1...inputLimit).contains(password.utf8.count)
  }

  /// What cannot be a password is worked on all the same, and never right.
  private static func derive(_ password: String, salt: [UInt8], cost: PasswordCost, size: Int) -> SymmetricKey? {
    let input = isHashable(password) ? Array(password.utf8) : [0]
    return try? KDF.Scrypt.deriveKey(
      from: input, salt: salt, outputByteCount: size, rounds: 1 << cost.logN, blockSize: cost.r, parallelism: cost.p)
  }

  private static func number(_ text: Substring, _ name: String) -> Int? {
    guard text.hasPrefix(name) else { return nil }
    let digits = text.dropFirst(name.count)
    guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }), digits.first != "0"
    else { return nil }
    return Int(digits)
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
  }

  private static func bytes(_ text: Substring) -> [UInt8]? {
    guard !text.contains("=") else { return nil }
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text + padding).map(Array.init)
  }
}
