import NIOCore
import NIOWebSocket

/// What is written to a WebSocket.
enum SocketOutput: Sendable {
  case frame(WebSocketFrame)
  /// One text message whose middle is shared with other clients.
  case text(head: ByteBuffer, shared: ByteBuffer, tail: ByteBuffer)

  var bytes: Int {
    switch self {
    case .frame(let frame): frame.length
    case .text(let head, let shared, let tail): head.readableBytes + shared.readableBytes + tail.readableBytes
    }
  }
}

/// Writes text whose middle is shared as it lies, so that a slow client holds no copy of it; all else goes on to NIO's own encoder.
final class SharedTextEncoder: ChannelOutboundHandler {
  typealias OutboundIn = SocketOutput
  typealias OutboundOut = WebSocketFrame

  /// Copying less costs less than one more buffer to write.
  private static let leastSharedBytes = 4 << 10

  private var encoder: ChannelHandlerContext?
  /// The close frame is the last one (RFC 6455, section 5.5.1).
  private var hasClosed = false

  /// - Parameter encoder: that of NIO's encoder in the same pipeline: what is written there passes it by.
  init(passing encoder: ChannelHandlerContext) { self.encoder = encoder }

  func handlerRemoved(context: ChannelHandlerContext) { encoder = nil }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !hasClosed else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    switch unwrapOutboundIn(data) {
    case .frame(let frame):
      hasClosed = frame.opcode == .connectionClose
      context.write(wrapOutboundOut(frame), promise: promise)
    case .text(let head, let shared, let tail):
      guard let encoder else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      let isShared = shared.readableBytes >= Self.leastSharedBytes
      var first = Self.header(head.readableBytes + shared.readableBytes + tail.readableBytes, context.channel.allocator)
      first.writeImmutableBuffer(head)
      if isShared {
        encoder.write(NIOAny(first), promise: nil)
        encoder.write(NIOAny(shared), promise: nil)
        encoder.write(NIOAny(tail), promise: promise)
      } else {
        first.writeImmutableBuffer(shared)
        first.writeImmutableBuffer(tail)
        encoder.write(NIOAny(first), promise: promise)
      }
    }
  }

  /// Of a whole text message that is not masked (RFC 6455, section 5.2).
  static func header(_ bytes: Int, _ allocator: ByteBufferAllocator) -> ByteBuffer {
    var header = allocator.buffer(capacity: 128)
    header.writeInteger(0x81 as UInt8)
    switch bytes {
    case ...125: header.writeInteger(UInt8(bytes))
    case ...0xffff:
      header.writeInteger(126 as UInt8)
      header.writeInteger(UInt16(bytes))
    default:
      header.writeInteger(127 as UInt8)
      header.writeInteger(UInt64(bytes))
    }
    return header
  }
}
