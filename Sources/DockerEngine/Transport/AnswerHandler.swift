import NIOCore
import NIOHTTP1

/// Collects the parts of answers on the event loop and hands each round of reading to the inbox.
///
/// Reads only on demand: the channel has `autoRead` off, and each round asks for the next one while the inbox has room.
final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let inbox: Inbox
  private let gate: HijackGate
  private var batch: [Inbox.Part] = []
  private var upgrade: HTTPResponseHead?

  init(inbox: Inbox, gate: HijackGate) {
    self.inbox = inbox
    self.gate = gate
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // Over TCP it comes into a connection that is there already.
    if context.channel.isActive { context.read() }
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
      guard let head = upgrade else {
        batch.append(.end)
        return
      }
      if gate.becomeRaw(after: head) { return }
      inbox.fail(.malformed(reason: "the protocol was switched without being asked"), dropping: true)
      context.close(promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let wantsMore = inbox.deliver(batch)
    batch.removeAll(keepingCapacity: true)
    if wantsMore { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is IOError || error is ChannelError {
      _ = inbox.deliver(batch)
      inbox.fail(.closed(reason: connectionText(error)), dropping: false)
    } else if let failure = error as? TransportFailure {
      _ = inbox.deliver(batch)
      inbox.fail(failure, dropping: false)
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
}

/// What went wrong with a socket, in words.
func connectionText(_ error: any Error) -> String {
  guard let error = error as? IOError else { return "\(error)" }
  return errnoText(error.errnoCode)
}
