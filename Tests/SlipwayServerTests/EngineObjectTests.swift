import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayTesting
import Testing

@testable import SlipwayServer

@Suite(.timeLimit(.minutes(1))) struct EngineObjectTests {
  private static func inspection(_ name: String, stack: String?) -> String {
    let labels = stack.map { "\"com.docker.compose.project\":\"\($0)\",\"com.docker.compose.service\":\"web\"" } ?? ""
    return """
      {"Id":"\(name)-id","Name":"/\(name)","State":{"Status":"running","Running":true},"Config":{"Labels":{\(labels)}}}
      """
  }

  /// An engine with a container of the stack shop, one of blog, and one of none.
  private static let engine: @Sendable (StubRequest) -> [StubStep] = { request in
    if request.target.hasSuffix("/_ping") { return [.pong()] }
    for (name, stack) in [("mine", "shop"), ("foreign", "blog"), ("lone", nil), ("odd", "No Stack's Name")] {
      if request.target.hasSuffix("/containers/\(name)/json") { return [.answer(200, inspection(name, stack: stack))] }
    }
    if request.target.contains("/containers/") { return [.answer(404, "{\"message\":\"No such container\"}")] }
    return [.hang]
  }

  private static let shopViewer = somebody(Grant(.viewer, on: .stack(server: "local", name: "shop")))
  private static let shopOperator = somebody(Grant(.operator_, on: .stack(server: "local", name: "shop")))

  private func problem(
    _ name: String, _ who: Principal, _ action: Action, server: String = "local", _ parts: ServerParts
  ) async -> Problem? {
    do {
      _ = try await EngineObjectLookup(fleet: parts.fleet, accounts: parts.accounts).resolve(
        .container, name, on: server, for: who, action)
      return nil
    } catch {
      return Problem(error)
    }
  }

  // S-AZ-2
  @Test func `A container of another stack, and one of none, are as if they were not there`() async throws {
    try await StubEngine.with(script: Self.engine) { stub in
      try await ServedParts.with(stub.endpoint) { parts, _ in
        #expect(await problem("mine", Self.shopViewer, .containerRead, parts) == nil)
        let missing = await problem("nothing", Self.shopViewer, .containerRead, parts)
        #expect(missing?.status == .notFound)
        for name in ["foreign", "lone", "odd"] {
          for action in [Action.containerRead, .containerControl, .statsRead] {
            let answer = await problem(name, Self.shopOperator, action, parts)
            #expect(answer?.status == .notFound && answer?.code == missing?.code)
            #expect(answer?.detail == missing?.detail.replacing("nothing", with: name))
          }
        }
      }
    }
  }

  @Test func `What may be seen and not changed is forbidden`() async throws {
    try await StubEngine.with(script: Self.engine) { stub in
      try await ServedParts.with(stub.endpoint) { parts, _ in
        #expect(await problem("mine", Self.shopViewer, .containerControl, parts)?.status == .forbidden)
        #expect(await problem("mine", Self.shopOperator, .containerControl, parts) == nil)
      }
    }
  }

  // S-AZ-3
  @Test func `Who may see nothing of a server does not reach its engine`() async throws {
    try await StubEngine.with(script: Self.engine) { stub in
      try await ServedParts.with(stub.endpoint) { parts, _ in
        let elsewhere = somebody(Grant(.admin, on: .server("other")))
        #expect(await problem("mine", elsewhere, .containerRead, parts)?.status == .notFound)
        #expect(stub.requests.isEmpty)
      }
    }
  }

  @Test func `The right on the server holds for all on it`() async throws {
    try await StubEngine.with(script: Self.engine) { stub in
      try await ServedParts.with(stub.endpoint) { parts, _ in
        let viewer = somebody(Grant(.viewer, on: .server("local")))
        for name in ["mine", "foreign", "lone", "odd"] {
          #expect(await problem(name, viewer, .containerRead, parts) == nil)
          #expect(await problem(name, viewer, .containerControl, parts)?.status == .forbidden)
        }
      }
    }
  }

  // S-AUD-1
  @Test func `A denied look stands in the audit log`() async throws {
    try await StubEngine.with(script: Self.engine) { stub in
      try await ServedParts.with(stub.endpoint) { parts, _ in
        _ = await problem("foreign", Self.shopOperator, .containerControl, parts)
        let records = try await parts.store.auditRecords()
        #expect(records.map(\.outcome) == [.denied])
        #expect(records.first?.target == "stack:local/blog")
      }
    }
  }
}
