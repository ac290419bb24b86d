import NIOCore
import NIOHTTP1

/// Tells the gate that the next request asks for another protocol.
struct ExpectsHijack: Sendable {}

/// Bytes to write as they are, to a hijacked connection.
struct RawBytes: Sendable {
  var buffer: ByteBuffer
}

/// Stands between the socket and HTTP, and takes a connection over when the engine switches to raw bytes.
///
/// It lets the HTTP decoder see the answer's head and nothing after it: the decoder would keep what came with the head, and
/// lose it when the engine closes at once (a short exec does). After the switch bytes go straight to the inbox, and `RawBytes`
/// straight to the socket.
final class HijackGate: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    /// HTTP; next: `awaitingHead`.
    case passing
    /// The head of an answer that may switch, as far as it came; next: `decidingHead`, or `passing` when it is too long.
    case awaitingHead(ByteBuffer)
    /// The decoder has the head; next: `raw`, or `passing` when the engine does not switch.
    case decidingHead
    case raw
  }

  private let inbox: Inbox
  private var phase = Phase.passing
  private var batch: [Inbox.Part] = []

  init(inbox: Inbox) { self.inbox = inbox }

  /// The answer's head says that raw bytes follow; false when that was not asked for.
  func becomeRaw(after head: HTTPResponseHead) -> Bool {
    guard case .decidingHead = phase else { return false }
    phase = .raw
    batch = [.head(head)]
    return true
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch phase {
    case .passing, .decidingHead: context.fireChannelRead(data)
    case .raw: batch.append(.bytes(unwrapInboundIn(data)))
    case .awaitingHead(var collected):
      collected.writeImmutableBuffer(unwrapInboundIn(data))
      decide(context, collected)
    }
  }

  private func decide(_ context: ChannelHandlerContext, _ collected: ByteBuffer) {
    var rest = collected
    guard let head = rest.readHead() else {
      // One that is longer than allowed is the decoder's to refuse.
      let isTooLong = collected.readableBytes > EngineLimits.headerBytes
      phase = isTooLong ? .passing : .awaitingHead(collected)
      if isTooLong { context.fireChannelRead(wrapInboundOut(collected)) }
      return
    }
    phase = .decidingHead
    context.fireChannelRead(wrapInboundOut(head))
    if case .raw = phase {
      if rest.readableBytes > 0 { batch.append(.bytes(rest)) }
    } else {
      phase = .passing
      if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard case .raw = phase else {
      context.fireChannelReadComplete()
      return
    }
    let wantsMore = inbox.deliver(batch)
    batch.removeAll(keepingCapacity: true)
    if wantsMore { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    switch phase {
    case .raw:
      _ = inbox.deliver(batch + [.end])
      batch.removeAll()
    case .awaitingHead(let collected):
      phase = .passing
      if collected.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(collected)) }
    case .passing, .decidingHead: break
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .raw = phase {
      _ = inbox.deliver(batch)
      batch.removeAll()
    }
    context.fireErrorCaught(error)
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    switch event {
    case is ExpectsHijack:
      phase = .awaitingHead(ByteBuffer())
      promise?.succeed()
    case let bytes as RawBytes: context.writeAndFlush(wrapOutboundOut(bytes.buffer), promise: promise)
    default: context.triggerUserOutboundEvent(event, promise: promise)
    }
  }
}

extension ByteBuffer {
  /// Takes everything up to and with the first blank line; nil when there is none yet.
  fileprivate mutating func readHead() -> ByteBuffer? {
    let view = readableBytesView
    var matched = 0
    for (offset, byte) in view.enumerated() {
      let isExpected = byte == (matched % 2 == 0 ? UInt8(ascii: "\r") : UInt8(ascii: "\n"))
      matched = isExpected ? matched + 1 : byte == UInt8(ascii: "\r") ? 1 : 0
      if matched == 4 { return readSlice(length: offset + 1) }
    }
    return nil
  }
}
