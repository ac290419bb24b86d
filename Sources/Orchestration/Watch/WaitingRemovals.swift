/// What was removed on this machine and is still in containers that do not run: `rm` runs in running ones only.
struct WaitingRemovals: Sendable {
  /// In all containers together.
  static let limit = 20_000

  private var removals: [String: Set<WatchPlan.Copy>] = [:]
  private var count = 0

  var isEmpty: Bool { removals.isEmpty }

  /// - Returns: how many there is no room for.
  mutating func add(_ more: [WatchPlan.Copy], in container: String) -> Int {
    var left = 0
    for removal in more {
      if count >= Self.limit {
        left += 1
      } else if removals[container, default: []].insert(removal).inserted {
        count += 1
      }
    }
    return left
  }

  /// Those of a container; they do not wait any more.
  mutating func take(_ container: String) -> [WatchPlan.Copy] {
    let taken = removals.removeValue(forKey: container) ?? []
    count -= taken.count
    return Array(taken)
  }

  /// Containers that are gone take what waits along.
  mutating func keep(only containers: Set<String>) {
    for gone in removals.keys where !containers.contains(gone) { _ = take(gone) }
  }

  /// The paths to remove in a container, sorted: what has not come back, and without what goes along with a folder above it.
  static func paths(of removals: [WatchPlan.Copy], isThere: (String) -> Bool) -> [String] {
    let all = Set(removals.filter { $0.target != "/" && !isThere($0.source) }.map(\.target))
    return all.filter { path in
      var above = path[...]
      while let slash = above.lastIndex(of: "/"), slash != above.startIndex {
        above = above[..<slash]
        if all.contains(String(above)) { return false }
      }
      return true
    }.sorted()
  }
}
