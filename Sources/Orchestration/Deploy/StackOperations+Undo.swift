import DockerEngine
import RevisionStore
import StackPlanning

extension StackOperations {
  /// Walks back to what was observed before; gives the state in words.
  func undo(
    _ before: ObservedStack, _ operation: JournaledOperation, _ store: RevisionStore, cancelled: Bool, reason: String,
    patience: Duration
  ) async -> String {
    putFilesBack(operation)
    await returnProjectFiles(operation, store)
    do {
      let lost = try await walkBack(to: before, operation: Self.label(of: operation), patience: patience)
      try await removeArrived(operation, patience: patience)
      let previous = operation.previousRevision
      if !lost.isEmpty {
        let text = "\(reason); \(lost.joined(separator: "; "))"
        guard let previous, operation.kind != .restore else {
          try await finish(store, operation.handle, .needsAttention, .failed, text, restored: nil)
          return "not all that ran before could be brought back: \(lost.joined(separator: "; "))"
        }
        try await finish(store, operation.handle, .failed, .failed, text, restored: nil)
        return await restoreSnapshot(of: before.project, revision: previous, lost: lost)
      }
      try await finish(
        store, operation.handle, cancelled ? .cancelled : .rolledBack, cancelled ? .cancelled : .rolledBack, reason,
        restored: previous)
      if before.containers.isEmpty { return "nothing of the stack runs: it was not deployed before" }
      return await Self.stateAfterUndo(before, previous, store, operation.stack)
    } catch {
      let text = "the way back failed: \(Self.reason(error))"
      if Self.saysEngineIsGone(error) {
        return text + "; the next slipway command that changes the stack takes it up again"
      }
      do {
        try await finish(store, operation.handle, .needsAttention, .failed, "\(reason); \(text)", restored: nil)
      } catch {
        return "\(text); the journal could not be closed: \(error)"
      }
      return text + "; see what runs with: slipway ps -a -p \(before.project)"
    }
  }

  /// What ran before need not have been all of a revision.
  private static func stateAfterUndo(
    _ before: ObservedStack, _ previous: Int?, _ store: RevisionStore, _ stack: StackKey
  ) async -> String {
    guard let previous, let revision = try? await store.revision(of: stack, number: previous) else {
      return "what ran before runs again, whole"
    }
    let ran = Set(
      before.containers.filter { !$0.isOneOff && !$0.isHook && ($0.isUp || ($0.state == .exited && $0.exitCode == 0)) }
        .map(\.service))
    let missing = revision.images.keys.filter { !ran.contains($0) }.sorted()
    if missing.isEmpty { return "revision \(previous) runs again, whole" }
    return "what ran before runs again; \(missing.joined(separator: ", ")) did not run before either"
  }

  /// Observes, plans the undo, does it, until nothing is left to do; at most three rounds.
  ///
  /// Gives what could not be brought back, because somebody else removed it meanwhile.
  func walkBack(to before: ObservedStack, operation: String, patience: Duration) async throws -> [String] {
    let waiting = EnginePatience(engine: engine, limit: patience, progress: progress)
    var lost: [String] = []
    for round in 1...3 {
      let now = try await waiting.patiently { _ in
        try await EngineObserver(engine).observe(project: before.project, references: [])
      }
      let plan = UndoPlanner.plan(before: before, now: now, operation: operation)
      lost = plan.warnings
      if plan.isEmpty { break }
      let runner = StepRunner(
        engine: engine, writes: writesOfNothing,
        context: StepRunner.Context(project: nil, before: before, operation: operation + "-undo", revision: 0))
      do {
        try await executor(runner, NoJournal(), patience: patience).run(plan, phase: .apply)
      } catch {
        // What another call did meanwhile shows when we look again.
        guard round < 3, !Self.saysEngineIsGone(error) else { throw error }
      }
    }
    return lost
  }

  /// Deploys the last good revision from its snapshot, where its own containers are lost; gives the state in words.
  func restoreSnapshot(of project: String, revision: Int, lost: [String]) async -> String {
    let reason = lost.joined(separator: "; ")
    progress(.warning("\(reason); revision \(revision) is deployed again from its snapshot"))
    do {
      var plain = self
      plain.recorder = nil
      // What ran before is nobody's new wish: it was let through when it was deployed (decision 16).
      plain.standing = .advised
      var request = try await plain.rollbackRequest(
        project: project, to: revision, message: "restored: \(reason)", options: PlanOptions(), waits: WaitLimits(),
        files: .missing)
      request.kind = .restored(from: revision)
      request.revertsOnFailure = false
      request.options.gate = .ready
      switch try await plain.deploy(request) {
      case .deployed(let number): return "revision \(revision) was deployed again, as revision \(number)"
      case .unchanged: return "revision \(revision) runs again, whole"
      case .failed(_, let reason, _): return "revision \(revision) could not be deployed again: \(reason)"
      case .cancelled(_, let state): return state
      }
    } catch {
      return "revision \(revision) could not be deployed again: \(Self.reason(error))"
    }
  }
}
