import FoundationEssentials
import GRDB

/// Rows of `user`, `user_grant` and `recovery_code`.
enum UserRows {
  /// Users of one installation.
  static let limit = 10_000
  /// Grants of one user.
  static let grantLimit = 500

  static func fetch(_ db: Database, where condition: String = "TRUE", _ arguments: StatementArguments = []) throws -> [User] {
    let rows = try Row.fetchAll(db, sql: "SELECT * FROM user WHERE \(condition) ORDER BY name", arguments: arguments)
    return try rows.map { row in
      let id: Int64 = row["id"]
      let grants = try Row.fetchAll(
        db.cachedStatement(sql: "SELECT * FROM user_grant WHERE user_id = ? ORDER BY server, stack"), arguments: [id])
      let codes = try Int.fetchOne(
        db.cachedStatement(sql: "SELECT count(*) FROM recovery_code WHERE user_id = ? AND used_at IS NULL"), arguments: [id])
      let isConfirmed: Bool = row["totp_is_confirmed"]
      let hasSeed = row["totp_sealed"] as Data? != nil
      return User(
        id: id, name: row["name"], password: Secret(row["password"]), isDisabled: row["is_disabled"],
        mustHaveSecondFactor: row["must_have_second_factor"],
        secondFactor: isConfirmed ? .confirmed : hasSeed ? .pending : .none, unusedRecoveryCodes: codes ?? 0,
        grants: try grants.map(grant), createdAt: Timestamp(milliseconds: row["created_at"]),
        updatedAt: Timestamp(milliseconds: row["updated_at"]),
        lastLoginAt: (row["last_login_at"] as Int64?).map(Timestamp.init(milliseconds:)))
    }
  }

  /// - Throws: `refused(.userUnknown)`.
  static func existing(_ id: Int64, _ db: Database) throws -> User {
    guard let user = try fetch(db, where: "id = ?", [id]).first else { throw StoreError.refused(.userUnknown) }
    return user
  }

  private static func grant(_ row: Row) throws -> Grant {
    Grant(
      try decoded(row, "role"), on: Scope(server: row["server"], stack: row["stack"]), mayExec: row["may_exec"],
      mayRestore: row["may_restore"])
  }

  static func insert(_ new: NewUser, now: Timestamp, _ db: Database) throws -> User {
    let taken = try Row.fetchOne(db, sql: "SELECT 1 FROM user WHERE name = ?", arguments: [new.name.text])
    guard taken == nil else { throw StoreError.refused(.userExists(name: new.name.text)) }
    guard try Int.fetchOne(db, sql: "SELECT count(*) FROM user") ?? 0 < limit else {
      throw StoreError.refused(.tooMany(what: "users", limit: limit))
    }
    try db.execute(
      sql: """
        INSERT INTO user (name, password, is_disabled, must_have_second_factor, created_at, updated_at)
        VALUES (?, ?, 0, ?, ?, ?)
        """,
      arguments: [
        new.name.text, new.password.reveal(), new.mustHaveSecondFactor, now.milliseconds, now.milliseconds,
      ])
    let id = db.lastInsertedRowID
    try write(new.grants, of: id, db)
    return try existing(id, db)
  }

  static func write(_ grants: [Grant], of user: Int64, _ db: Database) throws {
    guard grants.count <= grantLimit else {
      throw StoreError.refused(.tooMany(what: "grants of one user", limit: grantLimit))
    }
    try db.execute(sql: "DELETE FROM user_grant WHERE user_id = ?", arguments: [user])
    for grant in grants {
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO user_grant (user_id, role, server, stack, may_exec, may_restore) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          user, grant.role.rawValue, grant.scope.server, grant.scope.stack, grant.mayExec, grant.mayRestore,
        ])
    }
  }

  /// - Throws: `refused(.lastAdmin)` when nobody is left who can manage users.
  static func requireAdmin(_ db: Database) throws {
    let admin = try Row.fetchOne(
      db,
      sql: """
        SELECT 1 FROM user u JOIN user_grant g ON g.user_id = u.id
        WHERE u.is_disabled = 0 AND g.role = 'admin' AND g.server IS NULL LIMIT 1
        """)
    guard admin != nil else { throw StoreError.refused(.lastAdmin) }
  }

  static func removeSecondFactor(of user: Int64, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE user SET totp_sealed = NULL, totp_key_version = NULL, totp_is_confirmed = 0 WHERE id = ?", arguments: [user])
    try db.execute(sql: "DELETE FROM recovery_code WHERE user_id = ?", arguments: [user])
  }
}

extension SealPlace {
  /// Users' numbers are never given out twice, and the version grows with each seed.
  static func totpSeed(ofUser id: Int64, version: Int64) -> SealPlace {
    SealPlace(table: "user", row: "\(id)", column: "totp_sealed", version: version)
  }
}
