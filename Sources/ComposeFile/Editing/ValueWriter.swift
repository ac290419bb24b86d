/// What is put into a document.
indirect enum Fragment {
  case value(ComposeValue)
  /// Text of which only the text counts, as in `environment`: `5432` needs no quotes.
  case setting(String)
  case alias(String)
  /// With keys as they are to be written.
  case mapping([(key: String, value: Fragment)])
  /// Lines of YAML, as far indented as they are among themselves; where lines cannot stand, their value.
  case lines([String], ComposeValue)
}

/// Writes values as YAML in the manner of the document that they go into.
struct ValueWriter {
  /// Columns from a mapping to one inside it.
  var step = 2
  /// Lists stand as far in as their key.
  var keepsListsAtKey = false

  typealias Style = SyntaxTree.Style

  // MARK: Blocks

  /// The lines of an entry of a mapping whose keys stand at `column`.
  func entry(_ key: String, _ value: Fragment, column: Int) -> [String] {
    let head = String(repeating: " ", count: column) + key + ":"
    switch value {
    case .mapping(let entries) where !entries.isEmpty:
      return [head] + entries.flatMap { entry($0.key, $0.value, column: column + step) }
    case .value(.map(let map)) where !map.isEmpty:
      return [head] + map.pairs.flatMap { entry(self.key($0.key), .value($0.value), column: column + step) }
    case .value(.list(let items)) where !items.isEmpty:
      return [head] + items.flatMap { item($0, column: column + (keepsListsAtKey ? 0 : step)) }
    case .lines(let lines, _):
      let pad = String(repeating: " ", count: column + step)
      return [head] + lines.map { $0.isEmpty ? "" : pad + $0 }
    default:
      return ["\(head) \(inline(value, in: .block))"]
    }
  }

  private func item(_ value: ComposeValue, column: Int) -> [String] {
    let pad = String(repeating: " ", count: column)
    guard case .map(let map) = value, !map.isEmpty else { return ["\(pad)- \(inline(.value(value), in: .block))"] }
    var lines = map.pairs.flatMap { entry(key($0.key), .value($0.value), column: column + 2) }
    lines[0] = pad + "- " + lines[0].dropFirst(column + 2)
    return lines
  }

  // MARK: Inline

  enum Surroundings { case block, flow, json }

  /// A value on one line.
  func inline(_ value: Fragment, in place: Surroundings, like style: Style = .plain) -> String {
    switch value {
    case .alias(let name): return "*\(name)"
    case .setting(let text): return scalar(text, in: place, like: style, isText: true)
    case .mapping(let entries):
      return "{" + entries.map { "\($0.key): \(inline($0.value, in: place == .block ? .flow : place))" }.joined(separator: ", ")
        + "}"
    case .lines(_, let value): return inline(value, in: place, like: style)
    case .value(let value): return inline(value, in: place, like: style)
    }
  }

  private func inline(_ value: ComposeValue, in place: Surroundings, like style: Style) -> String {
    let inner = place == .block ? Surroundings.flow : place
    switch value {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .double(let number):
      return number.isNaN ? ".nan" : number.isInfinite ? (number < 0 ? "-.inf" : ".inf") : GoNumber.json(number)
    case .string(let text): return scalar(text, in: place, like: style, isText: false)
    case .list(let items): return "[" + items.map { inline($0, in: inner, like: .plain) }.joined(separator: ", ") + "]"
    case .map(let map):
      return "{"
        + map.pairs.map { "\(key($0.key, in: inner)): \(inline($0.value, in: inner, like: .plain))" }.joined(separator: ", ")
        + "}"
    }
  }

  func key(_ key: String, in place: Surroundings = .block) -> String {
    if place == .json { return YAMLQuoting.doubleQuoted(key) }
    return Self.isPlain(key, inFlow: place == .flow, isText: false) ? key : YAMLQuoting.doubleQuoted(key)
  }

  /// A text in the quotes of `style`, where it can stand in them; plain, where it needs none.
  private func scalar(_ text: String, in place: Surroundings, like style: Style, isText: Bool) -> String {
    if place == .json { return YAMLQuoting.doubleQuoted(text) }
    switch style {
    case .doubleQuoted: return YAMLQuoting.doubleQuoted(text)
    case .singleQuoted where Self.isOneLine(text): return "'" + text.doubling(UInt8(ascii: "'")) + "'"
    case .plain, .literal, .folded, .flow, .singleQuoted:
      return Self.isPlain(text, inFlow: place == .flow, isText: isText) ? text : YAMLQuoting.doubleQuoted(text)
    }
  }

  // MARK: Scalars

  private static func isOneLine(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(YAMLQuoting.isPrintable) }

  /// Text that reads as itself without quotes, in YAML 1.1 and 1.2.
  ///
  /// - Parameter isText: only the text counts, so that it may read as a number that prints the same.
  static func isPlain(_ text: String, inFlow: Bool, isText: Bool) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, first != 32, last != 32, last != UInt8(ascii: ":"), isOneLine(text),
      !text.hasPrefix("---"), !text.hasPrefix("...")
    else { return false }
    if ",[]{}#&*!|>'\"%@`?=<".utf8.contains(first) { return false }
    if first == UInt8(ascii: "-") || first == UInt8(ascii: ":") {
      guard bytes.count > 1, bytes[1].isLetterOrDigit || bytes[1] == UInt8(ascii: "-") else { return false }
    }
    for (byte, next) in zip(bytes, bytes.dropFirst()) {
      if byte == UInt8(ascii: ":"), next == 32 { return false }
      if byte == 32, next == UInt8(ascii: "#") { return false }
    }
    if inFlow, bytes.contains(where: { ",?[]{}".utf8.contains($0) }) { return false }
    if words.contains(text.lowercased()) { return false }
    switch YAMLScalar.resolve(text) {
    case .string: return !isBase60(bytes)
    case .int(let value): return isText && String(value) == text
    case .bool(let value): return isText && String(value) == text
    case .double(let value): return isText && GoNumber.text(value) == text
    case .null, .timestamp, .list, .map: return false
    }
  }

  /// YAML 1.1 reads these as booleans.
  private static let words: Set<String> = ["yes", "no", "on", "off", "y", "n"]

  /// `22:22`, which YAML 1.1 reads as a number.
  private static func isBase60(_ bytes: [UInt8]) -> Bool {
    bytes.contains(UInt8(ascii: ":")) && bytes.allSatisfy { $0.isDigit || ":._+-".utf8.contains($0) }
  }
}
