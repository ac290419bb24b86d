import ComposeFile
import Testing

@testable import Orchestration
@testable import StackPlanning

/// A display elsewhere shows what one in the process of the operation would.
@Suite struct JobNoticeTests {
  private static let container = ContainerReference.existing(id: "0123", name: "shop-web-1", service: "web")
  private static let step = PlanStep(
    number: 3, phase: .apply, action: .stop(container, timeoutSeconds: 5), cause: "it is replaced", dependencies: [1, 2],
    causesDowntime: true, losesData: false)
  private static let plan = Plan(
    project: "shop",
    steps: [
      PlanStep(
        number: 1, phase: .pull, action: .pullImage(reference: "web:1", services: ["web"]), cause: "missing", dependencies: [],
        causesDowntime: false, losesData: false), step,
    ], warnings: ["mind"], inputs: ["web 1"])

  static let progress: [OperationProgress] = [
    .planned(plan), .phase(.verify),
    .pulling(reference: "web:1", layer: "a", status: "Downloading", currentBytes: 5, totalBytes: 10), .pulled(reference: "web:1"),
    .pushing(reference: "web:1", layer: "a", status: "Pushing", currentBytes: 5, totalBytes: 10), .pushed(reference: "web:1"),
    .building(reference: "web:1", service: "web", line: "step 1"), .built(reference: "web:1", service: "web"),
    .copying(object: "Volume a", currentBytes: 1, totalBytes: 2), .copied(object: "Volume a", bytes: 2), .stepStarted(step),
    .stepDone(step), .stepSkipped(step), .stepFailed(step, reason: "no"), .undoing(reason: "no"),
    .waitingForEngine(reason: "gone"), .engineIsBack, .warning("mind"),
  ]

  @Test(arguments: progress)
  func `What an operation tells comes back as it was`(progress: OperationProgress) throws {
    let sent = try #require(JobNotice(progress))
    // As it goes through the store and the wire.
    let text = ComposeValue.map(sent.fields).json(indented: false)
    let fields = try #require(try ComposeValue(json: Array(text.utf8)).map)
    let back = try #require(JobNotice(kind: sent.kind, fields: fields).operationProgress)
    #expect("\(back)" == "\(progress)")
  }

  @Test func `What a command on services tells comes back as it was`() throws {
    let actions: [ServiceAction] = [
      .start(Self.container), .kill(Self.container, signal: "HUP"), .remove(Self.container, withAnonymousVolumes: true),
      .await(.healthy, service: "web", containers: [Self.container]),
    ]
    for action in actions {
      for progress in [ServiceProgress.begun(action), .done(action), .failed(action, reason: "no")] {
        let back = try #require(JobNotice(progress).serviceProgress)
        #expect("\(back)" == "\(progress)")
      }
    }
  }

  @Test func `A plan that is too large for an event comes back with its warnings`() throws {
    let steps = (1...2_000).map { number in
      var step = Self.step
      step.number = number
      return step
    }
    let sent = try #require(JobNotice(.planned(Plan(project: "shop", steps: steps, warnings: ["mind"]))))
    #expect(ComposeValue.map(sent.fields).json(indented: false).utf8.count < 64 << 10)
    guard case .planned(let plan)? = sent.operationProgress else {
      Issue.record("another kind came back")
      return
    }
    #expect(plan.project == "shop" && plan.warnings == ["mind"])
  }
}
