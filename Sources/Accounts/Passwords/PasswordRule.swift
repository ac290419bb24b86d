/// Why a password is not taken.
package enum PasswordProblem: String, Hashable, Sendable, CustomStringConvertible {
  case tooShort = "too_short"
  case tooLong = "too_long"
  case common
  case isName = "is_name"
  /// One thing over and over, or characters in the order of the alphabet or the keyboard.
  case pattern

  package var description: String {
    switch self {
    case .tooShort:
      """
      the password is too short
        fix: take at least 12 characters; three or four words are good
      """
    case .tooLong:
      """
      the password is too long
        fix: take at most 256 characters
      """
    case .common:
      """
      this password is one of the first that anybody tries
        fix: take one that is yours alone; three or four words are good
      """
    case .isName:
      """
      the password is the name of the user or of the product
        fix: take one that nobody can guess
      """
    case .pattern:
      """
      the password is a simple pattern
        fix: take one that nobody can guess; three or four words are good
      """
    }
  }
}

/// Which passwords are taken (S-AUTH-2): a length, no rules of composition, none that everybody tries.
package enum PasswordRule {
  /// In Unicode scalars, so that no single character hides thousands of bytes.
  static let shortest = 12
  static let longest = 256
  private static let product = "slipway"

  /// Nil when the password may be taken.
  package static func problem(with password: String, userName: String) -> PasswordProblem? {
    let count = password.unicodeScalars.count
    if count < shortest { return .tooShort }
    if count > longest { return .tooLong }
    let plain = password.lowercased()
    let core = strippedEnds(plain)
    for name in [userName.lowercased(), product] where isMadeOf(name, plain) || isMadeOf(name, core) { return .isName }
    if CommonPasswords.long.contains(plain) { return .common }
    let letters = withoutLeet(core)
    for word in [core, letters, strippedEnds(withoutLeet(plain))] {
      if CommonPasswords.words.contains(word) || CommonPasswords.long.contains(word) { return .common }
    }
    return isPattern(plain) ? .pattern : nil
  }

  /// Without the digits and signs that are put around a word to make it longer.
  private static func strippedEnds(_ text: String) -> String {
    var part = text[...]
    while let last = part.last, !last.isLetter { part.removeLast() }
    while let first = part.first, !first.isLetter { part.removeFirst() }
    return String(part)
  }

  private static func withoutLeet(_ text: String) -> String {
    let letters: [Character: Character] = [
      "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    ]
    return String(text.map { letters[$0] ?? $0 })
  }

  /// Whether a text is a word once or several times over.
  private static func isMadeOf(_ word: String, _ text: String) -> Bool {
    guard !word.isEmpty, !text.isEmpty, text.count.isMultiple(of: word.count) else { return false }
    return text == String(repeating: word, count: text.count / word.count)
  }

  private static func isPattern(_ text: String) -> Bool {
    let characters = Array(text)
    if Set(characters).count < 4 { return true }
    for length in 1...4 where isRepetition(characters, of: length) { return true }
    for word in CommonPasswords.words where word.count >= 3 && isMadeOf(word, text) { return true }
    return isRun(characters)
  }

  /// Whether the first `length` characters come over and over; the last time may be cut.
  private static func isRepetition(_ characters: [Character], of length: Int) -> Bool {
    characters.indices.allSatisfy { characters[$0] == characters[$0 % length] }
  }

  /// Whether nearly every character is the neighbour of the one before, in the alphabet or on a keyboard.
  private static func isRun(_ characters: [Character]) -> Bool {
    let rows = [
      "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiop",
      "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    ]
    let pairs = Set(rows.flatMap { row in zip(row, row.dropFirst()).flatMap { ["\($0)\($1)", "\($1)\($0)"] } })
    let steps = zip(characters, characters.dropFirst()).filter { pairs.contains("\($0)\($1)") }.count
    return steps * 5 >= (characters.count - 1) * 4
  }
}
