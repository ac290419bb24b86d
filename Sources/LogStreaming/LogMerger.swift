import Synchronization

/// Puts the lines of several containers into the order of their times.
///
/// Each container has a queue of bounded length; a producer waits while its queue is full. Without a window a line goes out when each open queue has one
/// to compare with (history). With a window it also goes out when it has waited that long for silent containers (following).
final class LogMerger: Sendable {
  /// Lines that one container may have waiting.
  static let queueLimit = 512
  /// Bytes that one container may have waiting; one push more than that is taken.
  static let queueBytes = 256 << 10
  /// How long a container that has not shown anything yet is waited for, when following.
  static let openingWindow: Duration = .milliseconds(300)

  private struct Queue {
    var events: [LogEvent] = []
    var bytes = 0
    /// Index of the first that was not taken.
    var first = 0
    var isEnded = false
    var isSilentSoFar = true
    var headSince: ContinuousClock.Instant = .now
    var producer: CheckedContinuation<Bool, Never>?

    var isEmpty: Bool { first == events.count }
    var isFull: Bool { events.count - first >= LogMerger.queueLimit || bytes >= LogMerger.queueBytes }
    /// Half empty again: its producer may go on.
    var hasRoom: Bool { events.count - first < LogMerger.queueLimit / 2 && bytes < LogMerger.queueBytes / 2 }

    private static let taken = LogEvent.ended(LogSource(id: "", name: ""), code: nil)

    mutating func append(_ more: [LogEvent]) {
      events += more
      bytes += more.reduce(0) { $0 + LogMerger.bytes(of: $1) }
    }

    mutating func pop() -> LogEvent {
      let event = events[first]
      // Not kept until all are taken: lines may be long.
      events[first] = Self.taken
      bytes -= LogMerger.bytes(of: event)
      first += 1
      headSince = .now
      if first == events.count {
        events.removeAll(keepingCapacity: true)
        first = 0
      }
      return event
    }
  }

  private struct State {
    var queues: [Int: Queue] = [:]
    var nextID = 0
    /// No further queue will come.
    var isSealed = false
    /// Nobody takes lines any more.
    var isAbandoned = false
    var isFinished = false
    var consumer: CheckedContinuation<Void, Never>?
    /// Something came since the consumer looked last.
    var hasNews = false
    var start: ContinuousClock.Instant = .now
  }

  private enum Decision {
    case event(LogEvent, wake: CheckedContinuation<Bool, Never>?)
    case wait(until: ContinuousClock.Instant?)
    case end
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
      guard !state.isAbandoned, var queue = state.queues[id] else { return nil }
      state.queues[id] = nil
      if queue.isEmpty { queue.headSince = .now }
      queue.append(events)
      queue.isSilentSoFar = false
      let isFull = queue.isFull
      state.queues[id] = queue
      return isFull
    }
    guard let isFull else { return false }
    wakeConsumer { _ in }
    guard isFull else { return true }
    return await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if state.isAbandoned { return false }
        guard let queue = state.queues[id], queue.isFull else { return true }
        state.queues[id]?.producer = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  func end(_ id: Int) {
    wakeConsumer { $0.queues[id]?.isEnded = true }
  }

  // MARK: Consumer

  /// The next in time; nil when all queues have ended and are empty. Throws when the task is cancelled.
  func next() async throws -> LogEvent? {
    while true {
      try Task.checkCancellation()
      switch decide() {
      case .event(let event, let producer):
        producer?.resume(returning: true)
        return event
      case .end: return nil
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

  private func decide() -> Decision {
    state.withLock { state in
      state.hasNews = false
      for (id, queue) in state.queues where queue.isEnded && queue.isEmpty { state.queues[id] = nil }
      var best: (id: Int, time: String)?
      var oldest: ContinuousClock.Instant?
      var mayMiss = false
      var isOpening = false
      for (id, queue) in state.queues {
        guard !queue.isEmpty else {
          mayMiss = true
          isOpening = isOpening || queue.isSilentSoFar
          continue
        }
        let time = Self.time(of: queue.events[queue.first])
        if best.map({ (time, id) < ($0.time, $0.id) }) ?? true { best = (id, time) }
        oldest = oldest.map { min($0, queue.headSince) } ?? queue.headSince
      }
      guard let best, let oldest else {
        return state.queues.isEmpty && state.isSealed ? .end : .wait(until: nil)
      }
      if mayMiss {
        guard let window else { return .wait(until: nil) }
        let due = isOpening ? max(state.start + Self.openingWindow, oldest + window) : oldest + window
        if ContinuousClock.now < due { return .wait(until: due) }
      }
      guard var queue = state.queues.removeValue(forKey: best.id) else { return .wait(until: nil) }
      let event = queue.pop()
      var producer: CheckedContinuation<Bool, Never>?
      if queue.hasRoom { producer = queue.producer.take() }
      state.queues[best.id] = queue
      return .event(event, wake: producer)
    }
  }

  private static func bytes(of event: LogEvent) -> Int {
    if case .line(let line) = event { line.text.utf8.count } else { 0 }
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
