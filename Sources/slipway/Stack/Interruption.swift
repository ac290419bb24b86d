import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM cancel the work instead of ending the process; a second Ctrl-C ends it at once.
///
/// The handlers are put in place once and stay: one that is taken away and put back within a moment loses signals.
enum Interruption {
  /// What is said at the first Ctrl-C when something is undone then.
  static let undoing = "cancelling: what was begun is undone (once more to end at once; the next command then undoes it)"

  private struct Work: Sendable {
    var number: Int
    var cancel: @Sendable () -> Void
    var notice: String?
    var isCancelled = false
  }

  private struct State: Sendable {
    var lastNumber = 0
    /// What is under way, the innermost last.
    var works: [Work] = []
  }

  private static let state = Mutex(State())

  /// Made at the first use; lives as long as the process.
  private nonisolated(unsafe) static let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
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
    return try await task.value
  }

  private static func interrupt(_ signal: Int32) {
    let work: Work? = state.withLock { state in
      guard let last = state.works.indices.last, !state.works[last].isCancelled else { return nil }
      state.works[last].isCancelled = true
      return state.works[last]
    }
    guard let work else { Glibc._exit(128 + signal) }
    if let notice = work.notice { StandardError.write(notice) }
    work.cancel()
  }
}
