import CYAML

/// Reads YAML text into located trees, one for each document.
///
/// Works on libyaml's events under `YAMLLimits`, so that hostile text is refused before it costs time or memory.
/// The first syntax error ends the reading (what follows it cannot be trusted); all other mistakes are collected.
package struct YAMLReader {
  private let file: String
  private let limits: YAMLLimits
  /// What is read, without a byte order mark.
  private var content: ArraySlice<UInt8> = []
  private var problems: [ComposeProblem] = []
  private var anchors: [String: Anchor] = [:]
  /// Anchors of collections that are still being read: a use of one contains itself.
  private var openAnchors: Set<String> = []
  private var nodeCount = 0
  private var aliasCount = 0
  private var expandedCount = 0

  private struct Anchor {
    var node: Node
    var size: Int
  }

  /// Ends the reading; the reason is in `problems`.
  private struct Stop: Error {}

  private init(file: String, limits: YAMLLimits) {
    self.file = file
    self.limits = limits
  }

  /// The documents of `text`, and what is wrong with it.
  ///
  /// - Parameter file: the path to name in positions.
  package static func read(
    _ text: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) -> (documents: [Node], problems: [ComposeProblem]) {
    var reader = YAMLReader(file: file, limits: limits)
    guard text.count <= limits.fileBytes else {
      reader.report(
        .limit, SourcePosition(file: file, line: 1, column: 1),
        "the file has \(text.count) bytes, the limit is \(limits.fileBytes)", fix: "split it with include or extends")
      return ([], reader.problems)
    }
    let documents = reader.readDocuments(text)
    return (documents, reader.problems)
  }

  private mutating func report(_ rule: ComposeProblem.Rule, _ at: SourcePosition, _ message: String, fix: String) {
    problems.append(ComposeProblem(rule, at: at, message, fix: fix))
  }

  private func position(_ mark: yaml_mark_t) -> SourcePosition {
    SourcePosition(file: file, line: mark.line + 1, column: mark.column + 1)
  }

  private mutating func readDocuments(_ text: [UInt8]) -> [Node] {
    var parser = unsafe yaml_parser_t()
    guard unsafe yaml_parser_initialize(&parser) == 1 else {
      report(.syntax, SourcePosition(file: file, line: 1, column: 1), "out of memory", fix: "free memory and try again")
      return []
    }
    defer { unsafe yaml_parser_delete(&parser) }
    // libyaml takes a byte order mark for a column, which spoils the indentation of the first line.
    content = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    let content = content
    return unsafe content.withUnsafeBufferPointer { bytes in
      unsafe yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      var documents: [Node] = []
      do {
        while let event = unsafe try next(&parser) {
          switch event.kind {
          case YAML_DOCUMENT_START_EVENT:
            anchors.removeAll()
            let first = unsafe try next(&parser)
            guard let first else { return documents }
            documents.append(unsafe try node(from: first, &parser, depth: 0).node)
          case YAML_STREAM_END_EVENT:
            return documents
          default:
            continue
          }
        }
      } catch {
        // The reason has been reported.
      }
      return documents
    }
  }

  // MARK: Events

  /// One libyaml event as plain values; the C event is freed at once.
  private struct Event {
    var kind: yaml_event_type_t
    var start: SourcePosition
    var anchor: String?
    var tag: String?
    var value = ""
    var isPlain = false
  }

  private mutating func next(_ parser: inout yaml_parser_t) throws(Stop) -> Event? {
    var raw = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(&parser, &raw) == 1 else {
      unsafe reportSyntax(parser)
      throw Stop()
    }
    defer { unsafe yaml_event_delete(&raw) }
    var event = unsafe Event(kind: raw.type, start: position(raw.start_mark))
    switch unsafe raw.type {
    case YAML_NO_EVENT:
      return nil
    case YAML_DOCUMENT_START_EVENT:
      if let version = unsafe raw.data.document_start.version_directive {
        let major = unsafe version.pointee.major
        let minor = unsafe version.pointee.minor
        if major != 1 || minor != 1 {
          report(
            .syntax, event.start, "the directive %YAML \(major).\(minor) is not supported",
            fix: "remove the line, or write %YAML 1.1")
          throw Stop()
        }
      }
    case YAML_ALIAS_EVENT:
      event.anchor = unsafe text(raw.data.alias.anchor)
    case YAML_SCALAR_EVENT:
      let scalar = unsafe raw.data.scalar
      guard unsafe scalar.length <= limits.scalarBytes else {
        report(.limit, event.start, "a value has more than \(limits.scalarBytes) bytes", fix: "move it into a file")
        throw Stop()
      }
      event.anchor = unsafe text(scalar.anchor)
      event.tag = unsafe text(scalar.tag)
      event.value = unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      event.isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
    case YAML_SEQUENCE_START_EVENT:
      event.anchor = unsafe text(raw.data.sequence_start.anchor)
      event.tag = unsafe text(raw.data.sequence_start.tag)
    case YAML_MAPPING_START_EVENT:
      event.anchor = unsafe text(raw.data.mapping_start.anchor)
      event.tag = unsafe text(raw.data.mapping_start.tag)
    default:
      break
    }
    return event
  }

  private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  private mutating func reportSyntax(_ parser: borrowing yaml_parser_t) {
    if unsafe parser.error == YAML_READER_ERROR { return reportEncoding(at: unsafe parser.problem_offset) }
    let mark = unsafe parser.problem_mark
    let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "not YAML"
    let context = unsafe parser.context.map { unsafe " " + String(cString: $0) } ?? ""
    let fix =
      problem.contains("tab") || problem.contains("indent") || problem.contains("expected key")
      ? "check the indentation of this line and the one before it (spaces only)"
      : "correct the YAML at this place; quote values that hold special characters"
    report(.syntax, position(mark), "invalid YAML: \(problem)\(context)", fix: fix)
  }

  /// A byte that no YAML text in UTF-8 has; libyaml reads ahead of its marks, so that only the byte's offset tells the place.
  private mutating func reportEncoding(at offset: Int) {
    let place = min(max(0, offset), content.count)
    let before = content.prefix(place)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex
    // Continuation bytes of UTF-8 (10xxxxxx) are not characters of their own.
    let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    let at = SourcePosition(file: file, line: line, column: column)
    let head = Array(content.prefix(2))
    if head == [0xFF, 0xFE] || head == [0xFE, 0xFF] {
      return report(.syntax, at, "invalid YAML: the file is in UTF-16", fix: "save it as UTF-8")
    }
    let byte = content.dropFirst(place).first ?? 0
    let digits = String(byte, radix: 16, uppercase: true)
    let text = "0x" + String(repeating: "0", count: 2 - digits.count) + digits
    report(
      .syntax, at,
      byte < 0x80 ? "invalid YAML: the control character \(text) is not allowed" : "invalid YAML: the byte \(text) is not UTF-8",
      fix: byte < 0x80
        ? "remove it; in double quotes write it as \\x\(digits.count < 2 ? "0" : "")\(digits)" : "save the file as UTF-8")
  }

  // MARK: Tree

  private typealias Sized = (node: Node, size: Int)

  private mutating func count(_ at: SourcePosition) throws(Stop) {
    nodeCount += 1
    expandedCount += 1
    if nodeCount > limits.nodes {
      report(.limit, at, "more than \(limits.nodes) values in one file", fix: "split it with include")
      throw Stop()
    }
  }

  private mutating func expand(_ size: Int, _ at: SourcePosition) throws(Stop) {
    expandedCount += size
    if expandedCount > limits.expandedNodes {
      report(
        .limit, at, "anchors expand to more than \(limits.expandedNodes) values",
        fix: "use fewer nested aliases")
      throw Stop()
    }
  }

  private mutating func node(from event: Event, _ parser: inout yaml_parser_t, depth: Int) throws(Stop) -> Sized {
    try count(event.start)
    if depth > limits.depth {
      report(.limit, event.start, "nested deeper than \(limits.depth) levels", fix: "flatten the structure")
      throw Stop()
    }
    let tag = composeTag(event)
    var result: Sized
    switch event.kind {
    case YAML_ALIAS_EVENT:
      return try alias(event)
    case YAML_SCALAR_EVENT:
      result = (Node(scalar(event), at: event.start, tag: tag), 1)
    case YAML_SEQUENCE_START_EVENT:
      if let name = event.anchor { openAnchors.insert(name) }
      result = unsafe try list(event, &parser, depth: depth, tag: tag)
    case YAML_MAPPING_START_EVENT:
      if let name = event.anchor { openAnchors.insert(name) }
      result = unsafe try mapping(event, &parser, depth: depth, tag: tag)
    default:
      report(.syntax, event.start, "a value is missing here", fix: "add the value")
      throw Stop()
    }
    if let name = event.anchor {
      openAnchors.remove(name)
      anchors[name] = Anchor(node: result.node, size: result.size)
    }
    return result
  }

  private mutating func alias(_ event: Event) throws(Stop) -> Sized {
    let name = event.anchor ?? ""
    aliasCount += 1
    if aliasCount > limits.aliases {
      report(.limit, event.start, "more than \(limits.aliases) aliases", fix: "use fewer aliases")
      throw Stop()
    }
    if openAnchors.contains(name) {
      report(
        .cycle, event.start, "cycle: the anchor &\(name) contains itself (*\(name) is used inside of &\(name))",
        fix: "move the alias out of the anchor's own value")
      throw Stop()
    }
    guard let anchor = anchors[name] else {
      report(.syntax, event.start, "unknown anchor *\(name)", fix: "define &\(name) before this line")
      throw Stop()
    }
    try expand(anchor.size, event.start)
    var node = anchor.node
    node.position = event.start
    return (node, anchor.size)
  }

  private mutating func list(
    _ start: Event, _ parser: inout yaml_parser_t, depth: Int, tag: Node.Tag?
  ) throws(Stop) -> Sized {
    var items: [Node] = []
    var size = 1
    while let event = unsafe try next(&parser), event.kind != YAML_SEQUENCE_END_EVENT {
      let item = unsafe try node(from: event, &parser, depth: depth + 1)
      items.append(item.node)
      size += item.size
    }
    return (Node(.list(items), at: start.start, tag: tag), size)
  }

  private mutating func mapping(
    _ start: Event, _ parser: inout yaml_parser_t, depth: Int, tag: Node.Tag?
  ) throws(Stop) -> Sized {
    var entries: [Node.Entry] = []
    var index: [String: Int] = [:]
    var merges: [Node] = []
    var size = 1
    while let event = unsafe try next(&parser), event.kind != YAML_MAPPING_END_EVENT {
      guard let key = key(event) else {
        _ = unsafe try node(from: event, &parser, depth: depth + 1)
        guard let valueEvent = unsafe try next(&parser) else { throw Stop() }
        _ = unsafe try node(from: valueEvent, &parser, depth: depth + 1)
        continue
      }
      try count(event.start)
      guard let valueEvent = unsafe try next(&parser) else { throw Stop() }
      let value = unsafe try node(from: valueEvent, &parser, depth: depth + 1)
      size += value.size
      if key == "<<", event.isPlain {
        collectMerge(value.node, into: &merges)
      } else if let earlier = index[key] {
        report(
          .duplicateKey, event.start,
          "the key \"\(key)\" is already defined at line \(entries[earlier].keyPosition.line)",
          fix: "remove one of the two")
      } else {
        index[key] = entries.count
        entries.append(Node.Entry(key: key, keyPosition: event.start, value: value.node))
      }
    }
    for source in merges {
      for entry in source.entries ?? [] where index[entry.key] == nil {
        index[entry.key] = entries.count
        entries.append(entry)
      }
    }
    return (Node(.map(entries), at: start.start, tag: tag), size)
  }

  /// The text of a mapping key; nil (and a problem) when it is not a string.
  private mutating func key(_ event: Event) -> String? {
    if event.kind == YAML_ALIAS_EVENT, let name = event.anchor, let text = anchors[name]?.node.string { return text }
    guard event.kind == YAML_SCALAR_EVENT else {
      report(.wrongType, event.start, "a key must be a string", fix: "use a plain or quoted word as the key")
      return nil
    }
    if event.isPlain, event.tag == nil, event.value != "<<" {
      switch YAMLScalar.resolve(event.value) {
      case .string, .timestamp: break
      case .null, .bool, .int, .double, .list, .map:
        report(
          .wrongType, event.start, "the key \(event.value.isEmpty ? "(empty)" : event.value) is not a string",
          fix: "put it in quotes: \"\(event.value)\"")
        return nil
      }
    }
    return event.value
  }

  /// `<<` takes a mapping or a list of mappings; the first that has a key wins.
  private mutating func collectMerge(_ value: Node, into merges: inout [Node]) {
    switch value.content {
    case .map: merges.append(value)
    case .list(let items) where items.allSatisfy({ $0.entries != nil }): merges.append(contentsOf: items)
    case .list, .null, .bool, .int, .double, .timestamp, .string:
      report(
        .wrongType, value.position, "the merge key << needs a mapping or a list of mappings, not \(value.kind)",
        fix: "write <<: *anchor, where the anchor is a mapping")
    }
  }

  private static let yamlTagPrefix = "tag:yaml.org,2002:"
  /// The tags of YAML's own that mean something in a Compose file.
  private static let yamlTags: Set<String> = [
    "str", "null", "int", "float", "bool", "map", "seq", "merge", "timestamp", "binary",
  ]

  private mutating func composeTag(_ event: Event) -> Node.Tag? {
    switch event.tag {
    case nil: return nil
    case "!reset": return .reset
    case "!override": return .override
    case let tag?:
      // A file's own tags (`!vault`) mean nothing to Compose, and pass; those that claim to be YAML's may not.
      if tag.hasPrefix(Self.yamlTagPrefix), !Self.yamlTags.contains(String(tag.dropFirst(Self.yamlTagPrefix.count))) {
        report(
          .unknownTag, event.start, "the tag `!!\(tag.dropFirst(Self.yamlTagPrefix.count))` is not known here",
          fix: "remove it; Compose has !reset and !override")
      }
      return nil
    }
  }

  private func scalar(_ event: Event) -> Node.Content {
    switch event.tag {
    case "tag:yaml.org,2002:str", "!": return .string(event.value)
    case "tag:yaml.org,2002:null": return .null
    case "tag:yaml.org,2002:int": return YAMLScalar.resolve(event.value)
    case let tag? where event.isPlain && !tag.hasPrefix(Self.yamlTagPrefix): return tagged(event.value)
    default: break
    }
    guard event.isPlain else { return .string(event.value) }
    return YAMLScalar.resolve(event.value)
  }

  /// A plain scalar with a tag that is not YAML's own is text to Docker Compose: `!override 1.10` is not 1.1. But not `null`.
  private func tagged(_ text: String) -> Node.Content {
    if !text.isEmpty, case .null = YAMLScalar.resolve(text) { return .null }
    return .string(text)
  }
}
