import DockerEngine
import Synchronization

/// Waits for an engine that has gone in the middle of an operation (R-ENG-1).
///
/// An operation pauses; what was under way is then taken up by looking first (R-OP-2). Shared by the steps that run side by side:
/// the going and the coming back are told once.
final class EnginePatience: Sendable {
  private let engine: EngineClient
  private let limit: Duration
  private let progress: ProgressSink
  private let isAway = Mutex(false)

  init(engine: EngineClient, limit: Duration, progress: @escaping ProgressSink) {
    self.engine = engine
    self.limit = limit
    self.progress = progress
  }

  /// Runs `body` again, told so, each time the engine came back after it was gone; at most `repeats` times.
  func patiently<Value>(repeats: Int = 3, _ body: (_ isRepeat: Bool) async throws -> Value) async throws -> Value {
    var count = 0
    while true {
      do {
        return try await body(count > 0)
      } catch {
        guard let failure = error as? EngineError, failure.saysEngineIsGone, count < repeats, !Task.isCancelled else {
          throw error
        }
        try await waitUntilBack(after: failure)
        count += 1
      }
    }
  }

  /// - Throws: `failure` when the engine is not back within the limit.
  func waitUntilBack(after failure: EngineError) async throws {
    try await EngineReturn(engine, limit: limit).wait(after: failure) {
      if !isAway.withLock({ swap(&$0, true) }) { progress(.waitingForEngine(reason: "\(failure)")) }
    }
    if isAway.withLock({ swap(&$0, false) }) { progress(.engineIsBack) }
  }

  private func swap(_ flag: inout Bool, _ value: Bool) -> Bool {
    defer { flag = value }
    return flag
  }
}
