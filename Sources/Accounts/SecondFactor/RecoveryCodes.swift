/// Codes for the day the second factor is lost: 10 of 128 bits, each for one use, only their hashes kept (S-AUTH-8).
enum RecoveryCodes {
  static let count = 10
  private static let size = 16

  static func make(_ randomness: Randomness) -> [String] {
    (0..<count).map { _ in grouped(Base32.text(randomness.bytes(size)).lowercased()) }
  }

  /// The hash of a code however it was typed; nil when it cannot be one.
  static func hash(_ code: String) -> [UInt8]? {
    let plain = code.lowercased().filter { $0 != "-" && $0 != " " }
    // 26: the characters of 16 bytes in base 32.
    guard plain.utf8.count == 26,
      plain.utf8.allSatisfy({ (97...122).contains($0) || (50...55).contains($0) })
    else { return nil }
    return SecretText.hash(plain)
  }

  private static func grouped(_ text: String) -> String {
    let characters = Array(text)
    return stride(from: 0, to: characters.count, by: 7)
      .map { String(characters[$0..<min($0 + 7, characters.count)]) }.joined(separator: "-")
  }
}
