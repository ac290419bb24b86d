import ComposeFile
import DockerEngine
import FoundationEssentials
import ImageVersioning
package import RevisionStore
package import StackPlanning

extension StackOperations {
  /// The plan of a deploy as things are now; nothing is changed.
  package func plan(_ request: DeployRequest) async throws -> Plan {
    let reading = try readingStore()
    var observed = try await observe(request)
    var notes: [String] = []
    if let interrupted = try await interrupted(key(request.project.name), in: reading) {
      observed = interrupted.state(from: observed)
      notes.append(
        "an operation was interrupted (\(interrupted.title)): the next command that changes the stack brings it to an end first, and this plan counts from there"
      )
    }
    do {
      try await requireOwnership(of: observed, takesOver: request.takesOver, in: reading)
    } catch let refused as OperationRefused {
      notes.append(refused.description)
    }
    var request = request
    request.options.contents = try await contentLabels(request.project, in: reading)
    request.delivery = try await delivery(request, in: reading)
    var plan = try await plan(request, observed, store: reading)
    try await requireFreeNames(plan, observed)
    _ = try builds(of: plan, request)
    plan.warnings += notes
    return Self.with(try await findings(of: request), plan)
  }

  func observe(_ request: DeployRequest) async throws -> ObservedStack {
    try await EngineObserver(engine).observe(
      project: request.project.name,
      references: Self.references(of: request.project) + request.options.pinnedImages.values.sorted(),
      dated: request.options.pull == nil ? Self.datedReferences(of: request.project) : [])
  }

  /// Images whose pull policy counts from the last pull (`daily`, `weekly`, `every_…`).
  private static func datedReferences(of project: Project) -> [String] {
    let dated = project.services.filter { service in
      guard let policy = service.pullPolicy else { return false }
      return policy == "daily" || policy == "weekly" || policy.hasPrefix("every_")
    }
    return Set(dated.compactMap(\.image)).sorted()
  }

  /// Plans; a plan that is not empty is made again with the last revision at hand, to name what changed.
  private func plan(_ request: DeployRequest, _ seen: ObservedStack, store: RevisionStore?) async throws -> Plan {
    var request = request
    request.options.nowSeconds = Int(Timestamp.systemNow().milliseconds / 1000)
    request.options.adopted = try await adoptedHashes(of: request.project.name, in: store)
    request.options.mountedFiles = request.delivery?.mountedFiles() ?? [:]
    let observed: ObservedStack
    (observed, request.options.contents) = try await lookIntoUnlabelled(seen, request)
    let redactor = self.redactor(for: request)
    let notes = Self.warnings(of: request.delivery)
    let policy = try await policyInputs()
    var plan = try DeployPlanner.plan(request.project, observed: observed, options: request.options)
    plan.warnings += notes
    plan.inputs = plan.inputs.map { $0 + policy }
    guard !plan.isEmpty, let store, let current = try await store.currentRevision(of: key(request.project.name)),
      let previous = try? await project(of: current, in: store)
    else { return redactor.redacted(plan) }
    var named = try DeployPlanner.plan(request.project, observed: observed, previous: previous, options: request.options)
    named.warnings += notes
    named.inputs = named.inputs.map { $0 + policy }
    let before = Redactor(
      project: previous, variables: try await variables(of: current, store), secrets: current.secretVariables)
    return redactor.redacted(before.redacted(named))
  }

  // MARK: Deploy

