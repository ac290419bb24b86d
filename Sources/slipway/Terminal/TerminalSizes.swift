import Dispatch
import Glibc
import Orchestration

/// The size of the terminal on standard output, at first and whenever it changes.
enum TerminalSizes {
  static var now: ServiceExec.TerminalSize? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
    return ServiceExec.TerminalSize(rows: Int(size.ws_row), columns: Int(size.ws_col))
  }

  /// Ends with the task that reads it; only the newest size is kept.
  static func changes() -> AsyncStream<ServiceExec.TerminalSize> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      if let now { continuation.yield(now) }
      // SAFETY: a dispatch source may be used from any thread.
      nonisolated(unsafe) let source = DispatchSource.makeSignalSource(signal: SIGWINCH)
      unsafe source.setEventHandler { if let now { continuation.yield(now) } }
      continuation.onTermination = { _ in unsafe source.cancel() }
      unsafe source.resume()
    }
  }
}
