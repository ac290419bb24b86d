import NIOCore
import NIOPosix
import Synchronization

/// One byte connection of a test server, with half-close both ways.
typealias ByteChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

extension ByteChannel {
  /// Of a channel that reads nothing yet (`autoRead` is off): its streams are made when somebody takes them up, because ones that
  /// are dropped unused end the process.
  static func reading(_ channel: any Channel) async throws -> ByteChannel {
    try await channel.eventLoop.submit {
      // Throws for a channel that is gone, where the streams would be made and dropped.
      try channel.pipeline.syncOperations.addHandler(Probe())
      let streams = try ByteChannel(
        wrappingChannelSynchronously: channel, configuration: ByteChannel.Configuration(isOutboundHalfClosureEnabled: true))
      try channel.syncOptions?.setOption(.autoRead, value: true)
      return streams
    }.get()
  }
}

/// Does nothing.
private final class Probe: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
}

/// Serves a unix socket for the length of `body`: one task for each connection, all of them ended afterwards.
///
/// With `halfCloses` a client may end its side and still be answered; else that ends the connection.
func withSocketServer<Value: Sendable>(
  path: String, group: any EventLoopGroup, halfCloses: Bool,
  serve: @escaping @concurrent @Sendable (ByteChannel) async -> Void,
  _ body: @escaping @concurrent @Sendable () async throws -> Value
) async throws -> Value {
  let accepted = Accepted()
  let server = try await ServerBootstrap(group: group)
    .childChannelOption(.allowRemoteHalfClosure, value: halfCloses).childChannelOption(.autoRead, value: false)
    .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { accepted.add($0) }
  return try await serving(server, accepted, serve, body)
}

/// As `withSocketServer`, on a free port of the loopback address; `body` is told which.
func withPortServer<Value: Sendable>(
  group: any EventLoopGroup, serve: @escaping @concurrent @Sendable (ByteChannel) async -> Void,
  _ body: @escaping @concurrent @Sendable (Int) async throws -> Value
) async throws -> Value {
  let accepted = Accepted()
  let server = try await ServerBootstrap(group: group)
    .childChannelOption(.allowRemoteHalfClosure, value: true).childChannelOption(.autoRead, value: false)
    .bind(host: "127.0.0.1", port: 0) { accepted.add($0) }
  let port = server.channel.localAddress?.port ?? 0
  return try await serving(server, accepted, serve) { try await body(port) }
}

/// Connections that were taken, also those that nobody came to serve.
private final class Accepted: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  func add(_ channel: any Channel) -> EventLoopFuture<any Channel> {
    let id = ObjectIdentifier(channel)
    channels.withLock { $0[id] = channel }
    channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[id] = nil } }
    return channel.eventLoop.makeSucceededFuture(channel)
  }

  func closeAll() {
    for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}

private func serving<Value: Sendable>(
  _ server: NIOAsyncChannel<any Channel, Never>, _ accepted: Accepted,
  _ serve: @escaping @concurrent @Sendable (ByteChannel) async -> Void,
  _ body: @escaping @concurrent @Sendable () async throws -> Value
) async throws -> Value {
  defer { accepted.closeAll() }
  return try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask {
      try await server.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            group.addTask {
              // WHY try?: it is gone already.
              guard let streams = try? await ByteChannel.reading(connection) else { return }
              await serve(streams)
            }
          }
        }
      }
      return nil
    }
    group.addTask { try await body() }
    defer { group.cancelAll() }
    while let finished = try await group.next() {
      if let value = finished { return value }
    }
    throw CancellationError()
  }
}
