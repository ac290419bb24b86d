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
    /// Found behind frames that were good.
    var failure: EngineError?

    /// The next frame, with those that are there already behind it.
    package mutating func nextBatch() async throws(EngineError) -> [LogFrame]? {
      guard let first = try await next() else { return nil }
      var frames = [first]
      guard framing == .multiplexed else { return frames }
      do throws(EngineError) {
        while let frame = try takeFrame() { frames.append(frame) }
      } catch {
        failure = error
      }
      return frames
    }

    package mutating func next() async throws(EngineError) -> LogFrame? {
      try await next(isolation: nil)
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> LogFrame? {
      if let failure = failure.take() { throw failure }
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
