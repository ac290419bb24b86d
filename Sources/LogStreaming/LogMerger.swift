import Synchronization

/// Puts the lines of several containers into the order of their times.
///
/// Each container has a queue of bounded length and size; a producer waits while its queue is full. Without a window a line goes
/// out when each open queue has one to compare with (history). With a window it also goes out when it has waited that long for
/// silent containers (following). The parts of a long line stay together: after a part, the next one of its container goes out
/// first, and is waited for.
final class LogMerger: Sendable {
  /// Lines that one container may have waiting.
  static let queueLimit = 512
  /// Bytes that one container may have waiting; what one frame brings may go beyond.
  static let queueLimitBytes = 256 << 10
  /// Bytes that all containers together may have waiting, shared out evenly among them.
  static let totalLimitBytes = 16 << 20
  /// What an event costs beyond its text, roughly.
  static let eventCostBytes = 192
  /// Events that were taken are dropped from their queue in batches of this size.
  private static let dropBatch = 64
  /// Events that are given out at once, at most.
  private static let batch = 256
  /// How long a container that has not shown anything yet is waited for, when following.
  static let openingWindow: Duration = .milliseconds(300)
  /// How long the next part of a line is waited for, when following.
  static let partWindow: Duration = .milliseconds(300)

  private struct Queue {
    var events: [LogEvent] = []
    /// When each of them came.
    var arrivals: [ContinuousClock.Instant] = []
    /// Index of the first that was not taken.
    var first = 0
    /// Of those not taken.
    var sizeBytes = 0
    /// What it gave last was a part of a line that goes on.
    var isWithinLine = false
    var isEnded = false
    var isSilentSoFar = true
    /// When the one before the first was taken.
    var lastTaken: ContinuousClock.Instant = .now
    var producer: CheckedContinuation<Bool, Never>?

    var isEmpty: Bool { first == events.count }
    var count: Int { events.count - first }
    /// How long the first, or the next one, is waited with.
    var headSince: ContinuousClock.Instant { isEmpty ? lastTaken : arrivals[first] }

    mutating func push(_ new: [LogEvent]) {
      events += new
      arrivals += Array(repeating: .now, count: new.count)
      sizeBytes += new.reduce(0) { $0 + LogMerger.cost(of: $1) }
      isSilentSoFar = false
    }

    mutating func pop() -> LogEvent {
      let event = events[first]
      first += 1
      sizeBytes -= LogMerger.cost(of: event)
      if case .line(let line) = event {
        isWithinLine = line.isPartial
        if isWithinLine { lastTaken = .now }
      }
      // A queue that is filled as fast as it is read never gets empty: what was taken must not stay in it.
      if first == events.count || first >= LogMerger.dropBatch {
        events.removeFirst(first)
        arrivals.removeFirst(first)
        first = 0
      }
      return event
    }
  }

  private struct State {
    var queues: [Int: Queue] = [:]
    var nextID = 0
    /// The queue that gave a part of a line that goes on.
    var openQueue: Int?
    /// Why a producer gave up: thrown when all that waits was taken.
    var failure: (any Error)?
    /// No further queue will come.
    var isSealed = false
    /// Nobody takes lines any more.
    var isAbandoned = false
    var isFinished = false
    var consumer: CheckedContinuation<Void, Never>?
    /// Something came since the consumer looked last.
    var hasNews = false
    var start: ContinuousClock.Instant = .now

    /// Whether a queue holds what it may, or `part` of that.
    func isFull(_ queue: Queue, part: Int = 1) -> Bool {
      let limitBytes = min(LogMerger.queueLimitBytes, LogMerger.totalLimitBytes / max(1, queues.count))
      return queue.count >= LogMerger.queueLimit / part || queue.sizeBytes >= limitBytes / part && !queue.isEmpty
    }
  }

  private enum Decision {
    case events([LogEvent], wake: [CheckedContinuation<Bool, Never>])
    case wait(until: ContinuousClock.Instant?)
    case end
    case failure(any Error)
  }

  private let window: Duration?
  private let state = Mutex(State())

  /// - Parameter window: nil: an exact merge of streams that end.
  init(window: Duration?) { self.window = window }

  // MARK: Producers

  func addQueue() -> Int {
    state.withLock { state in
      state.nextID += 1
      state.queues[state.nextID] = Queue()
      return state.nextID
    }
  }

  /// No queue will be added any more: the merge ends with those that are there.
  func seal() {
    wakeConsumer { $0.isSealed = true }
  }