  /// Observe, plan, pull everything, apply, prove, record. On failure what ran before is brought back, whole.
  ///
  /// Cancelling the task undoes what was begun, and returns `cancelled`.
  package func deploy(_ request: DeployRequest) async throws -> DeployResult {
    let stack = key(request.project.name)
    // Side by side: mostly there is nothing to recover.
    async let early = observe(request)
    let reading = try readingStore()
    let isRecovered = try await !recover(in: reading).isEmpty
    let seen = try await early
    let observed = isRecovered ? try await observe(request) : seen
    try await requireOwnership(of: observed, takesOver: request.takesOver, in: reading)
    // Before anything is changed, pulled or recorded (R-OP-3).
    let findings = try await requirePolicy(request)
    var request = request
    request.options.contents = try await contentLabels(request.project, in: reading)
    request.delivery = try await delivery(request, in: reading)
    // Hints are for who looks at the plan; the history has what was let through.
    let kept = findings.filter { $0.rule != .advice }
    let plan = Self.with(kept, try await plan(request, observed, store: reading))
    try Self.requirePlan(plan, request.planHash)
    let current = try await reading?.currentRevision(of: stack)
    let model = try await recordedModel(of: request, over: current, in: reading)
    if plan.isEmpty, let current {
      if current.images == imageRecords(request, observed, over: current),
        try await reading?.inputHash(of: try newRevision(request, model, isKept: false), stack: stack) == current.inputHash
      {
        progress(.planned(plan))
        return .unchanged(revision: current.number)
      }
    }
    try requireFreeSpace()
    try Self.requireContents(of: plan, request.project, restored: request.restoration.paths)
    try await requireFreeNames(plan, observed)
    _ = try builds(of: plan, request)
    progress(.planned(plan))
    if case .advised = standing, let text = Self.summary(of: findings) { progress(.warning(text)) }

    let store = try writingStore()
    var revision = try newRevision(request, model, isKept: true)
    revision.images = imageRecords(request, observed, over: current)
    let operation = try await store.beginOperation(
      NewOperation(
        stack: stack, kind: request.arrival == nil ? Self.operationKind(request.kind) : .arrival, revision: revision,
        title: request.message.isEmpty ? "deploy" : request.message, author: author))
    progress(.recorded(operation: operation.id))
    let recorder = OperationRecorder(store: store, operation: operation.handle, forward: progress)
    var recorded = self
    let (redactor, sink) = (self.redactor(for: request), recorder.sink)
    recorded.progress = { sink(redactor.redacted($0)) }
    recorded.redactor = redactor
    recorded.recorder = recorder
    let (operations, asked) = (recorded, request)
    let result = try await recorder.recording {
      try await operations.deploy(plan, asked, current, store, operation)
    }
    await backUp(store)
    return result
  }

  /// The daily copy of the store; a failure is only a warning: the deploy itself is recorded.
  private func backUp(_ store: RevisionStore) async {
    do {
      _ = try await store.backUpIfDue()
    } catch {
      progress(.warning("the daily copy of the store could not be made: \(error)"))
    }
  }

  /// From the journaled beginning to the end.
  private func deploy(
    _ accepted: Plan, _ request: DeployRequest, _ current: Revision?, _ store: RevisionStore,
    _ operation: JournaledOperation
  ) async throws -> DeployResult {
    var plan = accepted
    var observed: ObservedStack
    let writes: EngineWrites
    var request = request
    let number = operation.revision ?? 0
    let handle = operation.handle
    do {
      try await store.advance(handle, to: .planning)
      let pulls = !plan.steps(in: .pull).isEmpty
      if pulls {
        try await store.advance(handle, to: .pulling)
        try await pull(plan, request.project, patience: request.waits.engine)
        let built = try await build(plan, request)
        request.options.builtServices.formUnion(built)
        request.options.pull = .missing
      }
      // Looked at again, now that the stack's lock is held: others may have changed it meanwhile.
      observed = try await observe(request)
      try await requireOwnership(of: observed, takesOver: request.takesOver, in: store)
      request.options.contents = try await contentLabels(request.project, in: store)
      request.delivery = try await delivery(request, in: store)
      plan = try await self.plan(request, observed, store: store)
      plan.findings = accepted.findings
      if request.planHash != nil {
        if pulls {
          try Self.requireNoMoreHarm(plan, than: accepted, request.project)
        } else {
          try Self.requirePlan(plan, request.planHash)
        }
      }
      try await requireFreeNames(plan, observed)
      if plan.hash != accepted.hash {
        try await store.recordImages(handle, imageRecords(request, observed, over: current))
        progress(.planned(plan))
      }
      try restoreFiles(request.restoration, operation)
      observed = try await EngineObserver(engine).withAliases(observed, for: plan)
      try await store.advance(handle, to: .gate)
      try await store.recordPlan(
        handle, text: plan.text, json: try Self.json(JournaledPlan(plan: plan, before: observed)),
        steps: plan.steps.map { step in
          NewStep(
            number: step.number, action: "\(step.action.words.verb)", target: step.action.words.object, cause: step.cause)
        })
      writes = try await self.writes(for: request.project.name)
      try await store.advance(handle, to: .applying)
    } catch {
      let cancelled = error is CancellationError || Task.isCancelled
      let reason = redactor.redacted(Self.reason(error))
      putFilesBack(operation)
      try await finish(
        store, handle, cancelled ? .cancelled : .failed, cancelled ? .cancelled : .failed, reason, restored: nil)
      let state = "nothing was changed; what ran before runs on"
      return cancelled ? .cancelled(revision: number, state: state) : .failed(revision: number, reason: reason, state: state)
    }
    return try await apply(plan, request, observed, writes, store, operation)
  }

