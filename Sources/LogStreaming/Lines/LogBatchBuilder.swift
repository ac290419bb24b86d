import DockerEngine
import NIOCore

/// Makes batches of the lines of one container.
///
/// A line costs no allocation: its JSON is written behind that of the line before it, between pieces that are the same for all
/// lines of one stream and level.
struct LogBatchBuilder: LineSink {
  /// A batch is closed when its JSON is this long: with most lines it is one message then (64 KiB).
  static let closeBytes = 48 << 10
  /// Longest text of a record (R-LOG-1); longer lines come in parts.
  static let partLimitBytes = 16 << 10

  let origin: LogOrigin
  private(set) var mark: LogMark
  /// Batches that are complete.
  private(set) var batches: [LogBatch] = []

  private let pieces: [[UInt8]]
  private let longestPiece: Int
  private var skip: LogSkip
  private var grouping = LineGrouping()
  private var records: [LogBatch.Record] = []
  private var json = ByteBuffer()
  private var besides: [UInt8] = []
  private var before: LogMark
  private var lastTime: Int64 = 0
  private let now: @Sendable () -> Duration

  /// - Parameters:
  ///   - mark: Where the stream goes on; it begins with the lines of `mark.since`.
  ///   - now: The time of arrival.
  init(_ origin: LogOrigin, at mark: LogMark, now: @escaping @Sendable () -> Duration) {
    self.origin = origin
    self.mark = mark
    self.now = now
    before = mark
    skip = LogSkip(mark)
    pieces = Self.pieces(of: origin)
    longestPiece = pieces.reduce(0) { max($0, $1.count) }
  }

  /// The stream was opened again, and begins with the lines of `mark.since`.
  mutating func resume() { skip = LogSkip(mark) }

  /// What is complete, with what was begun.
  mutating func take() -> [LogBatch] {
    close()
    defer { batches = [] }
    return batches
  }

  /// What is complete; lines behind it stay until there are enough of them.
  mutating func takeComplete() -> [LogBatch] {
    defer { batches = [] }
    return batches
  }

  // MARK: Lines

  mutating func take(
    _ text: Span<UInt8>, time: Span<UInt8>, nanoseconds: Int64?, stream: LogFrame.Stream, isPartial: Bool
  ) {
    guard let nanoseconds else { return takeOdd(text, time: time, stream: stream, isPartial: isPartial) }
    guard skip.isDone || skip.isNew(nanoseconds) else { return }
    lastTime = nanoseconds
    let found = LevelDetection.level(of: text)
    let (isContinued, level) = grouping.take(text, time: nanoseconds, stream: stream, level: found)
    var flags: LogBatch.Record.Flags = stream == .stderr ? .stderr : []
    if isContinued { flags.insert(.continued) }
    if isPartial { flags.insert(.partial) }
    append(text, time: time, nanoseconds, level, flags)
    mark.note(nanoseconds)
    if json.readableBytes >= Self.closeBytes { close() }
  }

  /// A time in another form is brought into the usual one; where none can be read, the line has the time of the one before.
  private mutating func takeOdd(_ text: Span<UInt8>, time: Span<UInt8>, stream: LogFrame.Stream, isPartial: Bool) {
    let stamp = EngineTimestamp(string(of: time)).flatMap(\.logNanoseconds)
    let usual = Array(EngineTimestamp(logNanoseconds: stamp ?? lastTime).description.utf8)
    guard stamp == nil, !time.isEmpty else {
      return take(text, time: usual.span, nanoseconds: stamp ?? lastTime, stream: stream, isPartial: isPartial)
    }
    var whole: [UInt8] = []
    LogStreaming.append(time, to: &whole)
    if !text.isEmpty {
      whole.append(UInt8(ascii: " "))
      LogStreaming.append(text, to: &whole)
    }
    take(whole.span, time: usual.span, nanoseconds: lastTime, stream: stream, isPartial: isPartial)
  }

