import CYAML

/// Where the keys of a mapping are. Most mappings are so small that looking at each key is faster than a table.
private struct KeyIndex {
  private static let smallCount = 12
  /// Of a larger mapping.
  private var places: [String: Int] = [:]

  func place(of key: String, in entries: [Node.Entry]) -> Int? {
    entries.count <= Self.smallCount ? entries.firstIndex { $0.key == key } : places[key]
  }

  /// Tells that the last of `entries` is new.
  mutating func grow(_ entries: [Node.Entry]) {
    guard entries.count > Self.smallCount else { return }
    let first = places.isEmpty ? 0 : entries.count - 1
    for place in first..<entries.count { places[entries[place].key] = place }
  }
}

/// Reads YAML text into located trees, one for each document.
///
/// Works on libyaml's events under `YAMLLimits`, so that hostile text is refused before it costs time or memory.
/// The first syntax error ends the reading (what follows it cannot be trusted); all other mistakes are collected.
package struct YAMLReader {
  private let file: String
  private let limits: YAMLLimits
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

  private typealias Event = YAMLEvents.Event
  /// Ends the reading; the reason is in `problems`.
  private typealias Stop = YAMLEvents.Stop

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

  private mutating func readDocuments(_ text: [UInt8]) -> [Node] {
    guard var events = YAMLEvents(text, file: file, scalarLimit: limits.scalarBytes) else {
      report(.syntax, SourcePosition(file: file, line: 1, column: 1), "out of memory", fix: "free memory and try again")
      return []
    }
    var documents: [Node] = []
    do throws(Stop) {
      reading: while let event = try events.next() {
        switch event.kind {
        case YAML_DOCUMENT_START_EVENT:
          anchors.removeAll()
          guard documents.count < limits.documents else {
            report(
              .limit, event.start, "more than \(limits.documents) documents in one file", fix: "make several files of it")
            return documents
          }
          guard let first = try events.next() else { return documents }
          documents.append(try node(from: first, &events, depth: 0).node)
        case YAML_STREAM_END_EVENT:
          break reading
        default:
          continue
        }
      }
    } catch {
      // Stopped here or by the events; each has told why.
      if let problem = events.problem { problems.append(problem) }
    }
    return documents
  }

  // MARK: Tree

  private typealias Sized = (node: Node, size: Int)

  private mutating func count(_ at: SourcePosition) throws(Stop) {
    nodeCount += 1
    expandedCount += 1
    if problems.count >= ComposeProblems.gatheringLimit { throw Stop() }
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

  private mutating func node(from event: Event, _ events: inout YAMLEvents, depth: Int) throws(Stop) -> Sized {
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
      result = try list(event, &events, depth: depth, tag: tag)
    case YAML_MAPPING_START_EVENT:
      if let name = event.anchor { openAnchors.insert(name) }
      result = try mapping(event, &events, depth: depth, tag: tag)
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
    _ start: Event, _ events: inout YAMLEvents, depth: Int, tag: Node.Tag?
  ) throws(Stop) -> Sized {
    var items: [Node] = []
    var size = 1
    while let event = try events.next(), event.kind != YAML_SEQUENCE_END_EVENT {
      let item = try node(from: event, &events, depth: depth + 1)
      items.append(item.node)
      size += item.size
    }
    return (Node(.list(items), at: start.start, tag: tag), size)
  }

  private mutating func mapping(
    _ start: Event, _ events: inout YAMLEvents, depth: Int, tag: Node.Tag?
  ) throws(Stop) -> Sized {
    var entries: [Node.Entry] = []
    var index = KeyIndex()
    var merges: [Node] = []
    var size = 1
    while let event = try events.next(), event.kind != YAML_MAPPING_END_EVENT {
      guard let key = key(event) else {
        _ = try node(from: event, &events, depth: depth + 1)
        guard let valueEvent = try events.next() else { throw Stop() }
        _ = try node(from: valueEvent, &events, depth: depth + 1)
        continue
      }
      try count(event.start)
      guard let valueEvent = try events.next() else { throw Stop() }
      let value = try node(from: valueEvent, &events, depth: depth + 1)
      size += value.size
      if key == "<<", event.isPlain {
        collectMerge(value.node, into: &merges)
      } else if let earlier = index.place(of: key, in: entries) {
        report(
          .duplicateKey, event.start,
          "the key \"\(key)\" is already defined at line \(entries[earlier].keyPosition.line)",
          fix: "remove one of the two")
      } else {
        entries.append(Node.Entry(key: key, keyPosition: event.start, value: value.node))
        index.grow(entries)
      }
    }
    for source in merges {
      for entry in source.entries ?? [] where index.place(of: entry.key, in: entries) == nil {
        entries.append(entry)
        index.grow(entries)
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
