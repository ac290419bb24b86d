/// What was found in one container: records of batches, in the order of the log.
struct SearchHits {
  struct Hit {
    var batch: LogBatch
    var index: Int

    var time: Int64 { batch.records[index].time }
  }

  let origin: LogOrigin
  private(set) var hits: [Hit] = []
  /// Records that were looked at, wanted or not, and the times of the first and the last.
  private(set) var read = 0
  private(set) var first: Int64?
  private(set) var last: Int64?
  /// The stream was read to its end.
  var isWhole = false
  /// It was not read on, as there are enough, and a later line was seen.
  var isAtLimit = false
  var isUnreadable = false
  /// Why nothing was read: its engine is away, or its server has none. The others were.
  var failure: (any Error)?
  var reason = LogSearch.Reason.end
  /// How far it was searched.
  var searched: Int64?
  /// Of the hits that were kept when others were dropped: those beyond it are not known any more.
  private(set) var edge: Int64?
  private let limit: Int
  private let keepsLast: Bool

  init(_ origin: LogOrigin, limit: Int, keepsLast: Bool) {
    self.origin = origin
    self.limit = limit
    self.keepsLast = keepsLast
  }

  /// All that is wanted was found; with the lines of the time of the last one.
  var isFull: Bool { hits.count >= limit }

  mutating func look(at record: LogBatch.Record) {
    read += 1
    first = min(first ?? record.time, record.time)
    last = max(last ?? record.time, record.time)
  }

  mutating func add(_ batch: LogBatch, _ index: Int) {
    hits.append(Hit(batch: batch, index: index))
    // What falls out in front is dropped in large pieces.
    if keepsLast, hits.count >= 2 * limit + 1024 { trim() }
  }

  /// Keeps what is wanted, and all of the time at the edge: a page must not end between two lines of one time.
  mutating func trim() {
    guard hits.count > limit else { return }
    if keepsLast {
      let edge = hits[hits.count - limit].time
      self.edge = edge
      hits.removeFirst(hits.firstIndex { $0.time >= edge } ?? 0)
    } else {
      let edge = hits[limit - 1].time
      self.edge = edge
      hits.removeLast(hits.count - (hits.lastIndex { $0.time <= edge } ?? hits.count - 1) - 1)
    }
  }
}
