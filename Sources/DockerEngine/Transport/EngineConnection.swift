import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// One connected channel to an engine: writes requests, reads answers, one task at a time.
///
/// Every wait ends when the calling task is cancelled; the connection is closed then.
final class EngineConnection: Sendable {
  private let channel: any Channel
  private let inbox: Inbox
  /// What the channel lives on; it may have ended before this connection is dropped.
  private let loops: EventLoops

  private init(channel: any Channel, inbox: Inbox, loops: EventLoops) {
    self.channel = channel
    self.inbox = inbox
    self.loops = loops
  }

  /// Connects; the limit counts for a socket's own handshake, and over TCP for name and TLS too.
  static func open(
    _ target: EngineChannel, name: String, loops: EventLoops, limit: Duration
  ) async throws(EngineError) -> EngineConnection {
    let inbox = Inbox()
    func bootstrap(_ group: any EventLoopGroup) -> ClientBootstrap {
      ClientBootstrap(group: group)
        .channelOption(.autoRead, value: false)
        .connectTimeout(TimeAmount(limit))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try fill(channel.pipeline.syncOperations, inbox: inbox) }
        }
    }
    let channel: any Channel
    do {
      switch target {
      case .path(let path):
        channel = try await loops.result { bootstrap($0).connect(unixDomainSocketPath: path) }
      case .descriptor(let descriptor):
        do {
          channel = try await loops.result { bootstrap($0).withConnectedSocket(descriptor) }
        } catch let ended as EventLoops.Ended {
          Glibc.close(descriptor)
          throw ended
        }
      case .network(let address, let tls):
        let dial = NetworkDial(address: address, tls: tls, loops: loops, limit: min(limit, EngineLimits.networkConnect))
        channel = try await dial.open { try fill($0, inbox: inbox) }
      }
    } catch let failure as TransportFailure {
      guard case .refused(let reason, let hint) = failure else { throw unreachable(name: name, error: failure) }
      throw .unreachable(endpoint: name, reason: reason, hint: hint)
    } catch is EventLoops.Ended {
      throw .shutDown(endpoint: name)
    } catch {
      throw unreachable(name: name, error: error)
    }
    return EngineConnection(channel: channel, inbox: inbox, loops: loops)
  }

  private static func fill(_ pipeline: ChannelPipeline.SynchronousOperations, inbox: Inbox) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = EngineLimits.headerBytes
    limits.maxHeaderListSize = EngineLimits.headerBytes
    limits.maxHeaderFieldCount = EngineLimits.headerFields
    let gate = HijackGate(inbox: inbox)
    let decoder = HTTPResponseDecoder(
      leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
    try pipeline.addHandler(gate)
    try pipeline.addHandler(HTTPRequestEncoder())
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(AnswerHandler(inbox: inbox, gate: gate))
  }

  /// Whether it can take another request.
  var isUsable: Bool { channel.isActive && inbox.isOpen }

  /// Whether bytes of the current answer have come: then the call must not be repeated.
  var hasReceivedAnything: Bool { inbox.hasReceivedAnything }

  func close() {
    inbox.fail(.closed(reason: "closed by us"), dropping: true)
    closeChannel()
  }

  /// A loop that has ended has closed its channels.
  private func closeChannel() {
    loops.withGroup { _ in channel.close(promise: nil) }
  }

  // MARK: Writing

  /// Writes a whole request. Does not wait: a failed write ends the connection, which the reader sees.
  ///
  /// With `upgrades` the engine may switch to raw bytes in its answer.
  func send(_ head: HTTPRequestHead, body: [UInt8]?, upgrades: Bool = false) {
    inbox.expectAnswer()
    onLoop { [channel] in
      channel.eventLoop.execute {
        if upgrades { channel.triggerUserOutboundEvent(ExpectsHijack(), promise: nil) }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if let body { channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil) }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      }
    }
  }

  /// Writes the head of a request whose body follows by `sendBody` and `endBody`.
  func sendHead(_ head: HTTPRequestHead) {
    inbox.expectAnswer()
    onLoop { channel.writeAndFlush(HTTPClientRequestPart.head(head), promise: nil) }
  }

  /// Hands work to the channel; where its loop has ended, the inbox says so to the reader.
  private func onLoop(_ begin: () -> Void) {
    let isBegun: Void? = loops.withGroup { _ in begin() }
    if isBegun == nil { inbox.fail(.closed(reason: "closed by us"), dropping: false) }
  }

  /// Waits until the bytes are with the operating system.
  func sendBody(_ bytes: [UInt8]) async throws(TransportFailure) {
    try await finish { channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }
  }

  func endBody() async throws(TransportFailure) {
    try await finish { channel.writeAndFlush(HTTPClientRequestPart.end(nil)) }
  }

  /// Writes to a hijacked connection; waits until the bytes are with the operating system.
  func sendRaw(_ bytes: [UInt8]) async throws(TransportFailure) {
    try await finish { channel.triggerUserOutboundEvent(RawBytes(buffer: ByteBuffer(bytes: bytes))) }
  }

  /// Half-close: the engine sees the end of the input, its output still arrives.
  func closeOutput() async throws(TransportFailure) {
    try await finish { channel.close(mode: .output) }
  }

  private func finish(_ begin: () -> EventLoopFuture<Void>) async throws(TransportFailure) {
    do {
      try await withTaskCancellationHandler {
        try await loops.result { _ in begin() }
      } onCancel: {
        cancel()
      }
    } catch {
      if Task.isCancelled { throw .cancelled }
      throw .closed(reason: connectionText(error))
    }
  }

  // MARK: Reading

  /// From now on small pieces in quick succession are read together: half a millisecond later, and for much less work.
  func gatherReads() { inbox.isGathering = true }

  /// The next part of the answer; waits at most `silenceLimit` for it.
  func next(silenceLimit: Duration? = nil) async throws(TransportFailure) -> Inbox.Part {
    if let ready = inbox.takeIfReady() {
      if ready.resumesReading { onLoop { channel.read() } }
      return try ready.result.get()
    }
    let timer = silenceLimit.flatMap { limit in
      loops.withGroup { [inbox, channel] _ in
        channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
          inbox.fail(.silent(limit: limit), dropping: true)
          channel.close(promise: nil)
        }
      }
    }
    let result = await withTaskCancellationHandler {
      await inbox.next()
    } onCancel: {
      cancel()
    }
    if let timer { loops.withGroup { _ in timer.cancel() } }
    if inbox.takesMoreAgain() { onLoop { channel.read() } }
    return try result.get()
  }

  private func cancel() {
    inbox.fail(.cancelled, dropping: true)
    closeChannel()
  }
}

// MARK: - Errors of connecting

private func unreachable(name: String, error: any Error) -> EngineError {
  if error is CancellationError { return .unreachable(endpoint: name, reason: "cancelled", hint: "try again") }
  guard let error = error as? IOError else {
    return .unreachable(endpoint: name, reason: "\(error)", hint: "check that the engine runs and answers")
  }
  let hint =
    switch error.errnoCode {
    case ENOENT: "check that Docker is installed and running, or name its socket with -H or DOCKER_HOST"
    case ECONNREFUSED: "start the engine: nothing listens on its socket"
    case EACCES, EPERM: "add this user to the group of the socket (usually `docker`), or run as root"
    case ENOTSOCK, ENOTDIR, EPROTOTYPE: "name the engine's stream socket with -H or DOCKER_HOST: this path is something else"
    default: "check that the engine runs and answers"
    }
  return .unreachable(endpoint: name, reason: errnoText(error.errnoCode), hint: hint)
}

/// The system's words for an error number.
func errnoText(_ code: CInt) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
