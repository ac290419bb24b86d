/// What has changed below watched folders. Bounded: see `hasMissedSome` and `hasLostRemovals`.
struct FolderChanges: Sendable {
  static let pathLimit = 50_000
  /// All that is known may go away while as much changes.
  static let removalLimit = pathLimit + WatchedFolders.nameLimit

  private(set) var paths: Set<String> = []
  /// What has changed is not among the paths: all that is there must be looked at. What went away is told all the same.
  var hasMissedSome = false
  /// Something that went away is not among the paths.
  var hasLostRemovals = false
  /// Why something that is new is not watched.
  var refusal: String?

  var isEmpty: Bool { paths.isEmpty && !hasMissedSome && !hasLostRemovals && refusal == nil }
  var isFull: Bool { paths.count >= Self.pathLimit }

  mutating func note(_ path: String) {
    if isFull { hasMissedSome = true } else { paths.insert(path) }
  }

  mutating func noteGone(_ path: String) {
    guard paths.count >= Self.removalLimit else {
      paths.insert(path)
      return
    }
    hasLostRemovals = true
    hasMissedSome = true
  }

  mutating func add(_ more: FolderChanges) {
    if paths.isEmpty {
      paths = more.paths
    } else {
      // Which of them have gone is not known any more: the limit for these holds for all.
      for path in more.paths { noteGone(path) }
    }
    hasMissedSome = hasMissedSome || more.hasMissedSome
    hasLostRemovals = hasLostRemovals || more.hasLostRemovals
    refusal = refusal ?? more.refusal
  }
}
