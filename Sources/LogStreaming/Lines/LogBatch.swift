import DockerEngine
import NIOCore

/// Some lines of one container: encoded once, shared by all who read them.
///
/// Immutable. What a record's text is lies in the JSON where that needed no escape, else beside it.
package final class LogBatch: Sendable {
  /// One line, or a part of a long one.
  struct Record: Sendable {
    /// Nanoseconds since 1970.
    var time: Int64
    var jsonStart: UInt32
    var jsonEnd: UInt32
    var textStart: UInt32
    var textCount: UInt32
    var level: LogLevel
    var flags: Flags

    struct Flags: OptionSet, Sendable {
      let rawValue: UInt8

      static let stderr = Flags(rawValue: 1)
      static let partial = Flags(rawValue: 2)
      /// It belongs to the record before it of its stream.
      static let continued = Flags(rawValue: 4)
      /// Its text lies beside the JSON.
      static let besides = Flags(rawValue: 8)
    }

    var stream: LogFrame.Stream { flags.contains(.stderr) ? .stderr : .stdout }
  }

  /// Where the time stands in a record's JSON: behind `{"time":"`.
  static let timeOffset = 9
  /// Memory of one beyond its bytes, roughly.
  private static let overheadBytes = 256

  let origin: LogOrigin
  let records: [Record]
  /// JSON objects with commas between them.
  let json: ByteBuffer
  let besides: [UInt8]
  /// Before its first line and behind its last.
  let before: LogMark
  let after: LogMark
  /// When it was made, by the clock of the hub.
  let arrival: Duration

  init(
    origin: LogOrigin, records: [Record], json: ByteBuffer, besides: [UInt8], before: LogMark, after: LogMark, arrival: Duration
  ) {
    self.origin = origin
    self.records = records
    self.json = json
    self.besides = besides
    self.before = before
    self.after = after
    self.arrival = arrival
  }

  var count: Int { records.count }

  /// What it holds in memory.
  var costBytes: Int {
    json.readableBytes + besides.count + records.count * MemoryLayout<Record>.stride + Self.overheadBytes
  }

  /// Bytes of the JSON of some records, commas included.
  func jsonBytes(_ range: Range<Int>) -> Int {
    range.isEmpty ? 0 : Int(records[range.upperBound - 1].jsonEnd - records[range.lowerBound].jsonStart)
  }

  /// The JSON of some records, without a copy.
  func jsonSlice(_ range: Range<Int>) -> ByteBuffer? {
    range.isEmpty ? ByteBuffer() : json.getSlice(at: Int(records[range.lowerBound].jsonStart), length: jsonBytes(range))
  }

  /// The mark behind the record before `index`.
  func mark(at index: Int) -> LogMark {
    if index >= records.count { return after }
    var mark = before
    for record in records[..<index] { mark.note(record.time) }
    return mark
  }

  /// The text of a record; valid UTF-8, and unescaped.
  func withText<Value>(of record: Record, _ body: (Span<UInt8>) -> Value) -> Value {
    let range = Int(record.textStart)..<Int(record.textStart + record.textCount)
    guard record.flags.contains(.besides) else {
      let json = json
      let text = json.readableBytesUInt8Span
      return body(text.extracting(range))
    }
    let besides = besides
    let text = besides.span
    return body(text.extracting(range))
  }
}
