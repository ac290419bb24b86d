import DockerEngine
import RevisionStore
import StackPlanning
import Synchronization

extension StackMove {
  /// Moves the stack; cancelling the task brings it back to where it was.
  package func run() async throws -> MoveResult {
    try await source.recover()
    try await target.recover()
    let seen = try await look()
    let plan = try MovePlanner.plan(seen.facts)
    try source.requireFreeSpace()
    let store = try source.writingStore()
    let operation = try await store.beginOperation(
      NewOperation(stack: source.key(project), kind: .move, title: "move to \(target.server)", author: source.author))
    source.progress(.recorded(operation: operation.id))
    let recorder = OperationRecorder(store: store, operation: operation.handle, forward: source.progress)
    let (redactor, sink) = (Redactor(project: seen.request.project, variables: seen.request.variables), recorder.sink)
    var recorded = source
    recorded.progress = { sink(redactor.redacted($0)) }
    recorded.redactor = redactor
    recorded.recorder = recorder
    let move = StackMove(
      project, from: recorded, to: target, options: options, waits: waits, freeBytesThere: { nil })
    return try await recorder.recording { try await move.run(seen, plan, operation, store) }
  }

  private func run(
    _ seen: Look, _ plan: MovePlan, _ operation: JournaledOperation, _ store: RevisionStore
  ) async throws -> MoveResult {
    let told = (try? seen.facts.deploy.get().warnings) ?? []
    for warning in plan.warnings where !told.contains(warning) { source.progress(.warning(warning)) }
    let departure = Departure(self, seen, operation, store)
    let result: DeployResult
    do {
      try await departure.requireUnchanged()
      try await departure.record(plan)
      try await store.advance(operation.handle, to: .pulling)
      var request = seen.request
      request.options.pinnedImages = try await bringImages(seen.facts.images, departure.engines)
      request.arrival = departure.arrival(pinned: request.options.pinnedImages)
      result = try await target.deploy(request)
    } catch {
      let isCancelled = error is CancellationError || Task.isCancelled
      let reason = source.redactor.redacted(StackOperations.reason(error))
      let state = await departure.end(isCancelled ? .cancelled : .failed, reason)
      return isCancelled ? .cancelled(state: state) : .failed(reason: reason, state: state)
    }
    switch result {
    case .deployed(let revision):
      await departure.leave("moved to \(target.server)")
      return .moved(revision: revision, staying: plan.staying)
    case .unchanged:
      // Somebody has deployed it there meanwhile, with other data.
      let reason = "a stack \(project) was made on \(target.server) meanwhile"
      return .failed(reason: reason, state: await departure.end(.failed, reason))
    case .failed(_, let reason, let there):
      return .failed(reason: reason, state: await departure.end(.failed, reason) + Self.addition(there, target.server))
    case .cancelled(_, let there):
      return .cancelled(state: await departure.end(.cancelled, "cancelled") + Self.addition(there, target.server))
    }
  }

  private static func addition(_ state: String, _ server: String) -> String { "; on \(server): \(state)" }
}

/// The journal of a move keeps this.
struct MoveJournal: Codable {
  /// The stack on the source.
  var before: ObservedStack
  var target: String
  var keepsSource: Bool
}

/// The side of a move that the stack leaves.
final class Departure: Sendable {
  private enum State {
    case running, stopping, stopped
    /// Started again after a failure.
    case back(String)
  }

  private let move: StackMove
  private let seen: StackMove.Look
  private let operation: JournaledOperation
  private let store: RevisionStore
  private let state = Mutex(State.running)
  let engines: BothEngines

  init(_ move: StackMove, _ seen: StackMove.Look, _ operation: JournaledOperation, _ store: RevisionStore) {
    self.move = move
    self.seen = seen
    self.operation = operation
    self.store = store
    engines = BothEngines(move)
  }

  private var label: String { StackOperations.label(of: operation) }
  private var before: ObservedStack { seen.facts.running }

  /// Looked at again, now that the stack's lock is held: others may have changed it meanwhile.
  func requireUnchanged() async throws {
    let now = try await EngineObserver(move.source.engine).observe(project: move.project, references: [])
    guard now.containers.map(\.id) == before.containers.map(\.id), now.containers.map(\.isUp) == before.containers.map(\.isUp)
    else {
      throw OperationRefused(
        description:
          "\(move.project) was changed on \(move.source.server) meanwhile\n  fix: look at the plan again with --dry-run")
    }
  }

