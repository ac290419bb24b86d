import FoundationEssentials
import GRDB

/// Rows of `server` and of the tables around it.
enum ServerRows {
  /// Hosts on the way to a server, itself included.
  static let routeLimit = 9

  static func id(of name: String, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT id FROM server WHERE name = ?", arguments: [name])
  }

  /// - Throws: `serverUnknown` with the names that there are.
  static func existingID(of name: String, _ db: Database) throws -> Int64 {
    if let id = try id(of: name, db) { return id }
    let known = try String.fetchAll(db, sql: "SELECT name FROM server WHERE is_jump_only = 0 ORDER BY name LIMIT 50")
    throw StoreError.serverUnknown(name: name, known: known)
  }

  static func fetch(_ db: Database, where condition: String = "TRUE", _ arguments: StatementArguments = []) throws -> [Server] {
    let rows = try Row.fetchAll(db, sql: "SELECT * FROM server WHERE \(condition) ORDER BY name", arguments: arguments)
    let jumps = try Row.fetchAll(
      db, sql: "SELECT j.server_id, s.name FROM server_jump j JOIN server s ON s.id = j.jump_id ORDER BY j.server_id, j.position")
    let names = Dictionary(grouping: jumps) { $0["server_id"] as Int64 }
    return try rows.map { row in
      Server(
        name: row["name"], way: try way(row, jumps: (names[row["id"]] ?? []).map { $0["name"] }),
        createdAt: Timestamp(milliseconds: row["created_at"]), updatedAt: Timestamp(milliseconds: row["updated_at"]))
    }
  }

  private static func way(_ row: Row, jumps: [String]) throws -> Server.Way {
    if row["kind"] == "tls" {
      return .tls(
        Server.TLS(host: row["host"], port: row["port"], authority: row["authority"], certificate: row["certificate"]))
    }
    return .ssh(
      Server.SSH(
        user: row["user"], host: row["host"], port: row["port"], socket: row["socket"], jumps: jumps,
        hostKeyType: row["host_key_type"], hostKey: Array(row["host_key"] as Data), credential: try decoded(row, "credential"),
        dial: row["dial"], isJumpOnly: row["is_jump_only"]))
  }

  /// Writes a server; one of that name keeps its number and its place among the jump hosts of others.
  static func write(_ server: NewServer, over old: Int64?, vault: KeyVault, now: Timestamp, _ db: Database) throws {
    let id = try write(
      server.name, over: old,
      [
        ("kind", "ssh"), ("user", server.user), ("host", server.host), ("port", Int(server.port)), ("socket", server.socket),
        ("host_key_type", server.hostKeyType), ("host_key", Data(server.hostKey)),
        ("credential", server.credential.kind.rawValue), ("agent_socket", nil), ("agent_key", nil), ("dial", server.dial),
        ("is_jump_only", server.isJumpOnly), ("authority", nil), ("certificate", nil), ("updated_at", now.milliseconds),
      ], now: now, db)
    for (index, jump) in server.jumps.enumerated() {
      let jumpID = try existingID(of: jump.text, db)
      let kind = try String.fetchOne(db, sql: "SELECT kind FROM server WHERE id = ?", arguments: [jumpID])
      guard kind == "ssh" else { throw StoreError.serverIsNoJump(name: jump.text) }
      try db.execute(
        sql: "INSERT INTO server_jump (server_id, position, jump_id) VALUES (?, ?, ?)", arguments: [id, index + 1, jumpID])
    }
    try requireWay(to: id, named: server.name.text, db)
    try writeCredential(server.credential, of: id, vault: vault, now: now, db)
  }

  /// Writes a server over TLS; one of that name keeps its number.
  ///
  /// - Throws: `serverIsJump` when others are reached through the one of that name.
  static func write(_ server: NewTLSServer, over old: Int64?, vault: KeyVault, now: Timestamp, _ db: Database) throws {
    if let old { try requireNoJump(old, named: server.name.text, db) }
    let id = try write(
      server.name, over: old,
      [
        ("kind", "tls"), ("user", nil), ("host", server.host), ("port", Int(server.port)), ("socket", nil),
        ("host_key_type", nil), ("host_key", nil), ("credential", nil), ("agent_socket", nil), ("agent_key", nil), ("dial", nil),
        ("is_jump_only", false), ("authority", server.authority), ("certificate", server.certificate),
        ("updated_at", now.milliseconds),
      ], now: now, db)
    try writeSecrets([("tls-key", server.key)], of: id, vault: vault, now: now, db)
  }

  /// - Throws: `serverIsJump` when others are reached through the server.
  static func requireNoJump(_ id: Int64, named name: String, _ db: Database) throws {
    let others = try String.fetchAll(
      db,
      sql: "SELECT DISTINCT s.name FROM server_jump j JOIN server s ON s.id = j.server_id WHERE j.jump_id = ? ORDER BY s.name",
      arguments: [id])
    guard others.isEmpty else { throw StoreError.serverIsJump(name: name, of: others) }
  }

