/// Finds the ways in which a document's text can be given a change, best first. Whether a way does what is meant, and nothing
/// else, is for `EditableFile` to see: it reads the text again.
struct EditPlanner {
  typealias ID = SyntaxTree.ID
  typealias Pair = SyntaxTree.Pair

  /// One way to make a change.
  struct Way {
    var edits: [TextEdit]
    /// What it means for the values, where that is not what was asked for.
    var change: TreeChange?
    /// The value that is changed in place although others use it.
    var shared: SourcePosition?
  }

  enum Operation {
    case assign(Fragment)
    case remove
    case setting(String, String)
    case removeSetting(String)
  }

  /// Where a value stands.
  struct Slot {
    var id: ID
    var pair: Pair?
    /// The mapping that `pair` is of.
    var mapping: ID?
  }

  let tree: SyntaxTree
  let file: String
  let options: EditOptions
  let writer: ValueWriter
  /// As in messages.
  let subject: String
  /// The path of the whole change.
  let path: [String]

  var lines: TextLines { tree.lines }

  init(_ tree: SyntaxTree, root: ID, file: String, options: EditOptions, path: [String], subject: String) {
    self.tree = tree
    self.file = file
    self.options = options
    self.path = path
    self.subject = subject
    writer = Self.writer(for: tree, root)
  }

  func problem(_ rule: ComposeProblem.Rule, at id: ID, _ message: String, fix: String) -> ComposeProblem {
    ComposeProblem(rule, at: tree[id].position, message, fix: fix)
  }

  private func standing(of id: ID) -> Slot {
    let holder = tree.holders[id]
    return Slot(id: id, pair: holder?.pair, mapping: holder?.mapping)
  }

  // MARK: Descent

  /// - Parameter path: what is left of the path, below `slot`.
  func ways(_ operation: Operation, _ path: ArraySlice<String>, at slot: Slot) throws(ComposeProblem) -> [Way] {
    guard let key = path.first else { return try section(operation, at: slot) }
    let rest = path.dropFirst()
    switch tree[slot.id].kind {
    case .mapping:
      return try ways(operation, key, rest, in: slot)
    case .alias(let name, let target):
      let inner = try attempt { () throws(ComposeProblem) in try self.ways(operation, path, at: standing(of: target)) }
      var ways = sharing(inner, tree[target].position)
      if let value = fragment(operation, path), tree.pairs(target) != nil {
        ways.append(Way(edits: try override(slot, name, value)))
      }
      guard !ways.isEmpty else { throw notThere(operation, at: slot.id) }
      return ways
    case .scalar where tree.isNull(slot.id):
      guard let value = fragment(operation, path) else { throw notThere(operation, at: slot.id) }
      return [Way(edits: try fill(slot, value))]
    case .scalar, .list:
      throw problem(
        .wrongType, at: slot.id, "\(subject): there is no mapping here that could have `\(key)`",
        fix: "correct the file first")
    }
  }

  private func ways(
    _ operation: Operation, _ key: String, _ rest: ArraySlice<String>, in slot: Slot
  ) throws(ComposeProblem) -> [Way] {
    let mapping = slot.id
    if let pair = tree.ownPair(key, in: mapping) {
      let inner = Slot(id: pair.value, pair: pair, mapping: mapping)
      guard rest.isEmpty else { return try ways(operation, rest, at: inner) }
      switch operation {
      case .assign(let value): return [Way(edits: try replace(inner, by: value), shared: tree[pair.value].position)]
      case .remove: return [Way(edits: try delete(pair, in: slot))]
      case .setting, .removeSetting: return try section(operation, at: inner)
      }
    }
    guard let (pair, source) = tree.inheritedPair(key, in: mapping) else {
      guard let value = rest.isEmpty ? leaf(operation) : fragment(operation, rest) else {
        throw notThere(operation, at: mapping)
      }
      return [Way(edits: try insert(key, value, into: mapping))]
    }
    if rest.isEmpty, case .assign(let value) = operation {
      try checkVariables(in: pair.value)
      return [Way(edits: try insert(key, value, into: mapping))]
    }
    let there = standing(of: pair.value)
    let place = tree[pair.value].position
    if rest.isEmpty, case .remove = operation {
      return sharing([Way(edits: try delete(pair, in: standing(of: source)))], place)
    }
    var ways = sharing(try self.ways(operation, rest, at: there), place)
    let target = tree.resolved(pair.value)
    if let name = tree[target].anchor, tree.pairs(target) != nil,
      let value = rest.isEmpty ? leaf(operation) : fragment(operation, rest),
      case .mapping(let entries) = value
    {
      ways.append(Way(edits: try insert(key, .mapping([("<<", .alias(name))] + entries), into: mapping)))
    }
    return ways
  }

  /// The ways found by `body`; none where there are none, so that others can be tried. Variables that decide end the search.
  private func attempt(_ body: () throws(ComposeProblem) -> [Way]) throws(ComposeProblem) -> [Way]? {
    do throws(ComposeProblem) {
      return try body()
    } catch {
      guard error.rule == .interpolation else { return nil }
      throw error
    }
  }

  private func sharing(_ ways: [Way]?, _ place: SourcePosition) -> [Way] {
    (ways ?? []).map { Way(edits: $0.edits, change: $0.change, shared: place) }
  }

  private func notThere(_ operation: Operation, at id: ID) -> ComposeProblem {
    problem(
      .missingValue, at: id, "\(subject) is not set here", fix: "nothing is to be removed; see where it comes from with config")
  }

