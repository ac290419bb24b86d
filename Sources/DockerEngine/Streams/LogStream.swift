import NIOCore

/// The output of a container or an exec, frame by frame.
///
/// One reader. Dropping the stream closes its connection.
package struct LogStream: AsyncSequence, Sendable {
  package typealias Element = LogFrame
  package typealias Failure = EngineError

  let stream: AnswerStream
  let framing: LogFraming
  /// Between two reads; nil: a container may be silent for ever.
  let silenceLimit: Duration?

  package struct AsyncIterator: AsyncIteratorProtocol {
    let stream: AnswerStream
    let framing: LogFraming
    let silenceLimit: Duration?
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
        guard let buffer = try await stream.next(silenceLimit: silenceLimit) else {
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

    /// Shows the next frames to `visit`, as many as came together, where they lie: the fast way of reading lines.
    ///
    /// False at the end of the output. What is broken behind good frames is thrown by the next call.
    package mutating func nextFrames(
      _ visit: (LogFrame.Stream, Span<UInt8>) -> Void
    ) async throws(EngineError) -> Bool {
      if let failure = failure.take() { throw failure }
      while !hasEnded {
        guard let buffer = try await stream.next(silenceLimit: silenceLimit) else {
          hasEnded = true
          if demultiplexer.isWithinFrame { throw .malformedAnswer(call: stream.call, reason: "the output ended within a frame") }
          return false
        }
        if buffer.readableBytes == 0 { continue }
        if framing == .raw {
          visit(.stdout, buffer.readableBytesUInt8Span)
          return true
        }
        demultiplexer.take(buffer.readableBytesView)
        var count = 0
        do throws(EngineError) {
          while try showFrame(visit) { count += 1 }
        } catch {
          guard count > 0 else { throw error }
          failure = error
        }
        if count > 0 { return true }
      }
      return false
    }

    private mutating func takeFrame() throws(EngineError) -> LogFrame? {
      var frame: LogFrame?
      return try reported { (demultiplexer) throws(LogDemultiplexer.Failure) in
        frame = try demultiplexer.next()
        return frame != nil
      } ? frame : nil
    }

    private mutating func showFrame(_ visit: (LogFrame.Stream, Span<UInt8>) -> Void) throws(EngineError) -> Bool {
      try reported { (demultiplexer) throws(LogDemultiplexer.Failure) in try demultiplexer.next(visit) }
    }

    /// What breaks the framing ends the stream.
    private mutating func reported(
      _ body: (inout LogDemultiplexer) throws(LogDemultiplexer.Failure) -> Bool
    ) throws(EngineError) -> Bool {
      do {
        return try body(&demultiplexer)
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

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(stream: stream, framing: framing, silenceLimit: silenceLimit)
  }
}
