import DockerEngine
import Glibc

/// Takes the lines that a `LineCutter` finds. The bytes are lent for the call.
protocol LineSink {
  /// - Parameters:
  ///   - time: As the engine wrote it.
  ///   - nanoseconds: The same since 1970 where `time` has the usual form.
  ///   - isPartial: The line goes on with the next call for its stream.
  mutating func take(
    _ text: Span<UInt8>, time: Span<UInt8>, nanoseconds: Int64?, stream: LogFrame.Stream, isPartial: Bool)
}

/// Cuts the frames of one container into lines, as bytes.
///
/// The engine cuts a long line into records of 16 KiB, each a frame that begins with the line's own time again; they are
/// joined here. What is longer than `partLimitBytes` comes out in parts, so that no line needs more memory than that.
struct LineCutter {
  /// A line whose end has not come yet.
  private struct Open {
    /// The time as the engine wrote it, with the space behind; empty while it is not whole.
    var time: [UInt8] = []
    /// What was not given out yet; before the time is known, the time is in it.
    var text: [UInt8] = []

    var isUntouched: Bool { time.isEmpty && text.isEmpty }
  }

  /// The longest time that is looked for, with its space: RFC 3339 with nine decimals and a zone.
  private static let timeLimitBytes = 36

  let partLimitBytes: Int
  private var stdout = Open()
  private var stderr = Open()
  private var times = LogTimeReader()

  /// - Parameter partLimitBytes: Bytes of the longest text of one part. A part ends a little earlier where a character or an
  ///   escape sequence would be torn.
  init(partLimitBytes: Int) { self.partLimitBytes = partLimitBytes }

  /// Gives `sink` the lines that `frame` completes, and the parts of one that is too long.
  mutating func cut(_ frame: Span<UInt8>, of stream: LogFrame.Stream, into sink: inout some LineSink) {
    var open = Open()
    swap(&open, stream)
    var start = 0
    if !open.time.isEmpty, begins(frame, with: open.time) { start = open.time.count }
    while start < frame.count {
      let end = firstIndex(of: 0x0A, in: frame, from: start)
      let line = frame.extracting(start..<(end ?? frame.count))
      if end == nil || !open.isUntouched || !takeWhole(line, stream, &sink) {
        take(line, into: &open, stream, &sink)
        guard end != nil else { break }
        finish(open, stream, &sink)
        open = Open()
      }
      start += line.count + 1
    }
    swap(&open, stream)
  }

  /// What was written without a line break at the end.
  mutating func finish(into sink: inout some LineSink) {
    for stream in [LogFrame.Stream.stdout, .stderr] {
      var open = Open()
      swap(&open, stream)
      if !open.isUntouched { finish(open, stream, &sink) }
    }
  }

  private mutating func swap(_ open: inout Open, _ stream: LogFrame.Stream) {
    switch stream {
    case .stdout: Swift.swap(&open, &stdout)
    case .stderr: Swift.swap(&open, &stderr)
    }
  }

  /// The usual case, without copies: all of a line at once, with its time. False when it is another.
  private mutating func takeWhole(_ line: Span<UInt8>, _ stream: LogFrame.Stream, _ sink: inout some LineSink) -> Bool {
    let timeBytes = LogTimeReader.textBytes
    guard line.count > timeBytes, line.count - timeBytes - 1 <= partLimitBytes, line[timeBytes] == UInt8(ascii: " "),
      let nanoseconds = times.read(line)
    else { return false }
    sink.take(
      line.extracting(timeBytes + 1..<max(timeBytes + 1, end(of: line))), time: line.extracting(0..<timeBytes),
      nanoseconds: nanoseconds,
      stream: stream, isPartial: false)
    return true
  }

  /// Adds what belongs to the open line; gives out parts of it when it grows past the limit.
  private mutating func take(
    _ bytes: Span<UInt8>, into open: inout Open, _ stream: LogFrame.Stream, _ sink: inout some LineSink
  ) {
    var start = 0
    if open.time.isEmpty {
      start = min(Self.timeLimitBytes, bytes.count)
      append(bytes.extracting(0..<start), to: &open.text)
      Self.takeTime(&open)
    }
    while start < bytes.count {
      let end = min(bytes.count, start + max(0, partLimitBytes - open.text.count))
      append(bytes.extracting(start..<end), to: &open.text)
      start = end
      guard open.text.count >= partLimitBytes, start < bytes.count else { continue }
      let cut = Self.cut(open.text)
      give(
        open.text.span.extracting(0..<cut), time: open.time.span.extracting(0..<max(0, open.time.count - 1)), stream, true, &sink)
      open.text.removeFirst(cut)
    }
  }

  /// Parts the time off the front of a line, where there is a whole one.
  private static func takeTime(_ open: inout Open) {
    guard let space = open.text.prefix(timeLimitBytes).firstIndex(of: UInt8(ascii: " ")),
      EngineTimestamp(String(decoding: open.text[..<space], as: UTF8.self)) != nil
    else { return }
    open.time = Array(open.text[...space])
    open.text.removeFirst(space + 1)
  }

  /// Where a part may end: not within a character (RFC 3629), nor behind the beginning of an escape sequence.
  private static func cut(_ bytes: [UInt8]) -> Int {
    if let escape = bytes.suffix(16).lastIndex(of: 0x1B) { return escape }
    let tail = bytes.suffix(4)
    guard let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }), bytes[lead] >= 0xC0 else { return bytes.count }
    let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
    return lead + length > bytes.count ? lead : bytes.count
  }

  private mutating func finish(_ open: Open, _ stream: LogFrame.Stream, _ sink: inout some LineSink) {
    let text = open.text.span
    if !open.time.isEmpty {
      give(text.extracting(0..<end(of: text)), time: open.time.span.extracting(0..<open.time.count - 1), stream, false, &sink)
    } else if let space = open.text.firstIndex(of: UInt8(ascii: " ")) {
      // Not as the engine writes it: what stands before the first space takes the place of the time.
      give(text.extracting(space + 1..<max(space + 1, end(of: text))), time: text.extracting(0..<space), stream, false, &sink)
    } else {
      give(text.extracting(0..<0), time: text.extracting(0..<end(of: text)), stream, false, &sink)
    }
  }

  private mutating func give(
    _ text: Span<UInt8>, time: Span<UInt8>, _ stream: LogFrame.Stream, _ isPartial: Bool, _ sink: inout some LineSink
  ) {
    let nanoseconds = time.count == LogTimeReader.textBytes ? times.read(time) : nil
    sink.take(text, time: time, nanoseconds: nanoseconds, stream: stream, isPartial: isPartial)
  }
}

/// The end of a line's text: a terminal ends its lines with CR LF.
private func end(of line: Span<UInt8>) -> Int {
  line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r") ? line.count - 1 : line.count
}

private func begins(_ bytes: Span<UInt8>, with start: [UInt8]) -> Bool {
  guard bytes.count >= start.count else { return false }
  for index in start.indices where bytes[index] != start[index] { return false }
  return true
}

/// The first place of `byte` from `start` on.
func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
  // SAFETY: memchr looks at `count - start` bytes from `start`, all within the span; its answer lies among them.
  unsafe bytes.withUnsafeBufferPointer { bytes -> Int? in
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = unsafe memchr(base + start, Int32(byte), bytes.count - start)
    else { return nil }
    return unsafe UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
  }
}

/// Appends bytes that lie elsewhere.
func append(_ bytes: Span<UInt8>, to array: inout [UInt8]) {
  // SAFETY: the pointer is used within the closure only.
  unsafe bytes.withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
}
