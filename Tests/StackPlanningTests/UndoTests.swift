import StackPlanning
import Testing

@Suite struct UndoTests {
  private static let undoable: [PlanPhase] = [.pull, .prepare, .apply, .verify]

  private func undo(_ engine: inout SimulatedEngine, to before: ObservedStack, limit: Int = .max, seed: UInt64? = nil) throws {
    engine.begin("undo", nil)
    try engine.run(UndoPlanner.plan(before: before, now: engine.stack, operation: "deploy"), limit: limit, seed: seed)
  }

  @Test(arguments: Situation.all)
  func `A deploy that ends after any step is undone to what was there`(situation: Situation) throws {
    let scene = try situation.scene()
    let wanted = StackState(scene.before)
    let count = scene.plan.steps.filter { $0.phase != .commit }.count
    for limit in 0...count {
      for seed in [nil, 1, 2] as [UInt64?] {
        var engine = scene.engine
        try engine.run(scene.plan, phases: Self.undoable, limit: limit, seed: seed)
        try undo(&engine, to: scene.before, seed: seed)
        #expect(StackState(engine.stack) == wanted, "after \(limit) steps in order \(seed ?? 0)")
        let rest = UndoPlanner.plan(before: scene.before, now: engine.stack, operation: "deploy")
        #expect(rest.isEmpty, "\(rest.text)")
      }
    }
  }

  @Test(arguments: Situation.all)
  func `An undo that ends after any step is taken up again`(situation: Situation) throws {
    let scene = try situation.scene()
    let wanted = StackState(scene.before)
    let count = scene.plan.steps.filter { $0.phase != .commit }.count
    for limit in 0...count {
      var failed = scene.engine
      try failed.run(scene.plan, phases: Self.undoable, limit: limit)
      let steps = UndoPlanner.plan(before: scene.before, now: failed.stack, operation: "deploy").steps.count
      for interruption in 0..<steps {
        var engine = failed
        try undo(&engine, to: scene.before, limit: interruption, seed: 7)
        try undo(&engine, to: scene.before)
        #expect(StackState(engine.stack) == wanted, "after \(limit) steps and \(interruption) of the undo")
      }
    }
  }

  @Test(arguments: Situation.all)
  func `A commit that ends after any step is finished`(situation: Situation) throws {
    let scene = try situation.scene()
    var whole = scene.engine
    try whole.run(scene.plan)
    for limit in 0...scene.plan.steps(in: .commit).count {
      var engine = scene.engine
      try engine.run(scene.plan, phases: Self.undoable)
      try engine.run(scene.plan, phases: [.commit], limit: limit)
      try engine.run(UndoPlanner.finish(scene.plan, now: engine.stack))
      #expect(StackState(engine.stack) == StackState(whole.stack), "after \(limit) steps")
    }
  }
}
