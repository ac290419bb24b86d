package import DockerEngine
import Synchronization

/// Gives the lines of containers to any number of clients, with one reader for each container.
///
/// A reader begins with the first client that follows its container, and ends within 2.5 s of the last. All rings together hold
/// 64 MiB at most (R-LOG-1). `shutdown` must be called at the end.
package final class LogHub: Sendable {
  /// How long a reader outlives its last client: a page that is reloaded finds it again.
  static let linger: Duration = .seconds(2)
  /// Between two looks at readers without clients, and at clients that do not move.
  static let interval: Duration = .milliseconds(500)

  private struct Reading {
    var reader: ContainerReader
    var task: Task<Void, Never>
  }

  private struct State {
    var readings: [LogOriginKey: Reading] = [:]
    var servers: [String?: (engine: EngineClient, patience: LinkPatience)] = [:]
    var subscriptions: [ObjectIdentifier: LogSubscription] = [:]
    var sweeper: Task<Void, Never>?
    var isShutDown = false
  }

  let clock: LogClock
  private let memory: RingMemory
  let counts = LogCounts()
  private let linkLimit: Duration
  private let engine: @Sendable (_ server: String?) async throws -> EngineClient
  private let state = Mutex(State())
  private let sweep: WakeSignal

  /// - Parameters:
  ///   - linkLimit: How long an engine that went away is waited for, also one on this machine.
  ///   - engine: The engine of a server; asked whenever a container of it is opened.
  package init(
    clock: LogClock = .continuous, linkLimit: Duration = LinkPatience.standardLimit,
    engine: @escaping @Sendable (_ server: String?) async throws -> EngineClient
  ) {
    self.clock = clock
    self.linkLimit = linkLimit
    self.engine = engine
    let sweep = WakeSignal(clock)
    self.sweep = sweep
    memory = RingMemory { sweep.wake() }
  }

  // MARK: What clients use

  /// Subscribes; `close` must be called on what it gives.
  ///
  /// - Parameters:
  ///   - form: How lines are written.
  ///   - isEnded: Called when the subscription ends by itself, because nothing was taken for too long or the hub is shut down: the
  ///     client may be waiting for something else than `next`.
  /// - Throws: `LogStreamError`, and what `engine` throws.
  package func subscribe(
    _ request: LogRequest, form: LogForm = .json, isEnded: @escaping @Sendable () -> Void = {}
  ) async throws -> LogSubscription {
    let subscription = LogSubscription(self, request, form: form, clock: clock, isEnded: isEnded)
    let isOpen = state.withLock { state in
      guard !state.isShutDown else { return false }
      state.subscriptions[ObjectIdentifier(subscription)] = subscription
      // WHY: one task for all that goes by time; it ends when there is nothing left to look at.
      if state.sweeper == nil { state.sweeper = Task { await self.sweepOn() } }
      return true
    }
    guard isOpen else { throw LogStreamError.shutDown }
    do {
      try await subscription.setSources(request.origins)
    } catch {
      await subscription.close()
      throw error
    }
    return subscription
  }

  /// Runs `body` with a subscription, and closes it.
  package func withSubscription<Value>(
    _ request: LogRequest, form: LogForm = .json, _ body: (LogSubscription) async throws -> Value
  ) async throws -> Value {
    let subscription = try await subscribe(request, form: form)
    do {
      let value = try await body(subscription)
      await subscription.close()
      return value
    } catch {
      await subscription.close()
      throw error
    }
  }

  /// A container has another state: subscriptions that were told its end go on with it where it was started since.
  ///
  /// - Parameter runs: it runs now.
  package func containerChanged(_ id: String, on server: String?, runs: Bool) async {
    let key = LogOriginKey(server: server, id: id)
    for subscription in subscriptions { await subscription.changed(key, runs: runs) }
  }

  /// As `containerChanged`, of any: nobody knows which.
  package func containersChanged() async {
    for subscription in subscriptions { await subscription.changed(nil, runs: false) }
  }

  /// Ends all subscriptions with `LogStreamError.shutDown`, and all readers; returns when they have ended.
  package func shutdown() async {
    let (subscriptions, tasks) = state.withLock { state -> ([LogSubscription], [Task<Void, Never>]) in
      state.isShutDown = true
      defer {
        state.readings = [:]
        state.subscriptions = [:]
      }
      return (Array(state.subscriptions.values), state.readings.values.map(\.task) + [state.sweeper].compactMap { $0 })
    }
    for subscription in subscriptions { await subscription.fail(.shutDown) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  /// Containers that are read now.
  package var readerCount: Int { state.withLock { $0.readings.count } }
  package var subscriptionCount: Int { subscriptions.count }
  /// Memory of all rings.
  package var ringBytes: Int { memory.usedBytes }
  /// Lines that readers have taken from engines since the hub was made, without history for one client alone.
  package var lineCount: Int { counts.lines.load(ordering: .relaxed) }
  /// Lines that clients were told they had lost (R-LOG-1), and how often.
  package var droppedLineCount: Int { counts.dropped.load(ordering: .relaxed) }
  package var gapCount: Int { counts.gaps.load(ordering: .relaxed) }

  private var subscriptions: [LogSubscription] { state.withLock { Array($0.subscriptions.values) } }

  // MARK: What subscriptions use

  /// The engine that a container is read from, with the patience that all its readers share.
  func source(of origin: LogOrigin) async throws -> HubSource {
    let engine = try await engine(origin.server)
    let patience = state.withLock { state in
      if let known = state.servers[origin.server], known.engine === engine { return known.patience }
      let server = origin.server
      let patience = LinkPatience(engine, limit: linkLimit, waitsForLocal: true) { [weak self] notice in
        for subscription in self?.subscriptions ?? [] { subscription.post(server: server, notice) }
      }
      state.servers[server] = (engine, patience)
      return patience
    }
    return HubSource(hub: self, origin: origin, logs: ContainerLogs(engine: engine, id: origin.source.id), patience: patience)
  }

  /// Adds a client to the one reader of a container.
  func attach(_ signal: WakeSignal, to source: HubSource) -> (ContainerReader, client: Int) {
    state.withLock { state in
      let key = source.origin.key
      if let reader = state.readings[key]?.reader, reader.outcome == nil { return (reader, reader.attach(signal)) }
      let reader = ContainerReader(source.origin, clock: clock, memory: memory, counts: counts)
      let client = reader.attach(signal)
      // WHY: it belongs to all its clients, and ends after the last of them (`sweepOn`, `shutdown`).
      let task = Task { [weak self] in
        await reader.run(source.logs, source.patience)
        self?.ended(key, reader)
      }
      if state.isShutDown { task.cancel() } else { state.readings[key] = Reading(reader: reader, task: task) }
      return (reader, client)
    }
  }

  func left(_ subscription: LogSubscription) {
    state.withLock { $0.subscriptions[ObjectIdentifier(subscription)] = nil }
  }

  private func ended(_ key: LogOriginKey, _ reader: ContainerReader) {
    state.withLock { state in
      if state.readings[key]?.reader === reader { state.readings[key] = nil }
    }
  }

  // MARK: Time

  private func sweepOn() async {
    while !Task.isCancelled {
      await sweep.wait(until: clock.now() + Self.interval)
      endIdleReaders()
      for subscription in subscriptions { await subscription.checkProgress() }
      let isDone = state.withLock { state in
        guard state.readings.isEmpty, state.subscriptions.isEmpty, !state.isShutDown else { return false }
        state.sweeper = nil
        return true
      }
      if isDone { return }
    }
  }

  /// Those without clients for a while; the oldest at once when memory is short.
  private func endIdleReaders() {
    let now = clock.now()
    var isShort = memory.usedBytes > RingMemory.limitBytes
    let ended = state.withLock { state -> [Reading] in
      let idle = state.readings.compactMap { key, reading in reading.reader.idleSince.map { (key, reading, since: $0) } }
      var ended: [Reading] = []
      var freed = 0
      for (key, reading, since) in idle.sorted(by: { $0.since < $1.since }) where isShort || now - since >= Self.linger {
        state.readings[key] = nil
        ended.append(reading)
        freed += reading.reader.ringBytes
        isShort = isShort && memory.usedBytes - freed > RingMemory.limitBytes
      }
      return ended
    }
    for reading in ended { reading.task.cancel() }
  }
}

/// A container as the hub reads it.
struct HubSource: Sendable {
  let hub: LogHub
  let origin: LogOrigin
  let logs: ContainerLogs
  let patience: LinkPatience

  func attach(_ signal: WakeSignal) -> (ContainerReader, client: Int) { hub.attach(signal, to: self) }
}
