import Dispatch
import Glibc

/// Ctrl-C and SIGTERM cancel the work instead of ending the process; a second Ctrl-C ends it at once.
enum Interruption {
  /// What is said at the first Ctrl-C when something is undone then.
  static let undoing = "cancelling: what was begun is undone (once more to end at once; the next command then undoes it)"

  /// - Parameter notice: said at the first Ctrl-C; nil: nothing.
  static func cancelling<Value: Sendable>(
    notice: String? = undoing, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    // WHY: the task must have a handle that the signal handlers can cancel.
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        if task.isCancelled { Glibc._exit(128 + number) }
        if let notice { StandardError.write(notice) }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
    return try await task.value
  }
}