  /// What the last key of the path gets.
  private func leaf(_ operation: Operation) -> Fragment? {
    switch operation {
    case .assign(let value): value
    case .setting(let name, let value): .mapping([(writer.key(name), .setting(value))])
    case .remove, .removeSetting: nil
    }
  }

  /// Mappings for all keys of `path`, with the value in the innermost; nil where something is to be removed.
  private func fragment(_ operation: Operation, _ path: ArraySlice<String>) -> Fragment? {
    guard var value = leaf(operation) else { return nil }
    for key in path.reversed() { value = .mapping([(writer.key(key), value)]) }
    return value
  }

  // MARK: Sections of settings

  /// `environment` or `labels`: a mapping, or a list of `NAME=value`.
  private func section(_ operation: Operation, at slot: Slot) throws(ComposeProblem) -> [Way] {
    switch tree[slot.id].kind {
    case .alias(let name, let target):
      let inner = try attempt { () throws(ComposeProblem) in try section(operation, at: standing(of: target)) }
      var ways = sharing(inner, tree[target].position)
      if let value = leaf(operation), tree.pairs(target) != nil {
        ways.append(Way(edits: try override(slot, name, value)))
      }
      guard !ways.isEmpty else { throw notThere(operation, at: slot.id) }
      return ways
    case .scalar where tree.isNull(slot.id):
      guard let value = leaf(operation) else { throw notThere(operation, at: slot.id) }
      return [Way(edits: try fill(slot, value))]
    case .scalar:
      throw problem(
        .wrongType, at: slot.id, "\(subject): the section is no mapping and no list", fix: "write it as a mapping or a list")
    case .mapping:
      switch operation {
      case .setting(let name, let value): return try ways(.assign(.setting(value)), [name], at: slot)
      case .removeSetting(let name):
        if let pairs = tree.pairs(slot.id), pairs.count == 1, tree.ownPair(name, in: slot.id) != nil,
          let way = try dropSection(slot)
        {
          return [way]
        }
        return try ways(.remove, [name], at: slot)
      case .assign, .remove: throw notThere(operation, at: slot.id)
      }
    case .list(let items, let isFlow):
      switch operation {
      case .setting(let name, let value): return [Way(edits: try setItem(name, value, items, isFlow, slot.id))]
      case .removeSetting(let name):
        let matching = items.indices.filter { index in tree.text(items[index]).map { TreeChange.isSetting($0, name) } ?? false }
        guard !matching.isEmpty else { throw notThere(operation, at: slot.id) }
        if matching.count == items.count {
          if let way = try dropSection(slot) { return [way] }
          return [Way(edits: try empty(slot, "[]"))]
        }
        var edits: [TextEdit] = []
        for index in matching { edits += try deleteItem(index, items, isFlow) }
        return [Way(edits: edits)]
      case .assign, .remove: throw notThere(operation, at: slot.id)
      }
    }
  }

  /// Removes a section that would be left empty; nil where it must stay.
  private func dropSection(_ slot: Slot) throws(ComposeProblem) -> Way? {
    guard let pair = slot.pair, let mapping = slot.mapping, tree[slot.id].anchor == nil, tree[slot.id].tag == nil,
      (tree.pairs(mapping)?.count ?? 0) > 1
    else { return nil }
    return Way(edits: try delete(pair, in: standing(of: mapping)), change: .remove(Array(path.dropLast())))
  }

  private func setItem(
    _ name: String, _ value: String, _ items: [ID], _ isFlow: Bool, _ list: ID
  ) throws(ComposeProblem) -> [TextEdit] {
    let text = "\(name)=\(value)"
    let place = isFlow ? ValueWriter.Surroundings.flow : .block
    if let item = items.last(where: { tree.text($0).map { TreeChange.isSetting($0, name) } ?? false }) {
      try checkVariables(in: item)
      return try replaceScalar(item, by: .value(.string(text)), in: place)
    }
    if isFlow {
      let quote: SyntaxTree.Style = items.last.map(style) ?? .plain
      return insertFlow(
        writer.inline(.value(.string(text)), in: place, like: quote), into: list, items.map { (tree[$0].start, tree[$0].end) })
    }
    guard let last = items.last, let dash = dash(of: last) else { throw unwritable(list) }
    let column = dash - lines.start(of: dash)
    let like = style(of: last)
    let line = String(repeating: " ", count: column) + "- " + writer.inline(.value(.string(text)), in: .block, like: like)
    return [append([line], after: tree[last].end)]
  }

  /// The quotes of a scalar, where it has some.
  func style(of id: ID) -> SyntaxTree.Style {
    guard case .scalar(_, let style) = tree[tree.resolved(id)].kind else { return .plain }
    return style == .singleQuoted || style == .doubleQuoted ? style : .plain
  }

  // MARK: Variables

  /// Refuses to replace a text that variables decide.
  func checkVariables(in id: ID) throws(ComposeProblem) {
    guard !options.replacesInterpolation, let text = tree.text(id) else { return }
    let variables = VariableReference.all(in: .string(text))
    guard !variables.isEmpty else { return }
    let names = variables.map { $0.defaultValue.isEmpty ? $0.name : "\($0.name) (default \($0.defaultValue))" }
    throw problem(
      .interpolation, at: id,
      "\(subject) is written as `\(text)`: \(variables.count == 1 ? "the variable" : "the variables") \(names.joined(separator: ", ")) decide\(variables.count == 1 ? "s" : "")",
      fix: "set \(variables[0].name) in .env or in the environment, or replace the text with --replace-variables")
  }

  func unwritable(_ id: ID) -> ComposeProblem {
    problem(
      .unsupported, at: id, "\(subject): it is written in a form that cannot be edited",
      fix: "write it as `key: value` on lines of its own, or edit it by hand")
  }
}
