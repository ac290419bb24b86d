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

  private let state = Mutex(State.notStarted)

  /// The running group; nil after `shutdown`.
  func group() -> (any EventLoopGroup)? {
    state.withLock { state in
      switch state {
      case .notStarted:
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        state = .running(group)
        return group
      case .running(let group): return group
      case .ended: return nil
      }
    }
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
