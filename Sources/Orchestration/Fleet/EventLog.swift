package import ComposeFile
package import RevisionStore
import Synchronization

/// Something that happened, as everybody who watches is told.
package struct LiveEvent: Sendable {
  /// Counts from 1 within one run of the server.
  package var sequence: Int
  package var at: Timestamp
  /// Such as `container.changed` or `operation.ended`.
  package var kind: String
  package var server: String?
  package var stack: String?
  /// What belongs to the kind.
  package var fields: ComposeMap

  /// What it costs to keep, roughly.
  var sizeBytes: Int
}

/// What happened lately, for those who watch it live and those who were away for a moment.
///
/// Keeps a bounded number of events; each watcher reads at its own pace from its own place, so that a slow one costs nothing and
/// is told how many it missed.
package final class EventLog: Sendable {
  /// Events kept.
  private static let limit = 10_000
  private static let limitBytes = 8 << 20
  /// Events given out at once.
  private static let batch = 200

  private struct State {
    var events: [LiveEvent] = []
    /// Index of the first that is kept.
    var first = 0
    var sizeBytes = 0
    var last = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
  }

  /// Tells this run's sequence numbers from those of others.
  package let run: String
  private let state = Mutex(State())
  private let now: @Sendable () -> Timestamp

  package init(run: String, now: @escaping @Sendable () -> Timestamp = Timestamp.systemNow) {
    self.run = run
    self.now = now
  }

  /// The sequence number of the newest event; 0 before the first.
  package var last: Int { state.withLock(\.last) }

  package func publish(_ kind: String, server: String? = nil, stack: String? = nil, _ fields: [(String, ComposeValue)] = []) {
    let map = ComposeMap(fields)
    let size = 200 + fields.reduce(0) { $0 + $1.0.utf8.count + Self.size(of: $1.1) }
    let at = now()
    let waiting = state.withLock { state in
      state.last += 1
      state.events.append(
        LiveEvent(sequence: state.last, at: at, kind: kind, server: server, stack: stack, fields: map, sizeBytes: size))
      state.sizeBytes += size
      while state.events.count - state.first > Self.limit || state.sizeBytes > Self.limitBytes {
        state.sizeBytes -= state.events[state.first].sizeBytes
        state.first += 1
      }
      if state.first > Self.limit {
        state.events.removeFirst(state.first)
        state.first = 0
      }
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for waiter in waiting { waiter.resume() }
  }

  /// The events behind a place, and how many of those are not kept any more. Empty: there is none yet.
  package func events(after sequence: Int) -> (events: [LiveEvent], missed: Int) {
    state.withLock { state in
      let kept = state.events.count - state.first
      let oldest = state.last - kept + 1
      let from = max(sequence + 1, oldest)
      guard from <= state.last else { return ([], 0) }
      let start = state.first + from - oldest
      return (Array(state.events[start..<min(start + Self.batch, state.events.count)]), from - sequence - 1)
    }
  }

  /// Returns when there is an event behind a place, or the task is cancelled.
  package func wait(after sequence: Int) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          guard state.last <= sequence, !Task.isCancelled else { return true }
          state.waiting[id] = continuation
          return false
        }
        if isThere { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
    }
  }

  private static func size(of value: ComposeValue) -> Int {
    switch value {
    case .null, .bool, .int, .double: 8
    case .string(let text): text.utf8.count
    case .list(let items): items.reduce(0) { $0 + size(of: $1) }
    case .map(let map): map.pairs.reduce(0) { $0 + $1.key.utf8.count + size(of: $1.value) }
    }
  }
}
