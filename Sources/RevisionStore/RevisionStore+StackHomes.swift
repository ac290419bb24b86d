import FoundationEssentials
import GRDB

extension RevisionStore {
  /// All by name.
  package func stackHomes() async throws(StoreError) -> [StackHome] {
    try await read { db in try Row.fetchAll(db, sql: "SELECT * FROM stack_home ORDER BY name").map(Self.stackHome) }
  }

  package func stackHome(named name: String) async throws(StoreError) -> StackHome? {
    try await read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM stack_home WHERE name = ?", arguments: [name]).map(Self.stackHome)
    }
  }

  /// Stores the home of a stack, or changes it.
  ///
  /// - Parameter secrets: secret variables that the stack has from the beginning.
  /// - Throws: `invalid` for a name that is none (S-IN-1); `refused(.stackIsElsewhere)` where a stack of another server has it.
  package func putStackHome(
    named name: String, server: String, source: StackHome.Source, secrets: [String: Secret<String>] = [:],
    _ entry: AuditEntry? = nil
  ) async throws(StoreError) {
    // A server's name is made by the same rule, but for `local`, which a stack may have.
    guard name == ServerName.local || ServerName(name) != nil else {
      throw .invalid(what: "a stack named \(bounded(name, 80))", reason: "the name must match [a-z0-9][a-z0-9_-]{0,62}")
    }
    try await write { db in
      let text = String(decoding: try JSONEncoder().encode(StoredSource(source)), as: UTF8.self)
      let moment = self.now()
      let now = moment.milliseconds
      try db.execute(
        sql: """
          INSERT INTO stack_home (name, server, source, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET source = excluded.source, updated_at = excluded.updated_at
          WHERE server = excluded.server
          """, arguments: [name, server, text, now, now])
      guard db.changesCount == 1 else { throw StoreError.refused(.stackIsElsewhere(name: name)) }
      if !secrets.isEmpty {
        let id = try StackRows.idForWriting(of: StackKey(server: server, project: name), db, now: moment)
        let keys = try self.vault.keysForWriting(of: .stack(id), db, now: moment)
        for (variable, value) in secrets.sorted(by: { $0.key < $1.key }) {
          try SecretRows.put(value, named: variable, keys: keys, now: moment, db)
        }
      }
      if let entry { try self.audit(entry, db) }
    }
  }

  /// Its files are for another server from now on: its webhooks deploy it there, with the secret variables that were set for it,
  /// which stay here too. Exceptions from the policy stay behind: they were granted for one server.
  ///
  /// Does nothing where it is not at home on the first, and once it has moved.
  /// - Returns: whether it was.
  @discardableResult
  package func moveStackHome(_ stack: StackKey, to server: String) async throws(StoreError) -> Bool {
    try await write { db in
      let moment = self.now()
      let now = moment.milliseconds
      try db.execute(
        sql: "UPDATE stack_home SET server = ?, updated_at = ? WHERE name = ? AND server = ?",
        arguments: [server, now, stack.project, stack.server])
      guard db.changesCount == 1 else { return false }
      try db.execute(
        sql: "UPDATE webhook SET server = ? WHERE server = ? AND stack = ?", arguments: [server, stack.server, stack.project])
      guard let from = try StackRows.id(of: stack, db), let own = try self.vault.keys(of: .stack(from), db) else { return true }
      let names = try String.fetchAll(
        db, sql: "SELECT name FROM secret WHERE stack_id = ? AND pending_for IS NULL AND is_set", arguments: [from])
      guard !names.isEmpty else { return true }
      let to = try StackRows.idForWriting(of: StackKey(server: server, project: stack.project), db, now: moment)
      let others = try self.vault.keysForWriting(of: .stack(to), db, now: moment)
      for name in names.sorted() {
        guard let value = try SecretRows.value(named: name, stack: from, pendingFor: nil, keys: own, db) else { continue }
        try SecretRows.put(value, named: name, keys: others, now: moment, db)
      }
      return true
    }
  }

  /// Forgets a home; the folder itself is not touched. Nothing happens when there is none.
  package func removeStackHome(named name: String) async throws(StoreError) {
    try await write { db in try db.execute(sql: "DELETE FROM stack_home WHERE name = ?", arguments: [name]) }
  }

  /// Forgets a stack that is deleted, so that the next of its name begins with nothing of it: home, secret variables,
  /// webhooks, and the rights that users and tokens have on it. Its revisions stay.
  ///
  /// A token that was limited to this stack may do nothing afterwards.
  /// - Parameter settings: keys of what else was kept about it.
  package func removeStack(_ stack: StackKey, settings: [String] = [], _ entry: AuditEntry) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "DELETE FROM stack_home WHERE name = ? AND server = ?", arguments: [stack.project, stack.server])
      if let id = try StackRows.id(of: stack, db) {
        try db.execute(sql: "DELETE FROM secret WHERE stack_id = ?", arguments: [id])
      }
      for table in ["webhook", "user_grant", "api_token_limit", "policy_exception"] {
        try db.execute(
          sql: "DELETE FROM \(table) WHERE server = ? AND stack = ?", arguments: [stack.server, stack.project])
      }
      for table in ["git_token", "sent_file", "draft"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE stack = ?", arguments: [stack.project])
      }
      for key in settings { try db.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key]) }
      try self.audit(entry, db)
    }
  }

  private static func stackHome(_ row: Row) throws -> StackHome {
    let text: String = row["source"]
    guard let source = try? JSONDecoder().decode(StoredSource.self, from: Data(text.utf8)).source else {
      throw StoreError.database(path: "slipway.db", code: 0, detail: "unknown source of the stack \(row["name"] as String)")
    }
    return StackHome(
      name: row["name"], server: row["server"], source: source, createdAt: Timestamp(milliseconds: row["created_at"]),
      updatedAt: Timestamp(milliseconds: row["updated_at"]))
  }
}
