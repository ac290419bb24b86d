import Dispatch
import Glibc
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP cancel the work instead of ending the process; a second Ctrl-C or SIGTERM ends it at once.
///
/// The handlers are put in place once and stay: one that is taken away and put back within a moment loses signals.
enum Interruption {
  /// What is said at the first Ctrl-C when something is undone then.
  static let undoing = "cancelling: what was begun is undone (once more to end at once; the next command then undoes it)"

  private struct Work: Sendable {
    var number: Int
    var cancel: @Sendable () -> Void
    var notice: String?
    /// Takes the signals; nothing is cancelled then.
    var take: (@Sendable (Int32) -> Void)?
    var isCancelled = false
  }

  private struct State: Sendable {
    var lastNumber = 0
    /// What is under way, the innermost last.
    var works: [Work] = []
    /// The last that came.
    var signal: Int32?
  }

  /// The exit code of a command that was interrupted: 128 and the signal, as shells count.
  static var exitCode: Int32 { 128 + lastSignal }

  /// The last that cancelled something; SIGINT when none did.
  static var lastSignal: Int32 { state.withLock { $0.signal } ?? SIGINT }

  private static let state = Mutex(State())

  /// Made at the first use; lives as long as the process.
  private nonisolated(unsafe) static let sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number -> (any DispatchSourceSignal)? in
    let before = signal(number, SIG_IGN)
    // nohup(1): a terminal that goes away is meant to change nothing.
    // SAFETY: compared as numbers; SIG_IGN is no function, and nothing is called.
    let wasIgnored = unsafe (unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self))
    if number == SIGHUP, wasIgnored { return nil }
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { interrupt(number) }
    source.resume()
    return source
  }

  /// - Parameter notice: said at the first Ctrl-C; nil: nothing.
  static func cancelling<Value: Sendable>(
    notice: String? = undoing, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    _ = unsafe sources
    // WHY: the task must have a handle that the signal handlers can cancel.
    let task = Task { try await body() }
    let number = state.withLock { state in
      state.lastNumber += 1
      state.works.append(Work(number: state.lastNumber, cancel: { task.cancel() }, notice: notice))
      return state.lastNumber
    }
    defer { state.withLock { $0.works.removeAll { $0.number == number } } }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Runs `body`; meanwhile signals go to `take` and end nothing here, because what they are for runs elsewhere. QUIT, USR1 and
  /// USR2 are among them.
  static func forwarding<Value: Sendable>(
    to take: @escaping @Sendable (Int32) -> Void, _ body: () async throws -> Value
  ) async throws -> Value {
    _ = unsafe sources
    let number = state.withLock { state in
      state.lastNumber += 1
      state.works.append(Work(number: state.lastNumber, cancel: {}, notice: nil, take: take))
      return state.lastNumber
    }
    let others = [SIGQUIT, SIGUSR1, SIGUSR2]
    let extra = others.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { take(number) }
      source.resume()
      return source
    }
    defer {
      for source in extra { source.cancel() }
      for number in others { signal(number, SIG_DFL) }
      state.withLock { $0.works.removeAll { $0.number == number } }
    }
    return try await body()
  }

  private static func interrupt(_ signal: Int32) {
    if let take = state.withLock({ $0.works.last?.take }) { return take(signal) }
    let (work, isEnd): (Work?, Bool) = state.withLock { state in
      state.signal = signal
      guard let last = state.works.indices.last else { return (nil, true) }
      // The shell and the kernel may both tell that the terminal has gone.
      guard !state.works[last].isCancelled else { return (nil, signal != SIGHUP) }
      state.works[last].isCancelled = true
      return (state.works[last], false)
    }
    if isEnd { Glibc._exit(128 + signal) }
    guard let work else { return }
    if let notice = work.notice { StandardError.note(notice) }
    work.cancel()
  }
}