  private func apply(
    _ plan: Plan, _ request: DeployRequest, _ observed: ObservedStack, _ writes: EngineWrites, _ store: RevisionStore,
    _ operation: JournaledOperation
  ) async throws -> DeployResult {
    let number = operation.revision ?? 0
    let delivery = request.delivery
    var sendFiles: (@Sendable () async throws -> Void)?
    if let delivery { sendFiles = { try await send(delivery, operation, in: store) } }
    let runner = StepRunner(
      engine: engine, writes: writes,
      context: StepRunner.Context(
        project: request.project, before: observed, operation: Self.label(of: operation), revision: number,
        pinnedImages: request.options.pinnedImages,
        renewsAnonymousVolumes: request.options.renewsAnonymousVolumes,
        forgetsDependencies: request.options.skipsDependencies && !request.options.services.isEmpty,
        contents: request.options.contents, enginePaths: delivery?.enginePaths ?? [:],
        sendFiles: sendFiles,
        limits: request.waits))
    let executor = executor(
      runner, StoreJournal(store: store, operation: operation.handle), patience: request.waits.engine)
    do {
      if let arrival = request.arrival {
        try await prepare(plan, arrival, runner, operation, store, patience: request.waits.engine)
      } else {
        try await executor.run(plan, phase: .prepare)
      }
      try await executor.run(plan, phase: .apply)
      try await store.advance(operation.handle, to: .verifying)
      try await executor.run(plan, phase: .verify)
    } catch {
      let cancelled = error is CancellationError || Task.isCancelled
      let logs = await lastLogs(of: error)
      let reason = redactor.redacted(Self.reason(error) + logs)
      guard request.revertsOnFailure || cancelled else {
        try await finish(store, operation.handle, .failed, .failed, reason, restored: nil)
        return .failed(
          revision: number, reason: reason,
          state: "the stack was left as it is (--no-rollback); see it with: slipway ps -a -p \(request.project.name)")
      }
      progress(.undoing(reason: reason))
      // WHY: the way back must be walked also when this task was cancelled.
      // An engine that stayed away through the whole wait is not waited for again.
      let gone = ((error as? StepFailure)?.cause as? EngineError)?.saysEngineIsGone ?? false
      let patience = gone ? .zero : request.waits.engine
      let state = await Task {
        await undo(observed, operation, store, cancelled: cancelled, reason: reason, patience: patience)
      }.value
      return cancelled ? .cancelled(revision: number, state: state) : .failed(revision: number, reason: reason, state: state)
    }
    do {
      try await executor.run(plan, phase: .commit)
    } catch {
      await removeLeftovers(of: plan, runner, patience: request.waits.engine, after: error)
    }
    try await finish(store, operation.handle, .done, .deployed, "deployed", restored: nil)
    await settleProjectFiles(operation, store)
    return .deployed(revision: number)
  }

