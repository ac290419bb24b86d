import DockerEngine
import Synchronization

/// What one engine sends, on its way to another: chunk by chunk, as fast as the slower of them.
struct EngineRelay: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  /// Bytes between two tellings of how far it is.
  private static let tellBytes: Int64 = 4 << 20

  private let base: ByteStream
  private let look: @Sendable ([UInt8]) throws -> Void
  private let end: @Sendable () throws -> Void
  private let tell: @Sendable (Int64) -> Void
  private let state = State()

  private final class State: Sendable {
    let failure = Mutex<(any Error)?>(nil)
    let bytes = Mutex<Int64>(0)
  }

  /// - Parameters:
  ///   - tell: called now and then with the bytes that have passed.
  ///   - look: shown each chunk before it goes on; what it throws ends the stream.
  ///   - end: called at the end of what came; what it throws is a failure of the stream.
  init(
    _ base: ByteStream, tell: @escaping @Sendable (Int64) -> Void,
    look: @escaping @Sendable ([UInt8]) throws -> Void = { _ in }, end: @escaping @Sendable () throws -> Void = {}
  ) {
    self.base = base
    self.tell = tell
    self.look = look
    self.end = end
  }

  /// Bytes that have passed.
  var bytes: Int64 { state.bytes.withLock { $0 } }

  /// Why it ended early, where that was not because the other side has ended it.
  var failure: (any Error)? {
    state.failure.withLock { failure in
      if failure is CancellationError { return nil }
      if case .cancelled? = failure as? EngineError { return nil }
      return failure
    }
  }

  struct Iterator: AsyncIteratorProtocol {
    fileprivate var base: ByteStream.AsyncIterator
    fileprivate let relay: EngineRelay

    mutating func next() async throws -> [UInt8]? {
      do {
        guard let chunk = try await base.next() else {
          try relay.end()
          return nil
        }
        try relay.look(chunk)
        relay.count(chunk.count)
        return chunk
      } catch {
        relay.state.failure.withLock { $0 = error }
        throw error
      }
    }
  }

  private func count(_ added: Int) {
    let (before, now) = state.bytes.withLock { bytes in
      let before = bytes
      bytes += Int64(added)
      return (before, bytes)
    }
    if before / Self.tellBytes != now / Self.tellBytes { tell(now) }
  }

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), relay: self) }
}
