import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Webhooks in all.
  static let webhookLimit = 1000
  /// How long a signature is remembered: it counts 5 minutes before and after its time (S-OUT-3), so twice that.
  static let webhookMemoryMilliseconds: Int64 = 600_000
  /// Uses of one webhook within that time.
  static let webhookUseLimit = 1000

  /// All webhooks, or those of one stack.
  package func webhooks(of stack: StackKey? = nil) async throws(StoreError) -> [Webhook] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM webhook WHERE ?1 IS NULL OR (server = ?1 AND stack = ?2) ORDER BY created_at, id",
        arguments: [stack?.server, stack?.project]
      ).map(Self.webhook)
    }
  }

  package func webhook(_ id: String) async throws(StoreError) -> Webhook? {
    try await read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM webhook WHERE id = ?", arguments: [id]).map(Self.webhook)
    }
  }

  /// What the requests of a webhook are signed with.
  ///
  /// - Throws: `refused(.webhookUnknown)`; `masterKeyMissing` and its like, `secretDamaged` with the name of the row.
  package func webhookSecret(_ id: String) async throws(StoreError) -> Secret<[UInt8]> {
    try await read { db in
      let row = try Row.fetchOne(db, sql: "SELECT sealed, key_version FROM webhook WHERE id = ?", arguments: [id])
      guard let row else { throw StoreError.refused(.webhookUnknown) }
      let place = SealPlace.webhook(id)
      guard let keys = try self.vault.keys(of: .instance, db) else { throw StoreError.secretDamaged(row: place.description) }
      return Secret(try keys.open(row["sealed"], in: place, version: row["key_version"]))
    }
  }

  /// - Throws: `refused(.tooMany)` past 1000.
  package func createWebhook(_ new: NewWebhook, _ entry: AuditEntry) async throws(StoreError) -> Webhook {
    try await write { db in
      guard try Int.fetchOne(db, sql: "SELECT count(*) FROM webhook") ?? 0 < Self.webhookLimit else {
        throw StoreError.refused(.tooMany(what: "webhooks", limit: Self.webhookLimit))
      }
      let now = self.now()
      let keys = try self.vault.keysForWriting(of: .instance, db, now: now)
      let sealed = try keys.seal(new.secret.reveal(), in: .webhook(new.id))
      try db.execute(
        sql: """
          INSERT INTO webhook (id, server, stack, action, created_by, key_version, sealed, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          new.id, new.stack.server, new.stack.project, new.action.rawValue, bounded(new.createdBy, 128), keys.version, sealed,
          now.milliseconds,
        ])
      try self.audit(entry, db)
      return Webhook(id: new.id, stack: new.stack, action: new.action, createdBy: new.createdBy, createdAt: now)
    }
  }

  /// - Throws: `refused(.webhookUnknown)`.
  package func removeWebhook(_ id: String, _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      try db.execute(sql: "DELETE FROM webhook WHERE id = ?", arguments: [id])
      guard db.changesCount == 1 else { throw StoreError.refused(.webhookUnknown) }
      try self.audit(entry, db)
    }
  }

  /// Takes a request with a signature that was found good, once; false for one that was taken before.
  ///
  /// - Throws: `refused`: `webhookUnknown`; `tooMany` past 1000 requests in 10 minutes.
  package func useWebhook(_ id: String, signature: [UInt8], _ entry: AuditEntry) async throws(StoreError) -> Bool {
    try await write { db in
      let now = self.now().milliseconds
      try db.execute(sql: "DELETE FROM webhook_use WHERE at < ?", arguments: [now - Self.webhookMemoryMilliseconds])
      let uses = try Int.fetchOne(db, sql: "SELECT count(*) FROM webhook_use WHERE webhook_id = ?", arguments: [id]) ?? 0
      guard uses < Self.webhookUseLimit else {
        throw StoreError.refused(.tooMany(what: "requests to one webhook in 10 minutes", limit: Self.webhookUseLimit))
      }
      try db.execute(sql: "UPDATE webhook SET last_used_at = ? WHERE id = ?", arguments: [now, id])
      guard db.changesCount == 1 else { throw StoreError.refused(.webhookUnknown) }
      try db.execute(
        sql: "INSERT OR IGNORE INTO webhook_use (webhook_id, signature, at) VALUES (?, ?, ?)",
        arguments: [id, Data(signature), now])
      guard db.changesCount == 1 else { return false }
      try self.audit(entry, db)
      return true
    }
  }

  private static func webhook(_ row: Row) throws -> Webhook {
    Webhook(
      id: row["id"], stack: StackKey(server: row["server"], project: row["stack"]), action: try decoded(row, "action"),
      createdBy: row["created_by"], createdAt: Timestamp(milliseconds: row["created_at"]),
      lastUsedAt: (row["last_used_at"] as Int64?).map(Timestamp.init(milliseconds:)))
  }
}

extension SealPlace {
  /// Always version 1: the secret of a webhook never changes.
  static func webhook(_ id: String) -> SealPlace {
    SealPlace(table: "webhook", row: id, column: "sealed", version: 1)
  }
}
