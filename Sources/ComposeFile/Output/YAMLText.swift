/// Writes canonical values as YAML that reads back as the same values under YAML 1.1 and 1.2.
struct YAMLText {
  private(set) var text = ""

  mutating func append(_ value: ComposeValue) {
    switch value {
    case .map(let map) where !map.isEmpty: append(map, indent: 0)
    case .list(let items) where !items.isEmpty: append(items, indent: 0)
    default:
      append(scalar: value, indent: 0)
      text += "\n"
    }
  }

  private mutating func append(_ map: ComposeMap, indent: Int, isFirstInline: Bool = false) {
    var isInline = isFirstInline
    for (key, value) in map.pairs {
      if !isInline { pad(indent) }
      isInline = false
      text += Self.isPlain(key) ? key : YAMLQuoting.doubleQuoted(key)
      text += ":"
      append(value: value, indent: indent)
    }
  }

  private mutating func append(_ items: [ComposeValue], indent: Int) {
    for item in items {
      pad(indent)
      text += "-"
      switch item {
      case .map(let map) where !map.isEmpty:
        text += " "
        append(map, indent: indent + 2, isFirstInline: true)
      case .list(let inner) where !inner.isEmpty:
        text += "\n"
        append(inner, indent: indent + 2)
      default:
        text += " "
        append(scalar: item, indent: indent)
        text += "\n"
      }
    }
  }

  private mutating func append(value: ComposeValue, indent: Int) {
    switch value {
    case .map(let map) where !map.isEmpty:
      text += "\n"
      append(map, indent: indent + 2)
    case .list(let items) where !items.isEmpty:
      text += "\n"
      append(items, indent: indent + 2)
    default:
      text += " "
      append(scalar: value, indent: indent)
      text += "\n"
    }
  }

  private mutating func append(scalar value: ComposeValue, indent: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += String(number)
    case .double(let number): text += number.isFinite ? GoNumber.json(number) : "null"
    case .list: text += "[]"
    case .map: text += "{}"
    case .string(let string):
      if Self.isPlain(string) {
        text += string
      } else if Self.isBlock(string) {
        append(block: string, indent: indent + 2)
      } else {
        text += YAMLQuoting.doubleQuoted(string)
      }
    }
  }

  /// A literal block; the chomping sign says how many line ends belong to it.
  private mutating func append(block string: String, indent: Int) {
    text += string.hasSuffix("\n\n") ? "|+" : string.hasSuffix("\n") ? "|" : "|-"
    var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
    if string.hasSuffix("\n") { lines.removeLast() }
    for line in lines {
      text += "\n"
      if !line.isEmpty {
        pad(indent)
        text += line
      }
    }
  }

  private mutating func pad(_ count: Int) {
    for _ in 0..<count { text += " " }
  }

  /// Several lines without tabs, control characters, or a space at the start or before a line end.
  private static func isBlock(_ string: String) -> Bool {
    guard string.utf8.contains(10), let first = string.utf8.first, first != 32, first != 10, string != "\n" else {
      return false
    }
    var previous: UInt8 = 0
    for byte in string.utf8 {
      if byte < 32, byte != 10 { return false }
      if byte == 10, previous == 32 { return false }
      if byte >= 127 { return false }
      previous = byte
    }
    return previous != 32
  }

  /// Text that no YAML reader takes for anything but itself without quotes.
  static func isPlain(_ string: String) -> Bool {
    let bytes = string.utf8
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 1024 else { return false }
    guard first.isLetter || first == UInt8(ascii: "/") || first == UInt8(ascii: "_") || first.isDigit else { return false }
    if first.isDigit, !isWordWithDigits(string) { return false }
    if last == 32 || last == UInt8(ascii: ":") { return false }
    var previous: UInt8 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: ":"), UInt8(ascii: " "): break
      case UInt8(ascii: "#"): if previous == 32 { return false }
      case 33...126:
        if ",[]{}&*!|>'\"%@`".utf8.contains(byte) { return false }
      default: return false
      }
      if previous == UInt8(ascii: ":"), byte == 32 { return false }
      previous = byte
    }
    return !words.contains(string.lowercased())
  }

  /// Starts with a digit, but cannot be a number, a date, a time or base 60: has a letter other than those of numbers.
  private static func isWordWithDigits(_ string: String) -> Bool {
    string.utf8.contains { $0.isLetter && !"abcdefoxABCDEFOXTZtz".utf8.contains($0) || $0 == UInt8(ascii: "/") }
  }

  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
  ]
}
