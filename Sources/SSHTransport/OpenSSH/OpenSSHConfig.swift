/// What `~/.ssh/config` says about hosts (ssh_config(5)), as far as Slipway goes by it: read as text, nothing in it is run.
package struct OpenSSHConfig: Sendable {
  /// What a host is reached by.
  package struct Host: Hashable, Sendable {
    package var hostName: String
    package var user: String?
    package var port: UInt16?
    /// As written, with `~` and `%` tokens.
    package var identityFiles: [String] = []
    package var identityAgent: String?
    /// Jump hosts in order, each `[USER@]HOST[:PORT]` or an `ssh://` address.
    package var jumps: [String] = []
    /// Options that are set for the host, and that Slipway does not go by.
    package var unsupported: [String] = []
  }

  private struct Block {
    /// Patterns of `Host`; nil for what stands before the first one, and for `Match all`.
    var patterns: [String]?
    var options: [(name: String, value: String)] = []
  }

  /// Bytes of a file, and of all files it includes.
  package static let byteLimit = 1 << 20
  /// Files inside each other.
  private static let includeDepth = 16

  private var blocks: [Block] = []
  /// Parts that were left out, in words.
  package private(set) var notes: [String] = []

  /// - Parameters:
  ///   - text: the file's.
  ///   - include: gives the texts of the files that a pattern of `Include` means.
  package init(text: String, include: (String) -> [String] = { _ in [] }) {
    var current = Block(patterns: nil)
    read(text, into: &current, depth: 0, include)
    blocks.append(current)
  }

  private mutating func read(_ text: String, into current: inout Block, depth: Int, _ include: (String) -> [String]) {
    /// Lines of a `Match` that depends on more than the host's name.
    var isSkipping = false
    for line in text.split(whereSeparator: \.isNewline) {
      guard let (name, value) = Self.option(line) else { continue }
      switch name {
      case "host":
        blocks.append(current)
        isSkipping = false
        current = Block(patterns: Self.words(value))
      case "match":
        blocks.append(current)
        let words = Self.words(value).map { $0.lowercased() }
        isSkipping = words != ["all"]
        current = Block(patterns: words == ["all"] ? nil : [])
        if isSkipping { notes.append("Match \(value) was left out: only Host is gone by") }
      case "include":
        guard !isSkipping, depth < Self.includeDepth else { continue }
        for pattern in Self.words(value) {
          for included in include(pattern) { read(included, into: &current, depth: depth + 1, include) }
        }
      default:
        if !isSkipping { current.options.append((name, value)) }
      }
    }
  }

  /// The names that `Host` lines give without `*`, `?` and `!`, in the order of the file.
  package var names: [String] {
    var seen: Set<String> = []
    return blocks.flatMap { $0.patterns ?? [] }.filter { pattern in
      !pattern.contains { "*?!".contains($0) } && seen.insert(pattern).inserted
    }
  }

  /// What is said of a host; the first value of an option counts.
  package func host(_ name: String) -> Host {
    var first: [String: String] = [:]
    var identities: [String] = []
    var way: (name: String, value: String)?
    for block in blocks where block.patterns.map({ Self.matches(name, $0) }) ?? true {
      for (option, value) in block.options {
        if option == "identityfile" { identities.append(Self.unquoted(value)) }
        if first[option] == nil { first[option] = value }
        if way == nil, ["proxyjump", "proxycommand"].contains(option) { way = (option, Self.unquoted(value)) }
      }
    }
    var host = Host(hostName: first["hostname"].map { Self.expanded(Self.unquoted($0), name) } ?? name)
    host.user = first["user"].map(Self.unquoted)
    host.port = first["port"].flatMap { UInt16(Self.unquoted($0)) }
    host.identityFiles = identities
    host.identityAgent = first["identityagent"].map(Self.unquoted)
    // Of the two ways over another host the first one that is said counts.
    if let (option, value) = way, value.lowercased() != "none" {
      if option == "proxyjump" {
        host.jumps = value.split(separator: ",").map { $0.trimmed() }
      } else {
        host.unsupported.append("ProxyCommand")
      }
    }
    for (option, shown) in [("certificatefile", "CertificateFile"), ("hostkeyalias", "HostKeyAlias")] where first[option] != nil {
      host.unsupported.append(shown)
    }
    return host
  }

  // MARK: Lines

  private static func option(_ line: Substring) -> (String, String)? {
    let text = line.trimmed()
    guard let first = text.first, first != "#" else { return nil }
    let name = text.prefix { $0 != "=" && !$0.isWhitespace }
    var rest = text.dropFirst(name.count).drop { $0.isWhitespace }
    if rest.first == "=" { rest = rest.dropFirst().drop { $0.isWhitespace } }
    return (name.lowercased(), String(rest))
  }

  /// Words of a line; quotes hold blanks together, and a word that begins with `#` begins a comment.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in text {
      if character == "\"" {
        isQuoted.toggle()
      } else if character.isWhitespace, !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if character == "#", word.isEmpty, !isQuoted { return words }
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  private static func unquoted(_ text: String) -> String { words(text).joined(separator: " ") }

  /// `%h` is the name that was asked for.
  private static func expanded(_ text: String, _ name: String) -> String {
    var result = ""
    var isToken = false
    for character in text {
      if isToken {
        result += character == "h" ? name : character == "%" ? "%" : "%\(character)"
        isToken = false
      } else if character == "%" {
        isToken = true
      } else {
        result.append(character)
      }
    }
    return result
  }

  // MARK: Patterns

  /// One pattern must match, and none that is negated.
  static func matches(_ name: String, _ patterns: [String]) -> Bool {
    var isMatched = false
    for pattern in patterns {
      let isNegated = pattern.hasPrefix("!")
      guard isLike(Array(name.lowercased().utf8), Array(pattern.dropFirst(isNegated ? 1 : 0).lowercased().utf8)) else { continue }
      if isNegated { return false }
      isMatched = true
    }
    return isMatched
  }

  /// `*` stands for any text, `?` for one character; linear in the lengths' product.
  private static func isLike(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (t, p) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == text[t] || pattern[p] == UInt8(ascii: "?") {
        p += 1
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        p = last.pattern + 1
        t = last.text + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

extension StringProtocol {
  func trimmed() -> String {
    let start = self.drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
