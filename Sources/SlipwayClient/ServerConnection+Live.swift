package import ComposeFile
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Synchronization

extension ServerConnection {
  /// Bytes of the largest message: a batch of lines, of which one may be long.
  static let messageLimitBytes = 16 << 20
  static let socketPath = "/api/v1/socket"
  private static let subscription = 1

  private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  private enum Upgrade: Sendable {
    case socket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
    case refused
  }

  /// Takes what a subscription tells, in order, one message at a time, until the server or `take` (by false) ends it.
  ///
  /// The next message is read when `take` has returned, and the server is given credit for no more than was taken. After a lost
  /// connection it goes on where it was: nothing is left out or told twice.
  /// - Parameter notice: told when the connection is lost and when it is back.
  /// - Throws: `ServerProblem`, `ConnectionFailure`; at once when the first connection fails.
  package func follow(
    _ subscription: LiveSubscription, notice: @escaping @Sendable (SocketNotice) -> Void = { _ in },
    take: @escaping @Sendable (ComposeValue) async throws -> Bool
  ) async throws {
    var place: ComposeValue?
    var hasBegun = false
    var lostAt: ContinuousClock.Instant?
    var begun: String?
    var pause: Duration = .milliseconds(200)
    while true {
      do {
        try await onSocket { inbound, outbound in
          try await Self.send(subscription.opening(id: Self.subscription, from: place, begun: begun), outbound)
          begun = begun ?? Date().ISO8601Format()
          if lostAt != nil { notice(.isBack) }
          hasBegun = true
          lostAt = nil
          pause = .milliseconds(200)
          try await read(subscription, inbound, outbound, place: &place, take)
        }
        return
      } catch let error as ConnectionFailure {
        guard hasBegun, error.mayPass else { throw error }
        let now = ContinuousClock.now
        if lostAt == nil { notice(.lost(reason: "\(error)")) }
        let begin = lostAt ?? now
        lostAt = begin
        guard now - begin < limits.reconnecting else { throw error }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(5))
      }
    }
  }

  /// Reads until the subscription's end.
  private func read(
    _ subscription: LiveSubscription, _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, place: inout ComposeValue?,
    _ take: (ComposeValue) async throws -> Bool
  ) async throws {
    var taken = 0
    var granted = ContinuousClock.now
    var messages = SocketReader(server: name)
    for try await frame in inbound {
      guard let message = try await messages.take(frame, outbound) else { continue }
      guard try await take(message) else { return }
      if let cursor = message["cursor"] { place = cursor }
      if message["ended"]?.bool == true { return }
      guard subscription.creditBytes != nil else { continue }
      taken += messages.lastBytes
      guard taken >= Self.creditStep else { continue }
      // Faster than the server takes messages: what it may send ahead lasts as long.
      try await Task.sleep(until: granted + Self.creditPause, clock: .continuous)
      granted = .now
      try await Self.send("{\"id\":\(Self.subscription),\"credit\":\(taken)}", outbound)
      taken = 0
    }
    try Task.checkCancellation()
    throw ConnectionFailure.lost(server: name)
  }

  /// Credit is given back in parts of this size: a message for each batch would be too many for the server (S-WEB-3).
  private static let creditStep = 1 << 20
  /// 16 messages in a second at most, of 20 that the server takes.
  private static let creditPause: Duration = .milliseconds(62)

  static func send(_ text: String, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
    try await outbound.write(frame(.text, ByteBuffer(string: text)))
  }

  /// A client masks what it sends (RFC 6455, 5.3).
  static func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
  }

  /// Opens a WebSocket for the length of `body`.
  func onSocket<Value: Sendable>(
    _ path: String = ServerConnection.socketPath,
    _ body: (
      NIOAsyncChannelInboundStream<WebSocketFrame>, NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws -> Value
  ) async throws -> Value {
    let seen = SeenCertificate()
    do {
      let opening = try await upgraded(seen, path)
      guard case .socket(let channel) = opening else {
        // As a plain call it tells why.
        _ = try await call(.get, path)
        throw ConnectionFailure.unreadable(server: name, reason: "it opens no socket")
      }
      return try await channel.executeThenClose { inbound, outbound in
        try await body(inbound, outbound)
      }
    } catch {
      throw failure(error, seen)
    }
  }

  /// Connects and asks for a socket; what comes of it is never dropped, whenever the time is over or the task is cancelled.
  private func upgraded(_ seen: SeenCertificate, _ path: String) async throws -> Upgrade {
    let upgrades = Mutex<[ObjectIdentifier: EventLoopFuture<Upgrade>]>([:])
    let limit = limits.connecting
    let (channel, upgrade) = try await open(seen) { channel in
      let upgrade = try upgrading(channel, path)
      upgrades.withLock { $0[ObjectIdentifier(channel)] = upgrade }
    } opened: { channel in
      guard let upgrade = upgrades.withLock({ $0[ObjectIdentifier(channel)] }) else {
        throw ChannelError.inappropriateOperationForState
      }
      return (channel, upgrade)
    }
    let isLate = Mutex(false)
    let deadline = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(limit / .milliseconds(1)))) {
      isLate.withLock { $0 = true }
      channel.close(promise: nil)
    }
    defer { deadline.cancel() }
    do {
      return try await withTaskCancellationHandler {
        try await upgrade.get()
      } onCancel: {
        channel.close(promise: nil)
      }
    } catch {
      try Task.checkCancellation()
      guard isLate.withLock({ $0 }) else { throw error }
      throw ConnectionFailure.timedOut(server: name, what: "opening a socket", limit: limit)
    }
  }

  private func upgrading(_ channel: any Channel, _ path: String) throws -> EventLoopFuture<Upgrade> {
    let silence = TimeAmount.milliseconds(Int64(limits.silence / .milliseconds(1)))
    let upgrader = NIOTypedWebSocketClientUpgrader<Upgrade>(
      maxFrameSize: Self.messageLimitBytes,
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: silence))
          try channel.pipeline.syncOperations.addHandler(ClosesWhenIdle())
          return .socket(try Frames(wrappingChannelSynchronously: channel))
        }
      })
    var head = head(.get, path, [], bodyBytes: nil)
    head.headers.remove(name: "Connection")
    let configuration = NIOTypedHTTPClientUpgradeConfiguration(
      upgradeRequestHead: head, upgraders: [upgrader],
      notUpgradingCompletionHandler: { channel in
        channel.close(promise: nil)
        return channel.eventLoop.makeSucceededFuture(Upgrade.refused)
      })
    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
      configuration: .init(upgradeConfiguration: configuration))
  }
}

extension ConnectionFailure {
  /// Whether trying again may help.
  fileprivate var mayPass: Bool {
    switch self {
    case .unreachable, .timedOut, .lost: true
    case .untrusted, .unreadable, .closed: false
    }
  }
}

/// Ends a connection on which nothing has come for too long.
final class ClosesWhenIdle: ChannelInboundHandler, Sendable {
  typealias InboundIn = NIOAny

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }
}
