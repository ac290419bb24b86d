import Synchronization

/// What ended or changed, so that open sockets are looked at again within a second (S-AUTH-6).
package enum AccountChange: Hashable, Sendable {
  case sessionEnded(String)
  case tokenEnded(String)
  /// The rights of a user changed, or the user is gone: whoever holds a socket of it asks for a new `Principal`.
  case userChanged(Int64)
}

/// Those who want to hear of changes.
final class ChangeListeners: Sendable {
  private struct State {
    var next = 0
    var listeners: [Int: @Sendable (AccountChange) -> Void] = [:]
  }

  private let state = Mutex(State())

  func add(_ listener: @escaping @Sendable (AccountChange) -> Void) -> ChangeSubscription {
    let number = state.withLock { state in
      state.next += 1
      state.listeners[state.next] = listener
      return state.next
    }
    return ChangeSubscription { [weak self] in
      self?.state.withLock { $0.listeners[number] = nil }
    }
  }

  func tell(_ changes: [AccountChange]) {
    guard !changes.isEmpty else { return }
    let listeners = state.withLock { Array($0.listeners.values) }
    for listener in listeners {
      for change in changes { listener(change) }
    }
  }
}

/// Ends with its last reference.
package final class ChangeSubscription: Sendable {
  private let end: @Sendable () -> Void

  init(end: @escaping @Sendable () -> Void) {
    self.end = end
  }

  deinit { end() }
}
