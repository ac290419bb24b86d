import Synchronization

/// The containers that are read now, so that none is read twice at once.
final class ActiveSources: Sendable {
  /// How long none must be read before the end is believed: a deploy stops the old container before it starts the new one.
  private static let linger: Duration = .seconds(1)
  private static let interval: Duration = .milliseconds(100)

  private let ids: Mutex<Set<String>>

  init(_ ids: [String]) { self.ids = Mutex(Set(ids)) }

  /// False when it is read already.
  func enter(_ id: String) -> Bool { ids.withLock { $0.insert(id).inserted } }

  func leave(_ id: String) { ids.withLock { _ = $0.remove(id) } }

  /// Returns when nothing was read for a while, or the task is cancelled.
  func waitUntilIdle() async {
    var idleSince: ContinuousClock.Instant?
    while !Task.isCancelled {
      let now = ContinuousClock.now
      if ids.withLock({ !$0.isEmpty }) {
        idleSince = nil
      } else if let start = idleSince, now - start >= Self.linger {
        return
      } else {
        idleSince = idleSince ?? now
      }
      try? await Task.sleep(for: Self.interval)
    }
  }
}
