/// A service on its way from the merged document to the project: the located tree for messages, the canonical value for
/// the result.
struct ServiceDraft {
  let name: String
  let position: SourcePosition
  let node: Node
  var canonical: ComposeMap

  init(_ entry: Node.Entry, canonical: ComposeMap, node: Node) {
    self.name = entry.key
    self.position = entry.keyPosition
    self.node = node
    self.canonical = canonical
  }

  var path: String { "services.\(name)" }
  var profiles: [String] { canonical["profiles"]?.list?.compactMap(\.string) ?? [] }
  var dependencies: ComposeMap { canonical["depends_on"]?.map ?? ComposeMap() }
  var replicas: Int { canonical["scale"]?.int ?? canonical["deploy"]?["replicas"]?.int ?? 1 }

  /// The place of an attribute below the service; of the nearest one that exists when it is implied.
  func position(of keys: String...) -> SourcePosition {
    var place = position
    var node: Node? = node
    for key in keys {
      guard let entry = node?.entries?.first(where: { $0.key == key }) else { return place }
      place = entry.value.isNull ? entry.keyPosition : entry.value.position
      node = entry.value
    }
    return place
  }

  /// The place of a key of a mapping attribute.
  func keyPosition(of key: String, in attribute: String) -> SourcePosition {
    node[attribute]?.entries?.first { $0.key == key }?.keyPosition ?? position(of: attribute)
  }

  func position(ofItem index: Int, in attribute: String) -> SourcePosition {
    guard let items = node[attribute]?.items, items.indices.contains(index) else { return position(of: attribute) }
    return items[index].position
  }
}
