import DockerEngine
import SlipwayTesting
import Testing

@Suite(.needsEngine, .timeLimit(.minutes(2)))
struct FaultProxyTests {
  private func spec(_ engine: EngineFixture) -> ContainerSpec {
    var spec = ContainerSpec()
    spec.config.image = "slipway/base:1"
    spec.config.command = ["/bin/sh", "-c", "cat"]
    spec.config.opensStdin = true
    spec.config.labels = engine.labels
    return spec
  }

  @Test func `Calls pass through and are counted, hijacked ones too`() async throws {
    try await EngineFixture.with { engine in
      let spec = spec(engine)
      try await FaultProxy.with(upstream: engine.endpoint) { proxy in
        try await withEngine(proxy.endpoint) { client in
          let id = try await client.createContainer(named: engine.name("proxied"), spec).id
          var options = AttachOptions()
          options.attachesStdin = true
          let connection = try await client.attach(to: id, options)
          try await client.startContainer(id)
          try await connection.write(Array("through\n".utf8))
          var echoed = ""
          for try await frame in connection.output {
            echoed += String(decoding: frame.bytes, as: UTF8.self)
            if echoed.hasSuffix("\n") { break }
          }
          #expect(echoed == "through\n")
          connection.close()
          #expect(
            proxy.calls.map(\.description).filter { !$0.hasSuffix("/json") } == [
              "GET /_ping", "POST /containers/create", "POST /containers/\(id)/attach", "POST /containers/\(id)/start",
            ])
          #expect(proxy.writeCount == 3)
        }
      }
    }
  }

  @Test(arguments: FaultProxy.Fault.allCases)
  func `AB-G5: a create that meets a fault is done once or not at all, and never repeated`(
    fault: FaultProxy.Fault
  ) async throws {
    try await EngineFixture.with { engine in
      let spec = spec(engine)
      let error = try await FaultProxy.with(upstream: engine.endpoint) { proxy in
        proxy.inject(fault, at: 1)
        var limits = EngineLimits()
        limits.write = .seconds(2)
        return try await withEngine(proxy.endpoint, limits: limits) { client in
          var failure: EngineError?
          do {
            _ = try await client.createContainer(named: engine.name("fault"), spec)
          } catch {
            failure = error as? EngineError
          }
          #expect(proxy.calls.map(\.description) == ["GET /_ping", "POST /containers/create [\(fault.rawValue)]"])
          return failure
        }
      }
      let there = try await engine.client.listContainers(all: true, filters: .labels([EngineFixture.label: engine.id]))
      switch (fault, error) {
      case (.answer500, .api(_, 500, _)), (.dropBefore, .connectionLost), (.hang, .timedOut): #expect(there.isEmpty)
      case (.dropAfter, .connectionLost): #expect(there.map(\.name) == [engine.name("fault")])
      default: Issue.record("\(fault) gave \(String(describing: error))")
      }
      if fault != .answer500 { #expect(error?.leavesOutcomeOpen == true) }
    }
  }

  @Test func `A read that loses its connection is tried again`() async throws {
    try await EngineFixture.with { engine in
      try await FaultProxy.with(upstream: engine.endpoint) { proxy in
        proxy.inject(.dropBefore, at: 2, of: .allCalls)
        proxy.inject(.dropAfter, at: 3, of: .allCalls)
        try await withEngine(proxy.endpoint) { client in
          _ = try await client.listContainers()
          #expect(proxy.calls.count == 4)
          proxy.reset()
          for number in 1...3 { proxy.inject(.dropBefore, at: number, of: .allCalls) }
          await #expect(throws: EngineError.self) { try await client.listContainers() }
          #expect(proxy.calls.count == 3)
        }
      }
    }
  }
}
