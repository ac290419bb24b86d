import Glibc

/// The result of a command, written whole.
enum StandardOutput {
  /// Writes to a file, or to standard output when none is named; false when that failed.
  static func write(_ text: String, toFile path: String? = nil) -> Bool {
    var descriptor = STDOUT_FILENO
    if let path {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { return false }
    }
    defer { if path != nil { close(descriptor) } }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  static var lastError: String { unsafe String(cString: strerror(errno)) }
}
