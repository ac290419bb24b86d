import FoundationEssentials
import GRDB

extension RevisionStore {
  /// All servers by name, jump hosts among them.
  package func servers() async throws(StoreError) -> [Server] {
    try await read { try ServerRows.fetch($0) }
  }

  /// - Throws: `serverUnknown` with the names that there are.
  package func server(named name: String) async throws(StoreError) -> Server {
    try await read { db in
      let id = try ServerRows.existingID(of: name, db)
      guard let server = try ServerRows.fetch(db, where: "id = ?", [id]).first else {
        throw StoreError.notFound(what: "server \(name)")
      }
      return server
    }
  }

  /// - Throws: `serverUnknown`; `masterKeyMissing` and its like, `secretDamaged` with the name of the row.
  package func credential(ofServer name: String) async throws(StoreError) -> ServerCredential {
    try await read { db in
      try ServerRows.credential(of: ServerRows.existingID(of: name, db), named: name, vault: self.vault, db)
    }
  }

  /// The key of our certificate for a server over TLS.
  ///
  /// - Throws: as `credential(ofServer:)`.
  package func tlsKey(ofServer name: String) async throws(StoreError) -> Secret<String> {
    try await read { db in
      try ServerRows.tlsKey(of: ServerRows.existingID(of: name, db), named: name, vault: self.vault, db)
    }
  }

  /// Stores a server over TLS.
  ///
  /// - Parameter replaces: one of that name may be there, and is then overwritten; the histories of its stacks stay.
  /// - Throws: `serverExists`, `serverIsJump`.
  package func addServer(
    _ server: NewTLSServer, replaces: Bool = false, _ entry: AuditEntry? = nil
  ) async throws(StoreError) {
    try await write { db in
      let old = try ServerRows.id(of: server.name.text, db)
      guard old == nil || replaces else { throw StoreError.serverExists(name: server.name.text) }
      try ServerRows.write(server, over: old, vault: self.vault, now: self.now(), db)
      if let entry { try self.audit(entry, db) }
    }
  }

  /// Stores servers over SSH, all or none; the jump hosts among them stand before those they lead to.
  ///
  /// - Parameter replaced: names whose servers may be there already, and are then overwritten; the histories of their stacks stay.
  /// - Throws: `serverExists`, `serverUnknown` or `serverIsNoJump` for a jump host, `serverCircle`.
  package func addServers(
    _ servers: [NewServer], replacing replaced: Set<String> = [], _ entry: AuditEntry? = nil
  ) async throws(StoreError) {
    try await write { db in
      for server in servers {
        let old = try ServerRows.id(of: server.name.text, db)
        guard old == nil || replaced.contains(server.name.text) else {
          throw StoreError.serverExists(name: server.name.text)
        }
        try ServerRows.write(server, over: old, vault: self.vault, now: self.now(), db)
      }
      if let entry { try self.audit(entry, db) }
    }
  }

  /// Forgets a server and its secrets; the history of its stacks stays under its name.
  ///
  /// - Throws: `serverIsJump` while others are reached through it, `held` while an operation runs there.
  package func removeServer(named name: String, _ entry: AuditEntry? = nil) async throws(StoreError) {
    try await write { db in
      let id = try ServerRows.existingID(of: name, db)
      try ServerRows.requireNoJump(id, named: name, db)
      try self.requireQuiet(name, db)
      try db.execute(sql: "DELETE FROM server_secret WHERE server_id = ?", arguments: [id])
      try db.execute(sql: "DELETE FROM server WHERE id = ?", arguments: [id])
      if let entry { try self.audit(entry, db) }
    }
  }

  /// Gives a server and its stacks another name.
  ///
  /// - Throws: `serverExists`; `invalid` when stacks of a former server of the new name are in the way; `held` while an operation
  ///   runs there.
  package func renameServer(_ name: String, to new: ServerName, _ entry: AuditEntry? = nil) async throws(StoreError) {
    try await write { db in
      let id = try ServerRows.existingID(of: name, db)
      guard try ServerRows.id(of: new.text, db) == nil else { throw StoreError.serverExists(name: new.text) }
      try self.requireQuiet(name, db)
      let clash = try String.fetchOne(
        db, sql: "SELECT project FROM stack WHERE server = ? AND project IN (SELECT project FROM stack WHERE server = ?) LIMIT 1",
        arguments: [name, new.text])
      if let clash {
        throw StoreError.invalid(
          what: "the name \(new)", reason: "the store has the history of \(clash) on a former server of that name; take another")
      }
      try db.execute(
        sql: "UPDATE server SET name = ?, updated_at = ? WHERE id = ?", arguments: [new.text, self.now().milliseconds, id])
      try db.execute(sql: "UPDATE stack SET server = ? WHERE server = ?", arguments: [new.text, name])
      if let entry { try self.audit(entry, db) }
    }
  }

  /// Pins another host key.
  package func replaceHostKey(ofServer name: String, type: String, key: [UInt8]) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "UPDATE server SET host_key_type = ?, host_key = ?, updated_at = ? WHERE id = ?",
        arguments: [type, Data(key), self.now().milliseconds, try ServerRows.existingID(of: name, db)])
    }
  }

  package func replaceCredential(
    ofServer name: String, by credential: ServerCredential, _ entry: AuditEntry? = nil
  ) async throws(StoreError) {
    try await write { db in
      let id = try ServerRows.existingID(of: name, db)
      try ServerRows.writeCredential(credential, of: id, vault: self.vault, now: self.now(), db)
      if let entry { try self.audit(entry, db) }
    }
  }

  /// Remembers how the engine's socket is reached; nil: to be found out again.
  package func setDial(_ dial: String?, ofServer name: String) async throws(StoreError) {
    try await write { db in
      let id = try ServerRows.existingID(of: name, db)
      try db.execute(sql: "UPDATE server SET dial = ? WHERE id = ?", arguments: [dial, id])
    }
  }

  /// Refuses while an operation is on its way on a stack of a server: it knows the stack by the server's name. A move knows two.
  private func requireQuiet(_ name: String, _ db: Database) throws {
    let running = try OperationRows.fetch(
      db, where: "o.ended_at IS NULL AND (s.server = ? OR o.kind = ?)", [name, OperationKind.move.rawValue]
    ).first
    if let running { throw StoreError.held(by: LockHolder(running)) }
  }
}
