import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// What one connection has been asked and has answered: each request has one answer at most, in order, and it ends in time.
///
/// - A request that is no HTTP, or not for this server's kind, is told so once; then the connection is closed.
/// - The answer to HEAD has no body (RFC 9110, 9.3.2).
/// - A WebSocket is let in, or told why not, before NIO's upgrade sees it: that one loses a request that it does not take.
/// - A request that has come is not cut off by the end of the idle time.
/// - At a stop, what is asked already is answered; a request that does not come to its end is not waited for (R-STOP-1).
///
/// Stands behind the decoder. After an upgrade, everything passes.
final class HTTPExchanges: ChannelDuplexHandler {
  /// Parts of HTTP; bytes and frames once it is a socket.
  typealias InboundIn = Any
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = Any
  typealias OutboundOut = HTTPServerResponsePart

  private enum Phase {
    case open
    /// Somebody looks whether a socket is let in; what comes meanwhile waits.
    case deciding
    /// The answers to so many requests come first; nothing is read any more.
    case refusing(Problem, after: Int)
    case socket
    /// All is said.
    case ending
  }

  private let limits: HTTPLimits
  private let sockets: SocketGate
  private let headers: SecurityHeaders

  private var phase = Phase.open
  /// Requests whose answers have not ended, oldest first: whether it is a HEAD.
  private var unanswered = CircularBuffer<Bool>(initialCapacity: 1)
  /// Between a request's head and its end.
  private var isReading = false
  /// Between an answer's head and its end.
  private var isAnswering = false
  private var isFirst = true
  private var isStopping = false
  private var held: [HTTPServerRequestPart] = []
  private var isReadHeld = false
  private var deadline: Scheduled<Void>?

  init(limits: HTTPLimits, sockets: SocketGate, headers: SecurityHeaders) {
    self.limits = limits
    self.sockets = sockets
    self.headers = headers
  }

