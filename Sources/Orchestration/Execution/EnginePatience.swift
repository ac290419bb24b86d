import DockerEngine
import Synchronization

/// Waits for an engine that has gone in the middle of an operation (R-ENG-1).
///
/// An operation pauses; what was under way is then taken up by looking first (R-OP-2). Shared by the steps that run side by side:
/// the going and the coming back are told once.
final class EnginePatience: Sendable {
  /// Pauses begin here and double, each with full jitter.
  static let firstPause: Duration = .milliseconds(200)
  static let longestPause: Duration = .seconds(60)

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
  private func waitUntilBack(after failure: EngineError) async throws {
    let end = ContinuousClock.now + limit
    var pause = Self.firstPause
    while ContinuousClock.now < end {
      if await isThere() {
        if isAway.withLock({ swap(&$0, false) }) { progress(.engineIsBack) }
        return
      }
      if !isAway.withLock({ swap(&$0, true) }) { progress(.waitingForEngine(reason: "\(failure)")) }
      let jitter = Duration.milliseconds(Int64.random(in: 0...Int64(pause / .milliseconds(1))))
      try await Task.sleep(for: min(max(jitter, .milliseconds(50)), ContinuousClock.now.duration(to: end)))
      pause = min(pause * 2, min(Self.longestPause, limit / 4))
    }
    throw failure
  }

  private func isThere() async -> Bool {
    do {
      _ = try await engine.ping()
      return true
    } catch {
      return false
    }
  }

  private func swap(_ flag: inout Bool, _ value: Bool) -> Bool {
    defer { flag = value }
    return flag
  }
}

extension EngineError {
  /// Whether the engine, not the call, is the trouble: what was asked may be asked again once it answers.
  var saysEngineIsGone: Bool {
    switch self {
    case .unreachable, .connectionLost: true
    default: false
    }
  }
}