  /// Looks at what a failed commit left and tries that again, at most three times; what still stays is only told: the new
  /// revision runs, and the next deploy removes it.
  private func removeLeftovers(of plan: Plan, _ runner: StepRunner, patience: Duration, after first: any Error) async {
    var failure = first
    for _ in 0..<3 {
      do {
        let now = try await EngineObserver(engine).observe(project: plan.project, references: [])
        let rest = UndoPlanner.finish(plan, now: now)
        return try await executor(runner, NoJournal(), patience: patience).run(rest, phase: .commit)
      } catch {
        failure = error
      }
    }
    progress(.warning("the new revision runs, but something old could not be removed: \(Self.reason(failure))"))
  }

  func finish(
    _ store: RevisionStore, _ handle: OperationHandle, _ state: OperationState, _ outcome: RevisionOutcome,
    _ message: String, restored: Int?
  ) async throws {
    await recorder?.flush()
    try await store.finish(
      handle, OperationEnd(state: state, outcome: outcome, message: redactor.redacted(message), restoredRevision: restored))
  }

  private static func operationKind(_ kind: RevisionKind) -> OperationKind {
    switch kind {
    case .deploy, .adopt: .deploy
    case .rollback: .rollback
    case .restored: .restore
    }
  }

  /// The value of the label `slipway.op`: unique over the data directories that may share an engine.
  static func label(of operation: JournaledOperation) -> String {
    "\(operation.id)-\(operation.startedAt.milliseconds)"
  }

  // MARK: Images

