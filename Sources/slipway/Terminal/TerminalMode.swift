import Dispatch
import Glibc

/// The terminal that standard input is, in another mode for a time (termios(3)).
///
/// Restored when the scope ends, and when a signal ends this process.
struct TerminalMode: Sendable {
  private let before: termios
  private let changed: termios

  /// nil when standard input is no terminal.
  private init?(_ change: (inout termios) -> Void) {
    var settings = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    before = settings
    change(&settings)
    changed = settings
  }

  /// Runs `body` with the terminal handed to a program elsewhere: no echo, no lines, no keys of its own.
  ///
  /// For within `Interruption`, which goes on handling INT, TERM and HUP.
  static func raw<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    guard let mode = TerminalMode({ unsafe cfmakeraw(&$0) }) else { return try await body() }
    // The disposition of INT, TERM and HUP is set already; setting it again would take the signal away from the source there.
    let sources = mode.watch(ending: [SIGQUIT], passing: [SIGINT, SIGTERM, SIGHUP])
    mode.apply(mode.changed)
    defer {
      for source in sources { source.cancel() }
      mode.apply(mode.before)
    }
    return try await body()
  }

  /// Runs `body` with what is typed not shown.
  static func silent<Value>(_ body: () -> Value) -> Value {
    guard let mode = TerminalMode({ $0.c_lflag &= ~tcflag_t(ECHO) }) else { return body() }
    let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    let sources = mode.watch(ending: ending, passing: [])
    mode.apply(mode.changed)
    defer {
      for source in sources { source.cancel() }
      for number in ending { signal(number, SIG_DFL) }
      mode.apply(mode.before)
      StandardError.write("")
    }
    return body()
  }

  private func apply(_ settings: termios) {
    var settings = settings
    // Waits for what was written, and keeps what was typed ahead.
    unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }

  /// Restores at the signals of both lists, and ends the process at those of the first.
  private func watch(ending: [CInt], passing: [CInt]) -> [any DispatchSourceSignal] {
    var sources = (ending + passing).map { number in
      if ending.contains(number) { signal(number, SIG_IGN) }
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        apply(before)
        if ending.contains(number) { Glibc._exit(128 + number) }
      }
      return source
    }
    // After a stop the shell has its own settings on the terminal.
    let going = DispatchSource.makeSignalSource(signal: SIGCONT)
    going.setEventHandler { apply(changed) }
    sources.append(going)
    for source in sources { source.resume() }
    return sources
  }
}
