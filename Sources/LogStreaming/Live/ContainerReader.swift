import DockerEngine
import Synchronization

/// The one reader of a container's log, shared by all who follow it: a ring of lines that each client reads at its own place.
///
/// A client costs no memory of its own. When the ring is full of lines that no client has taken, the reader waits, and so does
/// the engine; but not for clients that take nothing for a second, nor for slow ones beside one that keeps up: those lose the
/// oldest lines, and are told how many.
final class ContainerReader: Sendable {
  /// How long clients that take nothing are waited for (R-LOG-1).
  static let patience: Duration = .seconds(1)

  /// How the reading ended.
  enum Outcome: Hashable, Sendable {
    /// The container ended, as it was started then; nil when it is gone.
    case ended(code: Int?, startedAt: EngineTimestamp?)
    case failed(reason: String)
  }

  enum Taken {
    /// `lost` lines were dropped before it.
    case batch(LogBatch, from: Int, lost: Int)
    case nothing
    case over(Outcome)
  }

  private struct Client {
    let signal: WakeSignal
    var isJoined = false
    /// The next batch, and the first record of it that is wanted.
    var sequence = 0
    var index = 0
    /// Number of the line at that place.
    var line = 0
    var skip: LogSkip?
  }

  private struct State {
    var ring = LogRing(at: .start)
    var clients: [Int: Client] = [:]
    var nextClient = 0
    /// The ring holds the end of the log as it was at the begin.
    var isSettled = false
    var unreadable: String?
    var outcome: Outcome?
    var changes = 0
    /// Batches that clients took.
    var progress = 0
    /// Clients were waited for in vain, and took nothing since.
    var isStalled = false
    var idleSince: Duration?

    /// Whether what is added now would push out what no client has taken.
    func mustWait(for batch: LogBatch, limitBytes: Int) -> Bool {
      let first = ring.firstSequence(afterAdding: batch, limitBytes: limitBytes)
      guard !isStalled, first > ring.firstSequence else { return false }
      var hasReaders = false
      for client in clients.values where client.isJoined {
        if client.sequence >= first { return false }
        hasReaders = true
      }
      return hasReaders
    }

    /// Moves clients on over lines that they had as history, at whatever pace they take the others: these are not lost to them.
    mutating func passOver() {
      for (id, var client) in clients where client.isJoined && client.skip != nil {
        while var skip = client.skip, let entry = ring[client.sequence] {
          var from = client.index
          while from < entry.batch.count, !skip.isNew(entry.batch.records[from].time) { from += 1 }
          client.skip = skip.isDone ? nil : skip
          client.line = entry.firstLine + from
          if from < entry.batch.count {
            client.index = from
          } else {
            client.sequence += 1
            client.index = 0
          }
        }
        clients[id] = client
      }
    }
  }

  let origin: LogOrigin
  let clock: LogClock
  private let memory: RingMemory
  private let counts: LogCounts
  private let room: WakeSignal
  private let state = Mutex(State())

  init(_ origin: LogOrigin, clock: LogClock, memory: RingMemory, counts: LogCounts = LogCounts()) {
    self.origin = origin
    self.clock = clock
    self.memory = memory
    self.counts = counts
    room = WakeSignal(clock)
  }

  deinit { memory.change(by: -state.withLock { $0.ring.costBytes }) }

  // MARK: The reading side

  /// The ring holds the end of the log, or nothing can be read.
  func settle(_ ring: LogRing, unreadable: String? = nil) {
    memory.change(by: ring.costBytes)
    wakeAll { state in
      state.ring = ring
      state.unreadable = unreadable
      state.isSettled = true
    }
  }

  /// The logs can no more be read, though the container goes on.
  func refuse(_ reason: String) { wakeAll { $0.unreadable = reason } }

  /// Nothing happens where it is finished already.
  func finish(_ outcome: Outcome) { finish(outcome, unlessChangedSince: nil) }

