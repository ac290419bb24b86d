import ComposeFile
import DockerEngine
import FoundationEssentials
import RevisionStore
import StackPlanning

extension StackOperations {
  /// Removes the containers and networks of a stack that runs elsewhere by now; its volumes stay.
  func takeDown(_ project: Project, label: String, patience: Duration) async throws {
    let (plan, observed) = try await downPlan(name: project.name, project: project, options: DownOptions())
    let runner = StepRunner(
      engine: engine, writes: writesOfNothing,
      context: StepRunner.Context(project: project, before: observed, operation: label, revision: 0, keepsWhatIsUsed: true))
    let executor = executor(runner, NoJournal(), patience: patience)
    try await executor.run(plan, phase: .apply)
    try await executor.run(plan, phase: .commit)
  }

  /// Waits for the end of stops that were begun and not waited for: the engine goes on with them. What still runs is stopped.
  func endStops(of project: String, label: String, patience: Duration) async throws {
    let now = try await EngineObserver(engine).observe(project: project, references: [])
    let stops = DownPlanner.plan(project: nil, observed: now).part(of: .apply) { action in
      if case .stop = action { true } else { false }
    }
    let runner = StepRunner(
      engine: engine, writes: writesOfNothing,
      context: StepRunner.Context(project: nil, before: now, operation: label, revision: 0))
    try await executor(runner, NoJournal(), patience: patience).run(stops, phase: .apply)
  }

  /// Brings an interrupted move to an end here, on the source: away when the stack has arrived on the target, else back.
  ///
  /// What it left on the target is brought to the same end there, by the next command on that server.
  func recoverMove(_ operation: JournaledOperation, _ store: RevisionStore) async throws -> Recovered {
    let (project, label) = (operation.stack.project, Self.label(of: operation))
    let journal = operation.planJSON.flatMap { try? JSONDecoder().decode(MoveJournal.self, from: Data($0.utf8)) }
    do {
      try await removeContainers(labelled: [ComposeLabel.operation: label, ComposeLabel.movedVolume: nil])
      guard let journal else {
        let isBegun = operation.state == .applying
        let reason =
          isBegun ? "the journal of the interrupted move cannot be read" : "interrupted before anything was changed"
        try await finish(store, operation.handle, isBegun ? .needsAttention : .failed, .failed, reason, restored: nil)
        return isBegun
          ? .needsAttention(project: project, reason: reason) : .undone(project: project, revision: operation.previousRevision)
      }
      if try await hasArrived(operation, journal, store) {
        if !journal.keepsSource, let current = try await store.currentRevision(of: operation.stack) {
          try await takeDown(try await self.project(of: current, in: store), label: label, patience: .zero)
        }
        if !journal.keepsSource { try await store.moveStackHome(operation.stack, to: journal.target) }
        try await finish(store, operation.handle, .done, .deployed, "finished after an interruption", restored: nil)
        progress(.warning("\(project) has arrived on \(journal.target), and runs there"))
        return .finished(project: project, revision: nil)
      }
      let isBegun = operation.state == .applying
      if isBegun {
        try await endStops(of: project, label: label, patience: .zero)
        let lost = try await walkBack(to: journal.before, operation: label, patience: .zero)
        guard lost.isEmpty else {
          let reason = "undone after an interruption; \(lost.joined(separator: "; "))"
          try await finish(store, operation.handle, .needsAttention, .failed, reason, restored: nil)
          return .needsAttention(project: project, reason: reason)
        }
        progress(
          .warning(
            "\(project) runs here again; what its move has left on \(journal.target) goes with the next slipway command there"))
      }
      try await finish(
        store, operation.handle, isBegun ? .rolledBack : .failed, .failed, "undone after an interruption", restored: nil)
      return .undone(project: project, revision: operation.previousRevision)
    } catch {
      guard !Self.saysEngineIsGone(error) else { throw error }
      let reason = "could not be brought to an end after an interruption: \(Self.reason(error))"
      try await finish(store, operation.handle, .needsAttention, .failed, reason, restored: nil)
      return .needsAttention(project: project, reason: reason)
    }
  }

  /// The end of the arrival is the point of no return: one row of the store that both sides share.
  private func hasArrived(
    _ operation: JournaledOperation, _ journal: MoveJournal, _ store: RevisionStore
  ) async throws -> Bool {
    let there = StackKey(server: journal.target, project: operation.stack.project)
    return try await store.operations(of: there, limit: 1000).contains {
      $0.kind == .arrival && $0.id > operation.id && $0.state == .done && $0.title == "moved from \(server)"
    }
  }
}
