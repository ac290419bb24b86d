/// Finds services that wait for each other.
enum DependencyCycles {
  /// One problem a cycle, shown as a chain; linear in services and dependencies.
  static func check(_ services: [ServiceDraft]) -> [ComposeProblem] {
    let byName = Dictionary(services.map { ($0.name, $0) }) { first, _ in first }
    var isDone: Set<String> = []
    var problems: [ComposeProblem] = []
    for service in services where !isDone.contains(service.name) {
      var chain: [(name: String, waiting: ArraySlice<String>)] = []
      var places: [String: Int] = [:]

      func enter(_ name: String) {
        places[name] = chain.count
        chain.append((name, (byName[name]?.dependencies.keys ?? [])[...]))
      }

      enter(service.name)
      while let last = chain.indices.last {
        guard let next = chain[last].waiting.popFirst() else {
          isDone.insert(chain[last].name)
          places[chain[last].name] = nil
          chain.removeLast()
          continue
        }
        if let start = places[next] {
          guard problems.count < ComposeProblems.gatheringLimit else { return problems }
          problems.append(problem(chain[start...].map(\.name), byName))
        } else if byName[next] != nil, !isDone.contains(next) {
          enter(next)
        }
      }
    }
    return problems
  }

  /// Services of a chain that are named at its begin, and at its end.
  private static let shownCount = 8

  private static func problem(_ cycle: [String], _ services: [String: ServiceDraft]) -> ComposeProblem {
    let first = cycle[0]
    let omitted = cycle.count - 2 * shownCount
    let shown =
      omitted > 0 ? cycle.prefix(shownCount) + ["(\(omitted) more)"] + cycle.suffix(shownCount) : cycle[...]
    let next = cycle.count > 1 ? cycle[1] : first
    let position =
      services[first]?.keyPosition(of: next, in: "depends_on") ?? SourcePosition(file: "", line: 0, column: 0)
    return ComposeProblem(
      .dependencyCycle, at: position,
      "services.\(first): services wait for each other: \((shown + [first]).joined(separator: " -> "))",
      fix: "remove one of these dependencies")
  }
}
