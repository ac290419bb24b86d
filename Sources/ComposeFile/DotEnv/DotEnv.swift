/// Reads env files in Compose's dialect: `KEY=value`, `KEY: value`, `export KEY=value`, a bare `KEY` (the caller's value),
/// quotes that may span lines, comments, and variables in values that are not single-quoted.
enum DotEnv {
  /// The settings in file order, a key as often as it occurs (the last counts).
  ///
  /// - Parameter lookup: the caller's variables; they beat those of earlier lines.
  /// - Parameter expandedBytes: what variables have put into env files so far, of which all files together have a limit.
  /// - Returns: the value is nil for a bare `KEY` that the caller does not have either.
  static func parse(
    _ bytes: [UInt8], file: String, lookup: (String) -> String?, expandedBytes: inout Int, problems: inout [ComposeProblem]
  ) -> [(key: String, value: String?)] {
    withoutActuallyEscaping(lookup) { lookup in
      var parser = DotEnvParser(bytes, file: file, lookup: lookup)
      parser.expandedBytes = expandedBytes
      parser.run()
      expandedBytes = parser.expandedBytes
      problems += parser.problems
      return parser.settings
    }
  }

  /// As the other, for a file that counts by itself.
  static func parse(
    _ bytes: [UInt8], file: String, lookup: (String) -> String?, problems: inout [ComposeProblem]
  ) -> [(key: String, value: String?)] {
    var expandedBytes = 0
    return parse(bytes, file: file, lookup: lookup, expandedBytes: &expandedBytes, problems: &problems)
  }

  /// The last value of each key; keys without value are left out.
  static func values(_ settings: [(key: String, value: String?)]) -> [String: String] {
    var values = Dictionary(minimumCapacity: settings.count) as [String: String]
    for (key, value) in settings {
      if let value { values[key] = value }
    }
    return values
  }
}

private struct DotEnvParser {
  private let bytes: [UInt8]
  private let file: String
  private let lookup: (String) -> String?
  private var at = 0
  private var line = 1
  /// Where the current line begins.
  private var lineStart = 0
  private var known: [String: String] = [:]
  var expandedBytes = 0
  private(set) var settings: [(key: String, value: String?)] = []
  private(set) var problems: [ComposeProblem] = []

  /// A statement that cannot be used: what is wrong, and the way out.
  private struct Mistake: Error {
    var message: String
    var fix: String
    var line: Int
    var column: Int
  }

  init(_ bytes: [UInt8], file: String, lookup: @escaping (String) -> String?) {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for index in (hasMark ? 3 : 0)..<bytes.count {
      if bytes[index] == 13, index + 1 < bytes.count, bytes[index + 1] == 10 { continue }
      text.append(bytes[index])
    }
    self.bytes = text
    self.file = file
    self.lookup = lookup
  }

  /// Mistakes told of one file: what is full of them is no env file.
  private static let problemLimit = 100

  mutating func run() {
    while problems.count < Self.problemLimit, skipToStatement() {
      do throws(Mistake) {
        try readStatement()
      } catch {
        problems.append(
          ComposeProblem(
            .envFile, at: SourcePosition(file: file, line: error.line, column: error.column), error.message, fix: error.fix))
        skipLine()
      }
    }
  }

  private var current: UInt8? { at < bytes.count ? bytes[at] : nil }
  private var column: Int { at - lineStart + 1 }

  private mutating func advance() {
    if bytes[at] == 10 {
      line += 1
      lineStart = at + 1
    }
    at += 1
  }

  private mutating func skipLine() {
    at = bytes[at...].firstIndex(of: 10) ?? bytes.count
  }

