/// `- KEY=value` lists as mappings.
enum KeyValueForm {
  /// What a bare `KEY` means.
  enum Bare { case null, emptyText }

  /// The list as a mapping: the last value of a key counts, at its first place. Mappings come back unchanged.
  static func map(_ node: Node, bare: Bare) -> Node {
    guard case .list(let items) = node.content else { return node }
    var entries: [Node.Entry] = []
    entries.reserveCapacity(items.count)
    var places: [String: Int] = [:]
    for item in items {
      guard let text = item.string else { continue }
      let entry: Node.Entry
      if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        entry = Node.Entry(
          key: String(text[..<equals]), keyPosition: item.position,
          value: Node(.string(String(text[text.utf8.index(after: equals)...])), at: item.position))
      } else {
        entry = Node.Entry(
          key: text, keyPosition: item.position,
          value: Node(bare == .null ? .null : .string(""), at: item.position))
      }
      if let place = places[entry.key] {
        entries[place] = entry
      } else {
        places[entry.key] = entries.count
        entries.append(entry)
      }
    }
    return Node(.map(entries), at: node.position, tag: node.tag)
  }
}
