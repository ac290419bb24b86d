import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Begins a session and notes the login; gives the ids of the user's oldest sessions when they had to end for it.
  ///
  /// - Throws: `refused`: `userUnknown`, also for one that is disabled; `userChanged`.
  package func beginSession(_ new: NewSession, _ entry: AuditEntry) async throws(StoreError) -> [String] {
    try await write { db in
      let moment = self.now().milliseconds
      let user = try UserRows.existing(new.user, db)
      guard !user.isDisabled else { throw StoreError.refused(.userUnknown) }
      guard new.userChangedAt.map({ $0 == user.updatedAt }) ?? true else { throw StoreError.refused(.userChanged) }
      let excess = try String.fetchAll(
        db, sql: "SELECT id FROM session WHERE user_id = ? ORDER BY created_at DESC, id LIMIT -1 OFFSET ?",
        arguments: [new.user, SessionRows.limitPerUser - 1])
      for id in excess { try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id]) }
      try db.execute(
        sql: """
          INSERT INTO session (id, secret_hash, user_id, way, address, user_agent, created_at, last_seen_at, ends_at, step_up_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          new.id, Data(new.secretHash), new.user, new.way.rawValue, bounded(new.address, 64), bounded(new.userAgent, 200), moment,
          moment, new.endsAt.milliseconds, moment,
        ])
      try db.execute(sql: "UPDATE user SET last_login_at = ? WHERE id = ?", arguments: [moment, new.user])
      try self.audit(entry, db)
      return excess
    }
  }

  /// A session by the hash of its secret, with its user as it is now; nil when there is none. Says nothing about its age.
  package func session(secretHash: [UInt8]) async throws(StoreError) -> (session: Session, user: User)? {
    try await read { db in
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT * FROM session WHERE secret_hash = ?"), arguments: [Data(secretHash)])
      guard let row else { return nil }
      let session = try SessionRows.session(row)
      return (session, try UserRows.existing(session.user, db))
    }
  }

  /// A session by its id, with its user as it is now; nil when there is none. Says nothing about its age.
  package func session(id: String) async throws(StoreError) -> (session: Session, user: User)? {
    try await read { db in
      guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM session WHERE id = ?"), arguments: [id])
      else { return nil }
      let session = try SessionRows.session(row)
      return (session, try UserRows.existing(session.user, db))
    }
  }

  /// The newest sessions, of one user or of all, at most 1000.
  package func sessions(ofUser id: Int64? = nil) async throws(StoreError) -> [Session] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM session WHERE ?1 IS NULL OR user_id = ?1 ORDER BY created_at DESC, id LIMIT 1000",
        arguments: [id]
      ).map(SessionRows.session)
    }
  }

  /// Notes that a session was used.
  package func touchSession(_ id: String) async throws(StoreError) {
    try await write { db in
      try db.execute(sql: "UPDATE session SET last_seen_at = ? WHERE id = ?", arguments: [self.now().milliseconds, id])
    }
  }

  /// Gives a session another secret: the old one is worth nothing then. With `isStepUp` its step-up is now (S-AUTH-5, S-AUTH-7).
  ///
  /// - Throws: `refused(.sessionUnknown)`.
  package func renewSession(
    _ id: String, secretHash: [UInt8], isStepUp: Bool, _ entry: AuditEntry
  ) async throws(StoreError) {
    try await write { db in
      let moment = self.now().milliseconds
      try db.execute(
        sql: """
          UPDATE session SET secret_hash = ?, last_seen_at = ?, step_up_at = CASE WHEN ? THEN ? ELSE step_up_at END WHERE id = ?
          """, arguments: [Data(secretHash), moment, isStepUp, moment, id])
      guard db.changesCount == 1 else { throw StoreError.refused(.sessionUnknown) }
      try self.audit(entry, db)
    }
  }

  /// Ends one session.
  ///
  /// - Parameter user: whose it must be; nil: anybody's.
  /// - Throws: `refused(.sessionUnknown)`.
  package func endSession(_ id: String, ofUser user: Int64? = nil, _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "DELETE FROM session WHERE id = ?1 AND (?2 IS NULL OR user_id = ?2)", arguments: [id, user])
      guard db.changesCount == 1 else { throw StoreError.refused(.sessionUnknown) }
      try self.audit(entry, db)
    }
  }

  /// Ends the sessions of a user, but `kept`; gives their ids.
  package func endSessions(
    ofUser id: Int64, keeping kept: String? = nil, _ entry: AuditEntry
  ) async throws(StoreError) -> [String] {
    try await write { db in
      let ended = try SessionRows.end(ofUser: id, keeping: kept, db)
      try self.audit(entry, db)
      return ended
    }
  }

  /// Forgets the sessions whose end has come, or that nobody used since `idleSince`; gives their ids.
  package func pruneSessions(idleSince: Timestamp) async throws(StoreError) -> [String] {
    try await write { db in
      let arguments: StatementArguments = [self.now().milliseconds, idleSince.milliseconds]
      let ids = try String.fetchAll(
        db, sql: "SELECT id FROM session WHERE ends_at <= ? OR last_seen_at <= ?", arguments: arguments)
      try db.execute(sql: "DELETE FROM session WHERE ends_at <= ? OR last_seen_at <= ?", arguments: arguments)
      return ids
    }
  }

  /// What has ended by itself by now, and when the next end comes.
  ///
  /// - Parameters:
  ///   - last: the last look; tokens that ended by then are not named again.
  ///   - idleMilliseconds: how long a session lives without use.
  package func credentialEnds(since last: Timestamp, idleMilliseconds: Int64) async throws(StoreError) -> CredentialEnds {
    try await read { db in
      let now = self.now().milliseconds
      let end = "min(ends_at, last_seen_at + \(idleMilliseconds))"
      let sessions = try String.fetchAll(
        db, sql: "SELECT id FROM session WHERE \(end) <= ? ORDER BY id LIMIT 1000", arguments: [now])
      let session = try Int64.fetchOne(db, sql: "SELECT min(\(end)) FROM session WHERE \(end) > ?", arguments: [now])
      let tokens = try String.fetchAll(
        db, sql: "SELECT id FROM api_token WHERE revoked_at IS NULL AND expires_at > ? AND expires_at <= ? ORDER BY id",
        arguments: [last.milliseconds, now])
      let token = try Int64.fetchOne(
        db, sql: "SELECT min(expires_at) FROM api_token WHERE revoked_at IS NULL AND expires_at > ?", arguments: [now])
      return CredentialEnds(
        sessions: sessions, tokens: tokens,
        next: [session, token].compactMap(\.self).min().map(Timestamp.init(milliseconds:)))
    }
  }

  // MARK: Tokens

  /// - Throws: `refused`: `userUnknown`, `tooMany`.
  package func createToken(_ new: NewToken, _ entry: AuditEntry) async throws(StoreError) -> Token {
    try await write { db in
      let token = try SessionRows.insert(new, now: self.now(), db)
      try self.audit(entry, db)
      return token
    }
  }

  /// The tokens of one user or of all, oldest first, the revoked ones too, at most 10,000.
  package func tokens(ofUser id: Int64? = nil) async throws(StoreError) -> [Token] {
    try await read { db in
      Array(try SessionRows.tokens(db, where: "?1 IS NULL OR user_id = ?1", [id]).prefix(10_000))
    }
  }

  /// A token with its user as it is now; nil when there is none. Says nothing about its age.
  package func token(_ id: String) async throws(StoreError) -> (token: Token, user: User)? {
    try await read { db in
      guard let token = try SessionRows.tokens(db, where: "id = ?", [id]).first else { return nil }
      return (token, try UserRows.existing(token.user, db))
    }
  }

  /// Notes that a token was used.
  package func touchToken(_ id: String) async throws(StoreError) {
    try await write { db in
      try db.execute(sql: "UPDATE api_token SET last_used_at = ? WHERE id = ?", arguments: [self.now().milliseconds, id])
    }
  }

  /// Ends a token for good; it stays in the lists.
  ///
  /// - Parameter user: whose it must be; nil: anybody's.
  /// - Throws: `refused(.tokenUnknown)`, also for one that is revoked.
  package func revokeToken(_ id: String, ofUser user: Int64? = nil, _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "UPDATE api_token SET revoked_at = ?3 WHERE id = ?1 AND revoked_at IS NULL AND (?2 IS NULL OR user_id = ?2)",
        arguments: [id, user, self.now().milliseconds])
      guard db.changesCount == 1 else { throw StoreError.refused(.tokenUnknown) }
      try self.audit(entry, db)
    }
  }
}
