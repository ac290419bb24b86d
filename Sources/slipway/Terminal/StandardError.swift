import Glibc

/// Lines for people beside the output: warnings, problems, progress.
enum StandardError {
  static func write(_ line: String) {
    unsafe fputs(line + "\n", stderr)
  }
}
