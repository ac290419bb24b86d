package import DockerEngine
import RevisionStore
import StackPlanning

extension StackOperations {
  /// What a command would do now; nothing is changed.
  package func serviceSteps(_ command: ServiceCommand, _ scope: ServiceScope) async throws -> [ServiceStep] {
    try ServicePlanner.steps(command, scope, containers: try await engine.serviceContainers(of: scope.project))
  }

  /// What a command would do with these containers of the scope's project, as the engine lists them.
  package static func serviceSteps(
    _ command: ServiceCommand, _ scope: ServiceScope, containers: [ContainerSummary]
  ) throws -> [ServiceStep] {
    let known = containers.compactMap { ServiceContainer($0) }
    return try ServicePlanner.steps(
      command, scope, containers: known.sorted { ($0.service, $0.number, $0.name) < ($1.service, $1.number, $1.name) })
  }

  /// Names of running containers that commands on the whole project leave alone, because the files do not have their services.
  package func leftAlone(_ scope: ServiceScope) async throws -> [String] {
    ServicePlanner.leftAlone(scope, containers: try await engine.serviceContainers(of: scope.project)).map(\.name)
  }

  /// Does a command on the containers of a stack and gives what was changed; empty when there was nothing to do.
  ///
  /// Holds the stack's lock meanwhile: throws `StoreError.held` with the holder while a deploy of the stack runs. An
  /// interrupted operation is brought to an end first.
  /// - Parameter confirmed: ids of the containers that may be touched; nil: all.
  package func control(
    _ command: ServiceCommand, _ scope: ServiceScope, confirmed: Set<String>? = nil, waits: WaitLimits = WaitLimits(),
    progress: @escaping ServiceProgressSink
  ) async throws -> [ServiceStep] {
    try await recover()
    let containers = try await engine.serviceContainers(of: scope.project)
    guard try !ServicePlanner.steps(command, scope, containers: containers).isEmpty else { return [] }
    let made = containers.compactMap { container in container.operation.map { (name: container.name, operation: $0) } }
    if !made.isEmpty { try await requireOwnership(of: made, project: scope.project, in: try readingStore()) }
    let store = try writingStore()
    let operation = try await store.beginOperation(
      NewOperation(
        stack: key(scope.project), kind: OperationKind(rawValue: command.verb), title: command.verb, author: author))
    self.progress(.recorded(operation: operation.id))
    do {
      try await store.advance(operation.handle, to: .applying)
      // Looked at again: what was there before the lock may have changed.
      let steps = Self.steps(try await serviceSteps(command, scope), on: confirmed)
      try await ServiceControl(engine, model: scope.model, limits: waits, progress: progress).run(steps)
      try await finish(store, operation.handle, .done, .deployed, command.verb, restored: nil)
      return steps
    } catch {
      let isCancelled = error is CancellationError || Task.isCancelled
      try await finish(
        store, operation.handle, isCancelled ? .cancelled : .failed, isCancelled ? .cancelled : .failed,
        Self.reason(error), restored: nil)
      throw isCancelled ? CancellationError() : error
    }
  }

  /// Without the steps on other containers, their hooks, and the waits for those.
  static func steps(_ steps: [ServiceStep], on confirmed: Set<String>?) -> [ServiceStep] {
    guard let confirmed else { return steps }
    func isConfirmed(_ container: ContainerReference) -> Bool {
      guard case .existing(let id, _, _) = container else { return true }
      return confirmed.contains(id)
    }
    let kept = steps.filter { step in
      switch step.action {
      case .preStopHook(let container, _), .postStartHook(let container, _): isConfirmed(container)
      case .await(_, _, let containers): containers.contains(where: isConfirmed)
      case .start, .stop, .restart, .kill, .pause, .unpause, .remove: step.action.changed.map(isConfirmed) ?? true
      }
    }
    let numbers = Set(kept.map(\.number))
    return kept.map { step in
      ServiceStep(number: step.number, action: step.action, dependencies: step.dependencies.filter(numbers.contains))
    }
  }

  /// Frees a stack whose operation's owner cannot be reached any more; gives what the operation was.
  ///
  /// Throws `StoreError.held` when the owner is known to live.
  package func unlock(lockID: String) async throws -> (stack: String, title: String) {
    let operation = try await writingStore().unlock(lockID: lockID)
    return ("\(operation.stack)", operation.title)
  }

  /// Does one thing to what belongs to a stack, under the stack's lock.
  ///
  /// - Parameter verb: as the history of the stack's operations has it.
  /// - Throws: `StoreError.held` with the holder while another operation of the stack runs; what `body` throws.
  package func holding<Value: Sendable>(
    _ project: String, verb: String, _ body: () async throws -> Value
  ) async throws -> Value {
    try await recover()
    let store = try writingStore()
    let operation = try await store.beginOperation(
      NewOperation(stack: key(project), kind: OperationKind(rawValue: verb), title: verb, author: author))
    do {
      try await store.advance(operation.handle, to: .applying)
      let value = try await body()
      try await finish(store, operation.handle, .done, .deployed, verb, restored: nil)
      return value
    } catch {
      try await finish(store, operation.handle, .failed, .failed, Self.reason(error), restored: nil)
      throw error
    }
  }
}
