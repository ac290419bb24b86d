import DockerEngine

extension ContainerReader {
  /// Lines that the ring begins with; some more than it keeps, so that it also knows how many lines have the time of its first.
  static let openingLines = LogRing.limitLines + 24
  /// Those lines were all written within this: then it reads further back, so that marks fit into the ring.
  private static let openingSpan: Int64 = 4 * LogMark.marginNanoseconds
  private static let openingGrowth = 8
  private static let openingRounds = 3
  /// Between the end of a stream and the next look at the container.
  private static let pause: Duration = .milliseconds(100)

  /// Reads until the container has ended or the task is cancelled.
  func run(_ logs: ContainerLogs, _ patience: LinkPatience) async {
    do {
      let end = try await read(logs, patience)
      finish(.ended(code: end?.exitCode, startedAt: end?.startedAt))
    } catch {
      finish(.failed(reason: error is CancellationError ? "nobody reads any more" : "\(error)"))
    }
  }

  /// Gives the container's state at its end; nil when it is gone.
  private func read(_ logs: ContainerLogs, _ patience: LinkPatience) async throws -> ContainerState? {
    let ring: LogRing
    do {
      ring = try await patience.outlasting { try await beginning(logs) }
    } catch {
      guard let reason = ContainerLogs.refusal(error) else { throw error }
      settle(LogRing(at: .start), unreadable: reason)
      return try await patience.outlasting { try await logs.endWithoutLogs() }
    }
    settle(ring)
    var builder = LogBatchBuilder(origin, at: ring.mark, now: clock.now)
    var ended: ContainerState?
    while true {
      do {
        if let last = ended {
          // WHY: engines end a stream that is followed before its last lines where a container wrote fast until its end.
          if let lines = try await read(logs, &builder, follows: false), lines > 0 { continue }
          // It may have been started since, for the first time too.
          let seen = changes
          guard let now = try await logs.state() else { return nil }
          if now.hasEnded, now.startedAt == last.startedAt {
            if finish(.ended(code: last.exitCode, startedAt: last.startedAt), unlessChangedSince: seen) { return last }
            continue
          }
          ended = now.hasEnded ? now : nil
          continue
        }
        guard try await read(logs, &builder, follows: true) != nil else { return nil }
      } catch {
        for batch in builder.take() { await publish(batch) }
        if try await patience.outlasts(error) { continue }
        guard let reason = ContainerLogs.refusal(error) else { throw error }
        refuse(reason)
        return try await patience.outlasting { try await logs.endWithoutLogs() }
      }
      guard let state = try await patience.outlasting({ try await logs.state() }) else { return nil }
      if state.hasEnded {
        ended = state
        continue
      }
      // Restarted by the engine, or about to be: the stream is opened again from the last line.
      try await Task.sleep(for: Self.pause)
    }
  }

  /// The end of the log as it is now.
  private func beginning(_ logs: ContainerLogs) async throws -> LogRing {
    var lines = Self.openingLines
    for round in 1... {
      var options = LogOptions()
      options.hasTimestamps = true
      options.tail = lines
      var ring = LogRing(at: .unknown)
      var first: Int64?
      var builder = LogBatchBuilder(origin, at: .unknown, now: clock.now)
      if let stream = try await logs.stream(options) {
        var frames = stream.makeAsyncIterator()
        var cutter = LineCutter(partLimitBytes: LogBatchBuilder.partLimitBytes)
        while try await frames.nextFrames({ cutter.cut($1, of: $0, into: &builder) }) {
          for batch in builder.take() {
            first = first ?? batch.records.first?.time
            ring.append(batch)
            ring.trim(limitBytes: LogRing.limitBytes, needed: .max)
          }
        }
      }
      let isWhole = ring.nextLine < lines
      guard let first else { return LogRing(at: .start) }
      let isBurst = ring.mark.latest - first < Self.openingSpan
      if isWhole || !isBurst || round == Self.openingRounds {
        if !isWhole { ring.begins(amid: first) }
        return ring
      }
      lines *= Self.openingGrowth
    }
    return LogRing(at: .start)
  }

  /// Reads one stream to its end; gives how many lines were new, nil when the container is gone.
  private func read(_ logs: ContainerLogs, _ builder: inout LogBatchBuilder, follows: Bool) async throws -> Int? {
    var options = LogOptions()
    options.hasTimestamps = true
    options.follows = follows
    options.since = builder.mark.sinceForEngine
    builder.resume()
    guard let stream = try await logs.stream(options) else { return nil }
    var lines = 0
    var frames = stream.makeAsyncIterator()
    var cutter = LineCutter(partLimitBytes: LogBatchBuilder.partLimitBytes)
    while try await frames.nextFrames({ cutter.cut($1, of: $0, into: &builder) }) {
      for batch in builder.take() {
        lines += batch.count
        await publish(batch)
      }
      try Task.checkCancellation()
    }
    cutter.finish(into: &builder)
    for batch in builder.take() {
      lines += batch.count
      await publish(batch)
    }
    return lines
  }
}

extension LogMark {
  /// What the engine is asked to begin with; nil is the whole log.
  var sinceForEngine: EngineTimestamp? { isUnknown || since <= 0 ? nil : EngineTimestamp(logNanoseconds: since) }
}
