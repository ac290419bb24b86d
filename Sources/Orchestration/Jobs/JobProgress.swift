package import ComposeFile
package import RevisionStore
import StackPlanning
import Synchronization

/// Takes in what a job tells while it runs: for those who watch now, and for those who look later.
package final class JobProgress: Sendable {
  /// Between two writes of what was told since.
  package static let writingInterval: Duration = .milliseconds(200)
  /// Events that wait for the next write; more are only told live.
  private static let pendingLimit = 2_000
  /// Between two events about the same layer, build or copy.
  private static let transferInterval: Duration = .milliseconds(500)

  private struct State {
    var pending: [NewJobEvent] = []
    var reached = OperationState.queued
    var unsavedState: OperationState?
    var operation: Int64?
    var unsavedOperation: Int64?
    var transfers: [String: ContinuousClock.Instant] = [:]
  }

  package let job: String
  private let stack: StackKey?
  private let server: String?
  private let secrets: KnownSecrets
  private let store: RevisionStore
  private let events: EventLog
  private let state = Mutex(State())

  /// - Parameter secrets: what nothing that is told has in it.
  init(
    job: String, stack: StackKey?, server: String?, secrets: KnownSecrets = KnownSecrets(), store: RevisionStore,
    events: EventLog
  ) {
    self.job = job
    self.stack = stack
    self.server = server
    self.secrets = secrets
    self.store = store
    self.events = events
  }

  /// For operations on a stack.
  package var sink: ProgressSink { { [self] progress in take(progress) } }

  /// Says one thing.
  package func tell(_ kind: String, _ fields: [(String, ComposeValue)] = []) {
    let map = secrets.map(ComposeMap(fields))
    events.publish(
      "operation.progress", server: server, stack: stack?.project,
      [("operation", .string(job)), ("event", .string(kind)), ("fields", .map(map))])
    let event = NewJobEvent(at: .systemNow(), kind: kind, json: Self.bounded(map))
    state.withLock { if $0.pending.count < Self.pendingLimit { $0.pending.append(event) } }
  }

  /// Moves on to a further state; one that was reached already changes nothing.
  package func reach(_ next: OperationState) {
    let isNew = state.withLock { state in
      guard state.reached.allows(next), !next.isEnd else { return false }
      state.reached = next
      state.unsavedState = next
      return true
    }
    guard isNew else { return }
    events.publish(
      "operation.changed", server: server, stack: stack?.project,
      [("operation", .string(job)), ("state", .string(next.rawValue))])
  }

  /// Runs `body` with what is told being written beside it; all of it is written when this returns.
  func recording<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
    // WHY: it goes on while a cancelled job walks its way back.
    let writer = Task {
      while !Task.isCancelled {
        await flush()
        try? await Task.sleep(for: Self.writingInterval)
      }
    }
    do {
      let value = try await body()
      writer.cancel()
      await writer.value
      await flush()
      return value
    } catch {
      writer.cancel()
      await writer.value
      await flush()
      throw error
    }
  }

  func flush() async {
    let (pending, change) = state.withLock { state -> ([NewJobEvent], JobChange?) in
      defer {
        state.pending = []
        state.unsavedState = nil
        state.unsavedOperation = nil
      }
      let isChanged = state.unsavedState != nil || state.unsavedOperation != nil
      return (state.pending, isChanged ? JobChange(state: state.unsavedState, operation: state.unsavedOperation) : nil)
    }
    // WHY try?: events never end a job; its end is written, or told, by who runs it.
    if let change { _ = try? await store.updateJob(job, change) }
    if !pending.isEmpty { _ = try? await store.appendJobEvents(job, pending) }
  }

  // MARK: Operations

  private func take(_ progress: OperationProgress) {
    switch progress {
    case .recorded(let operation):
      state.withLock { state in
        state.operation = operation
        state.unsavedOperation = operation
      }
    case .phase(let phase):
      reach(Self.state(of: phase))
      tell(JobNotice(progress))
    case .pulling(let object, let layer, _, let current, let total), .pushing(let object, let layer, _, let current, let total):
      if isDue("\(object) \(layer)", current, total) { tell(JobNotice(progress)) }
    case .copying(let object, let current, let total):
      if isDue(object, current, total) { tell(JobNotice(progress)) }
    case .planned, .pulled, .pushed, .building, .built, .copied, .stepStarted, .stepDone, .stepSkipped, .stepFailed, .undoing,
      .waitingForEngine, .engineIsBack, .warning:
      tell(JobNotice(progress))
    }
  }

  private func tell(_ event: JobNotice?) {
    if let event { tell(event.kind, event.fields.pairs.map { ($0.key, $0.value) }) }
  }

  /// Whether a transfer may tell again; the first and the last of each are told whatever the time.
  private func isDue(_ key: String, _ current: Int64, _ total: Int64) -> Bool {
    let now = ContinuousClock.now
    return state.withLock { state in
      if current > 0, current < total, let last = state.transfers[key], now - last < Self.transferInterval { return false }
      state.transfers[key] = now
      return true
    }
  }

  private static func state(of phase: PlanPhase) -> OperationState {
    switch phase {
    case .pull: .pulling
    case .prepare, .apply: .applying
    case .verify, .commit: .verifying
    }
  }

  /// As the store takes it: 64 KiB.
  private static func bounded(_ map: ComposeMap) -> String {
    let text = ComposeValue.map(map).json(indented: false)
    return text.utf8.count <= 64 << 10 ? text : "{\"truncated\":true}"
  }
}

extension JobProgress {
  /// Takes what a command on services tells.
  package func tell(_ progress: ServiceProgress) { tell(JobNotice(progress)) }
}
