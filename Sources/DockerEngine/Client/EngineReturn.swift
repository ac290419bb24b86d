/// Waits for an engine that has gone until it answers again (R-ENG-1).
///
/// The pauses between the attempts begin short and double, each with full jitter.
package struct EngineReturn: Sendable {
  package static let firstPause: Duration = .milliseconds(200)
  package static let longestPause: Duration = .seconds(60)
  private static let shortestPause: Duration = .milliseconds(50)

  private let engine: EngineClient
  private let limit: Duration

  package init(_ engine: EngineClient, limit: Duration) {
    self.engine = engine
    self.limit = limit
  }

  /// Returns when the engine answers; `isAway` is told once when the first attempt has failed.
  ///
  /// - Throws: `failure` when the engine is not back within the limit; `CancellationError`.
  package func wait(after failure: EngineError, isAway: () -> Void = {}) async throws {
    let end = ContinuousClock.now + limit
    var pause = Self.firstPause
    var isTold = false
    while ContinuousClock.now < end {
      if await isThere() { return }
      if !isTold { isAway() }
      isTold = true
      let jitter = Duration.milliseconds(Int64.random(in: 0...Int64(pause / .milliseconds(1))))
      try await Task.sleep(for: min(max(jitter, Self.shortestPause), ContinuousClock.now.duration(to: end)))
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
}

extension EngineError {
  /// Whether the engine, not the call, is the trouble: what was asked may be asked again once it answers.
  package var saysEngineIsGone: Bool {
    switch self {
    case .unreachable, .connectionLost: true
    default: false
    }
  }
}
