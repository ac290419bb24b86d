import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The cable between a client and a server, which can be cut: a TCP proxy on the loopback address.
package final class LinkProxy: Sendable {
  private let host: String
  private let targetPort: Int
  /// Where clients connect.
  package let port: Int
  private let state: LinkCondition

  private init(host: String, targetPort: Int, port: Int, state: LinkCondition) {
    (self.host, self.targetPort, self.port, self.state) = (host, targetPort, port, state)
  }

  /// Runs a proxy in front of a server for the length of `body`.
  package static func with<Value: Sendable>(
    host: String, port: Int, _ body: @escaping @concurrent @Sendable (LinkProxy) async throws -> Value
  ) async throws -> Value {
    let state = LinkCondition()
    return try await withPortServer(group: MultiThreadedEventLoopGroup.singleton) { client in
      await serve(client, host, port, state)
    } _: { own in
      try await body(LinkProxy(host: host, targetPort: port, port: own, state: state))
    }
  }

  /// Nothing passes and nobody is told; new connections are taken and stay silent.
  package func silence() { state.state.withLock { $0.isSilent = true } }

  /// All passes again, with what was held back.
  package func heal() { state.state.withLock { $0.isSilent = false } }

  /// Resets every connection, towards both ends.
  package func reset() {
    let all = state.state.withLock { state in
      defer { state.connections = [:] }
      return state.connections.values.flatMap(\.self)
    }
    for channel in all {
      // An end without a farewell: what was not sent is dropped, and the other side is told that the connection is gone.
      let dropped = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      guard let dropped else { continue }
      dropped.whenComplete { _ in channel.close(promise: nil) }
    }
  }

  /// Connections taken since the begin.
  package var accepted: Int { state.state.withLock { $0.accepted } }
  package var connections: Int { state.state.withLock { $0.connections.count } }
  package var packets: Int { state.state.withLock { $0.packets } }

  // MARK: Serving

  private static func serve(_ client: ByteChannel, _ host: String, _ port: Int, _ state: LinkCondition) async {
    do {
      // First: a channel whose streams are never taken up ends the process.
      try await client.executeThenClose { fromClient, toClient in
        state.state.withLock { $0.accepted += 1 }
        try await state.passage()
        let connected = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .channelOption(.allowRemoteHalfClosure, value: true).channelOption(.autoRead, value: false)
          .connect(host: host, port: port).get()
        let server = try await ByteChannel.reading(connected)
        try await server.executeThenClose { fromServer, toServer in
          let id = state.began([client.channel, server.channel])
          defer { state.ended(id) }
          try await withThrowingTaskGroup { group in
            group.addTask {
              for try await buffer in fromClient {
                state.state.withLock { $0.packets += 1 }
                try await state.passage()
                try await toServer.write(buffer)
              }
              try await state.passage()
              toServer.finish()
            }
            group.addTask {
              for try await buffer in fromServer {
                try await state.passage()
                try await toClient.write(buffer)
              }
              try await state.passage()
              toClient.finish()
            }
            while try await group.next() != nil {}
          }
        }
      }
    } catch {
      // WHY dropped: both ends may go away at any time; the other one sees it end.
      client.channel.close(promise: nil)
    }
  }
}

/// What the proxy and its connections share.
private final class LinkCondition: Sendable {
  struct State {
    var isSilent = false
    var lastID = 0
    /// Both ends of each connection.
    var connections: [Int: [any Channel]] = [:]
    /// Connections since the begin.
    var accepted = 0
    /// Readings from clients since the begin.
    var packets = 0
  }

  let state = Mutex(State())

  /// Waits while nothing passes; looks every few milliseconds, so that an end of the task is an end of the wait.
  func passage() async throws {
    while state.withLock({ $0.isSilent }) { try await Task.sleep(for: .milliseconds(5)) }
  }

  func began(_ ends: [any Channel]) -> Int {
    state.withLock { state in
      state.lastID += 1
      state.connections[state.lastID] = ends
      return state.lastID
    }
  }

  func ended(_ id: Int) { state.withLock { state in state.connections[id] = nil } }
}
