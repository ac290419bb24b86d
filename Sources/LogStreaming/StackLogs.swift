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
  /// The engine keeps no logs of the container that it could give; its end is told all the same.
  case unreadable(LogSource, reason: String)
}

/// The logs of the containers of a stack, merged by time.
///
/// The engine's streams are read only as fast as the lines are taken: nothing is dropped, and at most `LogMerger.queueLimit` lines a
/// container are held, whatever the length of the history.
package struct StackLogs: Sendable {
  private let engine: EngineClient

  package init(_ engine: EngineClient) { self.engine = engine }

  /// What the containers wrote until now, merged by time.
  ///
  /// `deliver` answers whether it wants more.
  package func history(
    of sources: [LogSource], _ selection: LogSelection, _ deliver: (LogLine) throws -> Bool
  ) async throws {
    let merger = LogMerger(window: nil)
    let readers = sources.map { source in (source, merger.addQueue()) }
    merger.seal()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (source, queue) in readers {
        group.addTask {
          do {
            var cursor = LogCursor()
            _ = try await read(source, selection, follows: false, &cursor, into: queue, of: merger)
            merger.end(queue)
          } catch {
            // The merger must not wait for a stream that has broken.
            merger.end(queue)
            throw error
          }
        }
      }
      try await drain(merger) { event in
        guard case .line(let line) = event else { return true }
        return try deliver(line)
      }
      group.cancelAll()
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !merger.isAbandoned { throw error }
      }
    }
  }

  /// The history of the containers, then what they write, merged by time within a short window.
  ///
  /// Ends when all have ended, and none has joined for a second. A container that the engine starts again is followed on without a lost or doubled line. `joining` gives containers
  /// that start later; it is read until the end.
  package func follow(
    _ sources: [(LogSource, LogSelection)], joining: AsyncStream<LogSource>? = nil,
    _ deliver: (LogEvent) throws -> Bool
  ) async throws {
    let merger = LogMerger(window: .milliseconds(50))
    try await withThrowingTaskGroup(of: Void.self) { group in
      let readers = sources.map { ($0.0, $0.1, merger.addQueue()) }
      let active = ActiveSources(sources.map(\.0.id))
      if joining == nil { merger.seal() }
      for (source, selection, queue) in readers {
        group.addTask { try await follow(source, selection, queue, merger, active) }
      }
      if let joining {
        group.addTask {
          try await withThrowingTaskGroup(of: Void.self) { group in
            // Nothing joins any more once all have been silent for good.
            group.addTask {
              await active.waitUntilIdle()
              merger.seal()
            }
            for await source in joining where active.enter(source.id) {
              let queue = merger.addQueue()
              group.addTask { try await follow(source, LogSelection(), queue, merger, active) }
            }
            merger.seal()
            try await group.waitForAll()
          }
        }
      }
      try await drain(merger, deliver)
      group.cancelAll()
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !merger.isAbandoned, !(error is CancellationError) { throw error }
      }
    }
  }

  private func drain(_ merger: LogMerger, _ deliver: (LogEvent) throws -> Bool) async throws {
    defer { merger.abandon() }
    while let event = try await merger.next() {
      guard try deliver(event) else { return }
    }
    merger.finish()
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
    var isTold = false
    while true {
      do {
        guard try await read(source, selection, follows: true, &cursor, into: queue, of: merger) else { return }
      } catch {
        guard let refusal = error as? EngineError, case .api(_, _, let message) = refusal else { throw error }
        if !isTold, await !merger.push([.unreadable(source, reason: message)], to: queue) { return }
        isTold = true
        try await Task.sleep(for: Self.unreadablePoll)
      }
      guard let state = try await state(of: source) else {
        code = nil
        break
      }
      code = state.exitCode
      if state.status == .exited || state.status == .dead || state.status == .created { break }
      // Restarted by the engine, or about to be: the stream is opened again from the last line.
      try await Task.sleep(for: .milliseconds(100))
    }
    await merger.push([.ended(source, code: code)], to: queue)
  }

  /// Between two looks at a container whose logs cannot be read.
  private static let unreadablePoll: Duration = .milliseconds(400)

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
    guard let stream = try await stream(of: source, options) else { return true }
    for try await frame in stream {
      let lines = splitter.lines(of: frame).filter { cursor.isNew($0.time) }
      if !lines.isEmpty, await !merger.push(lines.map { .line($0) }, to: queue) { return false }
    }
    let rest = splitter.rest().filter { cursor.isNew($0.time) }
    return rest.isEmpty ? true : await merger.push(rest.map { .line($0) }, to: queue)
  }

  /// nil when the container is gone.
  private func stream(of source: LogSource, _ options: LogOptions) async throws -> LogStream? {
    do {
      return try await engine.logs(of: source.id, options)
    } catch {
      guard case .notFound = error else { throw error }
      return nil
    }
  }

  /// nil when the container is gone.
  private func state(of source: LogSource) async throws -> ContainerState? {
    do {
      return try await engine.inspectContainer(source.id).state
    } catch {
      guard case .notFound = error else { throw error }
      return nil
    }
  }
}
