import ComposeFile
import StackPlanning
import Testing

@Suite struct ConvergenceTests {
  @Test(arguments: Situation.all)
  func `The plan is the recorded one`(situation: Situation) throws {
    #expect(try situation.scene().plan.text == situation.plan)
  }

  @Test(arguments: Situation.all)
  func `The same input gives the same plan`(situation: Situation) throws {
    let first = try situation.scene()
    let second = try situation.scene()
    #expect(first.plan == second.plan)
    #expect(first.plan.hash == second.plan.hash)
  }

  @Test(arguments: Situation.all)
  func `Nothing is left to do after the plan`(situation: Situation) throws {
    var scene = try situation.scene()
    try scene.engine.run(scene.plan)
    // What is asked for once is not asked for again.
    var options = situation.options
    if options.recreate == .force { options.recreate = .diverged }
    options.alwaysRecreatesDependencies = false
    options.pull = options.pull == .always ? .missing : options.pull
    let again = try DeployPlanner.plan(scene.project, observed: scene.engine.stack, options: options)
    #expect(again.isEmpty == situation.converges, "\(again.text)")
  }

  @Test(arguments: Situation.all, [1, 2, 3, 5, 8, 13] as [UInt64])
  func `Every order that the dependencies allow works and respects depends_on`(situation: Situation, seed: UInt64) throws {
    var scene = try situation.scene()
    try scene.engine.run(scene.plan, seed: seed)
    let log = scene.engine.log
    for service in scene.project.services {
      guard let start = log.firstIndex(of: "start \(service.name)") else { continue }
      for (name, dependency) in service.dependsOn {
        let needed: String =
          switch dependency.condition {
          case .started: "start \(name)"
          case .healthy: "healthy \(name)"
          case .completedSuccessfully: "completed \(name)"
          }
        guard !situation.options.skipsDependencies, log.contains("start \(name)") else { continue }
        #expect(log.firstIndex(of: needed).map { $0 < start } ?? false, "\(service.name) before \(needed): \(log)")
      }
    }
  }
}
