import ComposeFile

/// The rules of a `.dockerignore` file: which files of a folder do not count.
///
/// The dialect is Docker's own (Dockerfile reference, ".dockerignore file"): Go's `filepath.Match` with `**` for any number of
/// folders, `!` for exceptions, `#` at the start of a line for comments. The last rule that matches a path, or a folder
/// above it, decides.
struct IgnorePatterns: Hashable, Sendable {
  struct Mistake: Error, Hashable, CustomStringConvertible {
    var pattern: String
    var reason: String
    var description: String { "the pattern \"\(pattern)\" \(reason)" }
  }

  /// Rules are many in real projects, and each is tried on every file.
  static let limit = 10_000

  private(set) var rules: [Rule]

  init() { rules = [] }

  /// The rules of a file's bytes.
  init(file bytes: [UInt8]) throws(Mistake) {
    try self.init(Self.lines(of: bytes))
  }

  /// The patterns of a file, one a line, as the engine's own reader brings them into form.
  static func lines(of bytes: [UInt8]) -> [String] {
    var text = String(decoding: bytes, as: UTF8.self)
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    return text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard line.first != UInt8(ascii: "#") else { return nil }
      var pattern = trimmed(Substring(line))
      guard !pattern.isEmpty else { return nil }
      let isException = pattern.first == "!"
      if isException { pattern = trimmed(pattern.dropFirst()) }
      if !pattern.isEmpty {
        pattern = PathText.cleaned(pattern)
        if pattern.count > 1, pattern.hasPrefix("/") { pattern.removeFirst() }
      }
      return (isException ? "!" : "") + pattern
    }
  }

  init(_ patterns: [String]) throws(Mistake) {
    guard patterns.count <= Self.limit else {
      throw Mistake(pattern: "…", reason: "is one of more than \(Self.limit)")
    }
    rules = []
    for pattern in patterns {
      let text = Self.trimmed(pattern)
      guard !text.isEmpty else { continue }
      rules.append(try Rule(PathText.cleaned(text)))
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(text[first...last])
  }

  var isEmpty: Bool { rules.isEmpty }

  /// Which rules match a path or a folder above it: handed down, so that no folder is tried twice.
  struct Matches: Hashable, Sendable {
    fileprivate var flags: [Bool]
    /// What the last of them says.
    private(set) var isIgnored: Bool

    fileprivate init(flags: [Bool], rules: [Rule]) {
      self.flags = flags
      var isIgnored = false
      for (index, rule) in rules.enumerated() where flags[index] { isIgnored = !rule.isException }
      self.isIgnored = isIgnored
    }
  }

  /// - Parameters:
  ///   - path: relative to the folder, without a slash at its begin or end.
  ///   - parent: of the folder that the path is in; nil: the path is at the top.
  func matches(_ path: String, below parent: Matches? = nil) -> Matches {
    let flags = rules.enumerated().map { index, rule in parent?.flags[index] == true || rule.matches(path) }
    return Matches(flags: flags, rules: rules)
  }

  /// Whether a path does not count, the folders above it included.
  func ignores(_ path: String) -> Bool {
    var parent: Matches?
    var place = ""
    for part in path.split(separator: "/") {
      place += place.isEmpty ? String(part) : "/\(part)"
      parent = matches(place, below: parent)
    }
    return parent?.isIgnored ?? false
  }

  /// Whether an exception may bring back something in an ignored folder.
  func mayKeepSomething(in folder: String) -> Bool {
    rules.contains { $0.isException && ($0.hasWildcards || ($0.pattern + "/").hasPrefix(folder + "/")) }
  }
}

extension IgnorePatterns {
  /// One line.
  struct Rule: Hashable, Sendable {
    let isException: Bool
    let pattern: String
    private let parts: [Part]

    private enum Part: Hashable {
      case literal(Unicode.Scalar)
      /// `?`
      case one
      /// `*`
      case name
      /// `**` before more: any number of whole folders.
      case folders
      /// `**` at the end, or at the begin before a text.
      case anything
      /// `[a-z]`, `[^a]`
      case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    init(_ text: String) throws(Mistake) {
      isException = text.hasPrefix("!")
      pattern = isException ? String(text.dropFirst()) : text
      guard !pattern.isEmpty else { throw Mistake(pattern: text, reason: "has nothing after the !") }
      parts = try Self.parts(of: pattern)
    }

