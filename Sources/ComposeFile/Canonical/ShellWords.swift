/// Splits a command line into words as Docker Compose does.
///
/// Quotes and backslashes work as in a shell; variables, globs and substitutions do not. An unquoted `;`, `&`, `|`, `<` or
/// `>` ends the command; an unquoted parenthesis outside `$(…)` and backticks is an error.
enum ShellWords {
  /// The words; nil when a quote is not closed or a parenthesis stands alone.
  static func split(_ line: String) -> [String]? {
    var words: [String] = []
    var word: [UInt8] = []
    var hasWord = false
    var quote: UInt8?
    var isEscaped = false
    var isInBackticks = false
    var dollarDepth = 0
    var previous: UInt8 = 0

    func take(_ byte: UInt8) {
      word.append(byte)
      hasWord = true
    }

    for byte in line.utf8 {
      defer { previous = byte }
      if isEscaped {
        isEscaped = false
        take(byte)
        continue
      }
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        isEscaped = true
        continue
      }
      if let open = quote {
        if byte == open { quote = nil } else { take(byte) }
        continue
      }
      if isInBackticks {
        take(byte)
        if byte == UInt8(ascii: "`") { isInBackticks = false }
        continue
      }
      if dollarDepth > 0 {
        take(byte)
        if byte == UInt8(ascii: "(") { dollarDepth += 1 }
        if byte == UInt8(ascii: ")") { dollarDepth -= 1 }
        continue
      }
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if hasWord { words.append(String(decoding: word, as: UTF8.self)) }
        word.removeAll(keepingCapacity: true)
        hasWord = false
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        quote = byte
        hasWord = true
      case UInt8(ascii: "`"):
        isInBackticks = true
        take(byte)
      case UInt8(ascii: "("):
        guard previous == UInt8(ascii: "$") else { return nil }
        dollarDepth = 1
        take(byte)
      case UInt8(ascii: ")"): return nil
      case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"):
        // Digits right before `>` are the number of a redirected file.
        let isFileNumber = byte == UInt8(ascii: ">") && word.allSatisfy(\.isDigit)
        if hasWord, !isFileNumber { words.append(String(decoding: word, as: UTF8.self)) }
        return words
      default: take(byte)
      }
    }
    if isEscaped || quote != nil || isInBackticks || dollarDepth > 0 { return nil }
    if hasWord { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}
