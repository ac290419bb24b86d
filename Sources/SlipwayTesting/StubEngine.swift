package import DockerEngine
import NIOCore
import NIOPosix
import Synchronization

/// A request that a stub engine received.
package struct StubRequest: Hashable, Sendable {
  package var method: String
  /// With version and query, as on the wire.
  package var target: String
  package var body: [UInt8]
  /// Which request this is, over all connections, from 1.
  package var number: Int
}

/// One thing that a stub engine does in place of an answer.
package enum StubStep: Sendable {
  case bytes([UInt8])
  /// The same bytes again and again, as fast as the client takes them.
  case endless([UInt8])
  case pause(Duration)
  /// Neither answers nor closes.
  case hang
  case close
  /// What the test writes when it likes to, until the closure returns.
  case written(@Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void)

  package static func text(_ text: String) -> StubStep { .bytes(Array(text.utf8)) }

  /// A whole answer.
  package static func answer(
    _ status: Int = 200, _ body: String, contentType: String = "application/json", headers: [String] = []
  ) -> StubStep {
    let lines =
      ["HTTP/1.1 \(status) Status", "Content-Type: \(contentType)", "Content-Length: \(body.utf8.count)"] + headers + ["", body]
    return .text(lines.joined(separator: "\r\n"))
  }

  /// The answer to a ping.
  package static func pong(apiVersion: String = "1.41") -> StubStep {
    .answer(200, "OK", contentType: "text/plain", headers: ["Api-Version: \(apiVersion)", "Ostype: linux", "Server: Stub/1"])
  }
}

/// A server on a real unix socket that says what a test scripts, also to pings (`StubStep.pong`).
package final class StubEngine: Sendable {
  package let endpoint: EngineEndpoint
  private let script: @Sendable (StubRequest) -> [StubStep]
  private let received = Mutex<[StubRequest]>([])
  private let openConnections = Mutex(0)

  private init(endpoint: EngineEndpoint, script: @escaping @Sendable (StubRequest) -> [StubStep]) {
    self.endpoint = endpoint
    self.script = script
  }

  /// Runs a stub for the length of `body`.
  package static func with<Value: Sendable>(
    script: @escaping @Sendable (StubRequest) -> [StubStep],
    _ body: @escaping @concurrent @Sendable (StubEngine) async throws -> Value
  ) async throws -> Value {
    let path = "/tmp/slipway-stub-\(UInt64.random(in: 0 ... .max)).sock"
    defer { removeFile(path) }
    let stub = StubEngine(endpoint: try EngineEndpoint(parsing: path), script: script)
    return try await withSocketServer(path: path, group: MultiThreadedEventLoopGroup.singleton, halfCloses: false) { connection in
      await stub.serve(connection)
    } _: {
      try await body(stub)
    }
  }

  /// What `DOCKER_HOST` must hold to reach this stub.
  package var address: String { "unix://\(endpoint.socketPath)" }

  /// All requests so far, pings included.
  package var requests: [StubRequest] { received.withLock { $0 } }

  /// Connections that are open now.
  package var connectionCount: Int { openConnections.withLock { $0 } }

  private func serve(_ connection: ByteChannel) async {
    openConnections.withLock { $0 += 1 }
    defer { openConnections.withLock { $0 -= 1 } }
    // WHY try?: a client that goes away is what many tests want.
    try? await connection.executeThenClose { inbound, outbound in
      var scanner = HTTPRequestScanner()
      var current: (head: HTTPRequestScanner.Head, body: [UInt8])?
      for try await buffer in inbound {
        for event in try scanner.take(Array(buffer.readableBytesView)) {
          switch event {
          case .head(let head, _): current = (head, [])
          case .body(let bytes): current?.body += bytes
          case .raw: break
          case .end:
            guard let request = current else { continue }
            current = nil
            guard try await self.answer(note(request.head, request.body), on: outbound, of: connection.channel) else { return }
          }
        }
      }
    }
  }

  private func note(_ head: HTTPRequestScanner.Head, _ body: [UInt8]) -> StubRequest {
    received.withLock { received in
      let request = StubRequest(method: head.method, target: head.target, body: body, number: received.count + 1)
      received.append(request)
      return request
    }
  }

  /// False: the connection is to be closed.
  private func answer(
    _ request: StubRequest, on outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, of channel: any Channel
  ) async throws -> Bool {
    for step in script(request) {
      switch step {
      case .bytes(let bytes): try await outbound.write(ByteBuffer(bytes: bytes))
      case .endless(let bytes):
        while true { try await outbound.write(ByteBuffer(bytes: bytes)) }
      case .pause(let duration): try await Task.sleep(for: duration)
      case .hang: try await channel.closeFuture.get()
      case .close: return false
      case .written(let body): try await body { try await outbound.write(ByteBuffer(bytes: $0)) }
      }
    }
    return true
  }
}
