import CYAML

/// One YAML file as it is written: every value with the bytes that it takes. Aliases and merge keys are not resolved.
///
/// Made only of texts that `YAMLReader` takes, so that its limits hold here too.
struct SyntaxTree: Sendable {
  typealias ID = Int
  typealias Style = YAMLEvents.Style

  struct Pair: Sendable {
    var key: ID
    var value: ID
    /// False in `{key}` and after `? key`.
    var hasColon: Bool
  }

  enum Kind: Sendable {
    case scalar(String, Style)
    case list([ID], isFlow: Bool)
    case mapping([Pair], isFlow: Bool)
    case alias(String, target: ID)
  }

  struct Value: Sendable {
    var kind: Kind
    /// Of its anchor and tag, where it has them.
    var start: Int
    /// Of what follows anchor and tag.
    var valueStart: Int
    /// After the last byte that is no comment, blank line or line end.
    var end: Int
    var position: SourcePosition
    var anchor: String?
    var tag: String?
  }

  let lines: TextLines
  private(set) var values: [Value] = []
  /// The entries that values are of, and the mappings of these.
  private(set) var holders: [ID: (pair: Pair, mapping: ID)] = [:]
  /// The top values of the documents.
  private(set) var documents: [ID] = []

  private let file: String
  private var anchors: [String: ID] = [:]
  /// Bytes before each character; nil when every character is one byte.
  private var offsets: [Int]?
  private let markLength: Int

  subscript(id: ID) -> Value { values[id] }

  /// nil when `bytes` is no YAML.
  init?(_ bytes: [UInt8], file: String) {
    lines = TextLines(bytes)
    self.file = file
    markLength = bytes.starts(with: YAMLEvents.byteOrderMark) ? YAMLEvents.byteOrderMark.count : 0
    if bytes.dropFirst(markLength).contains(where: { $0 >= 0x80 }) {
      var offsets: [Int] = []
      offsets.reserveCapacity(bytes.count + 1)
      for index in bytes.indices.dropFirst(markLength) where bytes[index] & 0xC0 != 0x80 { offsets.append(index) }
      offsets.append(bytes.count)
      self.offsets = offsets
    }
    guard var events = YAMLEvents(bytes, file: file, scalarLimit: bytes.count) else { return nil }
    do throws(YAMLEvents.Stop) {
      while let event = try events.next() {
        guard event.kind != YAML_STREAM_END_EVENT else { break }
        guard event.kind == YAML_DOCUMENT_START_EVENT else { continue }
        anchors.removeAll()
        guard let first = try events.next() else { return nil }
        documents.append(try value(from: first, &events))
      }
    } catch {
      return nil
    }
  }

  private func offset(_ character: Int) -> Int {
    guard let offsets else { return min(character + markLength, lines.bytes.count) }
    return offsets[min(character, offsets.count - 1)]
  }

  private mutating func value(
    from event: YAMLEvents.Event, _ events: inout YAMLEvents
  ) throws(YAMLEvents.Stop) -> ID {
    let id = values.count
    let start = offset(event.characters.lowerBound)
    var value = Value(
      kind: .scalar(event.value, event.style), start: start, valueStart: start, end: offset(event.characters.upperBound),
      position: event.start, anchor: event.anchor, tag: event.tag)
    if event.kind == YAML_ALIAS_EVENT {
      let name = event.anchor ?? ""
      value.anchor = nil
      value.kind = .alias(name, target: anchors[name] ?? id)
      values.append(value)
      return id
    }
    if event.anchor != nil || event.tag != nil { value.valueStart = min(value.end, afterProperties(start)) }
    values.append(value)
    if let name = event.anchor { anchors[name] = id }
    switch event.kind {
    case YAML_SEQUENCE_START_EVENT:
      var items: [ID] = []
      var end = value.end
      while let next = try events.next() {
        guard next.kind != YAML_SEQUENCE_END_EVENT else {
          end = event.style == .flow ? offset(next.characters.upperBound) : items.last.map { values[$0].end } ?? end
          break
        }
        items.append(try self.value(from: next, &events))
      }
      values[id].kind = .list(items, isFlow: event.style == .flow)
      values[id].end = end
    case YAML_MAPPING_START_EVENT:
      var pairs: [Pair] = []
      var end = value.end
      while let next = try events.next() {
        guard next.kind != YAML_MAPPING_END_EVENT else {
          end = event.style == .flow ? offset(next.characters.upperBound) : pairs.last.map { values[$0.value].end } ?? end
          break
        }
        let key = try self.value(from: next, &events)
        guard let following = try events.next() else { break }
        let inner = try self.value(from: following, &events)
        let pair = settled(Pair(key: key, value: inner, hasColon: true))
        holders[inner] = (pair, id)
        pairs.append(pair)
      }
      values[id].kind = .mapping(pairs, isFlow: event.style == .flow)
      values[id].end = end
    default:
      if event.style == .literal || event.style == .folded { values[id].end = blockEnd(values[id]) }
    }
    return id
  }

