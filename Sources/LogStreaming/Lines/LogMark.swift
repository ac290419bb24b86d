/// Where the reading of one container's log is: which lines a stream that is opened again gives a second time.
///
/// It says: `count` of the lines with a time of `since` or later were delivered. The engine gives those lines in the order of the
/// log whatever their times, so that this holds also where times go backwards for a moment, as they do between the two streams
/// of a container. `since` is a little before the last line: what was written late with an earlier time is not lost.
struct LogMark: Hashable, Sendable {
  /// How far `since` stays behind the last line, at least. The engine stamps a line before it is written: between two streams
  /// of a container that is microseconds.
  static let marginNanoseconds: Int64 = 1_000_000

  /// Nanoseconds since 1970; `unset` before the first line of a read by `tail`.
  private(set) var since: Int64
  private(set) var count: UInt32 = 0
  /// The latest time of a line; what is later was not delivered.
  private(set) var latest: Int64
  /// What `since` and `count` become when the lines have gone far enough: later than all lines before it was chosen.
  private var nextSince: Int64
  private var nextCount: UInt32 = 0

  private static let unset = Int64.max

  /// Before the first line of the log.
  static let start = LogMark(since: 0, count: 0, latest: -1)
  /// Before the first line of a read whose begin is not known.
  static let unknown = LogMark(since: unset, count: 0, latest: Int64.min)

  /// Before the lines of `time`.
  init(before time: Int64) { self.init(since: time, count: 0, latest: time.previous) }

  init(since: Int64, count: UInt32, latest: Int64) {
    self.since = since
    self.count = count
    self.latest = latest
    nextSince = latest == .min ? .max : latest.next
  }

  /// Nothing was delivered, and where the read begins is not known.
  var isUnknown: Bool { since == Self.unset }

  /// Takes the next line.
  @inline(__always)
  mutating func note(_ time: Int64) {
    if since == Self.unset {
      self = LogMark(since: time, count: 1, latest: time)
      return
    }
    if time >= since { count &+= 1 }
    if time >= nextSince { nextCount &+= 1 }
    guard time > latest else { return }
    latest = time
    guard latest - Self.marginNanoseconds >= nextSince else { return }
    since = nextSince
    count = nextCount
    nextSince = latest.next
    nextCount = 0
  }
}

/// Passes over the lines of a stream that a mark says were delivered.
struct LogSkip: Sendable {
  private let mark: LogMark
  private var left: UInt32

  /// For a stream that begins with the lines of `mark.since`.
  init(_ mark: LogMark) {
    self.mark = mark
    left = mark.isUnknown ? 0 : mark.count
  }

  var isDone: Bool { left == 0 }

  /// Whether the next line of the stream was not delivered yet.
  mutating func isNew(_ time: Int64) -> Bool {
    guard left > 0 else { return true }
    if time > mark.latest {
      // Lines were lost on the engine, by rotation: what is later is new all the same.
      left = 0
      return true
    }
    if time >= mark.since { left -= 1 }
    return false
  }
}