  func record(_ plan: MovePlan) async throws {
    let journal = MoveJournal(before: before, target: move.target.server, keepsSource: move.options.keepsSource)
    try await store.recordPlan(operation.handle, text: plan.text, json: try StackOperations.json(journal), steps: [])
  }

  /// - Parameter pinned: images of the target by service.
  func arrival(pinned: [String: String]) -> StackArrival {
    let copied = seen.facts.copiedVolumes
    return StackArrival(volumes: Set(copied.filter { $0.key != nil }.map(\.name))) { [self] label in
      try await fill(copied, label, image: pinned.sorted { $0.key < $1.key }.first?.value)
    }
  }

  // MARK: The data

  private func fill(
    _ volumes: [MoveFacts.Volume], _ label: String, image: String?
  ) async throws -> [String: [ObservedContainer.Mount]] {
    var arrived: [String: [ObservedContainer.Mount]] = [:]
    var copies: [VolumeCopy] = []
    for (index, volume) in volumes.enumerated() {
      guard let image, let imageHere = before.containers.first?.imageID else {
        throw OperationRefused(
          description:
            "no image is known to copy \(volume.name) through\n  fix: deploy the stack once more where it is, then move it")
      }
      let name = try await volume.key == nil ? makeAnonymous(label) : volume.name
      for mount in volume.mounts where volume.key == nil {
        arrived[mount.container, default: []].append(.init(source: name, target: mount.path, isVolume: true))
      }
      copies.append(
        VolumeCopy(
          source: .init(engine: move.source.engine, image: imageHere, operation: self.label, isReadOnly: true),
          target: .init(engine: move.target.engine, image: image, operation: label, isReadOnly: false),
          sourceVolume: volume.name, targetVolume: name, number: index + 1, sizeBytes: volume.sizeBytes ?? 0,
          progress: move.source.progress))
    }
    for copy in copies {
      try await engines.patiently { _ in
        try await copy.prepareSource()
        try await copy.prepareTarget()
        try await copy.lookThrough()
      }
    }
    try Task.checkCancellation()
    do {
      try await stop()
      try await run(copies)
      for copy in copies { try await engines.patiently { _ in try await copy.removeTarget() } }
      return arrived
    } catch {
      // At once: the target may be gone for long. Nothing of the stack runs there yet.
      await goBack()
      throw error
    }
  }

  /// An engine that starts anew starts containers again, too, and they would write into what was copied: then all is copied again.
  private func run(_ copies: [VolumeCopy]) async throws {
    for round in 0..<Self.rounds {
      let starts = try await engines.patiently { _ in try await lastStarts() }
      for copy in copies {
        _ = try await engines.patiently { isRepeat in
          // The engine may have been away between the two.
          if isRepeat { try await stopAgain() }
          return try await copy.run(isRepeat: isRepeat || round > 0)
        }
      }
      if try await engines.patiently({ _ in try await lastStarts() }) == starts { return }
      try await stopAgain()
    }
    throw OperationRefused(
      description:
        "containers of \(move.project) are started again and again on \(move.source.server) while their volumes are copied\n  fix: find out who starts them (systemd, another tool, an engine that restarts), and stop that first"
    )
  }

  private static let rounds = 3

  /// When each container of the source was started last; what runs is told apart, however long it has.
  private func lastStarts() async throws -> [String: String] {
    let now = try await EngineObserver(move.source.engine).observe(project: move.project, references: [])
    var starts: [String: String] = [:]
    for container in now.containers where !container.isOneOff {
      let state = try await move.source.engine.inspectContainer(container.id).state
      starts[container.id] = "\(state.startedAt) \(state.isRunning)"
    }
    return starts
  }

  private func stopAgain() async throws {
    try await move.source.endStops(of: move.project, label: label, patience: move.waits.engine)
  }

