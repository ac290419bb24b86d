import Dispatch
import Glibc

/// Ctrl-C and SIGTERM cancel the work instead of ending the process; a second Ctrl-C ends it at once.
enum Interruption {
  static func cancelling<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    // WHY: the task must have a handle that the signal handlers can cancel.
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        if task.isCancelled { Glibc._exit(128 + number) }
        StandardError.write("cancelling: what was begun is undone (once more to end at once; the next command then undoes it)")
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
