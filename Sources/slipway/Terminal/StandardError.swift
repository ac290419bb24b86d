import Glibc

/// Lines for people beside the output: warnings, problems, progress.
enum StandardError {
  static func write(_ line: String) { writePart(line + "\n") }

  /// Without a line break, for questions.
  static func writePart(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}
