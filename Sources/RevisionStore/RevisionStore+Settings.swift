import GRDB

extension RevisionStore {
  /// Bytes of one setting's value.
  package static let settingLimit = 65_536

  /// All settings: JSON texts by key.
  package func settings() async throws(StoreError) -> [String: String] {
    try await read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT key, value FROM setting ORDER BY key LIMIT 1000")
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["key"], $0["value"]) })
    }
  }

  /// One setting as a JSON text; nil when it was never set.
  package func setting(_ key: String) async throws(StoreError) -> String? {
    try await read { db in try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key]) }
  }

  /// Sets settings, all or none; nil takes one away.
  ///
  /// - Throws: `invalid` for a value of more than 64 KiB, or past 1000 settings.
  package func putSettings(_ values: [String: String?], _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      for (key, value) in values.sorted(by: { $0.key < $1.key }) {
        guard let value else {
          try db.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key])
          continue
        }
        guard value.utf8.count <= Self.settingLimit else {
          throw StoreError.invalid(what: "the setting \(key)", reason: "it may have at most 64 KiB")
        }
        try db.execute(
          sql: """
            INSERT INTO setting (key, value, updated_at) VALUES (?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
            """, arguments: [key, value, self.now().milliseconds])
      }
      guard try Int.fetchOne(db, sql: "SELECT count(*) FROM setting") ?? 0 <= 1000 else {
        throw StoreError.invalid(what: "another setting", reason: "there may be at most 1000")
      }
      try self.audit(entry, db)
    }
  }
}
