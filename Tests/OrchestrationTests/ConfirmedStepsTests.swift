import StackPlanning
import Testing

@testable import Orchestration

@Suite struct ConfirmedStepsTests {
  private func container(_ number: Int) -> ContainerReference {
    .existing(id: "id\(number)", name: "shop-web-\(number)", service: "web")
  }

  @Test func `A command on one container runs no hook of another, and waits for no other`() {
    let actions: [ServiceAction] = [
      .preStopHook(container(1), index: 0), .stop(container(1), graceSeconds: nil), .preStopHook(container(2), index: 0),
      .stop(container(2), graceSeconds: nil), .await(.ready, service: "web", containers: [container(2)]),
    ]
    let steps = actions.enumerated().map { ServiceStep(number: $0 + 1, action: $1, dependencies: $0 > 0 ? [$0] : []) }
    let kept = StackOperations.steps(steps, on: ["id2"])
    #expect(kept.map(\.number) == [3, 4, 5])
    #expect(kept.map(\.dependencies) == [[], [3], [4]])
    #expect(StackOperations.steps(steps, on: nil) == steps)
  }
}
