import FoundationEssentials
import NIOCore

/// The JSON messages of a streamed answer: events, statistics, progress.
///
/// One reader. Dropping the stream closes its connection. Ends by throwing when a progress message tells of a failure.
package struct MessageStream<Message: Decodable & Sendable>: AsyncSequence, Sendable {
  package typealias Element = Message
  package typealias Failure = EngineError

  let stream: AnswerStream
  let messageBytes: Int
  let silenceLimit: Duration?
  /// The failure that a message stands for, if it does.
  let failure: @Sendable (Message) -> String?

  init(
    _ stream: AnswerStream, messageBytes: Int, silenceLimit: Duration? = nil,
    failure: @escaping @Sendable (Message) -> String? = { _ in nil }
  ) {
    self.stream = stream
    self.messageBytes = messageBytes
    self.silenceLimit = silenceLimit
    self.failure = failure
  }

  package struct AsyncIterator: AsyncIteratorProtocol {
    let messages: MessageStream
    var splitter: JSONSplitter
    let decoder = JSONDecoder()
    var hasEnded = false

    package mutating func next() async throws(EngineError) -> Message? {
      try await next(isolation: nil)
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async throws(EngineError) -> Message? {
      let stream = messages.stream
      while !hasEnded {
        if let bytes = splitter.next() { return try decoded(bytes) }
        guard let buffer = try await stream.next(silenceLimit: messages.silenceLimit) else {
          hasEnded = true
          if splitter.isWithinMessage { throw .malformedAnswer(call: stream.call, reason: "it ended within a message") }
          return nil
        }
        do {
          try splitter.take(buffer.readableBytesView)
        } catch {
          hasEnded = true
          stream.connection.close()
          switch error {
          case .tooLarge(let limit): throw .tooLarge(call: stream.call, limitBytes: limit)
          case .malformed(let reason): throw .malformedAnswer(call: stream.call, reason: reason)
          }
        }
      }
      return nil
    }

    private mutating func decoded(_ bytes: [UInt8]) throws(EngineError) -> Message {
      let message: Message
      do {
        message = try decoder.decode(Message.self, from: Data(bytes))
      } catch {
        hasEnded = true
        messages.stream.connection.close()
        throw .malformedAnswer(call: messages.stream.call, reason: decodingText(error))
      }
      if let text = messages.failure(message) {
        hasEnded = true
        messages.stream.connection.close()
        throw .failedInStream(call: messages.stream.call, message: printable(text, limit: 4096))
      }
      return message
    }
  }

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(messages: self, splitter: JSONSplitter(limitBytes: messageBytes))
  }
}

/// Progress of a pull, a push or a build; a failure in it is thrown as `failedInStream`.
package typealias ProgressStream = MessageStream<ProgressEvent>
/// What happens on the engine.
package typealias EventStream = MessageStream<EngineEvent>
/// What a container uses, once a second.
package typealias StatsStream = MessageStream<ContainerStats>
