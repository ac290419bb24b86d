package import DockerEngine
import Synchronization

/// What happens to the way to an engine while its logs are followed.
package enum LinkNotice: Hashable, Sendable {
  case lost(reason: String)
  case isBack
}

/// Waits for a remote engine whose connection was lost; shared by all streams of it, so that the loss is told once.
///
/// An engine on this machine is not waited for, unless it is said so: it went away because somebody ended it.
package final class LinkPatience: Sendable {
  /// How long a lost link is waited for.
  package static let standardLimit: Duration = .seconds(600)

  private let engine: EngineClient
  private let limit: Duration
  private let notice: @Sendable (LinkNotice) -> Void
  private let isAway = Mutex(false)
  private let returns = Mutex(Returns())

  /// Keeps an engine that answers, and ends each stream at once, from being asked without a pause.
  private struct Returns {
    private static let steady: Duration = .seconds(10)
    private static let longestPause: Duration = .seconds(5)
    private var last: ContinuousClock.Instant?
    private var pause = Duration.zero
    /// All streams lose a link: it counts once until it is back.
    private var isCounted = false

    mutating func isBack() {
      last = .now
      isCounted = false
    }

    mutating func pauseAfterLoss() -> Duration {
      if isCounted { return pause }
      isCounted = true
      let isQuick = last.map { $0.duration(to: .now) < Self.steady } ?? false
      pause = isQuick ? min(max(pause * 2, EngineReturn.firstPause), Self.longestPause) : .zero
      return pause
    }
  }

  package init(
    _ engine: EngineClient, limit: Duration = standardLimit, waitsForLocal: Bool = false,
    notice: @escaping @Sendable (LinkNotice) -> Void = { _ in }
  ) {
    self.engine = engine
    self.limit = engine.isRemote || waitsForLocal ? limit : .zero
    self.notice = notice
  }

  /// Whether `error` was the loss of the engine, which is back now: then what failed may be begun again.
  ///
  /// - Throws: `error` when the engine is not back within the limit.
  package func outlasts(_ error: any Error) async throws -> Bool {
    guard limit > .zero, let error = error as? EngineError, error.saysEngineIsGone, !Task.isCancelled else { return false }
    if change(to: true) { notice(.lost(reason: "\(error)")) }
    try await Task.sleep(for: returns.withLock { $0.pauseAfterLoss() })
    try await EngineReturn(engine, limit: limit).wait(after: error)
    returns.withLock { $0.isBack() }
    if change(to: false) { notice(.isBack) }
    return true
  }

  /// Runs `body`, again each time the engine was lost and is back. Only for what may be done twice.
  package func outlasting<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch {
        guard try await outlasts(error) else { throw error }
      }
    }
  }

  /// Whether it was otherwise before.
  private func change(to value: Bool) -> Bool {
    isAway.withLock { flag in
      defer { flag = value }
      return flag != value
    }
  }
}
