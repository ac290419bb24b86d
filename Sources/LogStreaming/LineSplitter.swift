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

/// Splits the frames of one container into lines.
///
/// The engine cuts a long line into records of 16 KiB, each a frame that begins with the line's own time again; they are
/// joined here. What is longer than `partLimitBytes` comes out in parts, so that no line needs more memory than that.
package struct LineSplitter {
  /// Bytes of the longest text of one `LogLine`. A part ends a little earlier where a character or an escape sequence would be
  /// torn.
  package static let partLimitBytes = 64 << 10

  /// A line whose end has not come yet.
  private struct Open {
    /// The time as the engine wrote it, with the space behind; empty while it is not whole.
    var time: [UInt8] = []
    /// What was not given out yet; before the time is known, the time is in it.
    var text: [UInt8] = []

    var isUntouched: Bool { time.isEmpty && text.isEmpty }
  }

  private let source: String
  private var pending: [LogFrame.Stream: Open] = [:]

  package init(source: String) { self.source = source }

  /// The lines that `frame` completes, and the parts of one that is too long.
  package mutating func lines(of frame: LogFrame) -> [LogLine] {
    var lines: [LogLine] = []
    var open = pending.removeValue(forKey: frame.stream) ?? Open()
    var bytes = frame.bytes[...]
    if !open.time.isEmpty, bytes.starts(with: open.time) { bytes = bytes.dropFirst(open.time.count) }
    while !bytes.isEmpty {
      let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
      if let end, open.isUntouched, let line = wholeLine(bytes[..<end], frame.stream) {
        lines.append(line)
        bytes = bytes[(end + 1)...]
        continue
      }
      take(bytes[..<(end ?? bytes.endIndex)], into: &open, frame.stream, &lines)
      guard let end else { break }
      lines.append(line(open, frame.stream))
      open = Open()
      bytes = bytes[(end + 1)...]
    }
    if !open.isUntouched { pending[frame.stream] = open }
    return lines
  }

  /// What was written without a line break at the end.
  package mutating func rest() -> [LogLine] {
    defer { pending = [:] }
    return [LogFrame.Stream.stdout, .stderr].compactMap { stream in
      guard let open = pending[stream], !open.isUntouched else { return nil }
      return line(open, stream)
    }
  }

  /// The usual case, without copies: all of a line at once, with its time. Nil when it is another.
  private func wholeLine(_ bytes: ArraySlice<UInt8>, _ stream: LogFrame.Stream) -> LogLine? {
    guard bytes.count <= Self.partLimitBytes, let space = bytes.prefix(36).firstIndex(of: UInt8(ascii: " ")) else { return nil }
    guard Self.isUsualTime(bytes[..<space]) else { return nil }
    let time = Self.text(bytes[..<space])
    var text = bytes[(space + 1)...]
    if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
    return LogLine(time: time, source: source, stream: stream, text: Self.text(text))
  }

  /// `2026-11-21T04:49:43.190661783Z`, as the engine writes it in UTC.
  private static func isUsualTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count == 30 else { return false }
    for (place, byte) in zip(usualTime, bytes) {
      let isFine = place == UInt8(ascii: "0") ? byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") : byte == place
      guard isFine else { return false }
    }
    return true
  }

  private static let usualTime = Array("0000-00-00T00:00:00.000000000Z".utf8)

  /// Adds what belongs to the open line; gives out parts of it when it grows past the limit.
  private func take(_ bytes: ArraySlice<UInt8>, into open: inout Open, _ stream: LogFrame.Stream, _ lines: inout [LogLine]) {
    var bytes = bytes
    if open.time.isEmpty {
      // At most 36 bytes are the time and its space.
      open.text += bytes.prefix(36)
      bytes = bytes.dropFirst(36)
      Self.takeTime(&open)
    }
    while !bytes.isEmpty {
      let room = max(0, Self.partLimitBytes - open.text.count)
      open.text += bytes.prefix(room)
      bytes = bytes.dropFirst(room)
      guard open.text.count >= Self.partLimitBytes, !bytes.isEmpty else { continue }
      let cut = Self.cut(open.text)
      lines.append(
        LogLine(
          time: Self.text(open.time.dropLast()), source: source, stream: stream, text: Self.text(open.text[..<cut]),
          isPartial: true))
      open.text.removeFirst(cut)
    }
  }

  /// Parts the time off the front of a line, where there is a whole one.
  private static func takeTime(_ open: inout Open) {
    guard let space = open.text.prefix(36).firstIndex(of: UInt8(ascii: " ")),
      EngineTimestamp(text(open.text[..<space])) != nil
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

  private func line(_ open: Open, _ stream: LogFrame.Stream) -> LogLine {
    var bytes = open.text[...]
    if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
    guard open.time.isEmpty else {
      return LogLine(time: Self.text(open.time.dropLast()), source: source, stream: stream, text: Self.text(bytes))
    }
    // Not as the engine writes it: what stands before the first space takes the place of the time.
    guard let space = bytes.firstIndex(of: UInt8(ascii: " ")) else {
      return LogLine(time: Self.text(bytes), source: source, stream: stream, text: "")
    }
    return LogLine(
      time: Self.text(bytes[..<space]), source: source, stream: stream, text: Self.text(bytes[(space + 1)...]))
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