  /// Writes the row itself, and takes away the way to the server that was there; gives the row's number.
  private static func write(
    _ name: ServerName, over old: Int64?, _ values: [(String, (any DatabaseValueConvertible)?)], now: Timestamp, _ db: Database
  ) throws -> Int64 {
    let id: Int64
    if let old {
      let assignments = values.map { "\($0.0) = ?" }.joined(separator: ", ")
      try db.execute(
        sql: "UPDATE server SET \(assignments) WHERE id = ?", arguments: StatementArguments(values.map(\.1) + [old]))
      try db.execute(sql: "DELETE FROM server_jump WHERE server_id = ?", arguments: [old])
      id = old
    } else {
      let columns = values.map(\.0).joined(separator: ", ")
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      try db.execute(
        sql: "INSERT INTO server (name, created_at, \(columns)) VALUES (?, ?, \(marks))",
        arguments: StatementArguments([name.text, now.milliseconds] + values.map(\.1)))
      id = db.lastInsertedRowID
    }
    return id
  }

  /// Refuses circles, and ways that are too long.
  private static func requireWay(to id: Int64, named name: String, _ db: Database) throws {
    let longest = try Int.fetchOne(
      db,
      sql: """
        WITH RECURSIVE way (id, depth) AS (
          SELECT ?, 1
          UNION ALL SELECT j.jump_id, way.depth + 1 FROM server_jump j JOIN way ON j.server_id = way.id WHERE way.depth <= ?)
        SELECT max(depth) FROM way
        """, arguments: [id, routeLimit])
    guard (longest ?? 1) <= routeLimit else { throw StoreError.serverCircle(name: name) }
  }

  // MARK: Credentials

  static func writeCredential(
    _ credential: ServerCredential, of id: Int64, vault: KeyVault, now: Timestamp, _ db: Database
  ) throws {
    var (socket, key): (String?, String?)
    var secrets: [(kind: String, value: Secret<String>)] = []
    switch credential {
    case .key(let text, let passphrase): secrets = [("key", text)] + (passphrase.map { [("passphrase", $0)] } ?? [])
    case .agent(let named, let one): (socket, key) = (named, one)
    case .password(let text): secrets = [("password", text)]
    }
    try db.execute(
      sql: "UPDATE server SET credential = ?, agent_socket = ?, agent_key = ?, updated_at = ? WHERE id = ?",
      arguments: [credential.kind.rawValue, socket, key, now.milliseconds, id])
    try writeSecrets(secrets, of: id, vault: vault, now: now, db)
  }

  private static func writeSecrets(
    _ secrets: [(kind: String, value: Secret<String>)], of id: Int64, vault: KeyVault, now: Timestamp, _ db: Database
  ) throws {
    // With its key, so that no older row opens any more.
    try db.execute(sql: "DELETE FROM server_secret WHERE server_id = ?", arguments: [id])
    try db.execute(sql: "DELETE FROM server_key WHERE server_id = ?", arguments: [id])
    guard !secrets.isEmpty else { return }
    let keys = try vault.keysForWriting(of: .server(id), db, now: now)
    for (kind, value) in secrets {
      let sealed = try keys.seal(Array(value.reveal().utf8), in: .server(kind))
      try db.execute(
        sql: "INSERT INTO server_secret (server_id, kind, key_version, sealed) VALUES (?, ?, ?, ?)",
        arguments: [id, kind, keys.version, sealed])
    }
  }

  static func credential(of id: Int64, named name: String, vault: KeyVault, _ db: Database) throws -> ServerCredential {
    let row = try Row.fetchOne(
      db, sql: "SELECT credential, agent_socket, agent_key FROM server WHERE id = ? AND kind = 'ssh'", arguments: [id])
    guard let row else { throw StoreError.notFound(what: "a login over SSH for the server \(name)") }
    let kind: ServerCredential.Kind = try decoded(row, "credential")
    if kind == .agent { return .agent(socket: row["agent_socket"], key: row["agent_key"]) }
    let secrets = try secrets(of: id, named: name, vault: vault, db)
    guard let text = try secrets(kind.rawValue) else {
      throw StoreError.secretDamaged(row: "\(kind.rawValue) of the server \(name)")
    }
    return kind == .password ? .password(text) : .key(text: text, passphrase: try secrets("passphrase"))
  }

  /// The key of our certificate for a server over TLS.
  static func tlsKey(of id: Int64, named name: String, vault: KeyVault, _ db: Database) throws -> Secret<String> {
    guard let key = try secrets(of: id, named: name, vault: vault, db)("tls-key") else {
      throw StoreError.secretDamaged(row: "key of the server \(name)")
    }
    return key
  }

  /// Opens what is sealed of a server, by its kind; nil for what there is not.
  private static func secrets(
    of id: Int64, named name: String, vault: KeyVault, _ db: Database
  ) throws -> (_ kind: String) throws -> Secret<String>? {
    guard let keys = try vault.keys(of: .server(id), db) else { throw StoreError.secretDamaged(row: "key of the server \(name)") }
    return { kind in
      let row = try Row.fetchOne(
        db, sql: "SELECT sealed, key_version FROM server_secret WHERE server_id = ? AND kind = ?", arguments: [id, kind])
      guard let row else { return nil }
      do {
        let bytes = try keys.open(row["sealed"], in: .server(kind), version: row["key_version"])
        return Secret(String(decoding: bytes, as: UTF8.self))
      } catch {
        throw StoreError.secretDamaged(row: "\(kind) of the server \(name)")
      }
    }
  }
}

extension SealPlace {
  /// Always version 1: each credential has a data key of its own.
  static func server(_ kind: String) -> SealPlace {
    SealPlace(table: "server_secret", row: kind, column: "sealed", version: 1)
  }
}
