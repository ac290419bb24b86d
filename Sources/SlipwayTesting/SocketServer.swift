import NIOCore
import NIOPosix
import Synchronization

/// One byte connection of a test server, with half-close both ways.
typealias ByteChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

let halfClosing = ByteChannel.Configuration(isOutboundHalfClosureEnabled: true)

/// Serves a unix socket for the length of `body`: one task for each connection, all of them ended afterwards.
///
/// With `halfCloses` a client may end its side and still be answered; else that ends the connection.
func withSocketServer<Value: Sendable>(
  path: String, group: any EventLoopGroup, halfCloses: Bool,
  serve: @escaping @concurrent @Sendable (ByteChannel) async -> Void,
  _ body: @escaping @concurrent @Sendable () async throws -> Value
) async throws -> Value {
  let server = try await ServerBootstrap(group: group)
    .childChannelOption(.allowRemoteHalfClosure, value: halfCloses)
    .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
      channel.eventLoop.makeCompletedFuture { try ByteChannel(wrappingChannelSynchronously: channel, configuration: halfClosing) }
    }
  return try await serving(server, serve, body)
}

/// As `withSocketServer`, on a free port of the loopback address; `body` is told which.
func withPortServer<Value: Sendable>(
  group: any EventLoopGroup, serve: @escaping @concurrent @Sendable (ByteChannel) async -> Void,
  _ body: @escaping @concurrent @Sendable (Int) async throws -> Value
) async throws -> Value {
  let server = try await ServerBootstrap(group: group)
    .childChannelOption(.allowRemoteHalfClosure, value: true)
    .bind(host: "127.0.0.1", port: 0) { channel in
      channel.eventLoop.makeCompletedFuture { try ByteChannel(wrappingChannelSynchronously: channel, configuration: halfClosing) }
    }
  let port = server.channel.localAddress?.port ?? 0
  return try await serving(server, serve) { try await body(port) }
}

private func serving<Value: Sendable>(
  _ server: NIOAsyncChannel<ByteChannel, Never>, _ serve: @escaping @concurrent @Sendable (ByteChannel) async -> Void,
  _ body: @escaping @concurrent @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask {
      try await server.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            group.addTask { await serve(connection) }
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
