import GRDB

extension RevisionStore {
  /// A secret variable of a stack; its value stays where it is.
  package struct StackSecret: Hashable, Sendable {
    package var name: String
    package var updatedAt: Timestamp
  }

  /// The secret variables that were set for a stack, by name; not those that its deploys brought themselves.
  package func secrets(of stack: StackKey) async throws(StoreError) -> [StackSecret] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT name, updated_at FROM secret JOIN stack ON stack.id = stack_id
          WHERE server = ? AND project = ? AND pending_for IS NULL AND is_set ORDER BY name
          """, arguments: [stack.server, stack.project]
      ).map { StackSecret(name: $0["name"], updatedAt: Timestamp(milliseconds: $0["updated_at"])) }
    }
  }

  /// The values of the secret variables that were set for a stack, by name.
  ///
  /// - Parameter deployed: also of those that its deploys brought: from `.env`, say, where the next deploy looks again.
  package func secretValues(
    of stack: StackKey, deployed: Bool = false
  ) async throws(StoreError) -> [String: Secret<String>] {
    try await read { db in
      guard let id = try StackRows.id(of: stack, db), let keys = try self.vault.keys(of: .stack(id), db) else { return [:] }
      let names = try String.fetchAll(
        db, sql: "SELECT name FROM secret WHERE stack_id = ? AND pending_for IS NULL AND (is_set OR ?)",
        arguments: [id, deployed])
      var values: [String: Secret<String>] = [:]
      for name in names {
        values[name] = try SecretRows.value(named: name, stack: id, pendingFor: nil, keys: keys, db)
      }
      return values
    }
  }

  /// Sets a secret variable of a stack; deploys from now on use it.
  package func setSecret(
    _ value: Secret<String>, named name: String, of stack: StackKey, _ entry: AuditEntry
  ) async throws(StoreError) {
    try await write { db in
      let moment = self.now()
      let id = try StackRows.idForWriting(of: stack, db, now: moment)
      let keys = try self.vault.keysForWriting(of: .stack(id), db, now: moment)
      try SecretRows.put(value, named: name, keys: keys, now: moment, db)
      try self.audit(entry, db)
    }
  }

  /// - Throws: `notFound` when there is none of that name.
  package func removeSecret(named name: String, of stack: StackKey, _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      if let id = try StackRows.id(of: stack, db) {
        try db.execute(
          sql: "DELETE FROM secret WHERE stack_id = ? AND name = ? AND pending_for IS NULL AND is_set", arguments: [id, name])
      }
      guard db.changesCount > 0 else { throw StoreError.notFound(what: "the secret \(name)") }
      try self.audit(entry, db)
    }
  }
}
