import NIOCore
import NIOHTTP1

/// Collects the parts of answers on the event loop and hands each round of reading to the inbox.
///
/// Reads only on demand: the channel has `autoRead` off, and each round asks for the next one while the inbox has room.
/// After `101 Switching Protocols` it takes the HTTP handlers out of the pipeline and puts a `RawHandler` in its place.
final class AnswerHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let inbox: Inbox
  private let decoder: ByteToMessageHandler<HTTPResponseDecoder>
  private let encoder: HTTPRequestEncoder
  private var batch: [Inbox.Part] = []
  private var upgrade: HTTPResponseHead?

  init(inbox: Inbox, decoder: ByteToMessageHandler<HTTPResponseDecoder>, encoder: HTTPRequestEncoder) {
    self.inbox = inbox
    self.decoder = decoder
    self.encoder = encoder
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head) where head.status == .switchingProtocols: upgrade = head
    case .head(let head): batch.append(.head(head))
    case .body(let bytes): batch.append(.bytes(bytes))
    case .end:
      if let head = upgrade {
        becomeRaw(after: head, context: context)
      } else {
        batch.append(.end)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard upgrade == nil else { return }
    let wantsMore = inbox.deliver(batch)
    batch.removeAll(keepingCapacity: true)
    if wantsMore { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is IOError || error is ChannelError {
      _ = inbox.deliver(batch)
      inbox.fail(.closed(reason: connectionText(error)), dropping: false)
    } else {
      inbox.fail(failure(of: error), dropping: true)
    }
    batch.removeAll()
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    _ = inbox.deliver(batch)
    batch.removeAll()
    inbox.fail(.closed(reason: "the engine closed the connection"), dropping: false)
    context.fireChannelInactive()
  }

  private func failure(of error: any Error) -> TransportFailure {
    switch error {
    case HTTPParserError.headerOverflow: .tooLarge(limitBytes: EngineLimits.headerBytes)
    case is NIOHTTPDecoderError: .malformed(reason: "an answer that was not asked for")
    case HTTPParserError.invalidEOFState: .closed(reason: "the connection ended within the answer")
    default: .malformed(reason: "not HTTP as it should be: \(error)")
    }
  }

  private func becomeRaw(after head: HTTPResponseHead, context: ChannelHandlerContext) {
    let raw = RawHandler(inbox: inbox, head: head)
    let pipeline = context.pipeline.syncOperations
    do {
      try pipeline.addHandler(raw, position: .after(self))
    } catch {
      inbox.fail(.closed(reason: "\(error)"), dropping: true)
      context.close(promise: nil)
      return
    }
    pipeline.removeHandler(encoder, promise: nil)
    pipeline.removeHandler(self, promise: nil)
    // The decoder leaves in a later tick, because it is on the stack now; until then no raw bytes may be written through it.
    pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in raw.start() }
  }
}

/// Hands the bytes of a hijacked connection to the inbox.
final class RawHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let inbox: Inbox
  private var batch: [Inbox.Part]
  private var context: ChannelHandlerContext?
  private var hasStarted = false

  init(inbox: Inbox, head: HTTPResponseHead) {
    self.inbox = inbox
    batch = [.head(head)]
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Only now the pipeline is free of HTTP: the waiting task may see the head and write.
  func start() {
    hasStarted = true
    if let context { flush(context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    batch.append(.bytes(unwrapInboundIn(data)))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if hasStarted { flush(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    _ = inbox.deliver(batch)
    batch.removeAll()
    inbox.fail(.closed(reason: connectionText(error)), dropping: false)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    _ = inbox.deliver(batch + [.end])
    batch.removeAll()
    inbox.fail(.closed(reason: "the engine closed the connection"), dropping: false)
    context.fireChannelInactive()
  }

  private func flush(_ context: ChannelHandlerContext) {
    let wantsMore = inbox.deliver(batch)
    batch.removeAll(keepingCapacity: true)
    if wantsMore { context.read() }
  }
}

/// What went wrong with a socket, in words.
func connectionText(_ error: any Error) -> String {
  guard let error = error as? IOError else { return "\(error)" }
  return errnoText(error.errnoCode)
}
