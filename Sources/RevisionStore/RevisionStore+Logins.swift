import FoundationEssentials
import GRDB

/// What S-AUTH-4 allows: for an account from a network, tries that cost nothing, then waits that double; and tries a minute.
package struct LoginRule: Sendable {
  package var freeFailures: Int
  package var longestWaitSeconds: Int64
  package var triesPerWindow: Int
  package var windowSeconds: Int64
  /// After how long without a failure they are forgotten.
  package var memorySeconds: Int64
  /// Rows kept; the oldest go first.
  package var rowLimit: Int

  package init(
    freeFailures: Int = 5, longestWaitSeconds: Int64 = 900, triesPerWindow: Int = 30, windowSeconds: Int64 = 60,
    memorySeconds: Int64 = 86_400, rowLimit: Int = 50_000
  ) {
    self.freeFailures = freeFailures
    self.longestWaitSeconds = longestWaitSeconds
    self.triesPerWindow = triesPerWindow
    self.windowSeconds = windowSeconds
    self.memorySeconds = memorySeconds
    self.rowLimit = rowLimit
  }

  /// How long the next try waits after that many failures: 0, and from the last free one on 1, 2, 4 … seconds.
  package func waitSeconds(afterFailures count: Int) -> Int64 {
    guard count >= freeFailures else { return 0 }
    let doublings = count - freeFailures
    return doublings >= 32 ? longestWaitSeconds : min(1 << Int64(doublings), longestWaitSeconds)
  }
}

/// Whether a login may be tried.
package enum LoginTry: Hashable, Sendable {
  /// It counts as a failure until it is settled, so that many at once gain nothing.
  case begun(LoginTicket)
  case blocked(retryAfterSeconds: Int64)
}

/// A try that was begun.
package struct LoginTicket: Hashable, Sendable {
  fileprivate var account: [UInt8]
  fileprivate var network: String
  fileprivate var count: Int
  fileprivate var blockedUntilBefore: Int64
}

/// What became of a try that was no failure; a failure is left as it is.
package enum LoginSettlement: Sendable {
  /// The login is complete: earlier failures are forgotten.
  case succeeded
  /// It was right as far as it went, or was never looked at: as if it had not been.
  case uncounted
}

extension RevisionStore {
  /// Begins a try to log in, when the rule allows one now (S-AUTH-4). The counters survive a restart.
  ///
  /// - Parameters:
  ///   - account: as it was typed, whether there is such a user or not; kept as a keyed hash only.
  ///   - network: of the address it comes from.
  package func beginLogin(account: String, network: String, rule: LoginRule) async throws(StoreError) -> LoginTry {
    try await write { db in
      let now = self.now().milliseconds
      let keys = try self.vault.keysForWriting(of: .instance, db, now: self.now())
      let name = Array(keys.mac(Array(account.lowercased().utf8), purpose: "slipway.login.1"))
      try Self.forgetLogins(rule, now: now, db)
      let row = try Row.fetchOne(
        db, sql: "SELECT count, blocked_until FROM login_failure WHERE account = ? AND network = ?",
        arguments: [Data(name), network])
      let blockedUntil = row?["blocked_until"] as Int64? ?? 0
      if blockedUntil > now { return .blocked(retryAfterSeconds: Self.seconds(until: blockedUntil, from: now)) }
      if let wait = try Self.takePlace(in: network, rule: rule, now: now, db) { return .blocked(retryAfterSeconds: wait) }
      let count = (row?["count"] as Int? ?? 0) + 1
      let wait = rule.waitSeconds(afterFailures: count)
      try db.execute(
        sql: """
          INSERT INTO login_failure (account, network, count, blocked_until, last_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (account, network) DO UPDATE SET
            count = excluded.count, blocked_until = excluded.blocked_until, last_at = excluded.last_at
          """, arguments: [Data(name), network, count, wait == 0 ? 0 : now + wait * 1000, now])
      return .begun(LoginTicket(account: name, network: network, count: count, blockedUntilBefore: blockedUntil))
    }
  }

  /// Says that a try was no failure.
  package func settleLogin(_ ticket: LoginTicket, _ settlement: LoginSettlement) async throws(StoreError) {
    try await write { db in
      switch settlement {
      case .succeeded:
        try db.execute(
          sql: "DELETE FROM login_failure WHERE account = ? AND network = ?", arguments: [Data(ticket.account), ticket.network])
      case .uncounted:
        // Others may have failed meanwhile: then their wait stays.
        try db.execute(
          sql: """
            UPDATE login_failure SET count = max(0, count - 1),
              blocked_until = CASE WHEN count = ? THEN ? ELSE blocked_until END
            WHERE account = ? AND network = ?
            """, arguments: [ticket.count, ticket.blockedUntilBefore, Data(ticket.account), ticket.network])
      }
      try db.execute(
        sql: "UPDATE login_window SET count = max(0, count - 1) WHERE network = ?", arguments: [ticket.network])
    }
  }

  /// Counts a try against its network's window; the seconds to wait when the window is full.
  private static func takePlace(in network: String, rule: LoginRule, now: Int64, _ db: Database) throws -> Int64? {
    let row = try Row.fetchOne(db, sql: "SELECT began_at, count FROM login_window WHERE network = ?", arguments: [network])
    let end = (row?["began_at"] as Int64? ?? 0) + rule.windowSeconds * 1000
    let isOpen = row != nil && end > now
    let count = isOpen ? (row?["count"] as Int? ?? 0) : 0
    if count >= rule.triesPerWindow { return seconds(until: end, from: now) }
    try db.execute(
      sql: """
        INSERT INTO login_window (network, began_at, count) VALUES (?1, ?2, 1)
        ON CONFLICT (network) DO UPDATE SET began_at = CASE WHEN ?3 THEN began_at ELSE ?2 END, count = ?4
        """, arguments: [network, now, isOpen, count + 1])
    return nil
  }

  private static func forgetLogins(_ rule: LoginRule, now: Int64, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM login_failure WHERE last_at < ?", arguments: [now - rule.memorySeconds * 1000])
    try db.execute(sql: "DELETE FROM login_window WHERE began_at < ?", arguments: [now - rule.windowSeconds * 1000])
    let excess = (try Int.fetchOne(db, sql: "SELECT count(*) FROM login_failure") ?? 0) - rule.rowLimit
    guard excess >= 0 else { return }
    try db.execute(
      sql: """
        DELETE FROM login_failure WHERE (account, network) IN
          (SELECT account, network FROM login_failure ORDER BY last_at LIMIT ?)
        """, arguments: [excess + 1])
  }

  private static func seconds(until end: Int64, from now: Int64) -> Int64 {
    max(1, (end - now + 999) / 1000)
  }
}
