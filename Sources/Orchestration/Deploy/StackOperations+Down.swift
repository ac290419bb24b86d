package import ComposeFile
import DockerEngine
import RevisionStore
package import StackPlanning

extension StackOperations {
  /// What a `down` would do.
  package func downPlan(
    name: String, project: Project?, options: DownOptions
  ) async throws -> (plan: Plan, observed: ObservedStack) {
    let observed = try await EngineObserver(engine).observe(project: name, references: [])
    var options = options
    if project == nil { options.foreignNames = try await foreignNames(name) }
    return (DownPlanner.plan(project: project, observed: observed, options: options), observed)
  }

  /// Where there are no files, the last revision still knows which volumes and networks are not the stack's own, whatever labels
  /// they carry. One that cannot be read ends the operation: it might let foreign things go.
  private func foreignNames(_ name: String) async throws -> Set<String> {
    guard let store = try readingStore(), let current = try await store.currentRevision(of: key(name)) else { return [] }
    let project = try await self.project(of: current, in: store)
    return Set(
      project.volumes.values.filter(\.isExternal).map(\.name) + project.networks.values.filter(\.isExternal).map(\.name))
  }

  /// Stops and removes a stack; its revisions stay.
  ///
  /// - Parameter project: nil when the files are not there: then all that carries the project's label goes.
  package func down(name: String, project: Project?, options: DownOptions, takesOver: Bool = false) async throws -> Plan {
    try await recover()
    let (first, before) = try await downPlan(name: name, project: project, options: options)
    if first.isEmpty {
      // Nothing is there yet of what another process is about to make: it must be told, not passed over.
      let open = try await readingStore()?.unfinishedOperations(server: server).first { $0.stack == key(name) }
      if let open { throw StoreError.held(by: LockHolder(open)) }
      progress(.planned(first))
      return first
    }
    try await requireOwnership(of: before, takesOver: takesOver, in: try readingStore())
    let store = try writingStore()
    let operation = try await store.beginOperation(
      NewOperation(
        stack: key(name), kind: options.services.isEmpty ? .down : .downPart,
        title: (["down"] + options.services).joined(separator: " "), author: author))
    progress(.recorded(operation: operation.id))
    let handle = operation.handle
    let (plan, observed): (Plan, ObservedStack)
    do {
      // Looked at again, now that the stack's lock is held: others may have changed it meanwhile.
      (plan, observed) = try await downPlan(name: name, project: project, options: options)
      try await requireOwnership(of: observed, takesOver: takesOver, in: store)
    } catch {
      try await finish(store, handle, .failed, .failed, Self.reason(error), restored: nil)
      throw error
    }
    progress(.planned(plan))
    let runner = StepRunner(
      engine: engine, writes: writesOfNothing,
      context: StepRunner.Context(
        project: project, before: observed, operation: Self.label(of: operation), revision: 0, keepsWhatIsUsed: true))
    let recorder = OperationRecorder(store: store, operation: handle, forward: progress)
    var recorded = self
    recorded.progress = recorder.sink
    recorded.recorder = recorder
    let executor = recorded.executor(runner, NoJournal(), patience: WaitLimits().engine)
    do {
      try await recorder.recording {
        try await store.advance(handle, to: .applying)
        try await executor.run(plan, phase: .apply)
        try await executor.run(plan, phase: .commit)
      }
    } catch {
      try await recorded.finish(store, handle, .failed, .failed, Self.reason(error), restored: nil)
      throw error
    }
    try await recorded.finish(store, handle, .done, .deployed, "down", restored: nil)
    if options.removesVolumes, options.services.isEmpty { await removeProjectFiles(key(name), store) }
    return plan
  }
}
