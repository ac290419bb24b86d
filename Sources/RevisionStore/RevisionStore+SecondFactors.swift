import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Keeps a new seed, sealed, until a code of it has come back (S-AUTH-8); one that is in force is refused.
  ///
  /// - Throws: `invalid` when the user has a second factor; `masterKeyMissing` and its like.
  package func beginSecondFactor(ofUser id: Int64, seed: Secret<[UInt8]>, _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      let user = try UserRows.existing(id, db)
      guard user.secondFactor != .confirmed else {
        throw StoreError.invalid(what: "a second factor", reason: "the user has one; first remove it")
      }
      let keys = try self.vault.keysForWriting(of: .instance, db, now: self.now())
      let version = (try Int64.fetchOne(db, sql: "SELECT totp_version FROM user WHERE id = ?", arguments: [id]) ?? 0) + 1
      let sealed = try keys.seal(seed.reveal(), in: .totpSeed(ofUser: id, version: version))
      try db.execute(
        sql: """
          UPDATE user SET totp_sealed = ?, totp_key_version = ?, totp_version = ?, totp_is_confirmed = 0, totp_last_step = 0
          WHERE id = ?
          """, arguments: [sealed, keys.version, version, id])
      try self.audit(entry, db)
    }
  }

  /// The seed, in force or pending; nil without one.
  ///
  /// - Throws: `masterKeyMissing` and its like, `secretDamaged` with the name of the row.
  package func secondFactorSeed(ofUser id: Int64) async throws(StoreError) -> Secret<[UInt8]>? {
    try await read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT totp_sealed, totp_version, totp_key_version FROM user WHERE id = ?", arguments: [id])
      guard let row, let sealed = row["totp_sealed"] as Data? else { return nil }
      let place = SealPlace.totpSeed(ofUser: id, version: row["totp_version"])
      guard let keys = try self.vault.keys(of: .instance, db) else { throw StoreError.secretDamaged(row: place.description) }
      return Secret(try keys.open(sealed, in: place, version: row["totp_key_version"]))
    }
  }

  /// Puts the seed in force by its first code, with the hashes of the recovery codes, and ends the user's other sessions.
  ///
  /// Nil when that step was used already.
  package func confirmSecondFactor(
    ofUser id: Int64, step: Int64, recoveryCodeHashes: [[UInt8]], keeping keptSession: String?, _ entry: AuditEntry
  ) async throws(StoreError) -> ChangedUser? {
    try await write { db in
      let user = try UserRows.existing(id, db)
      guard user.secondFactor == .pending, try Self.takeStep(step, ofUser: id, db) else { return nil }
      try db.execute(
        sql: "UPDATE user SET totp_is_confirmed = 1, updated_at = ? WHERE id = ?", arguments: [self.now().milliseconds, id])
      try Self.write(recoveryCodeHashes, of: id, db)
      let ended = try SessionRows.end(ofUser: id, keeping: keptSession, db)
      try self.audit(entry, db)
      return ChangedUser(user: try UserRows.existing(id, db), endedSessions: ended)
    }
  }

  /// Accepts a step of the second factor that is in force, once; false when it or a later one was accepted before.
  package func useSecondFactorStep(_ step: Int64, ofUser id: Int64) async throws(StoreError) -> Bool {
    try await write { db in
      try Self.takeStep(step, ofUser: id, db)
    }
  }

  /// Accepts a recovery code by its hash, once.
  package func useRecoveryCode(hash: [UInt8], ofUser id: Int64, _ entry: AuditEntry) async throws(StoreError) -> Bool {
    try await write { db in
      try db.execute(
        sql: "UPDATE recovery_code SET used_at = ? WHERE user_id = ? AND hash = ? AND used_at IS NULL",
        arguments: [self.now().milliseconds, id, Data(hash)])
      guard db.changesCount == 1 else { return false }
      try self.audit(entry, db)
      return true
    }
  }

  /// Puts new recovery codes in the place of all there were.
  package func replaceRecoveryCodes(
    ofUser id: Int64, hashes: [[UInt8]], _ entry: AuditEntry
  ) async throws(StoreError) {
    try await write { db in
      _ = try UserRows.existing(id, db)
      try Self.write(hashes, of: id, db)
      try self.audit(entry, db)
    }
  }

  private static func takeStep(_ step: Int64, ofUser id: Int64, _ db: Database) throws -> Bool {
    try db.execute(
      sql: "UPDATE user SET totp_last_step = ? WHERE id = ? AND totp_last_step < ? AND totp_sealed IS NOT NULL",
      arguments: [step, id, step])
    return db.changesCount == 1
  }

  private static func write(_ hashes: [[UInt8]], of id: Int64, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM recovery_code WHERE user_id = ?", arguments: [id])
    for hash in hashes {
      try db.execute(sql: "INSERT INTO recovery_code (user_id, hash) VALUES (?, ?)", arguments: [id, Data(hash)])
    }
  }
}
