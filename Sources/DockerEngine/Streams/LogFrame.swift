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
    guard pending.count - start >= Self.headerBytes else { return nil }
    let length = pending[start + 4..<start + 8].reduce(0) { $0 << 8 | Int($1) }
    guard length <= EngineLimits.frameBytes else { throw .frameTooLarge(bytes: length) }
    let kind = pending[start]
    guard kind <= 3, pending[start + 1..<start + 4].allSatisfy({ $0 == 0 }) else { throw .unknownStream(kind) }
    let end = start + Self.headerBytes + length
    guard pending.count >= end else { return nil }
    let bytes = Array(pending[start + Self.headerBytes..<end])
    start = end
    if kind == 3 { throw .engine(message: String(decoding: bytes, as: UTF8.self)) }
    // 0 is the echo of stdin, which belongs to what is shown.
    return LogFrame(stream: kind == 2 ? .stderr : .stdout, bytes: bytes)
  }
}
