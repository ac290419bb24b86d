import ComposeFile
import StackPlanning
import Testing

/// Whatever the stack, the files and the accidents: the plan works, leaves nothing to do, and can be undone anywhere.
@Suite struct RandomStackTests {
  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `A plan of a random change works, converges and is undone`(seed: UInt64) throws {
    var random = RandomStack(seed)
    let texts = (before: random.compose(), after: random.compose())
    let options = random.options()
    let (before, after) = (try texts.before.project(), try texts.after.project())
    var engine = SimulatedEngine(project: "shop")
    engine.load(imagesOf: before)
    engine.load(imagesOf: after)
    engine.begin("first", before)
    try engine.run(try DeployPlanner.plan(before, observed: engine.stack))
    let parents = Set(before.services.compactMap { $0.networkMode.map { String($0.dropFirst(8)) } })
    engine.edit { random.accidents(&$0, sparing: parents) }
    let old = engine.stack
    engine.begin("deploy", after, options)
    let plan: Plan
    do {
      plan = try DeployPlanner.plan(after, observed: old, previous: before, options: options)
    } catch {
      #expect(error.problems.allSatisfy { $0.message.contains("container name") }, "\(error)")
      return
    }
    guard !plan.warnings.contains(where: { $0.contains("is held by") }) else { return }
    let explanation = "\(texts.before)\n\(texts.after)\n\(plan.text)"

    for order in [nil, seed] {
      var whole = engine
      try whole.run(plan, seed: order)
      var again = options
      again.recreate = .diverged
      let rest = try DeployPlanner.plan(after, observed: whole.stack, options: again)
      if !rest.isEmpty { Issue.record("\(explanation)\n\(rest.text)") }
    }
    let wanted = StackState(old)
    let steps = plan.steps.filter { $0.phase != .commit }.count
    for limit in stride(from: 0, through: steps, by: 3) {
      var cut = engine
      try cut.run(plan, phases: [.pull, .prepare, .apply, .verify], limit: limit, seed: seed)
      for interruption in [2, Int.max] {
        cut.begin("undo", nil)
        try cut.run(UndoPlanner.plan(before: old, now: cut.stack, operation: "deploy"), limit: interruption, seed: seed)
      }
      if StackState(cut.stack) != wanted { Issue.record("after \(limit) steps\n\(explanation)") }
    }
  }
}
