import GRDB

extension RevisionStore {
  /// The draft of a stack; nil without one.
  ///
  /// - Throws: `masterKeyMissing` and its like, `secretDamaged` with the name of the row.
  package func draft(ofStack name: String) async throws(StoreError) -> Draft? {
    try await read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM draft WHERE stack = ?", arguments: [name]) else { return nil }
      let place = SealPlace.draft(ofStack: name, version: row["version"])
      guard let keys = try self.vault.keys(of: .instance, db) else { throw StoreError.secretDamaged(row: place.description) }
      let bytes = try keys.open(row["sealed"], in: place, version: row["key_version"])
      return Draft(
        version: row["version"], author: row["author"], updatedAt: Timestamp(milliseconds: row["updated_at"]),
        content: Secret(bytes))
    }
  }

  /// Keeps a draft in the place of the one that somebody has seen.
  ///
  /// - Parameter seen: its version; 0: there was none.
  /// - Returns: the new version; nil where the draft is another one now.
  package func putDraft(
    _ content: [UInt8], ofStack name: String, author: String, seen: Int64
  ) async throws(StoreError) -> Int64? {
    try await write { db in
      let now = self.now()
      let kept = try Self.draftVersion(name, db)
      guard kept == seen else { return nil }
      let keys = try self.vault.keysForWriting(of: .instance, db, now: now)
      let version = max(kept + 1, now.milliseconds)
      let sealed = try keys.seal(content, in: .draft(ofStack: name, version: version))
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO draft (stack, version, author, key_version, sealed, updated_at) VALUES (?, ?, ?, ?, ?, ?)
          """, arguments: [name, version, author, keys.version, sealed, now.milliseconds])
      return version
    }
  }

  /// Forgets the draft that somebody has seen; false where it is another one now.
  package func removeDraft(ofStack name: String, seen: Int64) async throws(StoreError) -> Bool {
    try await write { db in
      guard try Self.draftVersion(name, db) == seen else { return false }
      try db.execute(sql: "DELETE FROM draft WHERE stack = ?", arguments: [name])
      return true
    }
  }

  private static func draftVersion(_ name: String, _ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT version FROM draft WHERE stack = ?", arguments: [name]) ?? 0
  }
}

extension SealPlace {
  static func draft(ofStack name: String, version: Int64) -> SealPlace {
    SealPlace(table: "draft", row: name, column: "sealed", version: version)
  }
}
