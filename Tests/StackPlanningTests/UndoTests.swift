import StackPlanning
import Testing

@Suite struct UndoTests {
  /// What must be the same after an undo.
  private struct State: Hashable, CustomStringConvertible {
    var lines: [String]

    init(_ stack: ObservedStack) {
      lines = stack.containers.filter { !$0.isHook }.map { container in
        let life = container.state == .paused ? "paused" : container.isUp ? "up" : "down"
        let networks = container.networks.keys.sorted().map { name in
          // A network that had to be made anew has a new id; what counts is to be on the one that is there.
          let live = stack.networks[name]
          return live?.id == container.networks[name]?.networkID ? name : "\(name) (gone)"
        }
        return "\(container.id.prefix(12)) \(container.name) \(life) on \(networks.joined(separator: " "))"
      }
      lines += stack.networks.values.map { network in
        let labels = network.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return "network \(network.name) \(network.isInternal) \(labels)"
      }
      lines.sort()
    }

    var description: String { lines.joined(separator: "\n") }
  }

  private static let undoable: [PlanPhase] = [.pull, .prepare, .apply, .verify]

  private func undo(_ engine: inout SimulatedEngine, to before: ObservedStack, limit: Int = .max, seed: UInt64? = nil) throws {
    engine.begin("undo", nil)
    try engine.run(UndoPlanner.plan(before: before, now: engine.stack, operation: "deploy"), limit: limit, seed: seed)
  }

  @Test(arguments: Situation.all)
  func `A deploy that ends after any step is undone to what was there`(situation: Situation) throws {
    let scene = try situation.scene()
    let wanted = State(scene.before)
    let count = scene.plan.steps.filter { $0.phase != .commit }.count
    for limit in 0...count {
      for seed in [nil, 1, 2] as [UInt64?] {
        var engine = scene.engine
        try engine.run(scene.plan, phases: Self.undoable, limit: limit, seed: seed)
        try undo(&engine, to: scene.before, seed: seed)
        #expect(State(engine.stack) == wanted, "after \(limit) steps in order \(seed ?? 0)")
        let rest = UndoPlanner.plan(before: scene.before, now: engine.stack, operation: "deploy")
        #expect(rest.isEmpty, "\(rest.text)")
      }
    }
  }

  @Test(arguments: Situation.all)
  func `An undo that ends after any step is taken up again`(situation: Situation) throws {
    let scene = try situation.scene()
    let wanted = State(scene.before)
    let count = scene.plan.steps.filter { $0.phase != .commit }.count
    for limit in 0...count {
      var failed = scene.engine
      try failed.run(scene.plan, phases: Self.undoable, limit: limit)
      let steps = UndoPlanner.plan(before: scene.before, now: failed.stack, operation: "deploy").steps.count
      for interruption in 0..<steps {
        var engine = failed
        try undo(&engine, to: scene.before, limit: interruption, seed: 7)
        try undo(&engine, to: scene.before)
        #expect(State(engine.stack) == wanted, "after \(limit) steps and \(interruption) of the undo")
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
      #expect(State(engine.stack) == State(whole.stack), "after \(limit) steps")
    }
  }
}
