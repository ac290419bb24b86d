/// Everything that an operation will do, in order, and what the user should know beforehand.
package struct Plan: Hashable, Sendable, Codable {
  package var project: String
  package var steps: [PlanStep]
  package var warnings: [String]
  /// What the steps were made from and do not say themselves, one fact a line: hashes of the configurations and IDs of the
  /// images. Part of `hash`; nil for plans without a project.
  package var inputs: [String]?
  /// What the compose policy finds about the stack; nil: nothing, or it is no deploy.
  package var findings: [PolicyFinding]?

  package init(project: String, steps: [PlanStep] = [], warnings: [String] = [], inputs: [String]? = nil) {
    self.project = project
    self.steps = steps
    self.warnings = warnings
    self.inputs = inputs
  }

  /// Whether a text is its hash, or the begin of it.
  package func isCalled(_ text: String) -> Bool { hash.hasPrefix(text) }

  /// Nothing to do.
  package var isEmpty: Bool { steps.isEmpty }

  package func steps(in phase: PlanPhase) -> [PlanStep] { steps.filter { $0.phase == phase } }

  /// Services that are not reachable for a time, sorted.
  package var servicesWithDowntime: [String] {
    var services: Set<String> = []
    for step in steps where step.causesDowntime {
      if let service = step.action.service { services.insert(service) }
    }
    return services.sorted()
  }

  package var losesData: Bool { steps.contains { $0.losesData } }
}

extension PlanAction {
  /// The service that the action belongs to, where it belongs to one.
  package var service: String? {
    switch self {
    case .pullImage(_, let services): services.count == 1 ? services.first : nil
    case .buildImage(_, let service), .createContainer(let service, _, _, _, _), .await(let service, _, _, _): service
    case .copyFiles(let container), .connect(let container, _, _), .reconnect(let container, _, _),
      .disconnect(let container, _), .stop(let container, _),
      .rename(let container, _), .start(let container), .unpause(let container), .pause(let container),
      .preStartHook(let container, _), .preStopHook(let container, _), .postStartHook(let container, _),
      .remove(let container, _):
      container.service
    case .createNetwork, .removeNetwork, .restoreNetwork, .createVolume, .removeVolume, .removeImage, .sendFiles: nil
    }
  }

  /// The verb and the object in words: "create", "container shop-web-1".
  package var words: (verb: String, object: String) {
    switch self {
    case .pullImage(let reference, _): ("pull", "image \(reference)")
    case .buildImage(let reference, let service): ("build", "image \(reference) for \(service)")
    case .sendFiles(let sources):
      ("send", sources.count > 3 ? "project files (\(sources.count))" : "project files \(sources.joined(separator: ", "))")
    case .createNetwork(_, let name): ("create", "network \(name)")
    case .removeNetwork(_, let name): ("remove", "network \(name)")
    case .restoreNetwork(let network): ("restore", "network \(network.name)")
    case .createVolume(_, let name): ("create", "volume \(name)")
    case .removeVolume(let name): ("remove", "volume \(name)")
    case .removeImage(let reference): ("remove", "image \(reference)")
    case .createContainer(_, _, let name, let temporary, _):
      ("create", "container \(name)\(temporary.map { " as \($0)" } ?? "")")
    case .copyFiles(let container): ("copy", "configs and secrets into \(container.name)")
    case .connect(let container, _, let network): ("connect", "container \(container.name) to \(network)")
    case .reconnect(let container, let network, _): ("connect", "container \(container.name) to \(network)")
    case .disconnect(let container, let network): ("disconnect", "container \(container.name) from \(network)")
    case .stop(let container, _): ("stop", "container \(container.name)")
    case .rename(.planned, let name): ("rename", "new container to \(name)")
    case .rename(let container, let name): ("rename", "container \(container.name) to \(name)")
    case .start(let container): ("start", "container \(container.name)")
    case .unpause(let container): ("unpause", "container \(container.name)")
    case .pause(let container): ("pause", "container \(container.name)")
    case .preStartHook(let container, let index): ("run", "pre_start[\(index)] for \(container.name)")
    case .preStopHook(let container, let index): ("run", "pre_stop[\(index)] in \(container.name)")
    case .postStartHook(let container, let index): ("run", "post_start[\(index)] in \(container.name)")
    case .await(let service, let condition, _, _): ("wait", "until \(service) is \(condition.rawValue)")
    case .remove(let container, _): ("remove", "container \(container.name)")
    }
  }
}
