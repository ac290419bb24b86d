import Synchronization

/// A value that comes once; any number of tasks may wait for it.
final class OnceBox<Value: Sendable>: Sendable {
  private let state = Mutex<(value: Value?, waiters: [@Sendable (Value) -> Void])>((nil, []))

  var value: Value? { state.withLock { $0.value } }

  /// The first value counts.
  func resolve(_ value: Value) {
    let waiters = state.withLock { state -> [@Sendable (Value) -> Void] in
      guard state.value == nil else { return [] }
      state.value = value
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter(value) }
  }

  func wait() async -> Value {
    await withCheckedContinuation { continuation in then { continuation.resume(returning: $0) } }
  }

  /// As `wait`; when the task is cancelled it gets `otherwise` at once, and the value may still come for others.
  func wait(cancelled otherwise: Value) async -> Value {
    let own = OnceBox<Value>()
    then { own.resolve($0) }
    return await withTaskCancellationHandler {
      await own.wait()
    } onCancel: {
      own.resolve(otherwise)
    }
  }

  /// Runs `action` with the value, now or when it comes.
  private func then(_ action: @escaping @Sendable (Value) -> Void) {
    let value = state.withLock { state -> Value? in
      if state.value == nil { state.waiters.append(action) }
      return state.value
    }
    if let value { action(value) }
  }
}
