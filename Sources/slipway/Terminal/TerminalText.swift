/// Text from outside (names, labels, messages, logs) as a terminal may show it: nothing in it moves the cursor, changes
/// colours or turns the reading direction (S-WEB-5). What is taken out stays visible as `\x1B` or `\u202E`.
///
/// Everything that is printed for people passes here, at the border; JSON does not, because it is for machines.
enum TerminalText {
  /// For a cell or a name: line breaks and tabs are shown too.
  static func line(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    return isPlain ? text : shown(text, keepsLines: false)
  }

  /// Line breaks and tabs stay.
  static func block(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 }
    return isPlain ? text : shown(text, keepsLines: true)
  }

  private static func shown(_ text: String, keepsLines: Bool) -> String {
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar.value {
      case 0x0A, 0x09:
        if keepsLines {
          result.append(scalar)
        } else {
          result.append(contentsOf: (scalar == "\n" ? "\\n" : "\\t").unicodeScalars)
        }
      case 0x0D where keepsLines && (rest.first == "\n" || rest.isEmpty):
        // The line end of other systems.
        continue
      case ..<0x20, 0x7F...0x9F:
        result.append(contentsOf: ("\\x" + digits(scalar, 2)).unicodeScalars)
      case 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
        result.append(contentsOf: ("\\u" + digits(scalar, 4)).unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func digits(_ scalar: Unicode.Scalar, _ width: Int) -> String {
    let text = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
