import DockerEngine
import FoundationEssentials
import RevisionStore
import StackPlanning

extension StackOperations {
  /// What became of an operation whose process had died.
  package enum Recovered: Sendable {
    case undone(project: String, revision: Int?)
    case finished(project: String, revision: Int?)
    case needsAttention(project: String, reason: String)
  }

  /// Ends every operation of this engine whose process is gone (R-OP-4): forward when its new containers had proved
  /// themselves, back to what was before in all other cases.
  @discardableResult
  package func recover() async throws -> [Recovered] {
    try await recover(in: try readingStore())
  }

  /// The same, for callers that have the store open already.
  func recover(in reading: RevisionStore?) async throws -> [Recovered] {
    guard let unfinished = try await reading?.unfinishedOperations(server: server), !unfinished.isEmpty else { return [] }
    let processes = ProcessTable.system()
    let dead = unfinished.filter { $0.ownerLiveness(using: processes) == .dead }
    guard !dead.isEmpty else { return [] }
    let store = try writingStore()
    var results: [Recovered] = []
    for operation in dead {
      progress(
        .warning("an operation on \(operation.stack.project) was interrupted (\(operation.title)); it is brought to an end"))
      results.append(try await recover(try await store.takeOver(operation), store))
    }
    return results
  }

  /// An operation whose process has died, and that nobody has brought to an end yet.
  struct Interrupted {
    var title: String
    /// nil: it was cut off before anything was changed, or its journal cannot be read.
    var journal: JournaledPlan?
    /// Its new containers had proved themselves: it will be finished, not undone.
    var isProved: Bool

    /// What will be there when it was brought to an end.
    func state(from observed: ObservedStack) -> ObservedStack {
      var state = observed
      if isProved {
        state.containers.removeAll(where: \.isLeftover)
      } else if let before = journal?.before {
        state = before
        state.images = observed.images
      }
      return state
    }
  }

  func interrupted(_ stack: StackKey, in store: RevisionStore?) async throws -> Interrupted? {
    guard let store, let open = try await store.unfinishedOperations(server: server).first(where: { $0.stack == stack }),
      open.ownerLiveness(using: .system()) == .dead
    else { return nil }
    let journal = open.planJSON.flatMap { try? JSONDecoder().decode(JournaledPlan.self, from: Data($0.utf8)) }
    var isProved = false
    if let journal { isProved = try await Self.isProved(journal, open, store) }
    return Interrupted(title: open.title, journal: journal, isProved: isProved)
  }

  /// Whether all that a plan has before its commit was done.
  private static func isProved(
    _ journal: JournaledPlan, _ operation: JournaledOperation, _ store: RevisionStore
  ) async throws -> Bool {
    // Both sides of a move must come to the same end, whichever is brought to it first: only a finished arrival counts.
    guard operation.kind != .arrival else { return false }
    let done = Set(try await store.steps(of: operation.id).filter { $0.state == .done }.map(\.number))
    return journal.plan.steps.filter { $0.phase != .pull && $0.phase != .commit }.allSatisfy { done.contains($0.number) }
  }

