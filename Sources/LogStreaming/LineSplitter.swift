package import DockerEngine

/// One line that a container wrote.
package struct LogLine: Hashable, Sendable {
  /// RFC 3339 with nine decimals, as the engine gives it; sorts by time as text.
  package var time: String
  package var source: String
  package var stream: LogFrame.Stream
  package var text: String

  package init(time: String, source: String, stream: LogFrame.Stream, text: String) {
    self.time = time
    self.source = source
    self.stream = stream
    self.text = text
  }
}

/// Splits the frames of one container into lines.
///
/// The engine cuts a long line into records of 16 KiB, each a frame that begins with the line's own time again; they are
/// joined here.
package struct LineSplitter {
  /// Bytes of the longest line with its time; what is longer is cut into several lines of the same time.
  package static let lineLimitBytes = 1 << 20

  private let source: String
  private var pending: [LogFrame.Stream: [UInt8]] = [:]

  package init(source: String) { self.source = source }

  /// The lines that `frame` completes.
  package mutating func lines(of frame: LogFrame) -> [LogLine] {
    var lines: [LogLine] = []
    var buffer = pending.removeValue(forKey: frame.stream) ?? []
    var bytes = frame.bytes[...]
    if let time = Self.time(of: buffer), bytes.starts(with: time) { bytes = bytes.dropFirst(time.count) }
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(line(buffer, frame.stream))
        buffer.removeAll(keepingCapacity: true)
        continue
      }
      if buffer.count >= Self.lineLimitBytes {
        lines.append(line(buffer, frame.stream))
        buffer = Self.time(of: buffer).map { Array($0) } ?? []
      }
      buffer.append(byte)
    }
    pending[frame.stream] = buffer
    return lines
  }

  /// The time at the front of a line and the space behind it, as the engine writes them: at most 36 bytes.
  private static func time(of line: [UInt8]) -> ArraySlice<UInt8>? {
    guard let space = line.prefix(36).firstIndex(of: UInt8(ascii: " ")),
      EngineTimestamp(String(decoding: line[..<space], as: UTF8.self)) != nil
    else { return nil }
    return line[...space]
  }

  /// What was written without a line break at the end.
  package mutating func rest() -> [LogLine] {
    defer { pending = [:] }
    return [LogFrame.Stream.stdout, .stderr].compactMap { stream in
      guard let buffer = pending[stream], !buffer.isEmpty else { return nil }
      return line(buffer, stream)
    }
  }

  private func line(_ bytes: [UInt8], _ stream: LogFrame.Stream) -> LogLine {
    let text = String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    guard let space = text.firstIndex(of: " ") else { return LogLine(time: text, source: source, stream: stream, text: "") }
    return LogLine(
      time: String(text[..<space]), source: source, stream: stream, text: String(text[text.index(after: space)...]))
  }
}
