import Synchronization

/// Wakes one waiting task; a wake that comes before the wait is not lost.
final class WakeSignal: Sendable {
  private struct State {
    var isSet = false
    var isUrgent = false
    /// Only urgent wakes end the wait.
    var waitsForUrgent = false
    var waiter: CheckedContinuation<Void, Never>?

    mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
      guard let waiter, isUrgent || isSet && !waitsForUrgent else { return nil }
      self.waiter = nil
      isSet = false
      isUrgent = false
      return waiter
    }
  }

  private let state = Mutex(State())
  private let clock: LogClock

  init(_ clock: LogClock) { self.clock = clock }

  /// - Parameter isUrgent: Somebody is held up: it ends also waits that only gather more.
  func wake(isUrgent: Bool = false) {
    let waiter = state.withLock { state in
      state.isSet = true
      if isUrgent { state.isUrgent = true }
      return state.takeWaiter()
    }
    waiter?.resume()
  }

  /// Returns after a wake, at the deadline, or when the task is cancelled. One task at a time.
  func wait(until deadline: Duration? = nil, urgentOnly: Bool = false) async {
    // WHY: a timer that must be able to outlive this call by a moment, as it cannot be awaited while the signal comes first.
    let alarm = deadline.map { deadline in
      Task { [clock] in
        await clock.sleep(deadline)
        if !Task.isCancelled { self.wake(isUrgent: true) }
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state -> CheckedContinuation<Void, Never>? in
          state.waitsForUrgent = urgentOnly
          state.waiter = continuation
          if Task.isCancelled { state.isUrgent = true }
          return state.takeWaiter()
        }
        ready?.resume()
      }
    } onCancel: {
      wake(isUrgent: true)
    }
    alarm?.cancel()
  }
}
