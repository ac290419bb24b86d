import DockerEngine
import FoundationEssentials
import Orchestration
import SlipwayTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ServerWatchTests {
  private static let project = "com.docker.compose.project"

  private static func event(_ action: String, _ id: String, name: String = "shop-web-1") -> String {
    """
    {"Type":"container","Action":"\(action)","Actor":{"ID":"\(id)","Attributes":{"\(project)":"shop","com.docker.compose.service":"web","name":"\(name)"}},"time":1,"timeNano":1000000000}
    """
  }

  private static func list(_ id: String, _ state: String) -> String {
    """
    [{"Id":"\(id)","Names":["/shop-web-1"],"State":"\(state)","Status":"Up 2 seconds (healthy)","Labels":{"\(project)":"shop","com.docker.compose.service":"web"}}]
    """
  }

  private static func stream(_ events: [String], then end: StubStep) -> [StubStep] {
    let body = events.map { $0 + "\n" }.joined()
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = body.isEmpty ? "" : "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
    return [.text(head + chunk), end]
  }

  /// The states of one server up to the first that `isLast` takes.
  private static func states(
    of stub: StubEngine, until isLast: @escaping @Sendable (ServerState) -> Bool
  ) async -> [ServerState] {
    let watch = ServerWatch([.init(server: "alpha", engine: EngineClient(stub.endpoint))])
    let (states, continuation) = AsyncStream.makeStream(of: ServerState.self)
    return await withTaskGroup(of: [ServerState].self) { group in
      group.addTask {
        await watch.run { continuation.yield($0) }
        return []
      }
      group.addTask {
        var seen: [ServerState] = []
        for await state in states {
          seen.append(state)
          if isLast(state) { break }
        }
        return seen
      }
      var all: [ServerState] = []
      for await seen in group {
        all += seen
        group.cancelAll()
      }
      return all
    }
  }

  @Test func `A server's state follows its events`() async throws {
    let states = try await StubEngine.with { request in
      if request.target == "/_ping" { return [.pong()] }
      guard request.target.contains("/events") else { return [.answer(200, Self.list("a", "running"))] }
      return Self.stream(
        [Self.event("die", "a"), Self.event("exec_start", "a"), Self.event("health_status: healthy", "b", name: "shop-web-2")],
        then: .hang)
    } _: { stub in
      await Self.states(of: stub) { $0.containers["b"] != nil }
    }
    #expect(states.map(\.link) == [.connecting, .up, .up, .up])
    #expect(states[1].containers["a"]?.health == "healthy")
    #expect(states[2].containers["a"]?.status == .exited)
    #expect(states[2].containers["a"]?.health == nil)
    #expect(states[3].containers["b"]?.health == "healthy")
    #expect(states[3].containers["b"]?.name == "shop-web-2")
  }

  @Test func `What runs is read again when a lost link is back`() async throws {
    let opened = Mutex(0)
    let states = try await StubEngine.with { request in
      if request.target == "/_ping" { return [.pong()] }
      guard request.target.contains("/events") else {
        return [.answer(200, Self.list(opened.withLock { $0 } == 1 ? "a" : "c", "running"))]
      }
      let count = opened.withLock {
        $0 += 1
        return $0
      }
      return Self.stream([], then: count == 1 ? .close : .hang)
    } _: { stub in
      await Self.states(of: stub) { $0.containers["c"] != nil }
    }
    #expect(states.contains { if case .away = $0.link { true } else { false } })
    #expect(states.last?.link == .up)
    #expect(states.last?.containers.keys.sorted() == ["c"])
  }

  @Test func `A dead server delays no other`() async throws {
    let state = try await StubEngine.with { request in
      if request.target == "/_ping" { return [.pong()] }
      return request.target.contains("/events") ? Self.stream([], then: .hang) : [.answer(200, Self.list("a", "running"))]
    } _: { stub in
      let dead = EngineClient(try EngineEndpoint(parsing: "/nonexistent/engine.sock"))
      let watch = ServerWatch([.init(server: "dead", engine: dead), .init(server: "alive", engine: EngineClient(stub.endpoint))])
      let (states, continuation) = AsyncStream.makeStream(of: ServerState.self)
      return await withTaskGroup(of: ServerState?.self) { group in
        group.addTask {
          await watch.run { continuation.yield($0) }
          return nil
        }
        group.addTask { await states.first { $0.server == "alive" && $0.link == .up } }
        let found = await group.next() ?? nil
        group.cancelAll()
        return found
      }
    }
    #expect(state?.stacks == ["shop"])
  }
}
