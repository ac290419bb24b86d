import SlipwayAPI
import SlipwayClient
import SlipwayTesting
import Testing

/// Calls to a server that says what a test scripts.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  private func failure(
    _ script: @escaping @Sendable (StubRequest) -> [StubStep],
    _ call: @escaping @concurrent @Sendable (ServerConnection) async throws -> Void
  ) async throws -> String {
    try await StubEngine.with(script: script) { stub in
      let address = try #require(ServerAddress(stub.address))
      do {
        try await call(ServerConnection(address, token: "slw_1_x_y"))
        return "no failure"
      } catch {
        return "\(error)"
      }
    }
  }

  private static func problem(_ status: Int, _ code: String, _ detail: String) -> StubStep {
    .answer(
      status, "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":\(status),\"code\":\"\(code)\",\"detail\":\"\(detail)\"}",
      contentType: "application/problem+json")
  }

  // S-AUTH-10
  @Test func `A token that counts no more is told with the way to another one`() async throws {
    let text = try await failure({ _ in
      [Self.problem(401, "invalid_token", "this token is not known, has expired or was taken back")]
    }) {
      _ = try await $0.call(.get, "/api/v1/session")
    }
    #expect(text.contains("has expired"))
    #expect(text.contains("fix: log in again: slipway login unix:///"))
    #expect(!text.contains("slw_1_x_y"))
  }

  @Test func `A server that does not know a call is of another version, and says so`() async throws {
    let text = try await failure({ _ in [Self.problem(404, "unknown_call", "there is no such call")] }) {
      _ = try await $0.call(.get, "/api/v1/of-tomorrow")
    }
    #expect(
      text
        == "there is no such call\n  fix: this program and the server are of two versions: bring the older of them to the newer one's"
    )
  }

  @Test func `An answer in another form than this version's is not taken for one`() async throws {
    let text = try await failure({ _ in [.answer(200, "{\"something\":\"else\"}")] }) {
      _ = try await $0.call(.get, "/api/v1/servers/local", as: ServerBody.self)
    }
    #expect(text.contains("gave another JSON than expected"))
    #expect(text.contains("of this version"))
  }

  @Test func `What is no HTTP is no server of ours`() async throws {
    let text = try await failure({ _ in [.text("SSH-2.0-OpenSSH_9.2\r\n"), .close] }) { _ = try await $0.call(.get, "/healthz") }
    #expect(text.contains("is not Slipway's: it is no HTTP"))
  }

  @Test func `An answer that is cut off is a lost connection, not a short answer`() async throws {
    let cut = StubStep.text("HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nContent-Length: 100\r\n\r\nabc")
    let text = try await failure({ _ in [cut, .close] }) { connection in
      try await connection.download("/api/v1/servers/local/containers/a/export") { bytes in
        while try await bytes.next() != nil {}
      }
    }
    #expect(text.contains("ended within the answer"), "\(text)")
  }

  @Test func `A refusal that comes while a file is sent is told, not that the connection broke`() async throws {
    let body = AsyncStream<[UInt8]> { continuation in
      continuation.yield([UInt8](repeating: 0, count: 1 << 16))
      continuation.finish()
    }
    let text = try await failure({ _ in [Self.problem(403, "forbidden", "this needs the right to a shell in containers")] }) {
      try await $0.upload(.put, "/api/v1/servers/local/containers/a/archive", type: "application/x-tar", body)
    }
    #expect(text.contains("this needs the right to a shell"), "\(text)")
  }
}
