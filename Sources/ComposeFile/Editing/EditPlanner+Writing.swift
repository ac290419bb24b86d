extension EditPlanner {
  /// How a document is laid out: how far mappings and lists stand in.
  static func writer(for tree: SyntaxTree, _ root: ID) -> ValueWriter {
    var writer = ValueWriter()
    var hasStep = false
    var hasList = false
    func column(_ id: ID) -> Int { tree[id].position.column }
    func visit(_ id: ID, depth: Int) {
      guard depth < 4, !(hasStep && hasList), case .mapping(let pairs, false) = tree[id].kind, let own = pairs.first else {
        return
      }
      for pair in pairs {
        switch tree[pair.value].kind {
        case .mapping(let inner, false):
          if let first = inner.first, !hasStep, column(first.key) > column(own.key) {
            writer.step = min(8, column(first.key) - column(own.key))
            hasStep = true
          }
          visit(pair.value, depth: depth + 1)
        case .list(let items, false):
          guard !hasList, items.first != nil else { continue }
          writer.keepsListsAtKey = column(pair.value) == column(own.key)
          hasList = true
        case .scalar, .alias, .mapping, .list: continue
        }
      }
    }
    visit(root, depth: 0)
    return writer
  }

  // MARK: Values

  /// Gives an entry another value.
  func replace(_ slot: Slot, by value: Fragment) throws(ComposeProblem) -> [TextEdit] {
    let old = tree[slot.id]
    if let tag = old.tag, tag == "!reset" || tag == "!override" {
      throw problem(
        .unsupported, at: slot.id, "\(subject): the value has the tag \(tag), which takes away what other files say",
        fix: "edit the file by hand")
    }
    guard tree.text(slot.id) != nil else {
      throw problem(
        .wrongType, at: slot.id, "\(subject) is a mapping or a list here, no single value", fix: "name the attribute inside of it"
      )
    }
    try checkVariables(in: slot.id)
    if tree.isNull(slot.id) { return try fill(slot, value) }
    let place = slot.mapping.map(surroundings) ?? .block
    return try replaceScalar(slot.id, by: value, in: place)
  }

  /// Replaces the text of a scalar, or an alias, and leaves its anchor and tag.
  func replaceScalar(
    _ id: ID, by value: Fragment, in place: ValueWriter.Surroundings
  ) throws(ComposeProblem) -> [TextEdit] {
    let old = tree[id]
    guard case .scalar(_, let style) = tree[tree.resolved(id)].kind else { throw unwritable(id) }
    if case .scalar(_, .literal) = old.kind, let edits = replaceLiteral(old, by: value) { return edits }
    if case .scalar(_, .literal) = old.kind { return replaceBlock(old, by: value) }
    if case .scalar(_, .folded) = old.kind { return replaceBlock(old, by: value) }
    var value = value
    // A number that was in quotes stays in quotes.
    if style == .singleQuoted || style == .doubleQuoted, case .value(let scalar) = value {
      switch scalar {
      case .int, .bool, .double: value = .value(.string(writer.inline(.value(scalar), in: .block)))
      case .null, .string, .list, .map: break
      }
    }
    return [TextEdit(old.valueStart..<old.end, writer.inline(value, in: place, like: style))]
  }

  /// A literal block with other lines; nil where the text cannot stand in one.
  private func replaceLiteral(_ old: SyntaxTree.Value, by value: Fragment) -> [TextEdit]? {
    let text: String
    switch value {
    case .value(.string(let string)), .setting(let string): text = string
    case .value, .alias, .mapping, .lines: return nil
    }
    let body = text.hasSuffix("\n") ? String(text.dropLast()) : text
    let first = lines.next(from: old.valueStart)
    let indent = lines.skippingBlanks(from: first) - first
    guard body.utf8.contains(10), !body.hasSuffix("\n"), !body.hasPrefix(" "), !body.hasPrefix("\n"), indent > 0, first < old.end,
      body.unicodeScalars.allSatisfy({
        $0.value == 10 || ($0.value >= 32 && $0.value < 127) || $0.value > 0x2029 && $0.value != 0xFEFF
      })
    else { return nil }
    let pad = String(repeating: " ", count: indent)
    let newLine = String(decoding: lines.lineBreak, as: UTF8.self)
    let content = body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : pad + $0 }
    let header = headerEnd(old)
    return [
      TextEdit(old.valueStart..<header, text.hasSuffix("\n") ? "|" : "|-"),
      TextEdit(first..<old.end, content.joined(separator: newLine)),
    ]
  }

  /// A block scalar gives way to a text on its first line; a comment there stays.
  private func replaceBlock(_ old: SyntaxTree.Value, by value: Fragment) -> [TextEdit] {
    let lineEnd = lines.end(from: old.valueStart)
    return [
      TextEdit(old.valueStart..<headerEnd(old), writer.inline(value, in: .block)),
      TextEdit(lineEnd..<max(lineEnd, old.end)),
    ]
  }

  /// The end of `|`, `>-`, `|2+` …
  private func headerEnd(_ value: SyntaxTree.Value) -> Int {
    var at = value.valueStart
    while at < value.end, "|>+-0123456789".utf8.contains(lines.bytes[at]) { at += 1 }
    return at
  }

  /// Whether a mapping is written in brackets, and as JSON.
  func surroundings(_ mapping: ID) -> ValueWriter.Surroundings {
    guard case .mapping(let pairs, true) = tree[mapping].kind else { return .block }
    let isJSON =
      !pairs.isEmpty
      && pairs.allSatisfy { pair in
        guard case .scalar(_, .doubleQuoted) = tree[pair.key].kind else { return false }
        return true
      }
    return isJSON ? .json : .flow
  }

  private func column(of mapping: ID) -> Int { (tree.pairs(mapping)?.first).map { tree[$0.key].position.column - 1 } ?? 0 }

  /// Gives an entry that has no value one.
  func fill(_ slot: Slot, _ value: Fragment) throws(ComposeProblem) -> [TextEdit] {
    guard let pair = slot.pair, let mapping = slot.mapping else { throw unwritable(slot.id) }
    let old = tree[slot.id]
    let place = surroundings(mapping)
    if place != .block || !value.isBlock {
      let text = writer.inline(value, in: place)
      guard old.valueStart == old.end else { return [TextEdit(old.valueStart..<old.end, text)] }
      return [TextEdit(old.end..<old.end, (pair.hasColon ? " " : ": ") + text)]
    }
    guard pair.hasColon else { throw unwritable(slot.id) }
    return lift(old) + [append(blockLines(value, column(of: mapping)), after: old.end)]
  }

  /// Puts a mapping in the place of an alias: what the alias stands for, merged, and more.
  func override(_ slot: Slot, _ name: String, _ value: Fragment) throws(ComposeProblem) -> [TextEdit] {
    guard let pair = slot.pair, let mapping = slot.mapping, pair.hasColon, case .mapping(let entries) = value else {
      throw unwritable(slot.id)
    }
    let merged = Fragment.mapping([("<<", .alias(name))] + entries)
    let old = tree[slot.id]
    let place = surroundings(mapping)
    guard place == .block else { return [TextEdit(old.start..<old.end, writer.inline(merged, in: place))] }
    return lift(old) + [append(blockLines(merged, column(of: mapping)), after: old.end)]
  }

  /// Takes a value away from behind its key.
  private func lift(_ old: SyntaxTree.Value) -> [TextEdit] {
    guard old.valueStart < old.end else { return [] }
    return [TextEdit(lines.droppingBlanks(before: old.valueStart)..<old.end)]
  }

  /// The lines of a value that goes below its key, which stands at `column`.
  private func blockLines(_ value: Fragment, _ column: Int) -> [String] {
    Array(writer.entry("", value, column: column).dropFirst())
  }

  // MARK: Entries

  /// Appends an entry to a mapping.
  func insert(_ key: String, _ value: Fragment, into mapping: ID) throws(ComposeProblem) -> [TextEdit] {
    let pairs = tree.pairs(mapping) ?? []
    let place = surroundings(mapping)
    guard place == .block else {
      let text = "\(writer.key(key, in: place)): \(writer.inline(value, in: place))"
      return insertFlow(text, into: mapping, pairs.map { (tree[$0.key].start, max(tree[$0.key].end, tree[$0.value].end)) })
    }
    guard let first = pairs.first, let last = pairs.last, last.hasColon, !isExplicit(first), !isExplicit(last) else {
      throw unwritable(mapping)
    }
    var added = writer.entry(writer.key(key), value, column: column(of: mapping))
    if value.isBlock, pairs.count > 1, isSpaced(pairs), !keepsBlankLines(last.value) { added.insert("", at: 0) }
    return [append(added, after: tree[mapping].end)]
  }

  /// `? key` instead of `key:`.
  private func isExplicit(_ pair: Pair) -> Bool {
    let before = lines.droppingBlanks(before: tree[pair.key].start)
    return before > 0 && lines.bytes[before - 1] == UInt8(ascii: "?")
  }

  /// Whether blank lines behind a value belong to it, as after `|+`.
  private func keepsBlankLines(_ id: ID) -> Bool {
    switch tree[id].kind {
    case .scalar(_, .literal), .scalar(_, .folded):
      lines.bytes[tree[id].valueStart..<headerEnd(tree[id])].contains(UInt8(ascii: "+"))
    case .scalar, .alias: false
    case .list(let items, _): items.last.map(keepsBlankLines) ?? false
    case .mapping(let pairs, _): (pairs.last?.value).map(keepsBlankLines) ?? false
    }
  }

  /// True when a blank line stands between the last two entries.
  private func isSpaced(_ pairs: [Pair]) -> Bool {
    let end = tree[pairs[pairs.count - 2].value].end
    let next = lines.next(from: end)
    return next < lines.bytes.count && lines.breakLength(at: lines.skippingBlanks(from: next)) > 0
  }

  /// Removes an entry of the mapping at `slot`.
  func delete(_ pair: Pair, in slot: Slot) throws(ComposeProblem) -> [TextEdit] {
    guard case .mapping(let pairs, let isFlow) = tree[slot.id].kind,
      let index = pairs.firstIndex(where: { $0.key == pair.key })
    else { throw unwritable(slot.id) }
    let (start, end) = (tree[pair.key].start, max(tree[pair.key].end, tree[pair.value].end))
    try checkAnchors(in: start..<end)
    guard pairs.count > 1 else { return try empty(slot, "{}") }
    guard !isFlow else {
      return deleteFlow(index, pairs.map { (tree[$0.key].start, max(tree[$0.key].end, tree[$0.value].end)) })
    }
    guard !isExplicit(pair), lines.isBlank(lines.start(of: start)..<start) else { throw unwritable(pair.key) }
    return [TextEdit(lines.start(of: start)..<lines.next(from: end))]
  }

  /// Leaves brackets where a mapping or list was.
  func empty(_ slot: Slot, _ brackets: String) throws(ComposeProblem) -> [TextEdit] {
    let old = tree[slot.id]
    switch old.kind {
    case .mapping(_, isFlow: true), .list(_, isFlow: true): return [TextEdit((old.valueStart + 1)..<(old.end - 1))]
    case .mapping, .list: break
    case .scalar, .alias: throw unwritable(slot.id)
    }
    guard let pair = slot.pair, pair.hasColon else { throw unwritable(slot.id) }
    let colon = lines.skippingSpace(from: tree[pair.key].end)
    let head = old.anchor == nil && old.tag == nil ? colon + 1 : lines.end(ofPropertiesAt: old.start)
    let start = lines.start(of: old.valueStart)
    guard start > head else { throw unwritable(slot.id) }
    return [TextEdit(head..<head, " " + brackets), TextEdit(start..<lines.next(from: old.end))]
  }

  /// Refuses to remove an anchor that is used elsewhere.
  private func checkAnchors(in range: Range<Int>) throws(ComposeProblem) {
    for value in tree.values where !range.contains(value.start) {
      guard case .alias(let name, let target) = value.kind, range.contains(tree[target].start) else { continue }
      throw ComposeProblem(
        .sharedValue, at: tree[target].position, "\(subject): the anchor &\(name) in it is used at \(value.position)",
        fix: "move the anchor to its first use, or remove that use")
    }
  }

  // MARK: Lists and brackets

  /// Where the dash of an item stands; nil where nothing but blanks is not all that comes before it on its line.
  func dash(of item: ID) -> Int? {
    let at = lines.droppingBlanks(before: tree[item].start) - 1
    guard at >= 0, lines.bytes[at] == UInt8(ascii: "-"), lines.isBlank(lines.start(of: at)..<at) else { return nil }
    return at
  }

  func deleteItem(_ index: Int, _ items: [ID], _ isFlow: Bool) throws(ComposeProblem) -> [TextEdit] {
    let item = items[index]
    try checkAnchors(in: tree[item].start..<tree[item].end)
    if isFlow { return deleteFlow(index, items.map { (tree[$0].start, tree[$0].end) }) }
    guard let dash = dash(of: item) else { throw unwritable(item) }
    return [TextEdit(lines.start(of: dash)..<lines.next(from: tree[item].end))]
  }

  /// Lines behind the line of `offset`.
  func append(_ added: [String], after offset: Int) -> TextEdit {
    let end = lines.end(from: offset)
    let newLine = String(decoding: lines.lineBreak, as: UTF8.self)
    return TextEdit(end..<end, added.map { newLine + $0 }.joined())
  }

  /// Appends to what stands in brackets; on a line of its own where the last of it does.
  func insertFlow(_ text: String, into id: ID, _ parts: [(start: Int, end: Int)]) -> [TextEdit] {
    guard let last = parts.last else {
      let at = tree[id].valueStart + 1
      return [TextEdit(at..<at, text)]
    }
    let comma = lines.skippingSpace(from: last.end)
    let hasComma = comma < lines.bytes.count && lines.bytes[comma] == UInt8(ascii: ",")
    let end = hasComma ? comma + 1 : last.end
    let lineStart = lines.start(of: last.start)
    if lines.isBlank(lineStart..<last.start), lines.isEndOfLine(end) {
      let pad = String(decoding: lines.bytes[lineStart..<last.start], as: UTF8.self)
      let line = append([pad + text + (hasComma ? "," : "")], after: end)
      return (hasComma ? [] : [TextEdit(end..<end, ",")]) + [line]
    }
    // `key:,` would be one word.
    let isEmpty = lines.bytes[end - 1] == UInt8(ascii: ":")
    return [TextEdit(end..<end, (hasComma ? " " : isEmpty ? " , " : ", ") + text)]
  }

  private func deleteFlow(_ index: Int, _ parts: [(start: Int, end: Int)]) -> [TextEdit] {
    let part = parts[index]
    func hasComment(_ range: Range<Int>) -> Bool { lines.bytes[range].contains(UInt8(ascii: "#")) }
    if index + 1 < parts.count {
      let comma = lines.skippingSpace(from: part.end)
      let lineStart = lines.start(of: part.start)
      if lines.isBlank(lineStart..<part.start), lines.start(of: parts[index + 1].start) > part.end {
        if lines.isEndOfLine(comma + 1) { return [TextEdit(lineStart..<lines.next(from: comma))] }
      }
      let next = parts[index + 1].start
      return [TextEdit(part.start..<(hasComment(part.end..<next) ? comma + 1 : next))]
    }
    guard index > 0 else { return [TextEdit(part.start..<part.end)] }
    let before = parts[index - 1].end
    guard hasComment(before..<part.start) else { return [TextEdit(before..<part.end)] }
    let comma = lines.skippingSpace(from: before)
    return [TextEdit(comma..<(comma + 1)), TextEdit(part.start..<part.end)]
  }
}

extension Fragment {
  /// Takes lines of its own below its key.
  fileprivate var isBlock: Bool {
    switch self {
    case .mapping(let entries): !entries.isEmpty
    case .lines: true
    case .value(.map(let map)): !map.isEmpty
    case .value(.list(let items)): !items.isEmpty
    case .value, .setting, .alias: false
    }
  }
}

extension TextLines {
  /// Where anchor and tag end that begin at `offset`.
  fileprivate func end(ofPropertiesAt offset: Int) -> Int {
    var at = offset
    var end = offset
    while at < bytes.count, bytes[at] == UInt8(ascii: "&") || bytes[at] == UInt8(ascii: "!") {
      while at < bytes.count, bytes[at] != 32, bytes[at] != 9, breakLength(at: at) == 0 { at += 1 }
      end = at
      at = skippingBlanks(from: at)
    }
    return end
  }
}
