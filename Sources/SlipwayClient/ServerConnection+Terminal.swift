import ComposeFile
import FoundationEssentials
import NIOCore
import NIOWebSocket
import Synchronization

/// What a terminal is told beside its input.
package enum TerminalControl: Sendable {
  case resize(rows: Int, columns: Int)
  case signal(Int32)
}

extension ServerConnection {
  /// Pieces of input that may be under way; the server acknowledges each (it keeps 256).
  private static let inputWindow = 64
  /// Of one message; in base64 it is well below the 64 KiB that the server takes (S-WEB-3).
  private static let inputBytes = 16 << 10

  /// Joins a terminal of the server until it ends; gives the exit code, or nil when it goes on without us.
  ///
  /// Cancelling ends the connection; what runs in the container goes on.
  /// - Parameters:
  ///   - path: as the server has told it; good for one use.
  ///   - input: nil: none is sent.
  ///   - controls: sizes and signals, as they come.
  ///   - delivered: told of each signal that was sent.
  ///   - output: takes what is written, one piece after the other; true: to its standard error.
  /// - Throws: `ServerProblem`, `ConnectionFailure`; what `output` throws.
  package func terminal<Input: AsyncSequence & Sendable>(
    _ path: String, input: Input?, controls: AsyncStream<TerminalControl>, delivered: @escaping @Sendable () -> Void = {},
    output: @escaping @Sendable (Bool, [UInt8]) async throws -> Void
  ) async throws -> Int? where Input.Element == [UInt8], Input.Failure == Never {
    let (window, taken) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(Self.inputWindow))
    for _ in 0..<Self.inputWindow { taken.yield() }
    return try await onSocket(path) { inbound, outbound in
      let pace = MessagePace()
      return try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        if let input { group.addTask { await Self.send(input, window, pace, outbound) } }
        group.addTask {
          for await control in controls {
            let text: String
            switch control {
            case .resize(let rows, let columns): text = "{\"resize\":{\"columns\":\(columns),\"rows\":\(rows)}}"
            case .signal(let number): text = "{\"signal\":\(number)}"
            }
            // WHY try?: a connection that has ended is noticed by who reads it.
            guard (try? await pace.wait()) != nil, (try? await Self.sendMessage(text, outbound)) != nil else { return }
            if case .signal = control { delivered() }
          }
        }
        return try await readTerminal(inbound, outbound, taken, output)
      }
    }
  }

  private static func send<Input: AsyncSequence & Sendable>(
    _ input: Input, _ window: AsyncStream<Void>, _ pace: MessagePace, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async where Input.Element == [UInt8], Input.Failure == Never {
    var room = window.makeAsyncIterator()
    do {
      for await chunk in input {
        var rest = chunk[...]
        while !rest.isEmpty {
          guard await room.next() != nil else { return }
          try await pace.wait()
          let text = Data(rest.prefix(inputBytes)).base64EncodedString()
          try await sendMessage("{\"input_bytes\":\"\(text)\"}", outbound)
          rest = rest.dropFirst(inputBytes)
        }
      }
      guard !Task.isCancelled else { return }
      try await pace.wait()
      try await sendMessage("{\"eof\":true}", outbound)
    } catch {
      // The program takes no more input, or has ended: what is read tells what became of it.
    }
  }

  private func readTerminal(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>,
    _ taken: AsyncStream<Void>.Continuation, _ output: @Sendable (Bool, [UInt8]) async throws -> Void
  ) async throws -> Int? {
    var messages = SocketReader(server: name)
    for try await frame in inbound {
      guard let message = try await messages.take(frame, outbound) else { continue }
      if message["taken"] != nil { taken.yield() }
      for (key, isError) in [("output_bytes", false), ("stderr_bytes", true)] {
        guard let text = message[key]?.string, let bytes = Data(base64Encoded: text) else { continue }
        try await output(isError, Array(bytes))
      }
      if let code = message["exit"] { return code.int }
    }
    try Task.checkCancellation()
    throw ConnectionFailure.lost(server: name)
  }

  /// Of the server's frames (S-WEB-3).
  private static let frameBytes = 12 << 10

  /// One message, in frames as large as the server takes them.
  private static func sendMessage(_ text: String, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
    var rest = ByteBuffer(string: text)
    var frames: [WebSocketFrame] = []
    while rest.readableBytes > 0 {
      let part = rest.readSlice(length: min(frameBytes, rest.readableBytes)) ?? ByteBuffer()
      frames.append(
        WebSocketFrame(
          fin: rest.readableBytes == 0, opcode: frames.isEmpty ? .text : .continuation, maskKey: .random(), data: part))
    }
    // Together, so that no other message comes between them.
    try await outbound.write(contentsOf: frames)
  }
}

/// Keeps messages as far apart as a server wants them: 20 in a second at most (S-WEB-3).
private final class MessagePace: Sendable {
  private static let distance: Duration = .milliseconds(60)

  private let next = Mutex(ContinuousClock.now)

  func wait() async throws {
    let turn = next.withLock { next in
      let turn = max(next, .now)
      next = turn + Self.distance
      return turn
    }
    guard turn > .now else { return }
    try await Task.sleep(until: turn, clock: .continuous)
  }
}
