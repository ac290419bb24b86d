package import DockerEngine

/// A container whose output is read.
package struct LogSource: Hashable, Sendable {
  package var id: String
  /// Its name, as lines carry it.
  package var name: String

  package init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}

/// Which lines of each container are wanted.
package struct LogSelection: Hashable, Sendable {
  /// The last lines only; nil is all.
  package var tail: Int?
  package var since: EngineTimestamp?
  package var until: EngineTimestamp?

  package init(tail: Int? = nil, since: EngineTimestamp? = nil, until: EngineTimestamp? = nil) {
    self.tail = tail
    self.since = since
    self.until = until
  }
}

/// What comes out of a stack's logs.
package enum LogEvent: Hashable, Sendable {
  case line(LogLine)
  /// The container has ended; all its lines came before. `code` is nil when it is gone.
  case ended(LogSource, code: Int?)
  /// The engine does not give what the container writes, such as under the logging driver `none`; its end comes all the same.
  case unreadable(LogSource, reason: String)
}

/// The logs of the containers of a stack, merged by time.
///
/// The engine's streams are read only as fast as the lines are taken: nothing is dropped. What is held is bounded whatever the
/// length of the history: up to 50 containers about 32 MiB together, each at most `LogMerger.queueLimitBytes`, one frame and the
/// unfinished line of each stream (`LineSplitter.partLimitBytes`).
package struct StackLogs: Sendable {
  private let engine: EngineClient
  private let patience: LinkPatience

  package init(_ engine: EngineClient, patience: LinkPatience? = nil) {
    self.engine = engine
    self.patience = patience ?? LinkPatience(engine)
  }

  /// What the containers wrote until now, merged by time.
  ///
  /// `deliver` answers whether it wants more; `unreadable` is told of each container whose logs the engine does not give; `paused` is
  /// called before more is waited for, and answers as `deliver`.
  package func history(
    of sources: [LogSource], _ selection: LogSelection, unreadable: (LogSource, String) -> Void = { _, _ in },
    paused: () throws -> Bool = { true }, _ deliver: (LogLine) throws -> Bool
  ) async throws {
    try await Self.history(of: [(self, sources)], selection, unreadable: unreadable, paused: paused, deliver)
  }

  /// What the containers of several engines wrote until now, merged by time.
  package static func history(
    of parts: [(logs: StackLogs, sources: [LogSource])], _ selection: LogSelection,
    unreadable: (LogSource, String) -> Void = { _, _ in }, paused: () throws -> Bool = { true },
    _ deliver: (LogLine) throws -> Bool
  ) async throws {
    let merger = LogMerger(window: nil)
    let readers = parts.flatMap { part in part.sources.map { source in (part.logs, source, merger.addQueue()) } }
    merger.seal()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (logs, source, queue) in readers {
        group.addTask {
          // The merger must not wait for a stream that has broken.
          defer { merger.end(queue) }
          do {
            var cursor = LogCursor()
            _ = try await logs.read(source, selection, follows: false, &cursor, into: queue, of: merger)
          } catch {
            guard let reason = ContainerLogs.refusal(error) else { throw error }
            await merger.push([.unreadable(source, reason: reason)], to: queue)
          }
        }
      }
      try await drain(merger, paused) { event in
        switch event {
        case .line(let line): return try deliver(line)
        case .unreadable(let source, let reason):
          unreadable(source, reason)
          return true
        case .ended: return true
        }
      }
      group.cancelAll()
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !merger.isAbandoned { throw error }
      }
    }
  }

  /// The history of the containers, then what they write, merged by time within a short window.
  ///
  /// Ends when all have ended, and none has joined for a second. A container that the engine starts again is followed on without
  /// a lost or doubled line, and so are all when the link to a remote engine was lost and came back; else the engine's loss ends
  /// it, with its error. `joining` gives containers that start later; it is read until the end.
  package func follow(
    _ sources: [(LogSource, LogSelection)], joining: AsyncStream<LogSource>? = nil, paused: () throws -> Bool = { true },
    _ deliver: (LogEvent) throws -> Bool
  ) async throws {
    try await Self.follow(
      [Part(logs: self, sources: sources)], joining: joining.map { [(self, $0)] } ?? [], paused: paused, deliver)
  }

  /// The containers of one engine, with what is wanted of each.
  package struct Part: Sendable {
    package var logs: StackLogs
    package var sources: [(LogSource, LogSelection)]

    package init(logs: StackLogs, sources: [(LogSource, LogSelection)]) {
      self.logs = logs
      self.sources = sources
    }
  }

  /// As `follow` of one engine, with the containers of several merged.
  package static func follow(
    _ parts: [Part], joining: [(StackLogs, AsyncStream<LogSource>)], paused: () throws -> Bool = { true },
    _ deliver: (LogEvent) throws -> Bool
  ) async throws {
    let merger = LogMerger(window: .milliseconds(50))
    try await withThrowingTaskGroup(of: Void.self) { group in
      let readers = parts.flatMap { part in part.sources.map { (part.logs, $0.0, $0.1, merger.addQueue()) } }
      let active = ActiveSources(readers.map(\.1.id))
      if joining.isEmpty { merger.seal() }
      for (logs, source, selection, queue) in readers {
        group.addTask { try await logs.followOrFail(source, selection, queue, merger, active) }
      }
      if !joining.isEmpty {
        // Nothing joins any more once all have been silent for good.
        group.addTask {
          await active.waitUntilIdle()
          merger.seal()
        }
      }
      for (logs, joined) in joining {
        group.addTask {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for await source in joined where active.enter(source.id) {
              let queue = merger.addQueue()
              group.addTask { try await logs.followOrFail(source, LogSelection(), queue, merger, active) }
            }
            try await group.waitForAll()
          }
        }
      }
      try await drain(merger, paused, deliver)
      group.cancelAll()
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !merger.isAbandoned, !(error is CancellationError) { throw error }
      }
    }
  }

  private static func drain(
    _ merger: LogMerger, _ paused: () throws -> Bool, _ deliver: (LogEvent) throws -> Bool
  ) async throws {
    defer { merger.abandon() }
    while let events = try await merger.next() {
      for event in events {
        guard try deliver(event) else { return }
      }
      guard try paused() else { return }
    }
    merger.finish()
  }

  /// One stream that breaks is the end of all: others may be silent for hours, and would hide it.
  private func followOrFail(
    _ source: LogSource, _ selection: LogSelection, _ queue: Int, _ merger: LogMerger, _ active: ActiveSources
  ) async throws {
    do {
      try await follow(source, selection, queue, merger, active)
    } catch {
      if !Task.isCancelled { merger.fail(error) }
      throw error
    }
  }

  private func follow(
    _ source: LogSource, _ selection: LogSelection, _ queue: Int, _ merger: LogMerger, _ active: ActiveSources
  ) async throws {
    defer {
      active.leave(source.id)
      merger.end(queue)
    }
    var cursor = LogCursor()
    var code: Int?
    let begin = ContinuousClock.now
    var selection = selection
    // Where it was when the container had ended.
    var last: LogCursor.Place?
    while true {
      do {
        guard try await read(source, selection, follows: last == nil, &cursor, into: queue, of: merger) else { return }
      } catch {
        if try await patience.outlasts(error) {
          if cursor.time == nil, selection.tail != nil {
            // Nothing has come since the stream was opened: all that was written since then is wanted, however many lines.
            selection.since = try await patience.outlasting { try await engineTime(ago: begin.duration(to: .now)) }
            selection.tail = nil
          }
          continue
        }
        guard let reason = ContainerLogs.refusal(error) else { throw error }
        guard await merger.push([.unreadable(source, reason: reason)], to: queue) else { return }
        code = try await patience.outlasting { try await logs(of: source).endWithoutLogs()?.exitCode }
        break
      }
      if let last, last == cursor.place { break }
      guard let state = try await patience.outlasting({ try await logs(of: source).state() }) else {
        code = nil
        break
      }
      code = state.exitCode
      if state.hasEnded {
        // WHY: engines end a stream that is followed before its last lines where a container wrote fast until its end.
        last = cursor.place
        continue
      }
      last = nil
      // Restarted by the engine, or about to be: the stream is opened again from the last line.
      try await Task.sleep(for: .milliseconds(100))
    }
    await merger.push([.ended(source, code: code)], to: queue)
  }

  private func logs(of source: LogSource) -> ContainerLogs { ContainerLogs(engine: engine, id: source.id) }

  private func engineTime(ago: Duration) async throws -> EngineTimestamp {
    let now = try await engine.info().systemTime
    let (seconds, attoseconds) = ago.components
    let nanoseconds = Int64(now.nanoseconds) - attoseconds / 1_000_000_000
    return EngineTimestamp(
      seconds: now.seconds - seconds - (nanoseconds < 0 ? 1 : 0),
      nanoseconds: Int32(nanoseconds < 0 ? nanoseconds + 1_000_000_000 : nanoseconds))
  }

  /// Reads one stream to its end; false when nobody wants more.
  private func read(
    _ source: LogSource, _ selection: LogSelection, follows: Bool, _ cursor: inout LogCursor, into queue: Int,
    of merger: LogMerger
  ) async throws -> Bool {
    var options = LogOptions()
    options.hasTimestamps = true
    options.follows = follows
    options.until = selection.until
    if let time = cursor.time {
      options.since = EngineTimestamp(time)
    } else {
      options.tail = selection.tail
      options.since = selection.since
    }
    var splitter = LineSplitter(source: source.name)
    cursor.resume()
    guard let stream = try await logs(of: source).stream(options) else { return true }
    var frames = stream.makeAsyncIterator()
    while let batch = try await frames.nextBatch() {
      var events: [LogEvent] = []
      for frame in batch {
        for line in splitter.lines(of: frame) where cursor.isNew(line.time) { events.append(.line(line)) }
      }
      if !events.isEmpty, await !merger.push(events, to: queue) { return false }
    }
    let rest = splitter.rest().filter { cursor.isNew($0.time) }
    return rest.isEmpty ? true : await merger.push(rest.map { .line($0) }, to: queue)
  }
}