  private mutating func append(
    _ text: Span<UInt8>, time: Span<UInt8>, _ nanoseconds: Int64, _ level: LogLevel, _ flags: LogBatch.Record.Flags
  ) {
    let isPlain = JSONText.isPlain(text)
    let piece = pieces[Self.index(level, flags)]
    let tail = Self.tails[Int(flags.rawValue >> 1 & 3)]
    let room = Self.fixedBytes + time.count + longestPiece + text.count * (isPlain ? 1 : JSONText.growth)
    let start = json.writerIndex
    let besidesStart = besides.count
    var textStart = 0
    var isSame = true
    let isFirst = records.isEmpty
    var besides: [UInt8] = []
    swap(&besides, &self.besides)
    // SAFETY: there is room for all pieces, and for what the text can become at most; as much is written as is told.
    unsafe json.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { output in
      var count = 0
      if !isFirst {
        unsafe output[0] = UInt8(ascii: ",")
        count = 1
      }
      count = unsafe Self.copy(Self.head.span, to: output, at: count)
      count = unsafe Self.copy(time, to: output, at: count)
      count = unsafe Self.copy(piece.span, to: output, at: count)
      textStart = start + count
      if isPlain {
        count = unsafe Self.copy(text, to: output, at: count)
      } else {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: output[count...])
        let written = unsafe JSONText.write(text, to: rest, besides: &besides)
        count += written.count
        isSame = written.isSame
      }
      return unsafe Self.copy(tail.span, to: output, at: count)
    }
    var flags = flags
    var textCount = text.count
    if isSame {
      besides.removeLast(besides.count - besidesStart)
    } else {
      flags.insert(.besides)
      textStart = besidesStart
      textCount = besides.count - besidesStart
    }
    swap(&besides, &self.besides)
    let jsonStart = UInt32(isFirst ? start : start + 1)
    records.append(
      LogBatch.Record(
        time: nanoseconds, jsonStart: jsonStart, jsonEnd: UInt32(json.writerIndex), textStart: UInt32(textStart),
        textCount: UInt32(textCount), level: level, flags: flags))
  }

  private mutating func close() {
    guard !records.isEmpty else { return }
    batches.append(
      LogBatch(origin: origin, records: records, json: json, besides: besides, before: before, after: mark, arrival: now()))
    let (lines, bytes) = (records.count, min(json.readableBytes, 2 * Self.closeBytes))
    records = []
    records.reserveCapacity(lines)
    json = ByteBufferAllocator().buffer(capacity: bytes)
    besides = []
    before = mark
  }

  /// Puts bytes at a place of `output`, which has the room; gives the place behind them.
  @inline(__always)
  private static func copy(_ bytes: Span<UInt8>, to output: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
    // SAFETY: bounds are checked by the slice in debug builds; the one caller reserves the room.
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(rebasing: output[place...]).copyMemory(from: bytes)
    }
    return place + bytes.count
  }

  // MARK: What is the same for many lines

  private static let head = Array(#"{"time":""#.utf8)
  /// Room for the comma, the head and the longest tail.
  private static let fixedBytes = 1 + head.count + 48
  /// By the flags `partial` and `continued`.
  private static let tails = [#""}"#, #"","partial":true}"#, #"","continued":true}"#, #"","partial":true,"continued":true}"#].map
  {
    Array($0.utf8)
  }

  private static func index(_ level: LogLevel, _ flags: LogBatch.Record.Flags) -> Int {
    Int(level.rawValue) * 2 + (flags.contains(.stderr) ? 1 : 0)
  }

  /// From behind the time to the begin of the text, for each level and stream.
  private static func pieces(of origin: LogOrigin) -> [[UInt8]] {
    var names = field("source", origin.source.name)
    for (key, value) in [("service", origin.service), ("stack", origin.stack), ("server", origin.server)] {
      if let value { names += field(key, value) }
    }
    return LogLevel.allCases.flatMap { level in
      ["stdout", "stderr"].map { stream in
        Array("\"".utf8) + names + Array(#","stream":"\#(stream)","level":"\#(level.name)","text":""#.utf8)
      }
    }
  }

  private static func field(_ key: String, _ value: String) -> [UInt8] {
    Array(#","\#(key)":""#.utf8) + escaped(value) + [UInt8(ascii: "\"")]
  }

  private static func escaped(_ value: String) -> [UInt8] {
    let text = Array(value.utf8)
    var besides: [UInt8] = []
    // SAFETY: the array has room for what the text can become at most.
    return unsafe [UInt8](unsafeUninitializedCapacity: text.count * JSONText.growth) { output, count in
      count = unsafe JSONText.write(text.span, to: UnsafeMutableRawBufferPointer(output), besides: &besides).count
    }
  }
}
