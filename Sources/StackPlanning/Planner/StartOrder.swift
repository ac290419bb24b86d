package import ComposeFile

/// The order in which services start: what a service depends on comes before it, and else the order of names.
package enum StartOrder {
  package static func of(_ services: [Service]) -> [Service] {
    let byName = Dictionary(services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let order = names(byName.mapValues { Array($0.dependsOn.keys) })
    return order.compactMap { byName[$0] }
  }

  /// The keys of `dependencies` in start order. What is not a key is ignored; a circle is cut where it closes.
  package static func names(_ dependencies: [String: [String]]) -> [String] {
    var order: [String] = []
    var visited: Set<String> = []
    func visit(_ name: String) {
      guard dependencies[name] != nil, visited.insert(name).inserted else { return }
      for dependency in (dependencies[name] ?? []).sorted() { visit(dependency) }
      order.append(name)
    }
    for name in dependencies.keys.sorted() { visit(name) }
    return order
  }

  /// `names` and all that they depend on, directly or not.
  package static func closure(of names: [String], in services: [Service]) -> Set<String> {
    let byName = Dictionary(services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var result: Set<String> = []
    var pending = names
    while let name = pending.popLast() {
      guard let service = byName[name], result.insert(name).inserted else { continue }
      pending += service.dependsOn.keys
    }
    return result
  }
}
