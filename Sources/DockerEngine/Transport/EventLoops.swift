import NIOCore
import NIOPosix
import Synchronization

/// One event loop thread, started with the first connection and ended with its owner.
final class EventLoops: Sendable {
  private enum State {
    case notStarted
    case running(MultiThreadedEventLoopGroup)
    case ended
  }

  /// `shutdown` was called: nothing can be begun any more.
  struct Ended: Error {}

  private let state = Mutex(State.notStarted)

  var haveEnded: Bool {
    state.withLock { if case .ended = $0 { true } else { false } }
  }

  /// Runs `body` while the loop is certain to run: what it hands to the loop is done or fails, also at the loop's end.
  ///
  /// A loop that has ended forgets what it is given later, and its futures are never fulfilled; so everything from outside goes
  /// through here. `body` must not wait. Nil, and `body` was not run: after `shutdown`.
  func withGroup<Value>(_ body: (any EventLoopGroup) -> Value) -> Value? {
    state.withLock { state in
      switch state {
      case .notStarted:
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        state = .running(group)
        return body(group)
      case .running(let group): return body(group)
      case .ended: return nil
      }
    }
  }

  /// What the future that `begin` makes comes to; fails with `Ended` after `shutdown`.
  func result<Value: Sendable>(of begin: (any EventLoopGroup) -> EventLoopFuture<Value>) async throws -> Value {
    try await withCheckedContinuation { continuation in
      let isBegun: Void? = withGroup { group in
        begin(group).whenComplete { continuation.resume(returning: $0) }
      }
      if isBegun == nil { continuation.resume(returning: .failure(Ended())) }
    }.get()
  }

  /// Closes all connections and ends the thread.
  func shutdown() async {
    guard let group = end() else { return }
    await withCheckedContinuation { continuation in
      // WHY ignored: it fails only when the group was shut down before, and then it is as wanted.
      group.shutdownGracefully { _ in continuation.resume() }
    }
  }

  deinit {
    end()?.shutdownGracefully { _ in }
  }

  private func end() -> MultiThreadedEventLoopGroup? {
    state.withLock { state in
      defer { state = .ended }
      guard case .running(let group) = state else { return nil }
      return group
    }
  }
}
