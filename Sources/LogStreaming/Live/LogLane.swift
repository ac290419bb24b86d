/// One container of a subscription: where its lines come from now, and what waits of them.
///
/// It belongs to the actor that made it.
final class LogLane {
  enum Phase {
    /// Waits for the reader to know the end of the log.
    case opening
    case history(HistoryFeed)
    /// All that was written until a moment ago is here; `mark` is behind it.
    case arrived(LogMark)
    case live
    case ended
  }

  /// Lines that were taken: records from `index` on.
  struct Slice {
    var batch: LogBatch
    var index: Int
  }

  let origin: LogOrigin
  let begin: HistoryFeed.Begin
  /// It came when others were live already: those do not wait for it.
  let isLate: Bool
  var phase: Phase
  var reader: ContainerReader?
  var client = 0
  var task: Task<Void, Never>?
  /// What waits, in order; `first` is the next.
  private(set) var slices: [Slice] = []
  private var first = 0
  /// Behind the last line that was delivered or filtered out.
  var mark: LogMark
  var verdicts = LogVerdicts()
  var wasToldUnreadable = false
  /// It was started again since its reader ended: that is read when its end was told.
  var startsAgain = false
  /// Of the reader, kept when it was left.
  private var lastOutcome: ContainerReader.Outcome?
  /// Reads of history behind the first one that did not meet the live lines.
  var rounds = 0

  init(_ origin: LogOrigin, begin: HistoryFeed.Begin, isLate: Bool, phase: Phase) {
    self.origin = origin
    self.begin = begin
    self.isLate = isLate
    self.phase = phase
    mark = if case .after(let mark) = begin { mark } else { .unknown }
  }

  var head: Slice? { first < slices.count ? slices[first] : nil }

  /// Behind the last line that was taken.
  var markBehindAll: LogMark { slices.last?.batch.after ?? mark }

  /// Of the next line.
  var headTime: Int64? { head.map { $0.batch.records[$0.index].time } }

  /// How its reading ended; nil: it goes on, or there was none.
  var outcome: ContainerReader.Outcome? { reader.map(\.outcome) ?? lastOutcome }

  /// As `outcome`, after the reader was told of another state of its container.
  func noteChange() -> ContainerReader.Outcome? { reader.map { $0.noteChange() } ?? lastOutcome }

  var hasEnded: Bool { if case .ended = phase { true } else { false } }
  var isLive: Bool { if case .live = phase { true } else { false } }

  func add(_ batch: LogBatch, from index: Int) { slices.append(Slice(batch: batch, index: index)) }

  /// Passes over the records of the head up to `end`.
  func advance(to end: Int) {
    let slice = slices[first]
    if end == slice.batch.count {
      mark = slice.batch.after
      first += 1
      if first == slices.count {
        slices.removeAll(keepingCapacity: true)
        first = 0
      }
      return
    }
    if slice.index == 0 {
      mark = slice.batch.before
    }
    for record in slice.batch.records[slice.index..<end] { mark.note(record.time) }
    slices[first].index = end
  }

  /// Before a slice that does not begin with its batch.
  func begin(at mark: LogMark) { self.mark = mark }

  /// Shares the container's reader.
  func follow(_ source: HubSource, _ signal: WakeSignal) { (reader, client) = source.attach(signal) }

  /// Gives back what it holds of others.
  func leave() {
    task?.cancel()
    task = nil
    lastOutcome = reader?.outcome
    reader?.detach(client)
    reader = nil
  }
}
