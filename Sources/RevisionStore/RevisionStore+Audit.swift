import Crypto
import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Entries that one read gives at most.
  package static let auditPageLimit = 200

  /// Writes entries that belong to no other change: logins, denials, reveals.
  ///
  /// - Throws: `masterKeyMissing` and its like; then nothing was written, and what was to be noted must not happen.
  package func appendAudit(_ entries: [AuditEntry]) async throws(StoreError) {
    guard !entries.isEmpty else { return }
    try await write { db in try AuditRows.append(entries, vault: self.vault, now: self.now(), db) }
  }

  /// Newest first, older than the sequence number `before` when it is given, at most `limit` (up to 200).
  package func auditRecords(
    matching filter: AuditFilter = AuditFilter(), before: Int64? = nil, limit: Int = 50
  ) async throws(StoreError) -> [AuditRecord] {
    try await read { db in
      var conditions = ["sequence < ?"]
      var arguments: StatementArguments = [before ?? Int64.max]
      func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [value]
      }
      add("actor = ?", filter.actor)
      if let prefix = filter.actionPrefix {
        conditions.append("substr(action, 1, ?) = ?")
        arguments += [prefix.unicodeScalars.count, prefix]
      }
      add("target = ?", filter.target)
      add("outcome = ?", filter.outcome?.rawValue)
      add("at >= ?", filter.since?.milliseconds)
      add("at < ?", filter.until?.milliseconds)
      arguments += [min(max(limit, 0), Self.auditPageLimit)]
      return try Row.fetchAll(
        db, sql: "SELECT * FROM audit WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence DESC LIMIT ?",
        arguments: arguments
      ).map(AuditRows.record)
    }
  }

  /// Oldest first, newer than the sequence number `after` and not older than `since`, at most 200: for an export of all.
  package func auditRecords(after sequence: Int64, since: Timestamp? = nil) async throws(StoreError) -> [AuditRecord] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM audit WHERE sequence > ? AND at >= ? ORDER BY sequence LIMIT ?",
        arguments: [sequence, since?.milliseconds ?? 0, Self.auditPageLimit]
      ).map(AuditRows.record)
    }
  }

  /// Signed heads after a sequence number, oldest first, at most 200: for the server's log and for a place outside (S-AUD-2).
  package func auditHeads(after sequence: Int64 = 0) async throws(StoreError) -> [AuditHead] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT sequence, hash, at, signature FROM audit_head WHERE sequence > ? ORDER BY sequence LIMIT ?",
        arguments: [sequence, Self.auditPageLimit]
      ).map(AuditRows.head)
    }
  }

  /// The Ed25519 key, 32 bytes, by which anybody checks the heads; nil before the first of them.
  package func auditPublicKey() async throws(StoreError) -> [UInt8]? {
    try await read { db in try Data.fetchOne(db, sql: "SELECT public_key FROM audit_key").map(Array.init) }
  }

  /// Signs the log's end now, whatever time has passed: for the end of the server. Nil when it is signed, or the log is empty.
  package func signAudit() async throws(StoreError) -> AuditHead? {
    try await write { db in
      guard let keys = try self.vault.keys(of: .instance, db), let tail = try AuditRows.tail(keys: keys, db), tail.isGenuine
      else { return nil }
      let signed = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM audit_head") ?? 0
      guard tail.sequence > signed else { return nil }
      try AuditRows.sign(sequence: tail.sequence, hash: tail.hash, keys: keys, now: self.now(), db)
      return try Row.fetchOne(
        db, sql: "SELECT sequence, hash, at, signature FROM audit_head WHERE sequence = ?", arguments: [tail.sequence]
      ).map(AuditRows.head)
    }
  }

  /// Looks through the whole log, with other reads in between; takes some microseconds an entry.
  ///
  /// Finds entries that were changed, removed or added by who has the database and not `master.key`. Who puts back an older copy
  /// of the whole database is found by the heads that are kept outside only.
  /// - Throws: `masterKeyMissing` and its like, `secretDamaged` for the signing key.
  package func verifyAudit() async throws(StoreError) -> AuditVerdict {
    // Once more when entries were given up meanwhile: then they only seem to be missing.
    for _ in 1...3 {
      let started = try await read { db -> AuditVerification? in
        guard let keys = try self.vault.keys(of: .instance, db) else { return nil }
        return try AuditVerification(keys: keys, db)
      }
      guard let started else { return try await verdictWithoutKeys() }
      let verdict = try await finish(started)
      let cut = try await read { db in try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM audit_cut") }
      if case .broken = verdict, cut ?? 0 != started.cut { continue }
      return verdict
    }
    throw .busy(path: directory.database, waitedMilliseconds: 0)
  }

  private func finish(_ started: AuditVerification) async throws(StoreError) -> AuditVerdict {
    var walk = started
    while true {
      let before = walk
      let (after, verdict) = try await read { db in
        var walk = before
        let verdict = try walk.step(db)
        return (walk, verdict)
      }
      if let verdict { return verdict }
      walk = after
    }
  }

  /// Nothing is ever written to the log without a key.
  private func verdictWithoutKeys() async throws(StoreError) -> AuditVerdict {
    let first = try await read { db in try Int64.fetchOne(db, sql: "SELECT min(sequence) FROM audit") }
    return first.map { .broken(sequence: $0, .added) } ?? .sound(first: 0, last: 0, heads: 0)
  }

  /// Gives up the entries up to the newest signed head that is older than `moment`; the log can be verified from there on.
  ///
  /// Gives the number of entries that went. The cut itself is an entry, `entry`.
  /// - Throws: `refused(.auditBroken)` when the log is not whole: a cut would hide what is wrong with it.
  package func cutAudit(before moment: Timestamp, _ entry: AuditEntry) async throws(StoreError) -> Int {
    guard case .sound = try await verifyAudit() else { throw .refused(.auditBroken) }
    return try await write { db in
      let keys = try self.vault.keysForWriting(of: .instance, db, now: self.now())
      let head = try Int64.fetchOne(
        db, sql: "SELECT max(sequence) FROM audit_head WHERE at < ?", arguments: [moment.milliseconds])
      let cut = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM audit_cut") ?? 0
      guard let head, head > cut else { return 0 }
      let now = self.now()
      let signature = try AuditRows.signingKey(keys: keys, db).signature(
        for: Data(AuditChain.cutBytes(sequence: head, at: now)))
      try db.execute(
        sql: "INSERT INTO audit_cut (sequence, at, signature) VALUES (?, ?, ?)", arguments: [head, now.milliseconds, signature])
      try db.execute(sql: "DELETE FROM audit WHERE sequence <= ?", arguments: [head])
      let gone = db.changesCount
      try self.audit(entry, db)
      return gone
    }
  }

  /// Writes an entry in the transaction of what it is about.
  func audit(_ entry: AuditEntry, _ db: Database) throws {
    try AuditRows.append([entry], vault: vault, now: now(), db)
  }
}
