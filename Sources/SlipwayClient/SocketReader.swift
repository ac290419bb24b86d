import ComposeFile
import NIOCore
import NIOWebSocket

/// Makes JSON messages of the frames of a socket, and answers pings.
struct SocketReader {
  let server: String
  private var text: [UInt8] = []
  /// Bytes of the message that was given last.
  private(set) var lastBytes = 0

  init(server: String) { self.server = server }

  /// The message that a frame completes.
  ///
  /// - Throws: `ServerProblem` for one that tells an error; `ConnectionFailure` for the end of the socket, and for what is no message.
  mutating func take(
    _ frame: WebSocketFrame, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async throws -> ComposeValue? {
    var data = frame.unmaskedData
    switch frame.opcode {
    case .ping:
      try await outbound.write(ServerConnection.frame(.pong, data))
      return nil
    case .connectionClose:
      let code = data.readInteger(as: UInt16.self) ?? 1005
      let reason = data.readString(length: data.readableBytes) ?? ""
      // 1008: a rule of the server's says no; everything else may be another time (RFC 6455, 7.4.1).
      guard code == 1008 else { throw ConnectionFailure.lost(server: server) }
      throw ConnectionFailure.closed(server: server, reason: reason)
    case .text, .continuation:
      let limit = ServerConnection.messageLimitBytes
      guard text.count + data.readableBytes <= limit else {
        throw ConnectionFailure.unreadable(server: server, reason: "a message is larger than \(limit >> 20) MiB")
      }
      text += data.readableBytesView
      guard frame.fin else { return nil }
      lastBytes = text.count
      let message = try? ComposeValue(json: text)
      text.removeAll(keepingCapacity: true)
      guard let message else { throw ConnectionFailure.unreadable(server: server, reason: "a message is no JSON") }
      guard let record = message["error"] else { return message }
      throw ServerProblem(server: server, record: record)
        ?? ConnectionFailure.unreadable(server: server, reason: "an error without a text")
    default: return nil
    }
  }
}