  /// - Returns: whether it is finished: not where the container has changed since `changes` was asked for.
  @discardableResult
  func finish(_ outcome: Outcome, unlessChangedSince seen: Int?) -> Bool {
    let (isFinished, signals) = state.withLock { state -> (Bool, [WakeSignal]) in
      guard state.outcome == nil else { return (true, []) }
      guard seen.map({ $0 == state.changes }) ?? true else { return (false, []) }
      state.isSettled = true
      state.outcome = outcome
      return (true, state.clients.values.map(\.signal))
    }
    for signal in signals { signal.wake() }
    return isFinished
  }

  /// How often the container was told to have another state.
  var changes: Int { state.withLock { $0.changes } }

  /// The container has another state; gives the outcome where that comes too late for the reader to see.
  func noteChange() -> Outcome? {
    state.withLock { state in
      state.changes += 1
      return state.outcome
    }
  }

  /// Adds lines; waits as long as all clients are behind, see above.
  func publish(_ batch: LogBatch) async {
    counts.lines.add(batch.count, ordering: .relaxed)
    var deadline: Duration?
    var seen = -1
    while !Task.isCancelled {
      let limit = memory.ringLimit
      let (waits, progress, growth, signals) = state.withLock { state -> (Bool, Int, Int, [WakeSignal]) in
        if state.mustWait(for: batch, limitBytes: limit) {
          let signals = state.clients.values.filter(\.isJoined).map(\.signal)
          guard let deadline, state.progress == seen, clock.now() >= deadline else { return (true, state.progress, 0, signals) }
          state.isStalled = true
        }
        let before = state.ring.costBytes
        state.ring.append(batch)
        state.passOver()
        state.ring.trim(limitBytes: limit, needed: state.clients.values.lazy.filter(\.isJoined).map(\.sequence).min() ?? .max)
        return (false, 0, state.ring.costBytes - before, state.clients.values.map(\.signal))
      }
      memory.change(by: growth)
      // A client that waits for more before it delivers is told that there is no room for more.
      for signal in signals { signal.wake(isUrgent: waits) }
      guard waits else { return }
      if deadline == nil || progress != seen { deadline = clock.now() + Self.patience }
      seen = progress
      await room.wait(until: deadline)
    }
  }

  private func wakeAll(_ change: (inout State) -> Void) {
    let signals = state.withLock { state in
      change(&state)
      return state.clients.values.map(\.signal)
    }
    for signal in signals { signal.wake() }
  }

  // MARK: The clients' side

  /// Adds a client, which takes nothing until it has joined.
  func attach(_ signal: WakeSignal) -> Int {
    state.withLock { state in
      state.nextClient += 1
      state.clients[state.nextClient] = Client(signal: signal)
      state.idleSince = nil
      return state.nextClient
    }
  }

  func detach(_ id: Int) {
    state.withLock { state in
      state.clients[id] = nil
      if state.clients.isEmpty { state.idleSince = clock.now() }
      state.progress += 1
    }
    room.wake()
  }

  /// Since when nobody reads; nil when somebody does.
  var idleSince: Duration? { state.withLock { $0.idleSince } }

  var ringBytes: Int { state.withLock { $0.ring.costBytes } }

  var outcome: Outcome? { state.withLock { $0.outcome } }

  enum Opening {
    case notYet
    case ready
    case unreadable(reason: String)
  }

  var opening: Opening {
    state.withLock { state in
      guard state.isSettled else { return .notYet }
      return state.unreadable.map { .unreadable(reason: $0) } ?? .ready
    }
  }

  /// Told once it is known that the lines cannot be read, also in the middle.
  var unreadable: String? { state.withLock { $0.unreadable } }

  /// What a client that begins wants of the ring.
  enum Begin {
    case last(lines: Int)
    case after(LogMark)
  }

  struct Served {
    var slices: [(batch: LogBatch, from: Int)]
    /// Behind all of them, and before the first.
    var end: LogMark
    var begin: LogMark
  }

