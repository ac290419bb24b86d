import ComposeFile
import StackPlanning
import Testing

@Suite struct PlanTests {
  private func plan(_ text: String, _ drift: (inout ObservedStack) -> Void = { _ in }) throws -> Plan {
    let project = try text.project()
    var engine = SimulatedEngine(project: "shop")
    engine.load(imagesOf: project)
    engine.edit(drift)
    return try DeployPlanner.plan(project, observed: engine.stack)
  }

  private static let web = #"services: {web: {image: "web:1", environment: {KEY: a}}}"#

  @Test func `A hash is 64 digits and stays the same`() throws {
    let hash = try plan(Self.web).hash
    #expect(hash.utf8.count == 64)
    #expect(try plan(Self.web).hash == hash)
  }

  @Test func `A masked value, an image and an object behind the same text give another hash`() throws {
    let first = try plan(Self.web)
    let edited = try plan(Self.web.replacing("KEY: a", with: "KEY: b"))
    #expect(edited.text == first.text)
    #expect(edited.hash != first.hash)
    let pulled = try plan(Self.web) { $0.images["web:1"]?.id = "sha256:1" }
    #expect(pulled.text == first.text)
    #expect(pulled.hash != first.hash)
    let hashes = try ["1", "2"].map { id in
      try plan(Self.web) {
        $0.containers = [
          ObservedContainer(id: id, name: "shop-old-1", service: "web", number: 1, configHash: "", imageID: "", state: .exited)
        ]
      }.hash
    }
    #expect(hashes[0] != hashes[1])
  }

  @Test func `Causes and warnings are not part of the hash`() throws {
    var plan = try plan(Self.web)
    let hash = plan.hash
    plan.warnings = ["other"]
    plan.steps[0].cause = "other"
    #expect(plan.hash == hash)
  }

  @Test func `Ranges of steps are short`() throws {
    let services = (1...12).map { "  s\($0): {image: \"x:1\"}" }.joined(separator: "\n")
    let plan = try plan(
      "services:\n\(services)\n  z: {image: \"x:1\", depends_on: [\((1...12).map { "s\($0)" }.joined(separator: ", "))]}")
    #expect(plan.text.hasSuffix("start   container shop-z-1    not running (after 15-26)"))
  }

  @Test func `A hundred services in a chain are planned, run and undone`() throws {
    func text(_ tag: Int) -> String {
      (0..<100).map { index in
        let dependency = index > 0 ? ", depends_on: {s\(index - 1): {condition: service_started, restart: true}}" : ""
        return "  s\(index): {image: \"x:\(tag)\", networks: [a, b], volumes: [\"data:/d\"]\(dependency)}"
      }.reduce("services:\n") { $0 + $1 + "\n" } + "networks: {a: , b: }\nvolumes: {data: }\n"
    }
    let scene = try Situation("large", before: text(1), after: text(2), plan: "").scene()
    #expect(scene.plan.steps.count == 100 * 6)
    var engine = scene.engine
    try engine.run(scene.plan)
    // Whole values would be described for the case of a failure, which takes longer than all else.
    let isDone = try DeployPlanner.plan(scene.project, observed: engine.stack).isEmpty
    #expect(isDone)
    engine = scene.engine
    try engine.run(scene.plan, limit: 350)
    engine.begin("undo", nil)
    try engine.run(UndoPlanner.plan(before: scene.before, now: engine.stack, operation: "deploy"))
    let isUndone = engine.stack.containers == scene.before.containers
    #expect(isUndone)
  }

  @Test func `What a killed pre_start hook left is undone`() throws {
    let scene = try Situation("hook", before: nil, after: Self.web, plan: "").scene()
    var engine = scene.engine
    engine.edit { stack in
      var hook = ObservedContainer(
        id: "h", name: "shop-web-pre_start-0", service: "web", number: 1, configHash: "", imageID: "", state: .running)
      hook.isHook = true
      hook.operation = "deploy"
      stack.containers.append(hook)
    }
    let undo = UndoPlanner.plan(before: scene.before, now: engine.stack, operation: "deploy")
    #expect(undo.steps.map { $0.action.words.verb } == ["stop", "remove"])
  }

  @Test func `What someone else removed cannot come back, and is told`() throws {
    let scene = try Situation("gone", before: Self.web, after: Self.web, plan: "").scene()
    var now = scene.before
    now.containers = []
    let undo = UndoPlanner.plan(before: scene.before, now: now, operation: "deploy")
    #expect(undo.isEmpty)
    #expect(undo.warnings == ["container shop-web-1 was removed by someone else and cannot be brought back"])
  }
}
