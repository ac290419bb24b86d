package import DockerEngine
package import NIOCore

/// Looks for lines in what containers have written: pages of older or newer ones, and what surrounds a moment.
///
/// The engine can only be read forwards, from a time or from a number of lines before the end; newest first reads ever longer ends of
/// the log. What was not searched is told.
package struct LogSearch: Sendable {
  package enum Order: Hashable, Sendable { case newestFirst, oldestFirst }

  /// Why a search did not go further.
  package enum Reason: Hashable, Sendable {
    /// As many lines as were asked for.
    case limit
    /// The time was up.
    case deadline
    /// All was searched.
    case end
  }

  package struct Result: Sendable {
    /// Objects with commas between them, in order of time.
    package var json: ByteBuffer
    package var count: Int
    /// From here (newest first) or up to here (oldest first) everything was searched: the moment for the next page. Nil when all was,
    /// or nothing.
    package var searchedTo: EngineTimestamp?
    package var reason: Reason
    /// Containers that could not be read.
    package var unreadable: [LogOrigin]
  }

  /// Lines of one answer; what has the time of the last line comes with it.
  package static let limitLines = 10_000
  /// Lines that are read first when the newest are wanted, and how much more each time.
  private static let firstLines = 4096
  /// For an engine that does not answer, beyond the time of the search.
  private static let grace: Duration = .seconds(3)
  private static let growth = 8
  private static let lastLines = 1 << 28

  private let hub: LogHub
  private let origins: [LogOrigin]
  private let filter: LogFilter?
  private let limit: Int
  private let time: Duration

  /// - Parameters:
  ///   - limit: Lines that are wanted, at most `limitLines`.
  ///   - time: How long it may take; what was found by then is the answer.
  package init(_ hub: LogHub, _ origins: [LogOrigin], filter: LogFilter? = nil, limit: Int = 200, time: Duration = .seconds(2)) {
    self.hub = hub
    self.origins = origins
    self.filter = filter
    self.limit = max(1, min(limit, Self.limitLines))
    self.time = time
  }

  /// The lines next to `moment`, which are not of it: before it (newest first; nil is now) or after it (oldest first; nil is the begin).
  ///
  /// - Throws: `LogStreamError`, and what the hub's engines throw where none of the containers could be read.
  package func page(_ order: Order, from moment: EngineTimestamp?) async throws -> Result {
    let deadline = hub.clock.now() + time
    let moment = moment?.logNanoseconds
    let hits = try await withThrowingTaskGroup(of: SearchHits.self) { group in
      for origin in origins {
        group.addTask { try await search(origin, order, from: moment, deadline) }
      }
      return try await group.reduce(into: [SearchHits]()) { $0.append($1) }
    }
    // One server that is away hides nothing of the others; where there is nothing else, that is the answer.
    if let failure = hits.first?.failure, hits.allSatisfy({ $0.failure != nil }) { throw failure }
    return merged(hits, order)
  }

  /// What one container has; unreadable where its engine does not give it in time.
  private func search(
    _ origin: LogOrigin, _ order: Order, from moment: Int64?, _ deadline: Duration
  ) async throws -> SearchHits {
    do {
      return try await withDeadline(time + Self.grace) {
        switch order {
        case .newestFirst: try await newest(origin, before: moment, deadline)
        case .oldestFirst: try await oldest(origin, after: moment, deadline)
        }
      }
    } catch {
      guard !Task.isCancelled, !(error is LogStreamError) else { throw error }
      var none = SearchHits(origin, limit: limit, keepsLast: false)
      none.isUnreadable = true
      none.failure = error is DeadlinePassed ? LogStreamError.noAnswer(source: origin.source.name) : error
      return none
    }
  }

  /// The lines around a moment, unfiltered: `limit` before it, and as many from it on.
  package func around(_ moment: EngineTimestamp) async throws -> Result {
    let whole = LogSearch(hub, origins, limit: limit, time: time)
    async let earlier = whole.page(.newestFirst, from: moment)
    let before = EngineTimestamp(logNanoseconds: (moment.logNanoseconds ?? 0).previous)
    let after = try await whole.page(.oldestFirst, from: before)
    var result = try await earlier
    if result.count > 0, after.count > 0 { result.json.writeInteger(UInt8(ascii: ",")) }
    result.json.writeImmutableBuffer(after.json)
    result.count += after.count
    if after.reason == .deadline { result.reason = .deadline }
    result.unreadable = origins.filter { result.unreadable.contains($0) || after.unreadable.contains($0) }
    return result
  }

  // MARK: One container

  private func newest(_ origin: LogOrigin, before moment: Int64?, _ deadline: Duration) async throws -> SearchHits {
    var options = LogOptions()
    options.until = moment.map { EngineTimestamp(logNanoseconds: $0.previous) }
    var lines = Self.firstLines
    var known: SearchHits?
    while true {
      options.tail = lines
      var hits = SearchHits(origin, limit: limit, keepsLast: true)
      try await read(origin, options, &hits, deadline) { $0 < moment ?? .max }
      if hits.isUnreadable { return hits }
      guard hits.isWhole else {
        // What was read to its end before is known; this longer end is not.
        var answer = known ?? SearchHits(origin, limit: limit, keepsLast: true)
        answer.reason = .deadline
        answer.searched = known?.first ?? .max
        return answer
      }
      // Fewer than were asked for, or nothing further back: that was all. The engine may count the lines of `until` in.
      let isAll =
        moment == nil && hits.read < lines || known.map { $0.read == hits.read } ?? false && hits.read > 0
        || lines >= Self.lastLines
      hits.reason = isAll && !hits.isFull ? .end : .limit
      hits.searched = isAll ? .min : hits.first ?? .max
      if isAll || hits.isFull { return hits }
      known = hits
      lines *= Self.growth
    }
  }

  private func oldest(_ origin: LogOrigin, after moment: Int64?, _ deadline: Duration) async throws -> SearchHits {
    var options = LogOptions()
    options.since = moment.map { EngineTimestamp(logNanoseconds: $0.next) }
    var hits = SearchHits(origin, limit: limit, keepsLast: false)
    try await read(origin, options, &hits, deadline) { $0 > moment ?? .min }
    hits.reason = hits.isWhole ? .end : hits.isAtLimit ? .limit : .deadline
    // Where the time was up, more lines of the last time may follow; they do not where a later one was seen.
    hits.searched = hits.isWhole ? .max : hits.isAtLimit ? hits.last : hits.last.map { $0.previous } ?? .min
    return hits
  }

  /// Reads until the end, the deadline, or, oldest first, until there are enough.
  private func read(
    _ origin: LogOrigin, _ options: LogOptions, _ hits: inout SearchHits, _ deadline: Duration, _ isWithin: (Int64) -> Bool
  ) async throws {
    let source = try await hub.source(of: origin)
    var options = options
    options.hasTimestamps = true
    let isNewest = options.tail != nil
    var builder = LogBatchBuilder(origin, at: .unknown, now: hub.clock.now)
    var matcher = filter.map { LogMatcher($0, hub.clock) }
    var verdicts = LogVerdicts()
    do {
      guard let stream = try await source.logs.stream(options) else {
        hits.isWhole = true
        return
      }
      var frames = stream.makeAsyncIterator()
      var cutter = LineCutter(partLimitBytes: LogBatchBuilder.partLimitBytes)
      while true {
        let isMore = try await frames.nextFrames { cutter.cut($1, of: $0, into: &builder) }
        if !isMore { cutter.finish(into: &builder) }
        for batch in builder.take() {
          for (index, record) in batch.records.enumerated() {
            guard isWithin(record.time) else { continue }
            if !isNewest, hits.isFull, record.time > hits.last ?? .min {
              hits.isAtLimit = true
              return hits.trim()
            }
            hits.look(at: record)
            if try matcher?.matches(batch, record, &verdicts) ?? true { hits.add(batch, index) }
          }
        }
        if !isMore { break }
        if hub.clock.now() >= deadline { return }
        try Task.checkCancellation()
      }
      hits.isWhole = true
      hits.trim()
    } catch {
      guard ContainerLogs.refusal(error) != nil else { throw error }
      hits.isUnreadable = true
    }
  }

  // MARK: All

  /// What is certain for all containers: nothing beyond the place that the least of them was searched to.
  private func merged(_ all: [SearchHits], _ order: Order) -> Result {
    let searched = all.filter { !$0.isUnreadable }
    var edge: Int64
    switch order {
    case .newestFirst: edge = searched.flatMap { [$0.searched, $0.edge] }.compactMap { $0 }.max() ?? .min
    case .oldestFirst: edge = searched.flatMap { [$0.searched, $0.edge] }.compactMap { $0 }.min() ?? .max
    }
    var hits = searched.flatMap(\.hits).enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
      \.element)
    hits.removeAll { order == .newestFirst ? $0.time < edge : $0.time > edge }
    var reason: Reason = searched.contains { $0.reason == .deadline } ? .deadline : .end
    if searched.contains(where: { $0.reason == .limit }), reason == .end { reason = .limit }
    if hits.count > limit {
      // With all of the time at the edge.
      switch order {
      case .newestFirst:
        edge = hits[hits.count - limit].time
        hits.removeAll { $0.time < edge }
      case .oldestFirst:
        edge = hits[limit - 1].time
        hits.removeAll { $0.time > edge }
      }
      reason = .limit
    }
    var runs = LogRuns(limitBytes: .max)
    for hit in hits { _ = runs.add(hit.batch, hit.index) }
    let isAll = reason == .end
    return Result(
      json: runs.payload(.json), count: hits.count,
      searchedTo: isAll || edge == .min || edge == .max ? nil : EngineTimestamp(logNanoseconds: edge), reason: reason,
      unreadable: all.filter(\.isUnreadable).map(\.origin))
  }
}
