import NIOCore

/// How lines are written.
package enum LogForm: Hashable, Sendable {
  /// Objects with commas between them.
  case json
  /// An object on each line.
  case jsonLines
  /// The text of each line, with what is wanted before it.
  case text(hasTimes: Bool, hasSources: Bool)
}

/// Lines that go out together: ranges of batches, copied only when there is more than one.
struct LogRuns {
  private var runs: [(batch: LogBatch, range: Range<Int>)] = []
  private let limitBytes: Int
  private var bytes = 0
  private(set) var count = 0
  private(set) var isFull = false

  init(limitBytes: Int) { self.limitBytes = limitBytes }

  var isEmpty: Bool { runs.isEmpty }

  /// Adds a record; false when there is no room for it. The first always has.
  mutating func add(_ batch: LogBatch, _ index: Int) -> Bool {
    let size = batch.jsonBytes(index..<index + 1) + 1
    if !runs.isEmpty, bytes + size > limitBytes {
      isFull = true
      return false
    }
    bytes += size
    count += 1
    if let last = runs.indices.last, runs[last].batch === batch, runs[last].range.upperBound == index {
      runs[last].range = runs[last].range.lowerBound..<index + 1
    } else {
      runs.append((batch, index..<index + 1))
    }
    if bytes >= limitBytes { isFull = true }
    return true
  }

  func payload(_ form: LogForm) -> ByteBuffer {
    switch form {
    case .json:
      if runs.count == 1, let slice = runs[0].batch.jsonSlice(runs[0].range) { return slice }
      var buffer = ByteBufferAllocator().buffer(capacity: bytes)
      for (index, run) in runs.enumerated() {
        if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
        if let slice = run.batch.jsonSlice(run.range) { buffer.writeImmutableBuffer(slice) }
      }
      return buffer
    case .jsonLines:
      return lines { batch, record, buffer in
        if let slice = batch.json.getSlice(at: Int(record.jsonStart), length: Int(record.jsonEnd - record.jsonStart)) {
          buffer.writeImmutableBuffer(slice)
        }
        buffer.writeInteger(UInt8(ascii: "\n"))
      }
    case .text(let hasTimes, let hasSources):
      return lines { batch, record, buffer in
        if hasTimes,
          let time = batch.json.getSlice(at: Int(record.jsonStart) + LogBatch.timeOffset, length: LogTimeReader.textBytes)
        {
          buffer.writeImmutableBuffer(time)
          buffer.writeInteger(UInt8(ascii: " "))
        }
        if hasSources {
          buffer.writeString(batch.origin.server.map { "\($0)/" } ?? "")
          buffer.writeString(batch.origin.source.name)
          buffer.writeString(" | ")
        }
        batch.withText(of: record) { text in
          // SAFETY: the pointer is used within the closure only.
          _ = unsafe text.withUnsafeBufferPointer { unsafe buffer.writeBytes($0) }
        }
        buffer.writeInteger(UInt8(ascii: "\n"))
      }
    }
  }

  private func lines(_ write: (LogBatch, LogBatch.Record, inout ByteBuffer) -> Void) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: bytes)
    for run in runs {
      for record in run.batch.records[run.range] { write(run.batch, record, &buffer) }
    }
    return buffer
  }
}
