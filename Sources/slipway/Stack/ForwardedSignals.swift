import Glibc
import Synchronization

/// The signals that this process gets, on their way to a program in a container.
final class ForwardedSignals: Sendable {
  /// Signals that may be on their way; one more means that the engine does not take them, and ends this process.
  private static let limit = 3

  let signals: AsyncStream<Int32>
  private let continuation: AsyncStream<Int32>.Continuation
  private let undelivered = Mutex(0)

  init() {
    (signals, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(Self.limit))
  }

  func take(_ signal: Int32) {
    let count = undelivered.withLock { count in
      count += 1
      return count
    }
    if count > Self.limit { Glibc._exit(128 + signal) }
    continuation.yield(signal)
  }

  func delivered() { undelivered.withLock { $0 -= 1 } }
}
