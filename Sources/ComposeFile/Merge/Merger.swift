/// Joins documents: a later one goes onto an earlier one by the rules of `MergeRule.table`.
struct Merger {
  typealias Place = PathTable<MergeRule>.Place

  private let table = MergeRule.table
  private var path = AttributePath()
  private(set) var problems: [ComposeProblem] = []

  /// Whole documents.
  mutating func merged(_ base: Node, _ over: Node) -> Node { merge(base, over, table.root) }

  /// One entry of a section, such as a service.
  mutating func merged(_ base: Node, _ over: Node, section: String, name: String) -> Node {
    path = AttributePath(section, name)
    defer { path = AttributePath() }
    return merge(base, over, table.place(of: name, below: table.place(of: section, below: table.root)))
  }

  private mutating func merge(_ base: Node, _ over: Node, _ place: Place?) -> Node {
    let joining = table.rule(at: place)?.joining ?? .byKind
    if case .replace = joining { return over }
    if case .limits = joining, over.isNull { return over }
    if over.isNull {
      if joining.needsValue { reportMissing(over) }
      return base
    }
    if base.isNull { return over }
    switch joining {
    case .byKind, .replace: return byKind(base, over, place)
    case .limits: return base.entries != nil && over.entries != nil ? byKind(base, over, place) : over
    case .external: return base.entries != nil && over.bool == true ? base : over
    case .settings: return settings(base, over, place, onlyNew: false)
    case .newSettings: return settings(base, over, place, onlyNew: true)
    case .names: return byKind(Self.names(base, default: nil), Self.names(over, default: nil), place)
    case .dependencies:
      let condition = "service_started"
      return byKind(Self.names(base, default: condition), Self.names(over, default: condition), place)
    case .build:
      return byKind(
        base.string == nil ? base : base.wrapped(in: "context"), over.string == nil ? over : over.wrapped(in: "context"),
        place)
    case .logging:
      if let driver = base["driver"]?.string, let other = over["driver"], other.string != driver { return over }
      return byKind(base, over, place)
    case .subnets: return subnets(base, over, place)
    }
  }

  private mutating func byKind(_ base: Node, _ over: Node, _ place: Place?) -> Node {
    switch (base.content, over.content) {
    case (.map(let entries), .map(let others)):
      return Node(.map(merge(entries, others, place)), at: base.position)
    case (.list(let items), .list(let others)):
      var known = Set(items.map(\.fingerprint))
      return Node(.list(items + others.filter { known.insert($0.fingerprint).inserted }), at: base.position)
    case (.map, _), (.list, _):
      problems.append(
        ComposeProblem(
          .wrongType, at: over.position,
          "\(path): \(over.kind) cannot be merged onto \(base.kind) (\(base.position))",
          fix: "write it as \(base.kind), or replace the earlier value with the tag !override"))
      return base
    case (.null, _), (.bool, _), (.int, _), (.double, _), (.timestamp, _), (.string, _):
      return over
    }
  }

  private mutating func merge(_ entries: [Node.Entry], _ others: [Node.Entry], _ place: Place?) -> [Node.Entry] {
    var result = entries
    var places = Dictionary(minimumCapacity: entries.count + others.count) as [String: Int]
    for (index, entry) in entries.enumerated() { places[entry.key] = index }
    for other in others {
      guard let index = places[other.key] else {
        places[other.key] = result.count
        result.append(other)
        continue
      }
      path.push(other.key)
      let base = result[index].value
      result[index].value = Node(.null, at: base.position)
      result[index].value = merge(base, other.value, table.place(of: other.key, below: place))
      path.pop()
    }
    return result
  }

  private mutating func settings(_ base: Node, _ over: Node, _ place: Place?, onlyNew: Bool) -> Node {
    guard let items = Self.settings(base), let others = Self.settings(over) else { return byKind(base, over, place) }
    guard onlyNew else { return Node(.list(items + others), at: base.position) }
    let known = Set(items.compactMap(\.scalarText))
    let new = others.filter { item in item.scalarText.map { !known.contains($0) } ?? true }
    return Node(.list(items + new), at: base.position)
  }

  /// A mapping as `KEY=value` items, a text as the only item; nil when a value is neither text nor number.
  private static func settings(_ node: Node) -> [Node]? {
    switch node.content {
    case .list(let items): return items
    case .string: return [node]
    case .map(let entries):
      var items: [Node] = []
      items.reserveCapacity(entries.count)
      for entry in entries {
        if entry.value.isNull {
          items.append(Node(.string(entry.key), at: entry.keyPosition))
          continue
        }
        for value in entry.value.items ?? [entry.value] {
          guard let text = value.scalarText else { return nil }
          items.append(Node(.string("\(entry.key)=\(text)"), at: value.position))
        }
      }
      return items
    case .null, .bool, .int, .double, .timestamp: return nil
    }
  }

  /// A list of names as a mapping.
  private static func names(_ node: Node, default condition: String?) -> Node {
    guard let items = node.items else { return node }
    var seen: Set<String> = []
    let entries = items.compactMap { item -> Node.Entry? in
      guard let name = item.string, seen.insert(name).inserted else { return nil }
      var value = Node(.null, at: item.position)
      if let condition {
        value = Node.mapping([("condition", condition)], at: item.position)
        value["required"] = Node(.bool(true), at: item.position)
      }
      return Node.Entry(key: name, keyPosition: item.position, value: value)
    }
    return Node(.map(entries), at: node.position)
  }

  /// Subnets of one network that can be merged: it takes their number to the third power.
  private static let subnetLimit = 16

  /// As Docker Compose does it, step by step: an earlier subnet that the later list does not have goes, but what it says
  /// besides its subnet (a gateway) can stay behind.
  private mutating func subnets(_ base: Node, _ over: Node, _ place: Place?) -> Node {
    guard let items = base.items, let others = over.items else { return byKind(base, over, place) }
    guard items.count <= Self.subnetLimit, others.count <= Self.subnetLimit else {
      problems.append(
        ComposeProblem(
          .limit, at: over.position, "\(path): more than \(Self.subnetLimit) subnets to merge", fix: "make several networks"))
      return base
    }
    func subnet(_ node: Node) -> String? { node["subnet"]?.string }
    var result: [Node] = []
    for item in items {
      var item = item
      // Where the item is in the result already, which then changes with it.
      var places: Set<Int> = []
      for other in others {
        if subnet(item) != subnet(other), !result.contains(where: { subnet($0) == subnet(other) }) {
          result.append(other)
          continue
        }
        item = byKind(item, other, nil)
        for place in places { result[place] = item }
        let place = result.firstIndex { subnet($0) == subnet(item) } ?? result.count
        if place == result.count { result.append(item) } else { result[place] = item }
        places.insert(place)
      }
    }
    return Node(.list(result), at: over.position)
  }

  private mutating func reportMissing(_ node: Node) {
    problems.append(
      ComposeProblem(
        .wrongType, at: node.position, "\(path): is empty, which does not remove what an earlier file says",
        fix: "leave the key away, or write it with the tag !reset"))
  }
}

extension MergeRule.Joining {
  /// Docker Compose refuses an empty value here; elsewhere it means nothing.
  fileprivate var needsValue: Bool {
    switch self {
    case .logging, .subnets: true
    case .byKind, .replace, .settings, .newSettings, .names, .dependencies, .build, .limits, .external: false
    }
  }
}

extension Node {
  /// A single value as Compose writes it into text; nil for nothing, lists and mappings.
  var scalarText: String? {
    switch content {
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .double(let value): GoNumber.text(value)
    case .timestamp(let text), .string(let text): text
    case .null, .list, .map: nil
    }
  }
}
