import Synchronization

/// Ends of containers that were told: a server that was lost tells them again when it is back.
final class ToldEnds: Sendable {
  private struct State {
    /// Of those that have written nothing since.
    var told: Set<String> = []
    /// Of those, what may come again.
    var again: Set<String> = []
  }

  private let state = Mutex(State())

  func writes(_ name: String) {
    state.withLock { state in
      guard !state.told.isEmpty else { return }
      state.told.remove(name)
      state.again.remove(name)
    }
  }

  func serverIsBack() { state.withLock { $0.again = $0.told } }

  /// Whether an end is to be told.
  func isNew(_ name: String) -> Bool {
    state.withLock { state in
      state.told.insert(name)
      return state.again.remove(name) == nil
    }
  }
}
