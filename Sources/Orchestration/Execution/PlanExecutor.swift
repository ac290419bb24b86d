import DockerEngine
import StackPlanning

/// Where the executor writes what it is about to do and what came of it.
protocol StepJournal: Sendable {
  func intent(_ step: PlanStep) async throws
  func done(_ step: PlanStep, objectID: String?) async throws
  func failed(_ step: PlanStep, reason: String) async throws
}

/// For plans that are their own journal: they are made anew from what is observed.
struct NoJournal: StepJournal {
  func intent(_ step: PlanStep) async throws {}
  func done(_ step: PlanStep, objectID: String?) async throws {}
  func failed(_ step: PlanStep, reason: String) async throws {}
}

/// Walks the steps of a plan, phase by phase, each phase in parallel along its dependencies.
///
/// The first failure ends the phase: steps that run are waited for, none is begun. Cancellation does the same.
struct PlanExecutor: Sendable {
  /// Engine calls at once; the engine itself serialises much of its work.
  static let parallelSteps = 24

  let runner: StepRunner
  let journal: any StepJournal
  let patience: EnginePatience
  let progress: ProgressSink

  func run(_ plan: Plan, phase: PlanPhase) async throws {
    let steps = plan.steps(in: phase)
    guard !steps.isEmpty else { return }
    progress(.phase(phase))
    var waiting = Dictionary(uniqueKeysWithValues: steps.map { ($0.number, Set($0.dependencies)) })
    let byNumber = Dictionary(uniqueKeysWithValues: steps.map { ($0.number, $0) })
    var failure: (any Error)?
    await withTaskGroup(of: (PlanStep, (any Error)?).self) { group in
      var running = 0
      func begin() {
        guard failure == nil, !Task.isCancelled else { return }
        let ready = waiting.filter { $0.value.isEmpty }.keys.sorted().prefix(Self.parallelSteps - running)
        for number in ready {
          waiting[number] = nil
          guard let step = byNumber[number] else { continue }
          running += 1
          group.addTask { (step, await self.attempt(step)) }
        }
      }
      begin()
      while let (step, error) = await group.next() {
        running -= 1
        if let error {
          if failure == nil { failure = error }
        } else {
          for number in waiting.keys { waiting[number]?.remove(step.number) }
        }
        begin()
      }
    }
    if let failure { throw failure }
    try Task.checkCancellation()
  }

  private static func isCancellation(_ error: any Error) -> Bool {
    if case .cancelled? = error as? EngineError { return true }
    return error is CancellationError
  }

  private func attempt(_ step: PlanStep) async -> (any Error)? {
    do {
      try await journal.intent(step)
      progress(.stepStarted(step))
      let repeats = step.action.mayBeRepeated ? 3 : 0
      let id = try await patience.patiently(repeats: repeats) { isRepeat in
        try await runner.run(step.action, looksFirst: isRepeat) { progress(.warning($0)) }
      }
      try await journal.done(step, objectID: id)
      progress(.stepDone(step))
      return nil
    } catch let left as LeftAsItIs {
      // Nothing waits for such a step.
      progress(.warning(left.description))
      progress(.stepSkipped(step))
      return nil
    } catch {
      let reason = Self.isCancellation(error) ? "cancelled" : "\(error)"
      let failure = StepFailure(step: step, reason: reason, cause: error)
      do {
        try await journal.failed(step, reason: reason)
      } catch {
        progress(.warning("the journal could not be written: \(error)"))
      }
      progress(.stepFailed(step, reason: failure.reason))
      return failure
    }
  }
}

extension PlanAction {
  /// Whether the step, begun once already, may be done again after looking. What a hook did cannot be seen.
  fileprivate var mayBeRepeated: Bool {
    switch self {
    case .preStartHook, .preStopHook, .postStartHook: false
    default: true
    }
  }
}
