package import ComposeFile
package import RevisionStore

/// Does long work for whoever asks: one thing at a time on a stack, in the order of asking, and tells how it goes (R-LOCK-1).
///
/// A job is kept in the store from the moment it is asked for, with all that it tells; it goes on when who asked has gone.
package actor JobRunner {
  /// Jobs that may wait for one stack, or for one server where they are about no stack; more are refused (R-LOCK-1, R-MEM-1).
  package static let queueLimit = 32
  /// Jobs that run at the same time (R-MEM-1); those about no stack take half of that at most, so that stacks never wait for them.
  package static let runningLimit = 16
  package static let serverRunningLimit = 8
  /// Jobs about no stack that run at the same time on one server: one that hangs there delays no other server (R-ENG-2).
  package static let runningPerServer = 4
  /// How long a job about no stack may run: pulls, prunes and the like have no journal whose steps would have limits (R-OP-4).
  package static let serverJobLimit: Duration = .seconds(30 * 60)

  /// What is asked for.
  package struct Request: Sendable {
    package var kind: String
    /// Nil: it is about no stack, and waits for others of its kind on the server only.
    package var stack: StackKey?
    package var server: String?
    package var title: String
    package var requestedBy: String
    package var way: Way
    /// Says what would come of it: one that waits already and has the same takes the place of this. Nil: it is never the same.
    package var sameAs: String?
    /// Then it is ended, and has failed; nil: what it does has limits of its own.
    package var limit: Duration?

    /// - Parameter limit: nil: that of its kind, which jobs about a stack have none of.
    package init(
      kind: String, stack: StackKey? = nil, server: String? = nil, title: String, requestedBy: String, way: Way,
      sameAs: String? = nil, limit: Duration? = nil
    ) {
      self.kind = kind
      self.stack = stack
      self.server = stack?.server ?? server
      self.title = title
      self.requestedBy = requestedBy
      self.way = way
      self.sameAs = sameAs
      self.limit = limit ?? (stack == nil ? JobRunner.serverJobLimit : nil)
    }
  }

  /// How a job ended.
  package struct Outcome: Sendable {
    package var state: OperationState
    package var revision: Int?
    /// For people and programs; no secret values.
    package var result: ComposeMap

    package init(_ state: OperationState, revision: Int? = nil, _ result: [(String, ComposeValue)] = []) {
      self.state = state
      self.revision = revision
      self.result = ComposeMap(result)
    }
  }

  package enum Refusal: Error, Hashable, Sendable {
    /// As many wait for the stack or the server as may.
    case tooMany(limit: Int)
    /// Something runs on the stack, waits for it, or is brought to an end after a crash.
    case busy(StackKey)
    case outOfTime(limit: Duration)
    case stopping
    case unknown(String)
    case hasEnded(String)
  }

  package typealias Work = @Sendable (JobProgress) async throws -> Outcome

  /// What jobs wait for.
  private enum Lane: Hashable {
    case stack(StackKey)
    /// What is about no stack; empty: about no server either.
    case server(String)
  }

  private struct Entry {
    var id: String
    /// Grows in the order of asking.
    var number: Int
    var request: Request
    var work: Work
    /// Before its row and its audit entry are on the disk nobody begins it (S-AUD-1).
    var isStored = false
  }

  private let store: RevisionStore
  private let events: EventLog
  private let describe: @Sendable (any Error) -> ComposeMap
  private let known: @Sendable (StackKey) async -> KnownSecrets
  private let finished: @Sendable () -> Void
  private var lanes: [Lane: [Entry]] = [:]
  private var tasks: [String: Task<Void, Never>] = [:]
  /// The lane of each that runs.
  private var runningLanes: [String: Lane] = [:]
  /// What was asked for of each that runs.
  private var runningRequests: [String: Request] = [:]
  /// Stacks whose interrupted operations come first (R-OP-4).
  private var held: Set<StackKey> = []
  private var lastNumber = 0
  package private(set) var isStopping = false
  /// What has ended since the start.
  package private(set) var ended: [Ended: EndedJobs] = [:]

  /// By what jobs that have ended are counted: both have few values.
  package struct Ended: Hashable, Sendable {
    package var kind: String
    package var state: OperationState
  }

  package struct EndedJobs: Hashable, Sendable {
    package var count = 0
    /// From when they began to run to their end, in all.
    package var time = Duration.zero
  }

  /// - Parameters:
  ///   - describe: an error as the API tells it.
  ///   - known: what is secret of a stack: nothing that a job on it tells has it (S-SEC-4).
  ///   - finished: called after each job.
  package init(
    store: RevisionStore, events: EventLog, describe: @escaping @Sendable (any Error) -> ComposeMap,
    known: @escaping @Sendable (StackKey) async -> KnownSecrets = { _ in KnownSecrets() },
    finished: @escaping @Sendable () -> Void
  ) {
    self.store = store
    self.events = events
    self.describe = describe
    self.known = known
    self.finished = finished
  }

  /// Takes a job on; it begins when those before it on the same stack have ended.
  ///
  /// - Throws: `Refusal`, `StoreError`.
  package func submit(_ request: Request, audit: AuditEntry? = nil, _ work: @escaping Work) async throws -> Job {
    guard !isStopping else { throw Refusal.stopping }
    let lane = request.stack.map { Lane.stack($0) } ?? .server(request.server ?? "")
    if let wanted = request.sameAs, let job = try await waiting(sameAs: wanted, in: lane) {
      // Who asks joins it: that is written down like a job of its own.
      if var audit {
        audit.detail["joins"] = job.id
        try await store.appendAudit([audit])
      }
      return job
    }
    guard lanes[lane, default: []].count < Self.queueLimit else { throw Refusal.tooMany(limit: Self.queueLimit) }
    let id = Self.newID()
    lastNumber += 1
    // In line before the store is asked: the order is that of asking.
    lanes[lane, default: []].append(Entry(id: id, number: lastNumber, request: request, work: work))
    let job: Job
    do {
      job = try await store.createJob(
        NewJob(
          id: id, kind: request.kind, server: request.server, stack: request.stack?.project,
          requestedBy: request.requestedBy, way: request.way, title: request.title), audit)
    } catch {
      lanes[lane]?.removeAll { $0.id == id }
      begin()
      throw error
    }
    await tellWhatIsBefore(id, request, lane)
    guard let place = lanes[lane]?.firstIndex(where: { $0.id == id }) else {
      guard isStopping else {
        // It was cancelled meanwhile.
        return try await store.job(id) ?? job
      }
      await abandon(id, request)
      throw Refusal.stopping
    }
    lanes[lane]?[place].isStored = true
    tell(id, request, .queued)
    begin()
    return job
  }

  /// Says what a job on a stack waits for: otherwise whoever follows it sees nothing happen.
  private func tellWhatIsBefore(_ id: String, _ request: Request, _ lane: Lane) async {
    guard let stack = request.stack else { return }
    // What runs without having been asked for as a job, such as a change of files, has no name.
    let running = runningLanes.first { $0.value == lane }.flatMap { entry in
      runningRequests[entry.key].map { (id: entry.key, request: $0) }
    }
    let isBusy = runningLanes.values.contains(lane) || held.contains(stack)
    let waiting = lanes[lane, default: []].prefix { $0.id != id }.count
    guard isBusy || waiting > 0 else { return }
    let progress = JobProgress(
      job: id, stack: stack, server: request.server, secrets: await known(stack), store: store, events: events)
    progress.tell(
      "waiting",
      [
        ("operation", running.map { .string($0.id) } ?? .null),
        ("title", running.map { .string($0.request.title) } ?? .null),
        ("requested_by", running.map { .string($0.request.requestedBy) } ?? .null),
        ("ahead", .int(waiting + (isBusy ? 1 : 0))),
      ])
    await progress.flush()
  }

  /// A job from which the same would come, and that has not begun.
  private func waiting(sameAs wanted: String, in lane: Lane) async throws(StoreError) -> Job? {
    guard let same = lanes[lane]?.first(where: { $0.request.sameAs == wanted && $0.isStored }) else { return nil }
    let job = try await store.job(same.id)
    return lanes[lane]?.contains { $0.id == same.id } == true ? job : nil
  }

  /// Runs `body` while nothing else runs on a stack: at once, or not at all.
  ///
  /// - Throws: `Refusal.busy`, `Refusal.stopping`, and what `body` throws.
  package func alone<Value: Sendable>(
    on stack: StackKey, _ body: @concurrent @Sendable () async throws -> Value
  ) async throws -> Value {
    guard !isStopping else { throw Refusal.stopping }
    let lane = Lane.stack(stack)
    guard lanes[lane, default: []].isEmpty, !runningLanes.values.contains(lane), !held.contains(stack) else {
      throw Refusal.busy(stack)
    }
    let id = Self.newID()
    runningLanes[id] = lane
    defer {
      runningLanes[id] = nil
      begin()
    }
    return try await body()
  }

  /// Lets nothing begin on these stacks until they are released; what is asked for waits (R-OP-4).
  package func hold(_ stacks: Set<StackKey>) { held.formUnion(stacks) }

  package func release(_ stacks: Set<StackKey>) {
    held.subtract(stacks)
    begin()
  }

  /// Ends a job: one that waits at once, one that runs by undoing what it began.
  package func cancel(_ id: String) async throws {
    if let task = tasks[id] { return task.cancel() }
    for (lane, entries) in lanes {
      guard let entry = entries.first(where: { $0.id == id }) else { continue }
      lanes[lane]?.removeAll { $0.id == id }
      _ = try await store.updateJob(id, JobChange(state: .cancelled))
      tell(id, entry.request, .cancelled)
      return
    }
    guard let job = try await store.job(id) else { throw Refusal.unknown(id) }
    guard job.state.isEnd else { return }
    throw Refusal.hasEnded(id)
  }

  /// Takes on no more, and waits for what runs; what has not ended within `limit` is left to be resumed (R-STOP-1).
  ///
  /// What has not begun is cancelled, and says so: it is known only to this process what it would have done.
  package func stop(limit: Duration) async {
    isStopping = true
    let waiting = lanes.values.flatMap { $0 }.filter(\.isStored)
    lanes = [:]
    for entry in waiting { await abandon(entry.id, entry.request) }
    let running = Array(tasks.values)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for task in running { await task.value } }
      // WHY try?: it is cancelled when the others have ended.
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }

  /// How many run and wait.
  package var load: (running: Int, waiting: Int) { (tasks.count, lanes.values.reduce(0) { $0 + $1.count }) }

  // MARK: Running

  private func begin() {
    while !isStopping, tasks.count < Self.runningLimit, let lane = nextLane(), let entry = lanes[lane]?.removeFirst() {
      if lanes[lane]?.isEmpty == true { lanes[lane] = nil }
      runningLanes[entry.id] = lane
      runningRequests[entry.id] = entry.request
      // WHY: the job outlives the call that asked for it.
      tasks[entry.id] = Task { await run(entry) }
    }
  }

  /// Of those that may begin, the one that was asked for first.
  private func nextLane() -> Lane? {
    var running: [Lane: Int] = [:]
    var onServers = 0
    for lane in runningLanes.values {
      running[lane, default: 0] += 1
      if case .server = lane { onServers += 1 }
    }
    return lanes.filter { lane, entries in
      guard entries.first?.isStored == true else { return false }
      switch lane {
      case .stack(let stack): return running[lane] == nil && !held.contains(stack)
      case .server: return running[lane, default: 0] < Self.runningPerServer && onServers < Self.serverRunningLimit
      }
    }.min { ($0.value.first?.number ?? 0) < ($1.value.first?.number ?? 0) }?.key
  }

  private func run(_ entry: Entry) async {
    let secrets = if let stack = entry.request.stack { await known(stack) } else { KnownSecrets() }
    let progress = JobProgress(
      job: entry.id, stack: entry.request.stack, server: entry.request.server, secrets: secrets, store: store, events: events)
    progress.reach(.planning)
    let begun = ContinuousClock.now
    var change = JobChange()
    do {
      let outcome = try await progress.recording { try await Self.within(entry.request.limit) { try await entry.work(progress) } }
      change.state = outcome.state
      change.revision = outcome.revision
      change.result = Self.bounded(secrets.map(outcome.result))
    } catch {
      let isCancelled = error is CancellationError || Task.isCancelled
      change.state = isCancelled ? .cancelled : .failed
      change.error = Self.bounded(secrets.map(describe(error)))
    }
    let end = change.state ?? .failed
    ended[Ended(kind: entry.request.kind, state: end), default: EndedJobs()].count += 1
    ended[Ended(kind: entry.request.kind, state: end), default: EndedJobs()].time += begun.duration(to: .now)
    do {
      _ = try await store.updateJob(entry.id, change)
    } catch {
      // The store says why to whoever asks it next; at the next start the job is found and ended.
      events.publish("storage.failed", [("message", .string("\(error)"))])
    }
    tell(entry.id, entry.request, end, revision: change.revision)
    tasks[entry.id] = nil
    runningLanes[entry.id] = nil
    runningRequests[entry.id] = nil
    finished()
    begin()
  }

  /// - Throws: `Refusal.outOfTime`, and what `body` throws; `body` is cancelled then, and waited for.
  private static func within<Value: Sendable>(
    _ limit: Duration?, _ body: @escaping @concurrent @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let limit else { return try await body() }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw Refusal.outOfTime(limit: limit) }
      return value
    }
  }

  /// Ends a job that was stored and will never begin.
  private func abandon(_ id: String, _ request: Request) async {
    var change = JobChange(state: .cancelled)
    change.error = Self.bounded(
      ComposeMap([
        ("code", .string("server_stopped")), ("detail", .string("the server was stopped before it began: nothing was changed")),
        ("remedy", .string("ask for it again")),
      ]))
    // WHY try?: where it cannot be written now, the next start finds the job and ends it.
    _ = try? await store.updateJob(id, change)
    tell(id, request, .cancelled)
  }

  private func tell(_ id: String, _ request: Request, _ state: OperationState, revision: Int? = nil) {
    events.publish(
      "operation.changed", server: request.server, stack: request.stack?.project,
      [
        ("operation", .string(id)), ("kind", .string(request.kind)), ("state", .string(state.rawValue)),
        ("title", .string(request.title)), ("requested_by", .string(request.requestedBy)),
        ("revision", revision.map { .int($0) } ?? .null),
      ])
  }

  /// As the store takes it: 64 KiB.
  private static func bounded(_ map: ComposeMap) -> String {
    let text = ComposeValue.map(map).json(indented: false)
    guard text.utf8.count > 64 << 10 else { return text }
    return ComposeValue.map(ComposeMap([("truncated", .bool(true)), ("text", .string(String(text.prefix(16 << 10))))]))
      .json(indented: false)
  }

  /// 24 hexadecimal digits that sort by time.
  private static func newID() -> String {
    let time = String(Timestamp.systemNow().milliseconds, radix: 16)
    let random = String(UInt64.random(in: 0..<(1 << 48)), radix: 16)
    return String(repeating: "0", count: max(0, 12 - time.count)) + time
      + String(repeating: "0", count: max(0, 12 - random.count)) + random
  }
}
