import Synchronization

/// Keeps finished connections for the next short call, and bounds how many are open for short calls.
final class ConnectionPool: Sendable {
  private struct State {
    var idle: [(connection: EngineConnection, since: ContinuousClock.Instant)] = []
    /// What calls are under way on.
    var lent: [ObjectIdentifier: EngineConnection] = [:]
    var isClosed = false
  }

  /// How long calls under way are waited for that were ended.
  private static let settlingLimit: Duration = .seconds(1)
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
  func take(isNew: Bool = false) async throws(EngineError) -> EngineConnection? {
    guard await permits.take() else { return nil }
    if !isNew, let kept = takeKept() { return lend(kept) }
    do {
      return lend(try await open())
    } catch {
      permits.give()
      throw error
    }
  }

  private func lend(_ connection: EngineConnection) -> EngineConnection {
    let isClosed = state.withLock { state in
      state.lent[ObjectIdentifier(connection)] = connection
      return state.isClosed
    }
    if isClosed { connection.close() }
    return connection
  }

  func giveBack(_ connection: EngineConnection, isReusable: Bool) {
    let isUsable = isReusable && connection.isUsable
    let isKept = state.withLock { state in
      guard isUsable, !state.isClosed, state.idle.count < limit else { return false }
      state.lent[ObjectIdentifier(connection)] = nil
      state.idle.append((connection, .now))
      return true
    }
    if !isKept {
      connection.close()
      // Last: the event loop stays until nothing is lent.
      state.withLock { $0.lent[ObjectIdentifier(connection)] = nil }
    }
    permits.give()
  }

  /// Ends all connections, also those that calls are under way on, and waits until the calls have left them.
  func close() async {
    let open = state.withLock { state in
      state.isClosed = true
      defer { state.idle = [] }
      return state.idle.map(\.connection) + Array(state.lent.values)
    }
    for connection in open { connection.close() }
    permits.close()
    // WHY: a task of its own is not cancelled with this one.
    _ = await Task {
      let end = ContinuousClock.now + Self.settlingLimit
      while state.withLock({ !$0.lent.isEmpty }), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(1)) }
    }.result
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
