import NIOCore
import NIOHTTP1

/// Collects the parts of answers on the event loop and hands each round of reading to the inbox.
///
/// Reads only on demand: the channel has `autoRead` off, and each round asks for the next one while the inbox has room.
final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  /// Chunks up to this are copied together; larger ones are cheaper to hand over as they are.
  private static let smallBytes = 4 << 10

  /// A round of reading that gave less than this, soon after the one before, is not followed by another one at once.
  private static let gatheredBytes = 16 << 10
  private static let soon: TimeAmount = .milliseconds(2)
  /// Shorter than it takes an engine to fill the socket's buffer.
  private static let gatherTime: TimeAmount = .microseconds(500)

  private let inbox: Inbox
  private let gate: HijackGate
  private var batch: [Inbox.Part] = []
  private var upgrade: HTTPResponseHead?
  private var roundBytes = 0
  private var lastRound = NIODeadline.distantPast

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
    case .body(let bytes): add(bytes)
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

  /// An engine sends each log line as a chunk of its own: small ones of one round go together, so that they are handed over once.
  private func add(_ bytes: ByteBuffer) {
    roundBytes += bytes.readableBytes
    if bytes.readableBytes <= Self.smallBytes, case .bytes(var before)? = batch.last {
      batch.removeLast()
      before.writeImmutableBuffer(bytes)
      batch.append(.bytes(before))
    } else if bytes.readableBytes <= Self.smallBytes {
      // A buffer of its own: what follows is to be appended without copying this again.
      var first = ByteBufferAllocator().buffer(capacity: Self.smallBytes * 4)
      first.writeImmutableBuffer(bytes)
      batch.append(.bytes(first))
    } else {
      batch.append(.bytes(bytes))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let wantsMore = inbox.deliver(batch)
    batch.removeAll(keepingCapacity: true)
    let now = context.eventLoop.now
    let isTrickle = inbox.isGathering && roundBytes < Self.gatheredBytes && now - lastRound < Self.soon
    (lastRound, roundBytes) = (now, 0)
    guard wantsMore else { return }
    guard isTrickle else { return context.read() }
    let channel = context.channel
    context.eventLoop.scheduleTask(in: Self.gatherTime) { channel.read() }
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
