/// A connection to the input and output of an exec or a container, both ways at once.
///
/// One task may write while another reads `output`. Dropping it, or cancelling a wait on it, closes the connection; the process
/// in the container goes on.
package final class HijackedConnection: Sendable {
  /// What the process writes; ends when it ends.
  package let output: LogStream
  private let stream: AnswerStream

  init(_ stream: AnswerStream, framing: LogFraming) {
    self.stream = stream
    output = LogStream(stream: stream, framing: framing, silenceLimit: nil)
  }

  /// Sends to the process's standard input; waits until the operating system has taken the bytes.
  package func write(_ bytes: [UInt8]) async throws(EngineError) {
    do {
      try await stream.connection.sendRaw(bytes)
    } catch {
      throw EngineError(error, call: stream.call)
    }
  }

  /// Ends the process's standard input; its output still arrives.
  package func closeWrite() async throws(EngineError) {
    do {
      try await stream.connection.closeOutput()
    } catch {
      throw EngineError(error, call: stream.call)
    }
  }

  /// Ends the connection at once.
  package func close() { stream.connection.close() }
}
