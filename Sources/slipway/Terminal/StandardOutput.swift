import ComposeFile
import Glibc
import Synchronization

/// The result of a command, written whole.
enum StandardOutput {
  /// The system's number for why standard output could not be written, at the first such write.
  ///
  /// The end of the command looks here, so that no output is lost in silence, however the command goes on.
  static let failure = Mutex<CInt?>(nil)

  /// Writes text for people; false when that failed.
  @discardableResult
  static func show(_ text: String) -> Bool { write(TerminalText.block(text)) }

  /// Words one a line, or one JSON array of them.
  static func list(_ words: [String], isJSON: Bool) {
    write(isJSON ? ComposeValue.list(words.map { .string($0) }).json(indented: true) + "\n" : words.map { $0 + "\n" }.joined())
  }

  /// Writes to a file, or to standard output when none is named, as it is; false when that failed.
  @discardableResult
  static func write(_ text: String, toFile path: String? = nil) -> Bool {
    var descriptor = STDOUT_FILENO
    if let path {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { return false }
    }
    defer { if path != nil { close(descriptor) } }
    guard write(Array(text.utf8), to: descriptor) else {
      if path == nil { note(errno) }
      return false
    }
    return true
  }

  /// Writes to standard output; false when that failed.
  static func write(_ bytes: [UInt8]) -> Bool {
    guard write(bytes, to: STDOUT_FILENO) else {
      note(errno)
      return false
    }
    return true
  }

  private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  static func note(_ number: CInt) { failure.withLock { $0 = $0 ?? number } }

  static var lastError: String { reason(errno) }

  static func reason(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }

  /// Opens what the caller has closed of the first three descriptors, so that no file or socket of ours gets such a number and
  /// the output with it. What cannot be written then fails as if it were still closed.
  static func reserveStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