  /// Waits while the queue is full; false when nobody wants more.
  @discardableResult
  func push(_ events: [LogEvent], to id: Int) async -> Bool {
    let isFull: Bool? = state.withLock { state in
      guard !state.isAbandoned, var queue = state.queues.removeValue(forKey: id) else { return nil }
      queue.push(events)
      state.queues[id] = queue
      return state.isFull(queue)
    }
    guard let isFull else { return false }
    wakeConsumer { _ in }
    guard isFull else { return true }
    return await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if state.isAbandoned { return false }
        guard let queue = state.queues[id], state.isFull(queue) else { return true }
        state.queues[id]?.producer = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  func end(_ id: Int) {
    wakeConsumer { $0.queues[id]?.isEnded = true }
  }

  /// A producer gives up: what waits goes out, then the consumer gets the first of such errors.
  func fail(_ error: any Error) {
    wakeConsumer { $0.failure = $0.failure ?? error }
  }

  // MARK: Consumer

  /// The next ones in time, as far as they are known now; nil when all queues have ended and are empty. Throws when the task is
  /// cancelled.
  func next(atMost limit: Int = batch) async throws -> [LogEvent]? {
    while true {
      try Task.checkCancellation()
      switch decide(atMost: limit) {
      case .events(let events, let producers):
        for producer in producers { producer.resume(returning: true) }
        return events
      case .end: return nil
      case .failure(let error): throw error
      case .wait(let deadline): await wait(until: deadline)
      }
    }
  }

  var isAbandoned: Bool { state.withLock { $0.isAbandoned && !$0.isFinished } }

  /// All was taken.
  func finish() { state.withLock { $0.isFinished = true } }

  /// Lets waiting producers go; what they still have is not wanted.
  func abandon() {
    let producers = state.withLock { state in
      state.isAbandoned = true
      let producers = state.queues.values.compactMap(\.producer)
      for id in state.queues.keys { state.queues[id]?.producer = nil }
      return producers
    }
    for producer in producers { producer.resume(returning: false) }
  }

  private func decide(atMost limit: Int) -> Decision {
    state.withLock { state in
      state.hasNews = false
      for (id, queue) in state.queues where queue.isEnded && queue.isEmpty { state.queues[id] = nil }
      var events: [LogEvent] = []
      var producers: [CheckedContinuation<Bool, Never>] = []
      while events.count < limit {
        switch choose(&state) {
        case .queue(let id):
          guard let event = state.queues[id]?.pop() else { continue }
          events.append(event)
          state.openQueue = state.queues[id]?.isWithinLine == true ? id : nil
          if let queue = state.queues[id], queue.producer != nil, !state.isFull(queue, part: 2) {
            state.queues[id]?.producer.take().map { producers.append($0) }
          }
        // Where something was taken, the same is found the next time.
        case .wait(let until): return events.isEmpty ? .wait(until: until) : .events(events, wake: producers)
        case .end: return events.isEmpty ? .end : .events(events, wake: producers)
        case .failure(let error): return events.isEmpty ? .failure(error) : .events(events, wake: producers)
        }
      }
      return .events(events, wake: producers)
    }
  }

  private enum Choice {
    case queue(Int)
    case wait(until: ContinuousClock.Instant?)
    case end
    case failure(any Error)
  }

  /// Which queue the next event is taken from.
  private func choose(_ state: inout State) -> Choice {
    if let open = state.openQueue, let queue = state.queues[open] {
      if !queue.isEmpty { return .queue(open) }
      // Nothing may come between the parts of a line; when following, only for so long.
      let due = window.map { _ in queue.headSince + Self.partWindow }
      if !queue.isEnded, state.failure == nil, due.map({ ContinuousClock.now < $0 }) ?? true { return .wait(until: due) }
    }
    var best: (id: Int, time: String)?
    var oldest: ContinuousClock.Instant?
    var mayMiss = false
    var isOpening = false
    for (id, queue) in state.queues {
      guard !queue.isEmpty else {
        if queue.isEnded { continue }
        mayMiss = true
        isOpening = isOpening || queue.isSilentSoFar
        continue
      }
      let time = Self.time(of: queue.events[queue.first])
      if best.map({ (time, id) < ($0.time, $0.id) }) ?? true { best = (id, time) }
      oldest = oldest.map { min($0, queue.headSince) } ?? queue.headSince
    }
    guard let best, let oldest else {
      if let failure = state.failure { return .failure(failure) }
      return state.queues.values.allSatisfy(\.isEnded) && state.isSealed ? .end : .wait(until: nil)
    }
    if mayMiss, state.failure == nil {
      guard let window else { return .wait(until: nil) }
      let due = isOpening ? max(state.start + Self.openingWindow, oldest + window) : oldest + window
      if ContinuousClock.now < due { return .wait(until: due) }
    }
    return .queue(best.id)
  }

  private static func cost(of event: LogEvent) -> Int {
    guard case .line(let line) = event else { return eventCostBytes }
    return line.text.utf8.count + eventCostBytes
  }

  /// An end has no time of its own: nothing of its container follows, so it goes out at once.
  private static func time(of event: LogEvent) -> String {
    if case .line(let line) = event { line.time } else { "" }
  }

  private func wait(until deadline: ContinuousClock.Instant?) async {
    let alarm = deadline.map { deadline in
      Task {
        try? await Task.sleep(until: deadline, clock: .continuous)
        wakeConsumer { _ in }
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isLate: Bool = state.withLock { state in
          // Something may have come between the decision and now.
          if Task.isCancelled || state.hasNews {
            state.hasNews = false
            return true
          }
          state.consumer = continuation
          return false
        }
        if isLate { continuation.resume() }
      }
    } onCancel: {
      wakeConsumer { _ in }
    }
    alarm?.cancel()
  }

  private func wakeConsumer(_ change: (inout State) -> Void) {
    let consumer = state.withLock { state in
      change(&state)
      state.hasNews = true
      let consumer = state.consumer.take()
      if consumer != nil { state.hasNews = false }
      return consumer
    }
    consumer?.resume()
  }
}