  // MARK: What comes in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let part = unwrapInboundIn(data) as? HTTPServerRequestPart else {
      context.fireChannelRead(data)
      return
    }
    switch phase {
    case .open: take(part, context)
    case .deciding: held.append(part)
    case .socket: context.fireChannelRead(data)
    case .refusing, .ending: break
    }
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head): take(head, context)
    case .body: context.fireChannelRead(wrapInboundOut(part))
    case .end:
      isReading = false
      context.fireChannelRead(wrapInboundOut(part))
    }
  }

  private func take(_ sent: HTTPRequestHead, _ context: ChannelHandlerContext) {
    unanswered.append(sent.method == .HEAD)
    isReading = true
    defer { isFirst = false }
    let head: HTTPRequestHead
    do throws(Problem) {
      head = try RequestTarget.normalized(sent)
    } catch {
      refuse(error, context)
      return
    }
    guard SocketHandshake.isUpgrade(head) else {
      context.fireChannelRead(wrapInboundOut(.head(head)))
      return
    }
    guard isFirst, SocketHandshake.isWanted(head) else {
      context.fireChannelRead(wrapInboundOut(.head(SocketHandshake.without(head))))
      return
    }
    decide(head, context)
  }

  /// What the client says after its handshake is not read before it is let in.
  func read(context: ChannelHandlerContext) {
    guard case .deciding = phase else {
      context.read()
      return
    }
    isReadHeld = true
  }

  private func decide(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    phase = .deciding
    let promise = context.eventLoop.makePromise(of: Problem?.self)
    let (sockets, channel) = (sockets, context.channel)
    // WHY: this is NIO's thread, and the answer takes the store.
    promise.completeWithTask { await sockets.refusal(of: head, channel) }
    promise.futureResult.assumeIsolated().whenSuccess { refusal in
      guard case .deciding = self.phase else { return }
      self.phase = .open
      if let refusal {
        self.refuse(refusal, context)
      } else {
        context.fireChannelRead(self.wrapInboundOut(.head(head)))
        let held = self.held
        self.held = []
        for part in held { self.take(part, context) }
      }
      guard self.isReadHeld else { return }
      self.isReadHeld = false
      context.read()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch phase {
    // Nobody else asks for more now.
    case .refusing, .ending: context.read()
    case .open, .deciding, .socket: context.fireChannelReadComplete()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch phase {
    case .socket: context.fireErrorCaught(error)
    // What comes after a fault is not looked at.
    case .refusing, .ending: break
    case .open, .deciding:
      guard let fault = error as? HTTPParserError else {
        context.fireErrorCaught(error)
        return
      }
      refuse(Problem(fault), context)
      // Whoever reads the body must not take it for a whole one.
      context.fireErrorCaught(error)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
    if isReading, case .open = phase { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
    if case .socket = phase {} else { phase = .ending }
    held = []
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch (event, phase) {
    case (is ChannelShouldQuiesceEvent, .open), (is ChannelShouldQuiesceEvent, .deciding):
      stop(context)
      context.fireUserInboundEventTriggered(event)
    case (ChannelEvent.inputClosed, .ending), (ChannelEvent.inputClosed, .deciding): context.close(promise: nil)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: What goes out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let part = unwrapOutboundIn(data) as? HTTPServerResponsePart else {
      context.write(data, promise: promise)
      return
    }
    switch phase {
    case .socket: context.write(data, promise: promise)
    case .ending: promise?.succeed()
    case .open, .deciding, .refusing: write(part, data, context, promise)
    }
  }

  private func write(
    _ part: HTTPServerResponsePart, _ data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
  ) {
    let isHead = unanswered.first ?? false
    switch part {
    case .head(let head):
      if head.status == .switchingProtocols { phase = .socket } else { isAnswering = true }
      context.write(data, promise: promise)
    case .body where isHead: promise?.succeed()
    case .body: context.write(data, promise: promise)
    case .end:
      isAnswering = false
      if !unanswered.isEmpty { unanswered.removeFirst() }
      // The end of chunks would be a body too.
      if isHead { promise?.succeed() } else { context.write(data, promise: promise) }
      answerEnded(context)
    }
  }

  /// A connection that idles is closed only after one more look: while this thread was busy, a request may have come, and to
  /// close before it is read would cut it off.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard case .open = phase, mode == .all, !isStopping, isIdle else {
      context.close(mode: mode, promise: promise)
      return
    }
    context.eventLoop.assumeIsolated().scheduleTask(in: limits.lookTime) {
      guard case .open = self.phase, !self.isIdle else {
        context.close(mode: mode, promise: promise)
        return
      }
      promise?.fail(ChannelError.operationUnsupported)
    }
  }

  private var isIdle: Bool { unanswered.isEmpty && !isReading }

  private func answerEnded(_ context: ChannelHandlerContext) {
    switch phase {
    case .refusing(let problem, let count) where count <= 1: answer(problem, context)
    case .refusing(let problem, let count): phase = .refusing(problem, after: count - 1)
    case .open where isStopping && isIdle: finish(context)
    case .open, .deciding, .socket, .ending: break
    }
  }

  // MARK: How it ends

  /// The last answer of this connection, after those to earlier requests.
  private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
    let isAnswered = isReading && (unanswered.isEmpty || unanswered.count == 1 && isAnswering)
    let earlier = unanswered.count - (isReading && !unanswered.isEmpty ? 1 : 0)
    if isAnswered {
      finish(context)
    } else if earlier == 0 {
      answer(problem, context)
    } else {
      phase = .refusing(problem, after: earlier)
    }
  }

  private func answer(_ problem: Problem, _ context: ChannelHandlerContext) {
    let (fields, body) = problem.answer(CallID.next(), headers)
    var head = HTTPResponseHead(HTTPResponse(status: problem.status, headerFields: fields))
    head.headers.replaceOrAdd(name: "Connection", value: "close")
    head.headers.replaceOrAdd(name: "Content-Length", value: String(body.count))
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if unanswered.first != true {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
    finish(context)
  }

  /// Says no more, and waits for a moment until the client has read it: a connection cut at once takes the answer with it.
  private func finish(_ context: ChannelHandlerContext) {
    phase = .ending
    held = []
    let channel = context.channel
    deadline?.cancel()
    deadline = context.eventLoop.scheduleTask(in: limits.lingerTime) { channel.close(promise: nil) }
    // Of nothing: it is done when all before it is sent.
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { context.close(mode: .output, promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: sent)
    context.read()
  }

  private func stop(_ context: ChannelHandlerContext) {
    isStopping = true
    if isIdle {
      context.close(promise: nil)
      return
    }
    deadline?.cancel()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limits.stopTime) {
      guard self.isReading, case .open = self.phase else { return }
      self.refuse(Problem(.serviceUnavailable, "stopping", "the server stops"), context)
      context.fireErrorCaught(HTTPParserError.invalidEOFState)
    }
  }
}