  /// What `begin` asks for where the ring holds it and it is not more than `limitBytes`; else the engine is to be asked.
  func serve(_ begin: Begin, limitBytes: Int) -> Served? {
    state.withLock { state in
      let place =
        switch begin {
        case .last(let lines): state.ring.place(ofLast: lines)
        case .after(let mark): state.ring.place(after: mark)
        }
      // What was delivered of the lines behind the ring's end must be passed over by whoever goes on.
      guard let place, place.skip == nil else { return nil }
      var slices: [(LogBatch, Int)] = []
      var bytes = 0
      for sequence in place.sequence..<state.ring.endSequence {
        guard let batch = state.ring[sequence]?.batch else { continue }
        let from = sequence == place.sequence ? place.index : 0
        bytes += batch.jsonBytes(from..<batch.count)
        guard bytes <= limitBytes else { return nil }
        slices.append((batch, from))
      }
      let start = slices.first.map { $0.0.mark(at: $0.1) } ?? state.ring.mark
      return Served(slices: slices, end: state.ring.mark, begin: start)
    }
  }

  enum Joining {
    /// Every line behind the mark comes.
    case whole
    /// Lines between the mark and the ring's first are left out; nobody knows how many.
    case amid
    /// Such lines would be left out.
    case refused
  }

  /// Lets a client go on behind `mark`; also when lines after that are not in the ring any more, if `anyway`.
  func join(_ id: Int, after mark: LogMark, anyway: Bool = false) -> Joining {
    state.withLock { state in
      let whole = state.ring.place(after: mark)
      guard let place = whole ?? (anyway ? state.ring.place(laterThan: mark) : nil), var client = state.clients[id] else {
        return .refused
      }
      client.sequence = place.sequence
      client.index = place.index
      client.line = (state.ring[place.sequence]?.firstLine ?? state.ring.nextLine) + place.index
      client.skip = place.skip
      client.isJoined = true
      state.clients[id] = client
      return whole == nil && mark.latest >= 0 && state.ring.beforeLatest > mark.latest ? .amid : .whole
    }
  }

  /// Whether lines that a client has still to take were dropped.
  func hasLost(_ id: Int) -> Bool {
    state.withLock { state in
      guard let client = state.clients[id], client.isJoined else { return false }
      return client.sequence < state.ring.firstSequence
    }
  }

  /// Takes a client's place in the ring away, until it joins again; it is waited for no more.
  func part(_ id: Int) {
    state.withLock { state in
      state.clients[id]?.isJoined = false
      state.clients[id]?.skip = nil
      state.progress += 1
    }
    room.wake()
  }

  /// The next lines for a client.
  func take(_ id: Int) -> Taken {
    let taken = state.withLock { state -> Taken in
      guard var client = state.clients[id], client.isJoined else { return .nothing }
      defer { state.clients[id] = client }
      var lost = 0
      if client.sequence < state.ring.firstSequence {
        lost = state.ring.firstLine - client.line
        client.sequence = state.ring.firstSequence
        client.index = 0
      }
      while let entry = state.ring[client.sequence] {
        var from = client.index
        if var skip = client.skip {
          while from < entry.batch.count, !skip.isNew(entry.batch.records[from].time) { from += 1 }
          client.skip = skip.isDone ? nil : skip
        }
        client.sequence += 1
        client.index = 0
        client.line = entry.firstLine + entry.batch.count
        state.progress += 1
        state.isStalled = false
        if from < entry.batch.count { return .batch(entry.batch, from: from, lost: lost) }
      }
      return state.outcome.map { .over($0) } ?? .nothing
    }
    if case .batch = taken { room.wake() }
    return taken
  }

  /// JSON that waits for a client.
  func pendingBytes(_ id: Int) -> Int {
    state.withLock { state in
      guard let client = state.clients[id], client.isJoined else { return 0 }
      return state.ring.jsonBytes(from: client.sequence)
    }
  }
}
