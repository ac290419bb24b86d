/// Leaves one of the items of a list that stand for the same thing: the last one, at the place of the first.
enum Deduplication {
  private typealias Place = PathTable<MergeRule>.Place

  static func run(_ document: inout Node) { walk(&document, MergeRule.table.root) }

  private static func walk(_ node: inout Node, _ place: Place) {
    switch node.content {
    case .map(var entries):
      node.content = .null
      for index in entries.indices {
        guard let next = MergeRule.table.place(of: entries[index].key, below: place) else { continue }
        walk(&entries[index].value, next)
      }
      node.content = .map(entries)
    case .list(let items):
      guard items.count > 1, let identity = MergeRule.table.rule(at: place)?.identity else { return }
      node.content = .list(distinct(items, by: identity))
    case .null, .bool, .int, .double, .timestamp, .string: return
    }
  }

  private static func distinct(_ items: [Node], by identity: MergeRule.Identity) -> [Node] {
    var result: [Node] = []
    result.reserveCapacity(items.count)
    var places: [String: Int] = [:]
    for item in items {
      guard let key = identity.key(of: item) else {
        result.append(item)
        continue
      }
      if let place = places[key] {
        result[place] = item
      } else {
        places[key] = result.count
        result.append(item)
      }
    }
    return result
  }
}

extension MergeRule.Identity {
  /// nil: the item is like no other (or broken, which is for the schema to say).
  fileprivate func key(of item: Node) -> String? {
    switch self {
    case .name: return item.string.map { String(decoding: $0.utf8.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self) }
    case .text: return item.scalarText
    case .path: return item.string ?? item["path"]?.string
    case .target(let folder):
      if let source = item.string { return "\(folder)/\(source)" }
      return item["target"]?.string ?? item["source"]?.string.map { "\(folder)/\($0)" }
    case .deviceTarget:
      guard let text = item.string else { return item["target"]?.string }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      return String(parts.count > 1 ? parts[1] : parts[0])
    case .volumeTarget:
      guard let text = item.string else { return item["target"]?.string }
      return (try? VolumeSpec(text))?.target
    case .port:
      guard item.entries != nil else { return item.scalarText }
      guard let target = item["target"]?.scalarText else { return nil }
      let host = item["host_ip"]?.string ?? "0.0.0.0"
      let published = item["published"]?.scalarText ?? ""
      return "\(host):\(published):\(target)/\(item["protocol"]?.string ?? "tcp")"
    }
  }
}