  /// A volume that the engine counts among the anonymous ones.
  private func makeAnonymous(_ label: String) async throws -> String {
    var spec = VolumeSpec()
    spec.name = (0..<4).map { _ in Self.hexadecimal(UInt64.random(in: .min ... .max)) }.joined()
    spec.labels = ["com.docker.volume.anonymous": "", ComposeLabel.operation: label]
    let made = spec
    return try await engines.patiently { _ in try await move.target.engine.createVolume(made).name }
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Stops the services in the order of their dependencies.
  private func stop() async throws {
    // Durable before the first stop: whoever finds the journal then starts them again.
    try await store.advance(operation.handle, to: .applying)
    state.withLock { $0 = .stopping }
    var options = DownOptions()
    options.stopTimeoutSeconds = move.options.stopTimeoutSeconds
    let down = DownPlanner.plan(project: seen.request.project, observed: before, options: options)
    let stops = down.part(of: .apply) { action in
      switch action {
      case .stop, .preStopHook: true
      default: false
      }
    }
    try await move.source.executor(runner(), NoJournal(), patience: move.waits.engine).run(stops, phase: .apply)
    state.withLock { $0 = .stopped }
  }

  private func runner() -> StepRunner {
    StepRunner(
      engine: move.source.engine, writes: move.source.writesOfNothing,
      context: StepRunner.Context(
        project: seen.request.project, before: before, operation: label, revision: 0, keepsWhatIsUsed: true, limits: move.waits))
  }

  // MARK: The end

  /// Starts the services again, also in a cancelled task.
  private func goBack() async {
    let isHalfStopped: Bool
    switch state.withLock({ $0 }) {
    case .running, .back: return
    case .stopping: isHalfStopped = true
    case .stopped: isHalfStopped = false
    }
    move.source.progress(.undoing(reason: "the stack is started again on \(move.source.server)"))
    let text = await Task { () -> String? in
      do {
        if isHalfStopped { try await move.source.endStops(of: move.project, label: label, patience: move.waits.engine) }
        let lost = try await move.source.walkBack(to: before, operation: label, patience: move.waits.engine)
        return lost.isEmpty ? "" : lost.joined(separator: "; ")
      } catch {
        return StackOperations.saysEngineIsGone(error) ? nil : StackOperations.reason(error)
      }
    }.value
    // Still stopped where the engine is gone: the open journal brings it back.
    if let text { state.withLock { $0 = .back(text) } }
  }

  /// Ends a move that has failed; gives what runs on the source in words.
  func end(_ end: OperationState, _ reason: String) async -> String {
    await goBack()
    await removeCopies()
    let name = move.source.server
    do {
      switch state.withLock({ $0 }) {
      case .running:
        try await finish(end, reason)
        return "nothing was stopped; \(move.project) runs on \(name) as before"
      case .back(""):
        try await finish(end == .failed ? .rolledBack : end, reason)
        return "\(move.project) runs on \(name) again, with its data as it was"
      case .back(let lost):
        try await finish(.needsAttention, "\(reason); \(lost)")
        return "not all of \(move.project) could be started again on \(name): \(lost)"
      case .stopping, .stopped:
        return
          "\(name) does not answer, and \(move.project) is stopped there: the next slipway command on \(name) that changes the stack starts it again"
      }
    } catch {
      return "the journal could not be closed: \(error)"
    }
  }

  /// Ends a move that has succeeded. What cannot be removed is told: the stack runs on the target.
  func leave(_ message: String) async {
    await Task { [self] in
      await removeCopies()
      do {
        if !move.options.keepsSource {
          try await move.source.takeDown(seen.request.project, label: label, patience: move.waits.engine)
        }
      } catch {
        move.source.progress(
          .warning(
            "\(move.project) runs on \(move.target.server), but not all of it could be removed from \(move.source.server): \(StackOperations.reason(error))\n  fix: slipway down -p \(move.project)\(MovePlanner.option(move.source.server))"
          ))
      }
      do {
        // Before the journal is closed: after a crash it is done by who ends the move.
        if !move.options.keepsSource { try await store.moveStackHome(operation.stack, to: move.target.server) }
        try await finish(.done, message)
      } catch {
        move.source.progress(.warning("the journal could not be closed: \(error)"))
      }
    }.value
  }

  private func finish(_ end: OperationState, _ message: String) async throws {
    try await move.source.finish(store, operation.handle, end, .deployed, message, restored: nil)
  }

  /// The containers that volumes were read through.
  private func removeCopies() async {
    await Task { [self] in
      do {
        let waiting = EnginePatience(engine: move.source.engine, limit: move.waits.engine, progress: move.source.progress)
        try await waiting.patiently { _ in
          try await move.source.removeContainers(labelled: [ComposeLabel.operation: label, ComposeLabel.movedVolume: nil])
        }
      } catch {
        move.source.progress(
          .warning(
            "containers that the move read volumes through stay on \(move.source.server): \(StackOperations.reason(error))\n  fix: remove the containers named slipway-move-\(label)-…; they never ran"
          ))
      }
    }.value
  }
}
