package import DockerEngine

/// Which lines are wanted. Pure, on bytes; all that is given must hold.
///
/// Lines that go on with the one before, such as those of a stack trace, share the verdict on their group's first line.
package struct LogFilter: Sendable {
  /// A line must contain one of them, if there are any; and none of the others.
  package var includes: [LogPattern] = []
  package var excludes: [LogPattern] = []
  /// Empty: all.
  package var levels: Set<LogLevel> = []
  package var streams: Set<LogFrame.Stream> = []
  package var services: Set<String> = []
  package var stacks: Set<String> = []
  /// Not before, and before.
  package var since: EngineTimestamp?
  package var until: EngineTimestamp?
  /// Fields of lines that are JSON.
  package var fields: [LogFieldTest] = []

  package init() {}

  /// What does not look at the text.
  func admits(_ batch: LogBatch, _ record: LogBatch.Record) -> Bool {
    if !levels.isEmpty, !levels.contains(record.level) { return false }
    if !streams.isEmpty, !streams.contains(record.stream) { return false }
    if !services.isEmpty, !batch.origin.service.map(services.contains).unwrapped { return false }
    if !stacks.isEmpty, !batch.origin.stack.map(stacks.contains).unwrapped { return false }
    if let since = since?.logNanoseconds, record.time < since { return false }
    if let until = until?.logNanoseconds, record.time >= until { return false }
    return true
  }
}

extension Bool? {
  fileprivate var unwrapped: Bool { self ?? false }
}

/// Verdicts on the last lines of a container's streams, for those that go on with them.
struct LogVerdicts {
  private struct Last {
    var isWanted = false
    var isPartial = false
  }

  private var stdout = Last()
  private var stderr = Last()

  /// Nil: the record stands for itself.
  func inherited(by record: LogBatch.Record) -> Bool? {
    let last = record.flags.contains(.stderr) ? stderr : stdout
    return record.flags.contains(.continued) || last.isPartial ? last.isWanted : nil
  }

  mutating func note(_ isWanted: Bool, on record: LogBatch.Record) {
    let last = Last(isWanted: isWanted, isPartial: record.flags.contains(.partial))
    if record.flags.contains(.stderr) { stderr = last } else { stdout = last }
  }
}

/// A filter at work: what its patterns learn is kept from line to line.
struct LogMatcher {
  /// Time that looking at `measuredBytes` of text may take (S-WEB-6).
  static let limit: Duration = .seconds(2)
  /// Fewer bytes in that time are too slow a pattern; more are just a long search.
  static let measuredBytes = 1 << 20

  private let filter: LogFilter
  private var includes: [LogPattern.Search]
  private var excludes: [LogPattern.Search]
  private let clock: LogClock
  private var spent: Duration = .zero
  private var bytes = 0

  init(_ filter: LogFilter, _ clock: LogClock) {
    self.filter = filter
    self.clock = clock
    includes = filter.includes.map { $0.search() }
    excludes = filter.excludes.map { $0.search() }
  }

  /// Whether a record is wanted.
  ///
  /// - Throws: `LogStreamError.patternTooSlow`.
  mutating func matches(
    _ batch: LogBatch, _ record: LogBatch.Record, _ verdicts: inout LogVerdicts
  ) throws(LogStreamError) -> Bool {
    let isWanted: Bool
    if let inherited = verdicts.inherited(by: record) {
      isWanted = inherited
    } else if filter.admits(batch, record) {
      isWanted = try admitsText(batch, record)
    } else {
      isWanted = false
    }
    verdicts.note(isWanted, on: record)
    return isWanted
  }

  private mutating func admitsText(_ batch: LogBatch, _ record: LogBatch.Record) throws(LogStreamError) -> Bool {
    guard !includes.isEmpty || !excludes.isEmpty || !filter.fields.isEmpty else { return true }
    let start = clock.now()
    let isWanted = batch.withText(of: record) { text in
      guard includes.isEmpty || finds(&includes, in: text), !finds(&excludes, in: text) else { return false }
      return filter.fields.isEmpty || LogFieldTest.allHold(filter.fields, in: text)
    }
    spent += clock.now() - start
    bytes += Int(record.textCount)
    if bytes >= Self.measuredBytes {
      bytes = 0
      spent = .zero
    } else if spent > Self.limit {
      throw .patternTooSlow(limit: Self.limit)
    }
    return isWanted
  }
}

private func finds(_ searches: inout [LogPattern.Search], in text: Span<UInt8>) -> Bool {
  for index in searches.indices where searches[index].finds(in: text) { return true }
  return false
}
