/// A piece of a container's output.
///
/// Frames are pieces of bytes, not lines: long lines come in several frames, and one frame may hold several lines.
package struct LogFrame: Hashable, Sendable {
  package enum Stream: Hashable, Sendable { case stdout, stderr }

  package var stream: Stream
  package var bytes: [UInt8]

  package init(stream: Stream, bytes: [UInt8]) {
    self.stream = stream
    self.bytes = bytes
  }
}

/// How output is framed on the wire.
package enum LogFraming: Hashable, Sendable {
  /// A TTY's bytes as they are, all as stdout.
  case raw
  /// Each piece behind a header of 8 bytes: the stream, three zeros, the length as big-endian number.
  case multiplexed
}

/// Takes the headers out of multiplexed output, over any cuts of its bytes (Engine API, "Attach to a container").
struct LogDemultiplexer {
  enum Failure: Error, Hashable {
    case frameTooLarge(bytes: Int)
    case unknownStream(UInt8)
    /// The engine's own message in place of output.
    case engine(message: String)
  }

  private static let headerBytes = 8
  private var pending: [UInt8] = []
  private var start = 0

  /// Whether the output ended within a frame.
  var isWithinFrame: Bool { start < pending.count }

  mutating func take(_ bytes: some Sequence<UInt8>) {
    if start > 0 {
      pending.removeFirst(start)
      start = 0
    }
    pending.append(contentsOf: bytes)
  }

  /// The next whole frame; nil when more bytes are needed.
  mutating func next() throws(Failure) -> LogFrame? {
    var frame: LogFrame?
    guard try next({ stream, bytes in frame = LogFrame(stream: stream, bytes: copy(of: bytes)) }) else { return nil }
    return frame
  }

  /// Shows the next whole frame to `visit`, where it lies; false when more bytes are needed.
  mutating func next(_ visit: (LogFrame.Stream, Span<UInt8>) -> Void) throws(Failure) -> Bool {
    guard pending.count - start >= Self.headerBytes else { return false }
    let length = pending[start + 4..<start + 8].reduce(0) { $0 << 8 | Int($1) }
    guard length <= EngineLimits.frameBytes else { throw .frameTooLarge(bytes: length) }
    let kind = pending[start]
    guard kind <= 3, pending[start + 1] | pending[start + 2] | pending[start + 3] == 0 else { throw .unknownStream(kind) }
    let begin = start + Self.headerBytes
    guard pending.count >= begin + length else { return false }
    start = begin + length
    let content = pending.span.extracting(begin..<begin + length)
    if kind == 3 { throw .engine(message: String(decoding: copy(of: content), as: UTF8.self)) }
    // 0 is the echo of stdin, which belongs to what is shown.
    visit(kind == 2 ? .stderr : .stdout, content)
    return true
  }
}

private func copy(of bytes: Span<UInt8>) -> [UInt8] {
  // SAFETY: the pointer is used within the closure only.
  unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
}