  private func recover(_ operation: JournaledOperation, _ store: RevisionStore) async throws -> Recovered {
    let project = operation.stack.project
    if operation.kind == .move { return try await recoverMove(operation, store) }
    guard [.deploy, .rollback, .restore, .arrival].contains(operation.kind), let json = operation.planJSON else {
      putFilesBack(operation)
      let isBegun = operation.state == .applying || operation.state == .verifying
      let reason = isBegun ? "interrupted in the middle: a part of it was done" : "interrupted before anything was changed"
      try await finish(store, operation.handle, .failed, .failed, reason, restored: nil)
      if isBegun {
        progress(
          .warning(
            "\(operation.title) of \(project) was cut off in the middle, and a part of it was done\n  fix: do it again, or bring the stack back with slipway deploy or slipway rollback"
          ))
      }
      return .undone(project: project, revision: operation.previousRevision)
    }
    guard let journal = try? JSONDecoder().decode(JournaledPlan.self, from: Data(json.utf8)) else {
      let reason = "the journal of the interrupted operation cannot be read (written by another version?)"
      try await finish(store, operation.handle, .needsAttention, .failed, reason, restored: nil)
      progress(.warning("\(project): \(reason)\n  fix: see what runs with slipway ps -a -p \(project), then deploy again"))
      return .needsAttention(project: project, reason: reason)
    }
    let states = Dictionary(
      try await store.steps(of: operation.id).map { ($0.number, $0.state) }, uniquingKeysWith: { first, _ in first })
    do {
      if try await Self.isProved(journal, operation, store) {
        let now = try await EngineObserver(engine).observe(project: project, references: [])
        let rest = UndoPlanner.finish(journal.plan, now: now)
        let runner = StepRunner(
          engine: engine, writes: writesOfNothing,
          context: StepRunner.Context(
            project: nil, before: journal.before, operation: Self.label(of: operation), revision: operation.revision ?? 0))
        try await executor(runner, NoJournal(), patience: .zero).run(rest, phase: .commit)
        try await finish(store, operation.handle, .done, .deployed, "finished after an interruption", restored: nil)
        await settleProjectFiles(operation, store)
        return .finished(project: project, revision: operation.revision)
      }
      putFilesBack(operation)
      await returnProjectFiles(operation, store)
      let begun = journal.plan.steps.filter { states[$0.number] == .intended }
      try await endStops(begun, journal.before, operation)
      var lost = try await walkBack(to: journal.before, operation: Self.label(of: operation), patience: .zero)
      if !begun.isEmpty {
        try await Task.sleep(for: Self.lateCalls)
        lost = try await walkBack(to: journal.before, operation: Self.label(of: operation), patience: .zero)
      }
      try await removeArrived(operation, patience: .zero)
      if !lost.isEmpty, let previous = operation.previousRevision, operation.kind != .restore {
        try await finish(
          store, operation.handle, .failed, .failed, "undone after an interruption; \(lost.joined(separator: "; "))",
          restored: nil)
        progress(.warning(await restoreSnapshot(of: project, revision: previous, lost: lost)))
        return .undone(project: project, revision: previous)
      }
      let ends = operation.state == .applying || operation.state == .verifying
      try await finish(
        store, operation.handle, ends ? .rolledBack : .failed, ends ? .rolledBack : .failed,
        "undone after an interruption", restored: operation.previousRevision)
      return .undone(project: project, revision: operation.previousRevision)
    } catch {
      guard !Self.saysEngineIsGone(error) else { throw error }
      let reason = "could not be brought to an end after an interruption: \(Self.reason(error))"
      try await finish(store, operation.handle, .needsAttention, .failed, reason, restored: nil)
      return .needsAttention(project: project, reason: reason)
    }
  }

  /// How long the engine may still work on a call whose process was killed, such as a create.
  private static let lateCalls: Duration = .milliseconds(500)

  /// The engine goes on with a stop whose process was killed: stopping once more waits for its end. Without that the way back
  /// would find a container running that is about to end.
  private func endStops(_ begun: [PlanStep], _ before: ObservedStack, _ operation: JournaledOperation) async throws {
    let stops = begun.compactMap { step -> PlanStep? in
      guard case .stop(.existing, _) = step.action else { return nil }
      var alone = step
      alone.phase = .apply
      alone.dependencies = []
      return alone
    }
    let runner = StepRunner(
      engine: engine, writes: writesOfNothing,
      context: StepRunner.Context(
        project: nil, before: before, operation: Self.label(of: operation), revision: operation.revision ?? 0))
    try await executor(runner, NoJournal(), patience: .zero).run(
      Plan(project: operation.stack.project, steps: stops), phase: .apply)
  }
}
