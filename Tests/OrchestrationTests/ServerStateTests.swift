import DockerEngine
import Testing

@testable import Orchestration

struct ServerStateTests {
  @Test(arguments: [
    ("shop-web-1", "shop-web-1"), ("0123456789ab_shop-web-1", "shop-web-1"),
    ("0123456789AB_shop-web-1", "0123456789AB_shop-web-1"),
    ("0123456789a_shop-web-1", "0123456789a_shop-web-1"), ("0123456789abc_web", "0123456789abc_web"),
    ("0123456789ab_", "0123456789ab_"),
    ("0123456789ab-web", "0123456789ab-web"), ("", ""),
  ])
  func `A container that takes another's place has its own name behind twelve digits`(name: String, settled: String) {
    let container = ServerState.Container(name: name, stack: "shop", service: "web", status: .running)
    #expect(container.settledName == settled)
  }

  private func summary(_ id: String, _ state: ContainerStatus) -> ContainerSummary {
    var summary = ContainerSummary()
    (summary.id, summary.state, summary.status) = (id, state, "Up 2 seconds")
    return summary
  }

  @Test func `An end that an event has told is in the list, though the engine's list has it later`() {
    var state = ServerState(server: "local")
    state.link = .up
    state.containers["a"] = ServerState.Container(name: "a", stack: "s", service: "a", status: .exited, exitCode: 3)
    state.containers["b"] = ServerState.Container(name: "b", stack: "s", service: "b", status: .running)
    let list = state.settled([summary("a", .running), summary("b", .running), summary("c", .running), summary("a", .paused)])
    #expect(list.map(\.state) == [.exited, .running, .running, .paused])
    #expect(list.map(\.status) == ["Exited (3) just now", "Up 2 seconds", "Up 2 seconds", "Up 2 seconds"])
    state.link = .away(reason: "")
    #expect(state.settled([summary("a", .running)]).map(\.state) == [.running])
  }
}
