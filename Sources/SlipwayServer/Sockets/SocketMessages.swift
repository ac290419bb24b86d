import HTTPTypes
import NIOCore
import NIOWebSocket

/// Why a WebSocket is closed, as its close frame says (RFC 6455, 7.4.1).
struct SocketClose: Error, Hashable {
  var code: UInt16
  var reason: String

  static let goingAway = SocketClose(code: 1001, reason: "the server stops")
  static func protocolError(_ reason: String) -> SocketClose { SocketClose(code: 1002, reason: reason) }
  static let unsupported = SocketClose(code: 1003, reason: "text only")
  static let notText = SocketClose(code: 1007, reason: "not UTF-8")
  static func policy(_ reason: String) -> SocketClose { SocketClose(code: 1008, reason: reason) }
  static let tooBig = SocketClose(code: 1009, reason: "a message is larger than 64 KiB")
  static func tryLater(_ reason: String) -> SocketClose { SocketClose(code: 1013, reason: reason) }
  static let normal = SocketClose(code: 1000, reason: "")

  /// How the frame that carries it begins.
  func payload(_ allocator: ByteBufferAllocator) -> ByteBuffer {
    var buffer = allocator.buffer(capacity: 2 + reason.utf8.count)
    buffer.writeInteger(code)
    // A control frame holds 125 bytes at most (RFC 6455, 5.5).
    buffer.writeString(String(reason.prefix(100)))
    return buffer
  }
}

/// Puts the frames of one client together into messages, and refuses what RFC 6455 does not allow.
struct SocketMessages {
  enum Event {
    /// The bytes of a text message, which are UTF-8.
    case text(ByteBuffer)
    case ping(ByteBuffer)
    case pong
    /// The client closes; its code, where it gave one.
    case close(UInt16?)

    var isClose: Bool { if case .close = self { true } else { false } }
  }

  private var open: ByteBuffer?
  private var fragments = 0

  /// Nil: the frame is a part of something.
  mutating func take(_ frame: WebSocketFrame) throws(SocketClose) -> Event? {
    guard frame.maskKey != nil else { throw .protocolError("a frame of a client must be masked") }
    guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw .protocolError("no extension was agreed on") }
    switch frame.opcode {
    case .text:
      guard open == nil else { throw .protocolError("a message begins within another") }
      return try part(of: frame.unmaskedData, isLast: frame.fin)
    case .continuation:
      guard open != nil else { throw .protocolError("a continuation of nothing") }
      return try part(of: frame.unmaskedData, isLast: frame.fin)
    case .binary: throw .unsupported
    case .ping, .pong, .connectionClose:
      guard frame.fin else { throw .protocolError("a control frame in fragments") }
      guard frame.length <= 125 else { throw .protocolError("a control frame of more than 125 bytes") }
      return try control(frame)
    default: throw .protocolError("an unknown kind of frame")
    }
  }

  private mutating func part(of data: ByteBuffer, isLast: Bool) throws(SocketClose) -> Event? {
    var data = data
    if open == nil, isLast { return try text(data) }
    fragments += 1
    guard fragments <= SocketLimits.fragments else { throw .tooBig }
    var whole = open ?? ByteBuffer()
    guard whole.readableBytes + data.readableBytes <= SocketLimits.messageBytes else { throw .tooBig }
    whole.writeBuffer(&data)
    guard isLast else {
      open = whole
      return nil
    }
    open = nil
    fragments = 0
    return try text(whole)
  }

  private func text(_ data: ByteBuffer) throws(SocketClose) -> Event {
    guard data.readableBytes <= SocketLimits.messageBytes else { throw .tooBig }
    guard String(validating: data.readableBytesView, as: UTF8.self) != nil else { throw .notText }
    return .text(data)
  }

  private func control(_ frame: WebSocketFrame) throws(SocketClose) -> Event {
    var data = frame.unmaskedData
    switch frame.opcode {
    case .ping: return .ping(data)
    case .pong: return .pong
    default:
      guard data.readableBytes > 0 else { return .close(nil) }
      guard let code: UInt16 = data.readInteger() else { throw .protocolError("a close frame of one byte") }
      guard Self.isUsable(code) else { throw .protocolError("\(code) is no code for closing") }
      guard String(validating: data.readableBytesView, as: UTF8.self) != nil else { throw .notText }
      return .close(code)
    }
  }

  /// Those of RFC 6455, 7.4.1 that may stand in a frame, and 7.4.2.
  private static func isUsable(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
