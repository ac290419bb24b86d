import NIOCore

/// The last lines of one container: what live readers take their lines from.
///
/// Batches are numbered from 0, and so are lines: what was dropped before it was read can be counted.
struct LogRing {
  /// Lines and bytes that are kept (R-LOG-1). Lines beyond the first limit stay while somebody has still to read them.
  static let limitLines = 1000
  static let limitBytes = 1 << 20

  struct Entry {
    var batch: LogBatch
    var firstLine: Int
    /// JSON of all batches up to this one, itself included.
    var jsonEnd: Int
  }

  /// A record of the ring, or its end.
  struct Place {
    var sequence: Int
    var index: Int
    /// Lines behind the ring's end that were delivered already.
    var skip: LogSkip?
  }

  private var entries = CircularBuffer<Entry>()
  private(set) var firstSequence = 0
  private(set) var lineCount = 0
  private(set) var costBytes = 0
  private(set) var jsonEnd = 0
  private(set) var nextLine = 0
  /// No line that is not in the ring is later than this; the lowest number when the ring begins with the log.
  private(set) var beforeLatest = Int64.min
  /// The mark behind its last line.
  private(set) var mark: LogMark

  init(at mark: LogMark) { self.mark = mark }

  var count: Int { entries.count }
  var endSequence: Int { firstSequence + count }
  var firstLine: Int { entries.first?.firstLine ?? nextLine }
  var isComplete: Bool { beforeLatest == .min }

  subscript(sequence: Int) -> Entry? {
    guard sequence >= firstSequence, sequence < endSequence else { return nil }
    return entries[offset: sequence - firstSequence]
  }

  /// JSON of what follows `sequence`, itself included.
  func jsonBytes(from sequence: Int) -> Int {
    guard let entry = self[max(sequence, firstSequence)] else { return 0 }
    return jsonEnd - entry.jsonEnd + entry.batch.json.readableBytes
  }

  mutating func append(_ batch: LogBatch) {
    jsonEnd += batch.json.readableBytes
    entries.append(Entry(batch: batch, firstLine: nextLine, jsonEnd: jsonEnd))
    nextLine += batch.count
    lineCount += batch.count
    costBytes += batch.costBytes
    mark = batch.after
  }

  /// Which batch is the first when another one is added and bytes are too many.
  func firstSequence(afterAdding batch: LogBatch, limitBytes: Int) -> Int {
    var bytes = costBytes + batch.costBytes
    var first = firstSequence
    while bytes > limitBytes, let entry = self[first] {
      bytes -= entry.batch.costBytes
      first += 1
    }
    return first
  }

  /// Drops what is too much; lines beyond `limitLines` stay from the batch `needed` on.
  mutating func trim(limitBytes: Int, needed: Int) {
    while count > 1 {
      guard let first = entries.first?.batch,
        costBytes > limitBytes || lineCount - first.count >= Self.limitLines && firstSequence < needed
      else { return }
      dropFirst()
    }
  }

  private mutating func dropFirst() {
    guard let first = entries.popFirst()?.batch else { return }
    lineCount -= first.count
    costBytes -= first.costBytes
    beforeLatest = max(beforeLatest, first.after.latest)
    firstSequence += 1
  }

  /// The lines that the ring was filled with were not the begin of the log: more with the time of the first, `time`, may be before.
  mutating func begins(amid time: Int64) { beforeLatest = max(beforeLatest, time) }

  // MARK: Places

  /// Before the last `lines`; nil when the log has more of them than the ring.
  func place(ofLast lines: Int) -> Place? {
    if lines >= lineCount {
      return isComplete || lines == lineCount ? Place(sequence: firstSequence, index: 0) : nil
    }
    var left = lines
    var sequence = endSequence
    while left > 0, let entry = self[sequence - 1] {
      sequence -= 1
      if entry.batch.count >= left { return Place(sequence: sequence, index: entry.batch.count - left) }
      left -= entry.batch.count
    }
    return Place(sequence: sequence, index: 0)
  }

  /// The first line that is later than all that were delivered; the ring's end where nobody knows which were.
  func place(laterThan mark: LogMark) -> Place {
    guard mark.latest >= 0 else { return Place(sequence: endSequence, index: 0) }
    for sequence in firstSequence..<endSequence {
      guard let batch = self[sequence]?.batch, let index = batch.records.firstIndex(where: { $0.time > mark.latest }) else {
        continue
      }
      return Place(sequence: sequence, index: index)
    }
    return Place(sequence: endSequence, index: 0)
  }

  /// Behind the lines that `mark` says were delivered; nil when lines between are not in the ring.
  func place(after mark: LogMark) -> Place? {
    guard !mark.isUnknown, beforeLatest < mark.since else { return nil }
    var skip = LogSkip(mark)
    var hasBegun = false
    for sequence in firstSequence..<endSequence {
      guard let batch = self[sequence]?.batch else { continue }
      if !hasBegun, batch.after.latest < mark.since { continue }
      for (index, record) in batch.records.enumerated() {
        hasBegun = hasBegun || record.time >= mark.since
        if hasBegun, skip.isNew(record.time) { return Place(sequence: sequence, index: index) }
      }
    }
    return Place(sequence: endSequence, index: 0, skip: skip.isDone ? nil : skip)
  }
}
