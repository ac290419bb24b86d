import DockerEngine
import Glibc
import SlipwayTesting
import Testing

/// Hands out connected descriptors, as a connector over SSH does.
private struct DescriptorConnector: EngineConnector {
  let isRemote = false
  let path: String
  var name: String { "ssh://stub" }

  func connect() async throws(EngineError) -> EngineChannel {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe Glibc.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw .unreachable(endpoint: name, reason: "refused", hint: "start it") }
    return .descriptor(descriptor)
  }
}

/// Never gets a connection.
private struct StuckConnector: EngineConnector {
  let isRemote = false
  let name = "ssh://stuck"

  func connect() async throws(EngineError) -> EngineChannel {
    try? await Task.sleep(for: .seconds(600))
    throw .unreachable(endpoint: name, reason: "gave up", hint: "none")
  }
}

@Suite(.timeLimit(.minutes(1))) struct ConnectorTests {
  @Test func `A connected descriptor serves calls, streams and hijacked connections`() async throws {
    let script: @Sendable (StubRequest) -> [StubStep] = { request in
      switch request.target {
      case "/_ping": [.pong()]
      case "/v1.41/events": [.text("HTTP/1.1 200 OK\r\n\r\n{\"Type\":\"container\"}\n"), .hang]
      case "/v1.41/exec/e/start":
        [.text("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello"), .close]
      default: [.answer(200, "[]")]
      }
    }
    try await StubEngine.with(script: script) { stub in
      let client = EngineClient(connector: DescriptorConnector(path: stub.endpoint.socketPath))
      #expect(client.name == "ssh://stub")
      let networks = try await client.listNetworks()
      #expect(networks.isEmpty)
      var events = try await client.events().makeAsyncIterator()
      let event = try await events.next()
      #expect(event?.kind == "container")
      let connection = try await client.startExec("e", hasTTY: true)
      var text = ""
      for try await frame in connection.output { text += String(decoding: frame.bytes, as: UTF8.self) }
      #expect(text == "hello")
      await client.shutdown()
    }
  }

  @Test func `A ping goes over a connection of its own`() async throws {
    try await StubEngine.with(script: { $0.target == "/_ping" ? [.pong()] : [.answer(200, "[]")] }) { stub in
      let client = EngineClient(stub.endpoint)
      _ = try await client.listNetworks()
      let before = stub.connectionCount
      _ = try await client.ping()
      #expect(stub.connectionCount == before + 1)
      await client.shutdown()
    }
  }

  @Test func `A connector that does not come back is unreachable after its limit`() async throws {
    var limits = EngineLimits()
    limits.connect = .milliseconds(100)
    let client = EngineClient(connector: StuckConnector(), limits: limits)
    await #expect { try await client.listContainers() } throws: { error in
      guard case EngineError.unreachable("ssh://stuck", let reason, _) = error else { return false }
      return reason.contains("0.1 seconds")
    }
    await client.shutdown()
  }

  @Test func `Shutting down ends the calls under way`() async throws {
    try await StubEngine.with(script: { $0.target == "/_ping" ? [.pong()] : [.hang] }) { stub in
      let client = EngineClient(stub.endpoint)
      let error = try await withThrowingTaskGroup(of: EngineError?.self) { group in
        group.addTask {
          do {
            _ = try await client.startContainer("a")
            return nil
          } catch {
            return error as? EngineError
          }
        }
        while stub.requests.count < 2 { await Task.yield() }
        await client.shutdown()
        return try await group.next() ?? nil
      }
      #expect(error?.leavesOutcomeOpen == true)
    }
  }

  @Test func `What is left of a stream asks nothing of a client that was shut down`() async {
    // In a process of its own: NIO prints a complaint where work is given to a loop that has ended, and stops it in its strict mode.
    await #expect(processExitsWith: .success) {
      unsafe setenv("SWIFTNIO_STRICT", "1", 1)
      let script: @Sendable (StubRequest) -> [StubStep] = {
        $0.target == "/_ping"
          ? [.pong()] : [.text("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello"), .hang]
      }
      try await StubEngine.with(script: script) { stub in
        let client = EngineClient(stub.endpoint)
        let connection = try await client.startExec("e", hasTTY: true)
        await client.shutdown()
        await #expect(throws: EngineError.self) { try await connection.write([1]) }
        await #expect(throws: EngineError.self) { try await connection.closeWrite() }
        for try await _ in connection.output {}
        connection.close()
        await #expect(throws: EngineError.shutDown(endpoint: stub.endpoint.description)) { try await client.listContainers() }
        await #expect(throws: EngineError.shutDown(endpoint: stub.endpoint.description)) { try await client.events() }
      }
    }
  }

  @Test func `A dropped stream closes its connection`() async throws {
    let script: @Sendable (StubRequest) -> [StubStep] = {
      $0.target == "/_ping" ? [.pong()] : [.text("HTTP/1.1 200 OK\r\n\r\n{\"Type\":\"container\"}\n"), .hang]
    }
    try await StubEngine.with(script: script) { stub in
      let client = EngineClient(stub.endpoint)
      for try await _ in try await client.events() { break }
      let end = ContinuousClock.now.advanced(by: .seconds(20))
      // The one that stays is the kept one of the ping.
      while stub.connectionCount > 1, ContinuousClock.now < end { await Task.yield() }
      #expect(stub.connectionCount == 1)
      await client.shutdown()
    }
  }
}
