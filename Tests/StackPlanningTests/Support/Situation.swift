import ComposeFile
import StackPlanning
import Testing

/// A stack as it is, the files as they are now, and what shall be done about it.
struct Situation: Sendable, CustomTestStringConvertible {
  var name: String
  /// Compose text of what runs; nil: nothing does.
  var before: String?
  var after: String
  var options: PlanOptions
  /// Planning again after the plan gives an empty one.
  var converges: Bool
  /// Changes to what is there, made after `before` was deployed.
  var drift: @Sendable (inout ObservedStack) -> Void
  /// The plan as text.
  var plan: String

  init(
    _ name: String, before: String? = nil, after: String, converges: Bool = true,
    options: (inout PlanOptions) -> Void = { _ in }, drift: @escaping @Sendable (inout ObservedStack) -> Void = { _ in },
    plan: String
  ) {
    self.name = name
    self.before = before
    self.after = after
    self.converges = converges
    var chosen = PlanOptions()
    options(&chosen)
    self.options = chosen
    self.drift = drift
    self.plan = plan
  }

  var testDescription: String { name }

  /// The engine before the operation `deploy`, and the plan of it.
  struct Scene {
    var engine: SimulatedEngine
    var project: Project
    var previous: Project?
    var before: ObservedStack
    var plan: Plan
  }

  func scene() throws -> Scene {
    var engine = SimulatedEngine(project: "shop")
    var previous: Project?
    if let before {
      let project = try before.project()
      previous = project
      engine.load(imagesOf: project)
      engine.begin("first", project)
      try engine.run(try DeployPlanner.plan(project, observed: engine.stack))
    }
    let project = try after.project()
    engine.load(imagesOf: project)
    engine.edit(drift)
    engine.begin("deploy", project, options)
    let plan = try DeployPlanner.plan(project, observed: engine.stack, previous: previous, options: options)
    return Scene(engine: engine, project: project, previous: previous, before: engine.stack, plan: plan)
  }
}

extension String {
  /// The project `shop` of this Compose text.
  func project() throws -> Project {
    struct Files: FileSource {
      var text: String

      func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
        guard path == "/shop/compose.yaml" else { throw .missing }
        return Array(text.utf8)
      }

      func kind(of path: String) -> FileKind? { path == "/shop/compose.yaml" ? .file : nil }
    }
    return try ComposeLoader.load(
      LoadRequest(environment: ["TOKEN": "t"], currentDirectory: "/shop"), from: Files(text: self)
    ).project
  }
}

extension ObservedStack {
  /// Changes the containers of a service.
  mutating func change(_ service: String, _ body: (inout ObservedContainer) -> Void) {
    for index in containers.indices where containers[index].service == service { body(&containers[index]) }
  }
}
