package import Orchestration
package import SlipwayAPI

/// Contexts on the wire, and back.
extension BuildContextsBody {
  /// Nil: there are none.
  package init?(_ contexts: OwnContexts, defaultPlatform: String?) {
    guard !contexts.announced.isEmpty else { return nil }
    self.init(
      items: contexts.announced.sorted { $0.key < $1.key }.map { service, about in
        Context(
          service: service, place: about.place, dockerfile: about.dockerfile.isEmpty ? nil : about.dockerfile,
          problem: about.problem.isEmpty ? nil : about.problem)
      }, defaultPlatform: defaultPlatform)
  }

  package var announced: [String: CallerContexts.Announced] {
    let pairs = items.map { item in
      (
        item.service,
        CallerContexts.Announced(place: item.place, dockerfile: item.dockerfile ?? "Dockerfile", problem: item.problem ?? "")
      )
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
