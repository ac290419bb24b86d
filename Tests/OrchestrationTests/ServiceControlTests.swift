import DockerEngine
import Orchestration
import SlipwayTesting
import Synchronization
import Testing

private func container(_ service: String, needs: String? = nil) -> ServiceContainer {
  ServiceContainer(
    id: service, name: "s-\(service)-1", service: service, number: 1, state: .exited,
    dependencies: needs.map { [.init(service: $0)] } ?? [])
}

/// Runs a start of these containers on a stub that refuses the container of one id; gives the ids started, and the failure.
private func start(_ containers: [ServiceContainer], refusing bad: String) async throws -> ([String], ServiceFailures?) {
  let steps = try ServicePlanner.steps(.start(waits: false), ServiceScope(project: "s"), containers: containers)
  return try await StubEngine.with(
    script: { request in
      if request.target == "/_ping" { return [.pong()] }
      return request.target.contains("/\(bad)/") ? [.answer(500, #"{"message":"no"}"#)] : [.answer(204, "")]
    }
  ) { stub in
    var failure: ServiceFailures?
    let done = Mutex<[String]>([])
    do {
      try await withEngine(stub.endpoint) { client in
        try await ServiceControl(client) { event in
          if case .done(let action) = event { done.withLock { $0.append(action.words.object) } }
        }.run(steps)
      }
    } catch let failures as ServiceFailures {
      failure = failures
    }
    return (done.withLock { $0.sorted() }, failure)
  }
}

@Suite(.timeLimit(.minutes(1))) struct ServiceControlTests {
  @Test func `A failed start keeps its dependents from being started, and nobody else`() async throws {
    let containers = [container("cache"), container("db"), container("api", needs: "db"), container("web", needs: "api")]
    let (done, failure) = try await start(containers, refusing: "db")
    #expect(done == ["container s-cache-1"])
    #expect(failure?.description == "could not start container s-db-1: no")
  }

  @Test func `All goes well in the order of the dependencies`() async throws {
    let (done, failure) = try await start([container("db"), container("api", needs: "db")], refusing: "nobody")
    #expect(done == ["container s-api-1", "container s-db-1"])
    #expect(failure == nil)
  }

  @Test func `A wait that is not met in time says so`() async throws {
    var running = container("db")
    running.state = .running
    let waits = try ServicePlanner.steps(.start(waits: true), ServiceScope(project: "s"), containers: [running])
    let starting = #"{"Name":"/s-db-1","State":{"Status":"running","Health":{"Status":"starting"}}}"#
    let failure = await #expect(throws: ServiceFailures.self) {
      try await StubEngine.with(script: { $0.target == "/_ping" ? [.pong()] : [.answer(200, starting)] }) { stub in
        try await withEngine(stub.endpoint) { client in
          var limits = WaitLimits()
          limits.condition = .zero
          try await ServiceControl(client, limits: limits).run(waits)
        }
      }
    }
    #expect(failure?.description == "could not wait for service db: it was not ready within 0 s")
  }

  @Test func `A container that will not get healthy ends the wait at once, with what its check said`() async throws {
    var running = container("db")
    running.state = .running
    let waits = try ServicePlanner.steps(.start(waits: true), ServiceScope(project: "s"), containers: [running])
    let ill = #"""
      {"Name":"/s-db-1","State":{"Status":"running","Health":{"Status":"unhealthy","Log":[{"Output":"no disk\nmore"}]}}}
      """#
    let failure = await #expect(throws: ServiceFailures.self) {
      try await StubEngine.with(script: { $0.target == "/_ping" ? [.pong()] : [.answer(200, ill)] }) { stub in
        try await withEngine(stub.endpoint) { client in try await ServiceControl(client).run(waits) }
      }
    }
    #expect(failure?.description == "could not wait for service db: s-db-1 is unhealthy: no disk")
  }
}
