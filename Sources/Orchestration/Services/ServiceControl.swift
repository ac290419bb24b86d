package import ComposeFile
package import DockerEngine
import StackPlanning

/// What a command on services tells while it runs.
package enum ServiceProgress: Sendable {
  case begun(ServiceAction)
  case done(ServiceAction)
  case failed(ServiceAction, reason: String)
}

/// Takes progress in; called from several tasks.
package typealias ServiceProgressSink = @Sendable (ServiceProgress) -> Void

/// All steps that did not work; what did not depend on them was done.
package struct ServiceFailures: Error, Sendable, CustomStringConvertible {
  package struct Failure: Sendable {
    package var action: ServiceAction
    package var reason: String
  }
  package var failures: [Failure]

  package var description: String {
    failures.map { "could not \($0.action.words.verb) \($0.action.words.object): \($0.reason)" }.joined(separator: "\n")
  }
}

/// Walks the steps of a command on services, in parallel along their dependencies.
///
/// A failed step keeps those that depend on it from being begun, no others. Cancelling waits for nothing: calls under way
/// are dropped, and the engine may still finish them.
package struct ServiceControl: Sendable {
  /// Containers at once; the engine serialises much of its work.
  static let parallelSteps = 24

  private let engine: EngineClient
  /// Where the hooks are.
  private let model: Project?
  private let limits: WaitLimits
  private let progress: ServiceProgressSink

  package init(
    _ engine: EngineClient, model: Project? = nil, limits: WaitLimits = WaitLimits(),
    progress: @escaping ServiceProgressSink = { _ in }
  ) {
    self.engine = engine
    self.model = model
    self.limits = limits
    self.progress = progress
  }

  /// Does the steps. Throws `ServiceFailures`, or `CancellationError`.
  package func run(_ steps: [ServiceStep]) async throws {
    var waiting = Dictionary(uniqueKeysWithValues: steps.map { ($0.number, (step: $0, left: Set($0.dependencies))) })
    var failures: [ServiceFailures.Failure] = []
    await withTaskGroup(of: (Int, ServiceFailures.Failure?).self) { group in
      var running = 0
      func begin() {
        guard !Task.isCancelled else { return }
        let ready = waiting.filter { $0.value.left.isEmpty }.keys.sorted().prefix(Self.parallelSteps - running)
        for number in ready {
          guard let step = waiting.removeValue(forKey: number)?.step else { continue }
          running += 1
          group.addTask { (number, await attempt(step.action)) }
        }
      }
      begin()
      while let (number, failure) = await group.next() {
        running -= 1
        if let failure {
          failures.append(failure)
        } else {
          for other in waiting.keys { waiting[other]?.left.remove(number) }
        }
        begin()
      }
    }
    try Task.checkCancellation()
    if !failures.isEmpty { throw ServiceFailures(failures: failures) }
  }

  private func attempt(_ action: ServiceAction) async -> ServiceFailures.Failure? {
    progress(.begun(action))
    do {
      try await perform(action)
      progress(.done(action))
      return nil
    } catch {
      let reason = Self.reason(error)
      if !Task.isCancelled { progress(.failed(action, reason: reason)) }
      return ServiceFailures.Failure(action: action, reason: reason)
    }
  }

  private func perform(_ action: ServiceAction) async throws {
    switch action {
    case .start(let container): try await engine.startContainer(container.engineID)
    case .stop(let container, let grace):
      try await toleratingAbsence { try await engine.stopContainer(container.engineID, graceSeconds: grace) }
    case .restart(let container, let grace): try await engine.restartContainer(container.engineID, graceSeconds: grace)
    case .kill(let container, let signal): try await engine.killContainer(container.engineID, signal: signal)
    case .pause(let container): try await engine.pauseContainer(container.engineID)
    case .unpause(let container): try await engine.unpauseContainer(container.engineID)
    case .remove(let container, let volumes):
      try await toleratingAbsence { try await engine.removeContainer(container.engineID, volumes: volumes) }
    case .preStopHook(let container, let index):
      try await hook("pre_stop", container, model?.service(container.service)?.preStop, index)
    case .postStartHook(let container, let index):
      try await hook("post_start", container, model?.service(container.service)?.postStart, index)
    case .await(let condition, let service, let containers):
      try await ConditionWatch(engine: engine, limits: limits).wait(for: service, condition, containers)
    }
  }

  /// Somebody else removed it: the aim is reached.
  private func toleratingAbsence(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch EngineError.notFound {}
  }

  private func hook(_ name: String, _ container: ContainerReference, _ hooks: [Hook]?, _ index: Int) async throws {
    guard let hooks, hooks.indices.contains(index) else { return }
    try await engine.run(
      hooks[index], called: "\(name)[\(index)]", in: container.engineID, limit: limits.condition)
  }

  private static func reason(_ error: any Error) -> String {
    let message = (error as? EngineError)?.engineMessage ?? "\(error)"
    if message.contains("paused container") { return message + "\n  fix: let it go on with: slipway unpause" }
    if message.contains("port is already allocated") || message.contains("address already in use") {
      return message + "\n  fix: stop what uses the port, or publish another one"
    }
    if message.contains("Invalid signal") { return message + "\n  fix: name a signal such as SIGTERM, HUP or 9" }
    return message
  }
}

extension ContainerReference {
  /// What the engine takes for it: the id, or the name that it will have.
  var engineID: String {
    switch self {
    case .existing(let id, _, _): id
    case .planned(_, _, let name): name
    }
  }
}
