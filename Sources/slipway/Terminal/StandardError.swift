import Glibc
import Synchronization

/// Lines for people beside the output: warnings, problems, progress.
enum StandardError {
  /// Takes lines instead while a picture is on the screen, to put them above it.
  static let picture = Mutex<(@Sendable (String) -> Void)?>(nil)

  static func write(_ line: String) {
    if let show = picture.withLock({ $0 }) { show(line) } else { put(line + "\n") }
  }

  /// Writes bytes as they are, whole.
  static func put(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
