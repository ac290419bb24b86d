import Dispatch
import Glibc
import Synchronization

/// Standard input in chunks as they come; read on a queue of its own, because reading a terminal or a pipe blocks.
///
/// Ends at the end of the input, and when the reading task is cancelled; a read under way then stays with the system.
struct StandardInput: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = Never

  static let chunkBytes = 16 << 10

  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let reader = Reader()

    mutating func next() async -> [UInt8]? { await reader.next() }

    mutating func next(isolation actor: isolated (any Actor)?) async -> [UInt8]? { await reader.next() }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }

  fileprivate final class Reader: Sendable {
    private let queue = DispatchQueue(label: "slipway.standard-input")
    private let waiter = Mutex<CheckedContinuation<[UInt8]?, Never>?>(nil)

    func next() async -> [UInt8]? {
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          waiter.withLock { $0 = continuation }
          // Cancelled before the waiter was there: the handler found nobody.
          if Task.isCancelled { return answer(nil) }
          queue.async { [self] in answer(Self.read()) }
        }
      } onCancel: {
        answer(nil)
      }
    }

    private func answer(_ bytes: [UInt8]?) {
      let continuation = waiter.withLock { waiter in
        defer { waiter = nil }
        return waiter
      }
      continuation?.resume(returning: bytes)
    }

    /// nil at the end, and when the input cannot be read.
    private static func read() -> [UInt8]? {
      var buffer = [UInt8](repeating: 0, count: StandardInput.chunkBytes)
      while true {
        let count = unsafe Glibc.read(STDIN_FILENO, &buffer, buffer.count)
        if count > 0 { return Array(buffer[..<count]) }
        guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
        // EAGAIN: somebody made it non-blocking.
        var poller = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&poller, 1, -1)
      }
    }
  }
}