  /// Over blank lines and comments; false at the end.
  private mutating func skipToStatement() -> Bool {
    while let byte = current {
      if byte == UInt8(ascii: "#") {
        skipLine()
      } else if byte == 10 || byte.isBlank {
        advance()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func skipBlanks() {
    while let byte = current, byte.isBlank { at += 1 }
  }

  private mutating func readStatement() throws(Mistake) {
    skipExport()
    let start = column
    let (key, isInherited) = try readKey()
    guard !key.isEmpty, !key.utf8.contains(32) else {
      throw Mistake(
        message: key.isEmpty ? "a variable has no name" : "the variable name `\(key)` contains a space",
        fix: "write KEY=value, without spaces in KEY", line: line, column: start)
    }
    if isInherited {
      let value = lookup(key)
      known[key] = value ?? known[key]
      settings.append((key, value))
      return
    }
    skipBlanks()
    let value = try readValue()
    known[key] = value
    settings.append((key, value))
  }

  private mutating func skipExport() {
    let end = at + "export".utf8.count
    guard current == UInt8(ascii: "e"), end < bytes.count, bytes[end].isBlank, bytes[at..<end].elementsEqual("export".utf8) else {
      return
    }
    at = end
    skipBlanks()
  }

  /// The name, and whether it stands alone on its line.
  private mutating func readKey() throws(Mistake) -> (key: String, isInherited: Bool) {
    let start = at
    while let byte = current {
      switch byte {
      case UInt8(ascii: "="), UInt8(ascii: ":"):
        let key = trimmed(bytes[start..<at])
        at += 1
        return (key, false)
      case 10:
        return (trimmed(bytes[start..<at]), true)
      case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: "]"): at += 1
      case let byte where byte.isBlank || byte >= 0x80 || byte.isLetterOrDigit: at += 1
      default:
        throw Mistake(
          message: "unexpected character `\(Character(Unicode.Scalar(byte)))` in a variable name",
          fix: "write KEY=value; a name has letters, digits, `_`, `.` and `-` only", line: line, column: column)
      }
    }
    return (trimmed(bytes[start..<at]), true)
  }

  private mutating func readValue() throws(Mistake) -> String {
    guard let quote = current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return try readPlain() }
    let (startLine, startColumn) = (line, column)
    let resume = (at, line, lineStart)
    at += 1
    var content: [UInt8] = []
    while let byte = current {
      if byte == UInt8(ascii: "\\"), at + 1 < bytes.count {
        at += 1
        if bytes[at] != quote { content.append(byte) }
        content.append(bytes[at])
        advance()
      } else if byte == quote {
        at += 1
        guard quote == UInt8(ascii: "\"") else { return String(decoding: content, as: UTF8.self) }
        return try expanded(Self.unescaped(content), startLine, startColumn)
      } else {
        content.append(byte)
        advance()
      }
    }
    (at, line, lineStart) = resume
    throw Mistake(
      message: "the quoted value has no end", fix: "add the closing \(Character(Unicode.Scalar(quote)))", line: startLine,
      column: startColumn)
  }

  private mutating func readPlain() throws(Mistake) -> String {
    let (start, startColumn) = (at, column)
    skipLine()
    var value = bytes[start..<at]
    if let comment = value.indices.first(where: {
      value[$0] == UInt8(ascii: "#") && $0 > value.startIndex && value[$0 - 1] == UInt8(ascii: " ")
    }) {
      value = value[..<comment]
    }
    return try expanded(Array(trimmed(value).utf8), line, startColumn)
  }

  private mutating func expanded(_ value: [UInt8], _ line: Int, _ column: Int) throws(Mistake) -> String {
    guard value.contains(UInt8(ascii: "$")) else { return String(decoding: value, as: UTF8.self) }
    let interpolator = Interpolator { [lookup, known] name in lookup(name) ?? known[name] }
    // What all values of the file have taken so far counts.
    var trace = Interpolator.Trace()
    trace.keepsValues = false
    trace.expandedBytes = expandedBytes
    defer { expandedBytes = trace.expandedBytes }
    do {
      return try interpolator.substitute(value, &trace)
    } catch {
      let problem = error.problem(at: SourcePosition(file: file, line: line, column: column), "the value")
      throw Mistake(message: problem.message, fix: problem.remedy, line: line, column: column)
    }
  }

  private func trimmed(_ text: ArraySlice<UInt8>) -> String {
    var text = text
    while let last = text.last, last.isBlank || last == 10 { text.removeLast() }
    while let first = text.first, first.isBlank { text.removeFirst() }
    return String(decoding: text, as: UTF8.self)
  }

  /// The escapes of a double-quoted value; `\$` becomes `$$`, which interpolation turns into `$`.
  private static func unescaped(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return text }
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
        result.append(text[at])
        at += 1
        continue
      }
      at += 1
      switch text[at] {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "a"): result.append(7)
      case UInt8(ascii: "b"): result.append(8)
      case UInt8(ascii: "f"): result.append(12)
      case UInt8(ascii: "v"): result.append(11)
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): result.append(text[at])
      case UInt8(ascii: "$"): result += [UInt8(ascii: "$"), UInt8(ascii: "$")]
      default: result += [UInt8(ascii: "\\"), text[at]]
      }
      at += 1
    }
    return result
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 32 || self == 9 || self == 11 || self == 12 || self == 13 }
}
