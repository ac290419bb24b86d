import Synchronization

/// Keeps finished connections for the next short call, and bounds how many are open for short calls.
final class ConnectionPool: Sendable {
  private struct State {
    var idle: [(connection: EngineConnection, since: ContinuousClock.Instant)] = []
    var isClosed = false
  }

  /// Engines and proxies may drop idle connections; one that has idled longer is not trusted with a write.
  private static let maximumIdle: Duration = .seconds(30)

  private let limit: Int
  private let permits: Permits
  private let state = Mutex(State())
  private let open: @Sendable () async throws(EngineError) -> EngineConnection

  init(limit: Int, open: @escaping @Sendable () async throws(EngineError) -> EngineConnection) {
    self.limit = limit
    permits = Permits(limit)
    self.open = open
  }

  /// A connection for one call, kept or new; every one taken is given back by `giveBack`. Nil when cancelled or closed.
  func take() async throws(EngineError) -> EngineConnection? {
    guard await permits.take() else { return nil }
    if let kept = takeKept() { return kept }
    do {
      return try await open()
    } catch {
      permits.give()
      throw error
    }
  }

  func giveBack(_ connection: EngineConnection, isReusable: Bool) {
    let isKept =
      isReusable && connection.isUsable
      && state.withLock { state in
        guard !state.isClosed, state.idle.count < limit else { return false }
        state.idle.append((connection, .now))
        return true
      }
    if !isKept { connection.close() }
    permits.give()
  }

  func close() {
    let idle = state.withLock { state in
      state.isClosed = true
      defer { state.idle = [] }
      return state.idle
    }
    for entry in idle { entry.connection.close() }
    permits.close()
  }

  private func takeKept() -> EngineConnection? {
    let (kept, stale) = state.withLock { state -> (EngineConnection?, [EngineConnection]) in
      var stale: [EngineConnection] = []
      while let last = state.idle.popLast() {
        if last.connection.isUsable, last.since.duration(to: .now) < Self.maximumIdle { return (last.connection, stale) }
        stale.append(last.connection)
      }
      return (nil, stale)
    }
    for connection in stale { connection.close() }
    return kept
  }
}
