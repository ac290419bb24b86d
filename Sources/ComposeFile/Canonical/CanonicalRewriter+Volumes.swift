extension CanonicalRewriter {
  /// A short volume entry as a mapping; the target of a long one cleaned.
  mutating func volume(_ node: Node, _ index: Int, of path: AttributePath) -> Node {
    guard let text = node.string else {
      return node.mappingEntries { entry in
        switch entry.key {
        case "target":
          if let target = entry.value.string { entry.value.content = .string(VolumeSpec.cleaned(target)) }
        case "volume":
          entry.value = entry.value.mappingEntries { option in
            if option.key == "labels" { option.value = KeyValueForm.map(option.value, bare: .emptyText) }
          }
        default: break
        }
      }
    }
    // Not interpolated (`--no-interpolate`): what it will be is not known.
    if text.utf8.contains(UInt8(ascii: "$")), text.contains("${") { return node }
    do {
      return try VolumeSpec(text).node(at: node.position)
    } catch {
      guard problems.count < ComposeProblems.gatheringLimit else { return node }
      problems.append(
        ComposeProblem(
          .invalidValue, at: node.position, "\(path.appending(index)): `\(text)` \(error.message)",
          fix: "write [SOURCE:]TARGET[:OPTIONS], e.g. \"data:/var/lib/data:ro\""))
      return node
    }
  }
}

/// A short volume entry: `[SOURCE:]TARGET[:OPTION,…]`.
struct VolumeSpec {
  struct Malformed: Error {
    var message: String
  }

  var source = ""
  var target = ""
  var isReadOnly = false
  var isNoCopy = false
  var propagation: String?
  var selinux: String?
  /// One or two characters: no options at all, not even empty ones.
  private var isPlain = false

  init(_ text: String) throws(Malformed) {
    guard !text.isEmpty else { throw Malformed(message: "is empty") }
    if text.utf8.count <= 2 {
      target = Self.cleaned(text)
      isPlain = true
      return
    }
    let sections = Self.sections(text)
    guard sections.allSatisfy({ !$0.isEmpty }) else { throw Malformed(message: "has an empty section between colons") }
    guard sections.count <= 3 else { throw Malformed(message: "has too many colons") }
    if sections.count > 1 { source = sections[0] }
    target = Self.cleaned(sections.count > 1 ? sections[1] : sections[0])
    guard sections.count == 3 else { return }
    for option in sections[2].split(separator: ",") {
      switch option {
      case "ro": isReadOnly = true
      case "rw": isReadOnly = false
      case "nocopy": isNoCopy = true
      case "private", "rprivate", "shared", "rshared", "slave", "rslave": propagation = String(option)
      case "z", "Z": selinux = String(option)
      default: break  // Compose lets unknown options pass (`cached`, `delegated` …).
      }
    }
  }

  /// The text between colons; the colon of a Windows drive (one letter before it) does not count.
  private static func sections(_ text: String) -> [String] {
    let bytes = text.utf8
    var sections: [String] = []
    var start = bytes.startIndex
    while let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) {
      var end = colon
      if bytes[start].isLetter, bytes.index(after: start) == colon {
        end = bytes[bytes.index(after: colon)...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
      }
      guard end < bytes.endIndex else { break }
      sections.append(String(text[start..<end]))
      start = bytes.index(after: end)
    }
    return sections + [String(text[start...])]
  }

  private var isBind: Bool {
    guard let first = source.utf8.first else { return false }
    if first == UInt8(ascii: ".") || first == UInt8(ascii: "/") || first == UInt8(ascii: "~") { return true }
    if source.hasPrefix("\\\\") { return true }
    return first.isLetter && source.utf8.dropFirst().first == UInt8(ascii: ":")
  }

  func node(at position: SourcePosition) -> Node {
    var entries: [Node.Entry] = []
    func entry(_ key: String, _ content: Node.Content) -> Node.Entry {
      Node.Entry(key: key, keyPosition: position, value: Node(content, at: position))
    }
    entries.append(entry("type", .string(isBind ? "bind" : "volume")))
    if !source.isEmpty { entries.append(entry("source", .string(source))) }
    entries.append(entry("target", .string(target)))
    if isReadOnly { entries.append(entry("read_only", .bool(true))) }
    if isBind || propagation != nil || selinux != nil {
      var bind: [Node.Entry] = []
      if let selinux { bind.append(entry("selinux", .string(selinux))) }
      if let propagation { bind.append(entry("propagation", .string(propagation))) }
      if isBind { bind.append(entry("create_host_path", .bool(true))) }
      entries.append(entry("bind", .map(bind)))
    }
    if isNoCopy || !(isBind || isPlain) {
      entries.append(entry("volume", .map(isNoCopy ? [entry("nocopy", .bool(true))] : [])))
    }
    return Node(.map(entries), at: position)
  }

  /// A container path without `.`, `..`, doubled and trailing slashes.
  static func cleaned(_ path: String) -> String {
    guard !path.isEmpty else { return "" }
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." {
        if let last = parts.last, last != ".." {
          parts.removeLast()
          continue
        }
        if isAbsolute { continue }
      }
      parts.append(part)
    }
    let joined = parts.joined(separator: "/")
    if isAbsolute { return "/" + joined }
    return joined.isEmpty ? "." : joined
  }
}
