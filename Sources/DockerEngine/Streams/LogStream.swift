import NIOCore

/// The output of a container or an exec, frame by frame.
///
/// One reader. Dropping the stream closes its connection.
package struct LogStream: AsyncSequence, Sendable {
  package typealias Element = LogFrame
  package typealias Failure = EngineError

  let stream: AnswerStream
  let framing: LogFraming

  package struct AsyncIterator: AsyncIteratorProtocol {
    let stream: AnswerStream
    let framing: LogFraming
    var demultiplexer = LogDemultiplexer()
    var hasEnded = false

    package mutating func next() async throws(EngineError) -> LogFrame? {
      try await next(isolation: nil)
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> LogFrame? {
      while !hasEnded {
        if framing == .multiplexed, let frame = try takeFrame() { return frame }
        guard let buffer = try await stream.next() else {
          hasEnded = true
          if demultiplexer.isWithinFrame { throw .malformedAnswer(call: stream.call, reason: "the output ended within a frame") }
          return nil
        }
        if buffer.readableBytes == 0 { continue }
        if framing == .raw { return LogFrame(stream: .stdout, bytes: Array(buffer.readableBytesView)) }
        demultiplexer.take(buffer.readableBytesView)
      }
      return nil
    }

    private mutating func takeFrame() throws(EngineError) -> LogFrame? {
      do {
        return try demultiplexer.next()
      } catch {
        hasEnded = true
        stream.connection.close()
        switch error {
        case .frameTooLarge: throw .tooLarge(call: stream.call, limitBytes: EngineLimits.frameBytes)
        case .unknownStream(let kind): throw .malformedAnswer(call: stream.call, reason: "a log frame of unknown stream \(kind)")
        case .engine(let message): throw .failedInStream(call: stream.call, message: printable(message, limit: 4096))
        }
      }
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream, framing: framing) }
}
