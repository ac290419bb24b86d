/// What the tags `!reset` and `!override` of a document remove from what was loaded before it.
struct TagCuts {
  private var isCut = false
  private var children: [String: TagCuts] = [:]

  var isEmpty: Bool { !isCut && children.isEmpty }

  /// Takes the values tagged `!reset` and the tags `!override` out of `document`.
  static func taken(from document: inout Node) -> TagCuts {
    var cuts = TagCuts()
    cuts.take(&document)
    return cuts
  }

  private mutating func take(_ node: inout Node) {
    if node.tag == .override {
      isCut = true
      node.tag = nil
    }
    switch node.content {
    case .map(var entries):
      node.content = .null
      entries.removeAll { cutsReset($0.value, $0.key) }
      for index in entries.indices { descend(&entries[index].value, entries[index].key) }
      node.content = .map(entries)
    case .list(var items):
      node.content = .null
      var kept: [Node] = []
      kept.reserveCapacity(items.count)
      for index in items.indices where items[index].tag != .reset {
        // A place in a list is no name that an earlier file could share: below it, tags only say something of this file.
        _ = Self.taken(from: &items[index])
        kept.append(items[index])
      }
      node.content = .list(kept)
    case .null, .bool, .int, .double, .timestamp, .string: return
    }
  }

  private mutating func cutsReset(_ node: Node, _ key: String) -> Bool {
    guard node.tag == .reset else { return false }
    children[key, default: TagCuts()].isCut = true
    return true
  }

  private mutating func descend(_ node: inout Node, _ key: String) {
    var below = TagCuts()
    below.take(&node)
    if !below.isEmpty { children[key] = below }
  }

  /// What lies below `key`.
  func below(_ key: String) -> TagCuts { children[key] ?? TagCuts() }

  /// `node` without what is cut.
  func applied(to node: Node) -> Node {
    guard !isEmpty else { return node }
    switch node.content {
    case .map(let entries):
      let kept = entries.compactMap { entry -> Node.Entry? in
        guard let cut = children[entry.key] else { return entry }
        guard !cut.isCut else { return nil }
        return Node.Entry(key: entry.key, keyPosition: entry.keyPosition, value: cut.applied(to: entry.value))
      }
      return Node(.map(kept), at: node.position)
    case .null, .bool, .int, .double, .timestamp, .string, .list: return node
    }
  }
}
