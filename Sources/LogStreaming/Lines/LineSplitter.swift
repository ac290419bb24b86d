package import DockerEngine

/// One line that a container wrote, or a part of a long one.
package struct LogLine: Hashable, Sendable {
  /// RFC 3339 with nine decimals, as the engine gives it; sorts by time as text. All parts of a line have the same.
  package var time: String
  package var source: String
  package var stream: LogFrame.Stream
  package var text: String
  /// The line goes on: more of it follows from the same source and stream.
  package var isPartial: Bool

  package init(time: String, source: String, stream: LogFrame.Stream, text: String, isPartial: Bool = false) {
    self.time = time
    self.source = source
    self.stream = stream
    self.text = text
    self.isPartial = isPartial
  }
}

/// Splits the frames of one container into lines of text.
///
/// Long lines are joined and parted as `LineCutter` does it.
package struct LineSplitter {
  /// Bytes of the longest text of one `LogLine`. A part ends a little earlier where a character or an escape sequence would be
  /// torn.
  package static let partLimitBytes = 64 << 10

  private struct Sink: LineSink {
    let source: String
    var lines: [LogLine] = []

    mutating func take(
      _ text: Span<UInt8>, time: Span<UInt8>, nanoseconds: Int64?, stream: LogFrame.Stream, isPartial: Bool
    ) {
      lines.append(
        LogLine(time: string(of: time), source: source, stream: stream, text: string(of: text), isPartial: isPartial))
    }
  }

  private var cutter = LineCutter(partLimitBytes: Self.partLimitBytes)
  private var sink: Sink

  package init(source: String) { sink = Sink(source: source) }

  /// The lines that `frame` completes, and the parts of one that is too long.
  package mutating func lines(of frame: LogFrame) -> [LogLine] {
    cutter.cut(frame.bytes.span, of: frame.stream, into: &sink)
    defer { sink.lines = [] }
    return sink.lines
  }

  /// What was written without a line break at the end.
  package mutating func rest() -> [LogLine] {
    cutter.finish(into: &sink)
    defer { sink.lines = [] }
    return sink.lines
  }
}

/// Text of bytes; what is not UTF-8 becomes U+FFFD.
func string(of bytes: Span<UInt8>) -> String {
  // SAFETY: the pointer is used within the closure only.
  unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
}