  /// Puts a value that is not written right behind its colon; libyaml puts it anywhere up to the next token.
  private mutating func settled(_ pair: Pair) -> Pair {
    let value = values[pair.value]
    guard case .scalar("", .plain) = value.kind, value.anchor == nil, value.tag == nil else { return pair }
    var pair = pair
    let afterKey = lines.skippingSpace(from: values[pair.key].end)
    pair.hasColon = afterKey < lines.bytes.count && lines.bytes[afterKey] == UInt8(ascii: ":")
    let place = pair.hasColon ? afterKey + 1 : values[pair.key].end
    values[pair.value].start = place
    values[pair.value].valueStart = place
    values[pair.value].end = place
    return pair
  }

  private func afterProperties(_ start: Int) -> Int {
    var at = start
    while at < lines.bytes.count, lines.bytes[at] == UInt8(ascii: "&") || lines.bytes[at] == UInt8(ascii: "!") {
      while at < lines.bytes.count, lines.bytes[at] != 32, lines.bytes[at] != 9, lines.breakLength(at: at) == 0 { at += 1 }
      at = lines.skippingSpace(from: at)
    }
    return at
  }

  /// The end of the last line of a block scalar that has content; where the blank lines after it count, of the last of them.
  private func blockEnd(_ value: Value) -> Int {
    let header = lines.bytes[value.valueStart..<min(value.valueStart + 3, value.end)]
    var end = value.end
    let keeps = header.prefix { $0 != 32 && $0 != 10 && $0 != 13 }.contains(UInt8(ascii: "+"))
    if keeps { return end - lines.breakLength(endingAt: end) }
    while end > value.valueStart {
      let trimmed = lines.droppingBlanks(before: end)
      let length = lines.breakLength(endingAt: trimmed)
      // Blanks that end a line with content belong to it.
      guard length > 0 else { return end }
      end = trimmed - length
    }
    return end
  }
}

extension SyntaxTree {
  /// What an alias stands for, or the value itself.
  func resolved(_ id: ID) -> ID {
    var id = id
    while case .alias(_, let target) = values[id].kind, target != id { id = target }
    return id
  }

  /// The text of a scalar, aliases followed.
  func text(_ id: ID) -> String? { if case .scalar(let text, _) = values[resolved(id)].kind { text } else { nil } }

  /// True for `key:`, `key: ~` and `key: null`.
  func isNull(_ id: ID) -> Bool {
    guard case .scalar(let text, .plain) = values[id].kind, values[id].tag == nil else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  func pairs(_ id: ID) -> [Pair]? { if case .mapping(let pairs, _) = values[id].kind { pairs } else { nil } }

  /// The entry of `key` that a mapping has itself.
  func ownPair(_ key: String, in id: ID) -> Pair? {
    pairs(id)?.last { !isMerge($0) && text($0.key) == key }
  }

  func isMerge(_ pair: Pair) -> Bool {
    guard case .scalar("<<", .plain) = values[pair.key].kind else { return false }
    return true
  }

  /// The mappings that a mapping merges by `<<`, in the order of their rank.
  func merged(into id: ID) -> [ID] {
    (pairs(id) ?? []).filter(isMerge).flatMap { pair -> [ID] in
      let source = resolved(pair.value)
      if case .list(let items, _) = values[source].kind { return items.map(resolved) }
      return [source]
    }
  }

  /// The entry of `key` that a mapping gets by `<<`, and the mapping that has it.
  func inheritedPair(_ key: String, in id: ID, depth: Int = 0) -> (Pair, ID)? {
    guard depth <= YAMLLimits().depth else { return nil }
    for source in merged(into: id) {
      if let pair = ownPair(key, in: source) { return (pair, source) }
      if let found = inheritedPair(key, in: source, depth: depth + 1) { return found }
    }
    return nil
  }

  /// The value at a path of keys, aliases and merge keys followed.
  func value(at path: [String], below root: ID) -> ID? {
    var id = root
    for key in path {
      let mapping = resolved(id)
      guard let pair = ownPair(key, in: mapping) ?? inheritedPair(key, in: mapping)?.0 else { return nil }
      id = pair.value
    }
    return id
  }
}