  private func pull(_ plan: Plan, _ project: Project, patience: Duration) async throws {
    let steps = plan.steps(in: .pull)
    let waiting = EnginePatience(engine: engine, limit: patience, progress: progress)
    progress(.phase(.pull))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, step) in steps.enumerated() {
        guard case .pullImage(let reference, _) = step.action else { continue }
        if index >= 4 { try await group.next() }
        group.addTask {
          do {
            try await waiting.patiently { _ in try await pullImage(reference) }
          } catch {
            // Only an image that is here already is pulled where it can be built: without the pull it is used as it is.
            let isBuilt = project.services.contains { $0.build != nil && project.imageReference(of: $0) == reference }
            if isBuilt, !Task.isCancelled {
              return progress(
                .warning("image \(reference) could not be pulled, the one that is here is used: \(Self.reason(error))"))
            }
            throw StepFailure(step: step, reason: Self.reason(error), cause: error)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  package func pullImage(_ reference: String, platform: String? = nil) async throws {
    let auth = try await credentials.auth(forImage: reference)
    for try await event in try await engine.pullImage(reference, platform: platform, auth: auth) {
      progress(
        .pulling(
          reference: reference, layer: event.id, status: event.status, currentBytes: event.detail.currentBytes,
          totalBytes: event.detail.totalBytes))
    }
    progress(.pulled(reference: reference))
  }

  /// - Parameter current: what a deploy of some services leaves as it is.
  private func imageRecords(
    _ request: DeployRequest, _ observed: ObservedStack, over current: Revision?
  ) -> [String: ImageRecord] {
    let targets = DeployPlanner.targets(request.project, request.options)
    var records = request.options.services.isEmpty ? [:] : (current?.images ?? [:]).filter { !targets.contains($0.key) }
    for service in request.project.services where targets.contains(service.name) {
      let reference = request.project.imageReference(of: service)
      let pinned = request.options.pinnedImages[service.name]
      let present = observed.images[pinned ?? reference]
      records[service.name] = ImageRecord(
        reference: reference, digest: present.flatMap { Self.digest(of: $0, for: reference) },
        imageID: pinned ?? present?.id ?? "")
    }
    return records
  }

  /// The digest of the repository that the reference names; an image may be in several.
  static func digest(of image: ObservedImage, for reference: String) -> String? {
    let wanted = try? ImageReference(parsing: reference)
    let own = image.repoDigests.first { digest in
      guard let wanted, let known = try? ImageReference(parsing: digest) else { return false }
      return known.name == wanted.name
    }
    return own ?? image.repoDigests.first
  }

  static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  // MARK: Reasons

  /// Whether an operation must stay open for the next command, because the engine, not the operation, is the trouble.
  static func saysEngineIsGone(_ error: any Error) -> Bool {
    guard let failure = ((error as? StepFailure)?.cause ?? error) as? EngineError else { return false }
    if case .timedOut = failure { return true }
    return failure.saysEngineIsGone
  }

  static func reason(_ error: any Error) -> String {
    if let failure = error as? StepFailure { return advice(failure) }
    if error is CancellationError { return "cancelled" }
    return "\(error)"
  }

  /// The failure of a step with what a user can do about it.
  private static func advice(_ failure: StepFailure) -> String {
    let message = (failure.cause as? EngineError)?.engineMessage ?? failure.reason
    let what = "could not \(failure.step.action.words.verb) \(failure.step.action.words.object): \(message)"
    if message.contains("port is already allocated") || message.contains("address already in use") {
      return what + "\n  fix: stop what uses the port, or publish another one"
    }
    if message.contains("is already in use by container") {
      return what + "\n  fix: rename or remove that container, or set another container_name or project name"
    }
    if message.contains("Pool overlaps with other one") {
      return what + "\n  fix: choose another subnet under networks.….ipam, or remove the network that has it"
    }
    if case .await(let service, _, _, _) = failure.step.action, failure.cause is StepRunner.ConditionFailure {
      return what + "\n  fix: look at what \(service) says, correct it or its health check, and deploy again"
    }
    if case .pullImage = failure.step.action {
      return what + "\n  fix: check the name and the tag, and that this machine may pull it (docker login)"
    }
    return what
  }

  /// The last lines of the container that failed: they usually say why.
  private func lastLogs(of error: any Error) async -> String {
    guard let failure = error as? StepFailure else { return "" }
    let (service, container): (String, String)
    if let hook = failure.cause as? HookFailure {
      (service, container) = ("pre_start[\(hook.index)] of \(hook.service)", hook.container)
    } else if case .await(let name, _, let containers, _) = failure.step.action, let first = containers.first {
      (service, container) = (name, (failure.cause as? StepRunner.ConditionFailure)?.container ?? first.name)
    } else {
      return ""
    }
    let lines = await Task { () -> [String] in
      var options = LogOptions()
      options.tail = 10
      guard let stream = try? await engine.logs(of: container, options) else { return [] }
      var text = ""
      do {
        for try await frame in stream where text.utf8.count < 8192 { text += String(decoding: frame.bytes, as: UTF8.self) }
      } catch {
        return []
      }
      return text.split(separator: "\n").suffix(10).map(String.init)
    }.value
    guard !lines.isEmpty else { return "" }
    return "\n  last lines of \(service):\n" + lines.map { "    \($0)" }.joined(separator: "\n")
  }
}

/// The journal of an operation in the store.
struct StoreJournal: StepJournal {
  let store: RevisionStore
  let operation: OperationHandle

  func intent(_ step: PlanStep) async throws { try await store.stepIntent(operation, step: step.number) }

  func done(_ step: PlanStep, objectID: String?) async throws {
    try await store.stepResult(operation, step: step.number, result: StepResult(state: .done, objectID: objectID))
  }

  func failed(_ step: PlanStep, reason: String) async throws {
    try await store.stepResult(
      operation, step: step.number, result: StepResult(state: .failed, detail: String(reason.prefix(4000))))
  }
}

/// The store's operation; the plain name is taken by its class, which is named like its module.
package typealias JournaledOperation = Operation
