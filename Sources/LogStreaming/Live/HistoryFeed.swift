import DockerEngine
import Synchronization

/// Reads what one container has written until now, no faster than it is taken.
final class HistoryFeed: Sendable {
  /// Bytes that wait for being taken; what is read at once may go beyond.
  static let queueLimitBytes = 256 << 10

  /// Where the reading begins.
  enum Begin: Sendable {
    /// The last lines, or all; not older than `since`.
    case selection(tail: Int?, since: EngineTimestamp?)
    case after(LogMark)
  }

  enum End: Sendable {
    /// All was taken; the mark is behind the last line.
    case reached(LogMark, lines: Int)
    case unreadable(reason: String)
    case failed(reason: String)
  }

  enum Taken {
    case batch(LogBatch)
    case nothing
    case end(End)
  }

  private struct State {
    var queue: [LogBatch] = []
    var taken = 0
    var bytes = 0
    var end: End?
  }

  private let state = Mutex(State())
  private let consumer: WakeSignal
  private let room: WakeSignal
  private let clock: LogClock

  init(_ consumer: WakeSignal, clock: LogClock) {
    self.consumer = consumer
    self.clock = clock
    room = WakeSignal(clock)
  }

  /// The next lines.
  func take() -> Taken {
    let (taken, hasRoom) = state.withLock { state -> (Taken, Bool) in
      guard state.taken < state.queue.count else { return (state.end.map { .end($0) } ?? .nothing, false) }
      let batch = state.queue[state.taken]
      state.taken += 1
      state.bytes -= batch.costBytes
      if state.taken == state.queue.count {
        state.queue.removeAll(keepingCapacity: true)
        state.taken = 0
      }
      return (.batch(batch), state.bytes < Self.queueLimitBytes / 2)
    }
    if hasRoom { room.wake() }
    return taken
  }

  var hasSomething: Bool { state.withLock { $0.taken < $0.queue.count || $0.end != nil } }

  /// Reads to the end.
  ///
  /// - Parameter isLive: The lines go on behind it: a line that is not finished is left to those.
  func run(
    _ origin: LogOrigin, _ begin: Begin, until: EngineTimestamp?, isLive: Bool, _ logs: ContainerLogs, _ patience: LinkPatience
  ) async {
    do {
      finish(try await read(origin, begin, until: until, isLive: isLive, logs, patience))
    } catch {
      if let reason = ContainerLogs.refusal(error) {
        finish(.unreadable(reason: reason))
      } else {
        finish(.failed(reason: "\(error)"))
      }
    }
  }

  /// There is nothing to read from.
  func fail(_ reason: String) { finish(.failed(reason: reason)) }

  private func read(
    _ origin: LogOrigin, _ begin: Begin, until: EngineTimestamp?, isLive: Bool, _ logs: ContainerLogs, _ patience: LinkPatience
  ) async throws -> End {
    var options = LogOptions()
    options.hasTimestamps = true
    options.until = until
    var mark: LogMark
    switch begin {
    case .selection(let tail, let since):
      options.tail = tail
      options.since = since
      mark = tail != nil ? .unknown : since?.logNanoseconds.map { LogMark(before: $0) } ?? .start
    case .after(let known):
      mark = known
      options.since = known.sinceForEngine
    }
    var builder = LogBatchBuilder(origin, at: mark, now: clock.now)
    var lines = 0
    while true {
      do {
        guard let stream = try await logs.stream(options) else { break }
        var frames = stream.makeAsyncIterator()
        var cutter = LineCutter(partLimitBytes: LogBatchBuilder.partLimitBytes)
        while try await frames.nextFrames({ cutter.cut($1, of: $0, into: &builder) }) {
          // A read gives a few lines: as batches of their own they would wake the client's task again and again.
          for batch in builder.takeComplete() {
            lines += batch.count
            await push(batch)
          }
          try Task.checkCancellation()
        }
        if !isLive { cutter.finish(into: &builder) }
        break
      } catch {
        // What was read is shown while the engine is waited for, and before the failure.
        for batch in builder.take() {
          lines += batch.count
          await push(batch)
        }
        guard try await patience.outlasts(error) else { throw error }
        // With the lines of the mark once more.
        mark = builder.mark
        if !mark.isUnknown {
          options.tail = nil
          options.since = mark.sinceForEngine
        }
        builder.resume()
      }
    }
    for batch in builder.take() {
      lines += batch.count
      await push(batch)
    }
    return .reached(builder.mark, lines: lines)
  }

  private func push(_ batch: LogBatch) async {
    state.withLock { state in
      state.queue.append(batch)
      state.bytes += batch.costBytes
    }
    consumer.wake()
    while !Task.isCancelled, state.withLock({ $0.bytes >= Self.queueLimitBytes }) { await room.wait() }
  }

  private func finish(_ end: End) {
    state.withLock { $0.end = end }
    consumer.wake()
  }
}
