import Dispatch
import DockerEngine
import Glibc

/// Writes bytes on a queue of its own: a reader of ours that is slow slows the writer down, and blocks nothing else.
struct OutputQueue: Sendable {
  private let queue = DispatchQueue(label: "slipway.output")

  /// Waits until all bytes are written; false when nobody reads any more.
  func write(_ bytes: [UInt8], to descriptor: CInt) async -> Bool {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Self.write(bytes, to: descriptor)) }
    }
  }

  /// Takes output; throws when nobody reads it any more.
  ///
  /// - Parameter rest: what becomes of what writes it.
  func sink(_ rest: String = "; the command goes on in the container") -> @Sendable (LogFrame) async throws -> Void {
    { frame in
      guard await write(frame.bytes, to: frame.stream == .stderr ? STDERR_FILENO : STDOUT_FILENO) else {
        throw CommandFailure("nobody reads the output any more\(rest)")
      }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&poller, 1, -1)
        continue
      }
      guard count > 0 else {
        if descriptor == STDOUT_FILENO { StandardOutput.note(errno) }
        return false
      }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
