import ComposeFile
import DockerEngine
import SlipwayTesting
import StackPlanning
import Synchronization
import Testing

@testable import Orchestration

/// R-OP-2: the answer to the creation of a network was lost with the link.
@Suite(.timeLimit(.minutes(1))) struct LostNetworkTests {
  private static func network(_ id: String) -> String {
    #"{"Id":"\#(id)","Name":"shop_back","Labels":{"slipway.op":"op1"}}"#
  }

  /// Creates the network again; gives its id, and what the engine was asked to make and to remove.
  ///
  /// - Parameter listing: what the engine's nth list has, from 1, and whether it was asked to make one before.
  private func repeated(
    late: Duration = .milliseconds(50), _ listing: @escaping @Sendable (_ number: Int, _ isMade: Bool) -> [String]
  ) async throws -> (id: String?, changes: [String]) {
    let state = Mutex((lists: 0, isMade: false))
    return try await StubEngine.with(
      script: { request in
        if request.target == "/_ping" { return [.pong()] }
        if request.target.contains("/networks/create") {
          state.withLock { $0.isMade = true }
          return [.answer(201, #"{"Id":"second"}"#)]
        }
        if request.method == "DELETE" { return [.answer(204, "")] }
        let (number, isMade) = state.withLock { state in
          state.lists += 1
          return state
        }
        return [.answer(200, "[" + listing(number, isMade).map(Self.network).joined(separator: ",") + "]")]
      }
    ) { stub in
      var request = LoadRequest(environment: [:], currentDirectory: "/srv/shop")
      request.files = ["compose.yaml"]
      let yaml = "name: shop\nservices: {web: {image: a, networks: [back]}}\nnetworks: {back: {}}\n"
      let project = try ComposeLoader.load(request, from: MemoryFiles(files: ["/srv/shop/compose.yaml": yaml])).project
      let id = try await withEngine(stub.endpoint) { client in
        var context = StepRunner.Context(project: project, before: ObservedStack(project: "shop"), operation: "op1", revision: 1)
        context.limits.late = late
        context.limits.poll = .milliseconds(10)
        let runner = StepRunner(engine: client, writes: EngineWrites(engine: client, stack: "shop", rules: nil), context: context)
        return try await runner.run(.createNetwork(key: "back", name: "shop_back"), looksFirst: true) { _ in }
      }
      let changes = stub.requests.filter { $0.method != "GET" && $0.method != "HEAD" }
      return (id, changes.map { "\($0.method) \($0.target.split(separator: "/").last ?? "")" })
    }
  }

  @Test func `One that the engine makes late is taken, and none is made beside it`() async throws {
    let (id, changes) = try await repeated(late: .seconds(30)) { number, _ in number < 3 ? [] : ["first"] }
    #expect(id == "first" && changes.isEmpty, "\(changes)")
  }

  @Test func `One that comes after it was made again takes its place`() async throws {
    let (id, changes) = try await repeated { _, isMade in isMade ? ["second", "first"] : [] }
    #expect(id == "first" && changes == ["POST create", "DELETE second"], "\(changes)")
  }

  @Test func `One that was never made is made`() async throws {
    let (id, changes) = try await repeated { _, isMade in isMade ? ["second"] : [] }
    #expect(id == "second" && changes == ["POST create"], "\(changes)")
  }
}
