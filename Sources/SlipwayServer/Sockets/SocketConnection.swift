import HTTPTypes
import NIOCore
import NIOWebSocket
import Synchronization

/// One open WebSocket: takes the client's messages in, sends ours, and keeps the line alive.
///
/// `send` may be called from several tasks; it waits while the client does not read.
final class SocketConnection: Sendable {
  private let outbound: NIOAsyncChannelOutboundWriter<SocketOutput>
  private let channel: any Channel
  private let lastFrame = Mutex(ContinuousClock.now)
  private let undrained = Mutex(Undrained())
  /// Bytes that the event loop may not have seen yet.
  private let unseen = Mutex(0)
  private static let unseenLimit = 16 << 10
  /// Set once: why it ends.
  private let ending = Mutex<SocketClose?>(nil)

  private init(_ outbound: NIOAsyncChannelOutboundWriter<SocketOutput>, _ channel: any Channel) {
    self.outbound = outbound
    self.channel = channel
  }

  /// Runs `body` with the connection beside taking messages in; ends when either does, or the client goes, and closes.
  ///
  /// - Parameter take: is given each message, in order, one at a time; what it throws closes the socket.
  static func run(
    _ channel: NIOAsyncChannel<WebSocketFrame, SocketOutput>,
    take: @escaping @Sendable (SocketConnection, ByteBuffer) async throws(SocketClose) -> Void,
    beside body: @escaping @Sendable (SocketConnection) async throws -> Void
  ) async {
    // WHY try?: how the line ended is told to nobody; it is closed all the same.
    try? await channel.executeThenClose { inbound, outbound in
      let connection = SocketConnection(outbound, channel.channel)
      var close = SocketClose.normal
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await connection.read(inbound, take) }
          group.addTask { try await connection.keepAlive() }
          // Apart from what is sent, which waits for the client.
          group.addTask { try await connection.watch() }
          group.addTask {
            try await body(connection)
            throw SocketClose.normal
          }
          defer { group.cancelAll() }
          try await group.next()
        }
      } catch {
        close = connection.ending.withLock { $0 } ?? (error as? SocketClose) ?? .goingAway
      }
      await connection.sayGoodbye(close)
    }
  }

  /// Sends one text message.
  func send(_ text: ByteBuffer) async throws {
    try await write(.frame(WebSocketFrame(fin: true, opcode: .text, data: text)))
  }

  /// Sends one text message whose middle other clients are sent as well: it is not copied.
  func send(head: ByteBuffer, shared: ByteBuffer, tail: ByteBuffer) async throws {
    try await write(.text(head: head, shared: shared, tail: tail))
  }

  private func write(_ output: SocketOutput) async throws {
    undrained.withLock { $0.begin(.now) }
    defer { undrained.withLock { $0.end(.now) } }
    try await outbound.write(output)
    // The writer waits for a client that does not read, but only once the event loop has seen that: a loop that many clients keep busy
    // would be given more and more.
    let isMuch = unseen.withLock { unseen in
      unseen += output.bytes
      guard unseen >= Self.unseenLimit else { return false }
      unseen = 0
      return true
    }
    if isMuch { try await channel.eventLoop.submit {}.get() }
  }

  /// Ends the connection; the first reason counts.
  func close(_ reason: SocketClose) {
    let isFirst = ending.withLock { ending in
      defer { ending = ending ?? reason }
      return ending == nil
    }
    guard isFirst else { return }
    let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: reason.payload(channel.allocator))
    // WHY: whoever calls this must not wait for a client that does not read.
    let channel = channel
    channel.eventLoop.execute {
      channel.writeAndFlush(SocketOutput.frame(frame), promise: nil)
      channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
    }
  }

  private func read(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ take: @Sendable (SocketConnection, ByteBuffer) async throws(SocketClose) -> Void
  ) async throws {
    var messages = SocketMessages()
    var rate = MessageRate()
    do {
      for try await frame in inbound {
        lastFrame.withLock { $0 = .now }
        guard let event = try messages.take(frame) else { continue }
        // Who was told that it is over asks for nothing more.
        if ending.withLock({ $0 != nil }), !event.isClose { continue }
        switch event {
        case .text(let text):
          guard rate.admit(.now) else {
            throw SocketClose.policy("more than \(SocketLimits.messagesPerSecond) messages in a second")
          }
          try await take(self, text)
        case .ping(let data):
          guard rate.admit(.now) else { throw SocketClose.policy("too many pings") }
          try await write(.frame(WebSocketFrame(fin: true, opcode: .pong, data: data)))
        case .pong: break
        case .close(let code): throw SocketClose(code: code ?? 1000, reason: "")
        }
      }
    } catch let error as NIOWebSocketError {
      throw SocketClose(error)
    }
    throw SocketClose.normal
  }

  private func keepAlive() async throws {
    while true {
      try await Task.sleep(for: SocketLimits.pingInterval)
      try await write(.frame(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())))
    }
  }

  /// Ends the connection of a client that is dead, or that does not take what is sent.
  private func watch() async throws {
    while true {
      try await Task.sleep(for: SocketLimits.watchInterval)
      let now = ContinuousClock.now
      if now - lastFrame.withLock({ $0 }) >= SocketLimits.deadAfter { throw SocketClose.goingAway }
      if undrained.withLock({ $0.time(now) }) >= SocketLimits.undrainedLimit {
        throw SocketClose.tryLater("the messages were not taken in time")
      }
    }
  }

  /// Says why, unless that was said; the client's answer is not waited for longer than `closeTime`.
  private func sayGoodbye(_ close: SocketClose) async {
    let isFirst = ending.withLock { ending in
      defer { ending = ending ?? close }
      return ending == nil
    }
    guard isFirst else { return }
    let channel = channel
    let deadline = channel.eventLoop.scheduleTask(in: SocketLimits.closeTime) { channel.close(promise: nil) }
    // WHY try?: the client may be gone already.
    try? await outbound.write(
      .frame(WebSocketFrame(fin: true, opcode: .connectionClose, data: close.payload(channel.allocator))))
    deadline.cancel()
  }
}

extension SocketClose {
  /// What the frame decoder found.
  fileprivate init(_ error: NIOWebSocketError) {
    switch error {
    case .invalidFrameLength: self = .tooBig
    case .fragmentedControlFrame: self = .protocolError("a control frame in fragments")
    case .multiByteControlFrameLength: self = .protocolError("a control frame of more than 125 bytes")
    }
  }
}

/// How long nothing that was to be sent has found room.
struct Undrained {
  private var waiting = 0
  private var since: ContinuousClock.Instant?

  mutating func begin(_ now: ContinuousClock.Instant) {
    waiting += 1
    since = since ?? now
  }

  /// Something went: what else waits begins anew.
  mutating func end(_ now: ContinuousClock.Instant) {
    waiting -= 1
    since = waiting > 0 ? now : nil
  }

  func time(_ now: ContinuousClock.Instant) -> Duration { since.map { now - $0 } ?? .zero }
}

/// Counts messages within the last second.
struct MessageRate {
  private var times: [ContinuousClock.Instant] = []

  mutating func admit(_ now: ContinuousClock.Instant) -> Bool {
    times.removeAll { now - $0 >= .seconds(1) }
    guard times.count < SocketLimits.messagesPerSecond else { return false }
    times.append(now)
    return true
  }
}
