import NIOCore

/// The bytes of a streamed answer, such as an archive, in chunks as they arrive.
///
/// One reader. Dropping the stream closes its connection.
package struct ByteStream: AsyncSequence, Sendable {
  package typealias Element = [UInt8]
  package typealias Failure = EngineError

  let stream: AnswerStream
  let silenceLimit: Duration?

  package struct AsyncIterator: AsyncIteratorProtocol {
    let stream: AnswerStream
    let silenceLimit: Duration?
    var hasEnded = false

    package mutating func next() async throws(EngineError) -> [UInt8]? {
      try await next(isolation: nil)
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> [UInt8]? {
      if hasEnded { return nil }
      while let buffer = try await stream.next(silenceLimit: silenceLimit) {
        if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
      }
      hasEnded = true
      return nil
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream, silenceLimit: silenceLimit) }
}
