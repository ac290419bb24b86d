import Dispatch
import Glibc
import Orchestration

/// The terminal that standard input is, handed to a program elsewhere: no echo, no lines, no keys of its own (termios(3)).
///
/// Restored when the scope ends, and when a signal ends this process.
struct RawTerminal: Sendable {
  private let before: termios
  private let raw: termios

  private init?() {
    var settings = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    before = settings
    unsafe cfmakeraw(&settings)
    raw = settings
  }

  /// Runs `body` with the terminal in raw mode; without a terminal just runs it.
  static func with<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    guard let terminal = RawTerminal() else { return try await body() }
    let sources = terminal.signalSources()
    terminal.apply(terminal.raw)
    defer {
      for source in sources { source.cancel() }
      terminal.apply(terminal.before)
    }
    return try await body()
  }

  private func apply(_ settings: termios) {
    var settings = settings
    // Waits for what was written, and keeps what was typed ahead.
    unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }

  private func signalSources() -> [any DispatchSourceSignal] {
    // INT and TERM are handled by `Interruption`, which cancels the work; the terminal is put right at once all the same.
    // Their disposition is set already, and setting it again would take the signal away from the source that is there.
    let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
      if number == SIGHUP || number == SIGQUIT { signal(number, SIG_IGN) }
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        apply(before)
        if number == SIGHUP || number == SIGQUIT { Glibc._exit(128 + number) }
      }
      return source
    }
    // After a stop the shell has its own settings on the terminal.
    let going = DispatchSource.makeSignalSource(signal: SIGCONT)
    going.setEventHandler { apply(raw) }
    let all = ending + [going]
    for source in all { source.resume() }
    return all
  }
}

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