    var hasWildcards: Bool {
      parts.contains { if case .literal = $0 { false } else { true } }
    }

    private static func parts(of pattern: String) throws(Mistake) -> [Part] {
      var parts: [Part] = []
      var rest = Array(pattern.unicodeScalars)[...]
      let slash: Unicode.Scalar = "/"
      while let scalar = rest.popFirst() {
        switch scalar {
        case "*" where rest.first == "*":
          rest.removeFirst()
          let isFirst = parts.isEmpty
          let hasSlash = rest.first == slash
          if hasSlash { rest.removeFirst() }
          // A text alone behind `**` is compared with the end of the path, whatever stands before.
          let isSuffix = isFirst && !hasSlash && !rest.contains { "*?[]\\".unicodeScalars.contains($0) }
          parts.append(rest.isEmpty || isSuffix ? .anything : .folders)
        case "*": parts.append(.name)
        case "?": parts.append(.one)
        case "[": parts.append(try oneOf(&rest, of: pattern))
        case "\\":
          guard let next = rest.popFirst() else { throw Mistake(pattern: pattern, reason: "ends with a backslash") }
          parts.append(.literal(next))
        default: parts.append(.literal(scalar))
        }
      }
      return parts
    }

    private static func oneOf(_ rest: inout ArraySlice<Unicode.Scalar>, of pattern: String) throws(Mistake) -> Part {
      let isNegated = rest.first == "^"
      if isNegated { rest.removeFirst() }
      var ranges: [ClosedRange<Unicode.Scalar>] = []
      func unfinished() -> Mistake { Mistake(pattern: pattern, reason: "has a [ that is not closed, or is empty") }
      func single(_ rest: inout ArraySlice<Unicode.Scalar>) throws(Mistake) -> Unicode.Scalar {
        guard let scalar = rest.popFirst(), scalar != "-", scalar != "]" else { throw unfinished() }
        guard scalar == "\\" else { return scalar }
        guard let escaped = rest.popFirst() else { throw unfinished() }
        return escaped
      }
      while true {
        if rest.first == "]", !ranges.isEmpty {
          rest.removeFirst()
          return .oneOf(ranges, isNegated: isNegated)
        }
        let low = try single(&rest)
        var high = low
        if rest.first == "-" {
          rest.removeFirst()
          high = try single(&rest)
        }
        guard low <= high else { throw Mistake(pattern: pattern, reason: "has a range that goes backwards") }
        ranges.append(low...high)
      }
    }

    /// Whether the whole path matches. Takes time in proportion to pattern and path, whatever they are.
    func matches(_ path: String) -> Bool {
      // `reached[i]`: the text so far can be matched by the first i parts; `open[i]`: and was so at or before an earlier place.
      var reached = [Bool](repeating: false, count: parts.count + 1)
      reached[0] = true
      skipEmpty(&reached)
      var open = [Bool](repeating: false, count: parts.count)
      for scalar in path.unicodeScalars {
        var next = [Bool](repeating: false, count: parts.count + 1)
        var isAlive = false
        for (index, part) in parts.enumerated() {
          if reached[index], case .folders = part { open[index] = true }
          let stays: Bool
          switch part {
          case .literal(let wanted): stays = reached[index] && scalar == wanted
          case .one: stays = reached[index] && scalar != "/"
          case .oneOf(let ranges, let isNegated):
            stays = reached[index] && ranges.contains { $0.contains(scalar) } != isNegated
          case .name:
            if reached[index], scalar != "/" { next[index] = true }
            stays = false
          case .anything:
            if reached[index] { next[index] = true }
            stays = false
          case .folders: stays = open[index] && scalar == "/"
          }
          if stays { next[index + 1] = true }
          isAlive = isAlive || stays || next[index] || open[index]
        }
        guard isAlive else { return false }
        skipEmpty(&next)
        reached = next
      }
      return reached[parts.count]
    }

    /// Parts that may stand for nothing.
    private func skipEmpty(_ reached: inout [Bool]) {
      for (index, part) in parts.enumerated() where reached[index] {
        switch part {
        case .name, .folders, .anything: reached[index + 1] = true
        case .literal, .one, .oneOf: break
        }
      }
    }
  }
}
