import FoundationEssentials
import GRDB

/// Rows of `session`, `api_token` and `api_token_limit`.
enum SessionRows {
  /// Sessions of one user; the oldest ends when another begins.
  static let limitPerUser = 50
  /// Tokens of one user that are not revoked.
  static let tokenLimitPerUser = 100

  static func session(_ row: Row) throws -> Session {
    Session(
      id: row["id"], user: row["user_id"], way: try decoded(row, "way"), address: row["address"], userAgent: row["user_agent"],
      createdAt: Timestamp(milliseconds: row["created_at"]), lastSeenAt: Timestamp(milliseconds: row["last_seen_at"]),
      endsAt: Timestamp(milliseconds: row["ends_at"]), stepUpAt: Timestamp(milliseconds: row["step_up_at"]))
  }

  /// Ends the sessions of a user, and gives their ids.
  static func end(ofUser id: Int64, keeping kept: String?, _ db: Database) throws -> [String] {
    let ids = try String.fetchAll(
      db, sql: "SELECT id FROM session WHERE user_id = ? AND id IS NOT ? ORDER BY created_at, id", arguments: [id, kept])
    try db.execute(sql: "DELETE FROM session WHERE user_id = ? AND id IS NOT ?", arguments: [id, kept])
    return ids
  }

  static func tokens(_ db: Database, where condition: String, _ arguments: StatementArguments) throws -> [Token] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM api_token WHERE \(condition) ORDER BY created_at, id", arguments: arguments
    ).map { row in
      let id: String = row["id"]
      let limits = try Row.fetchAll(
        db.cachedStatement(sql: "SELECT server, stack FROM api_token_limit WHERE token_id = ? ORDER BY server, stack"),
        arguments: [id]
      ).map { Scope(server: $0["server"], stack: $0["stack"]) }
      let isLimited: Bool = row["is_limited"]
      return Token(
        id: id, secretHash: Array(row["secret_hash"] as Data), user: row["user_id"], name: row["name"],
        scopes: Set(try JSONDecoder().decode([String].self, from: Data((row["scopes"] as String).utf8))),
        limits: isLimited ? limits : nil, createdAt: Timestamp(milliseconds: row["created_at"]),
        expiresAt: (row["expires_at"] as Int64?).map(Timestamp.init(milliseconds:)),
        lastUsedAt: (row["last_used_at"] as Int64?).map(Timestamp.init(milliseconds:)),
        revokedAt: (row["revoked_at"] as Int64?).map(Timestamp.init(milliseconds:)))
    }
  }

  static func insert(_ new: NewToken, now: Timestamp, _ db: Database) throws -> Token {
    _ = try UserRows.existing(new.user, db)
    let count = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM api_token WHERE user_id = ? AND revoked_at IS NULL", arguments: [new.user])
    guard count ?? 0 < tokenLimitPerUser, new.limits?.count ?? 0 <= tokenLimitPerUser else {
      throw StoreError.refused(.tooMany(what: "tokens of one user, or limits of one token", limit: tokenLimitPerUser))
    }
    // Revoked ones are only remembered for the list.
    try db.execute(
      sql: """
        DELETE FROM api_token WHERE id IN (SELECT id FROM api_token WHERE user_id = ? AND revoked_at IS NOT NULL
          ORDER BY revoked_at DESC, id LIMIT -1 OFFSET ?)
        """, arguments: [new.user, tokenLimitPerUser])
    try db.execute(
      sql: """
        INSERT INTO api_token (id, secret_hash, user_id, name, scopes, is_limited, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        new.id, Data(new.secretHash), new.user, new.name,
        String(decoding: try JSONEncoder().encode(new.scopes.sorted()), as: UTF8.self), new.limits != nil, now.milliseconds,
        new.expiresAt?.milliseconds,
      ])
    for limit in new.limits ?? [] {
      guard let server = limit.server else {
        throw StoreError.invalid(what: "a token's limit", reason: "it must name a server, or a stack of one")
      }
      try db.execute(
        sql: "INSERT OR IGNORE INTO api_token_limit (token_id, server, stack) VALUES (?, ?, ?)",
        arguments: [new.id, server, limit.stack])
    }
    guard let token = try tokens(db, where: "id = ?", [new.id]).first else { throw StoreError.refused(.tokenUnknown) }
    return token
  }
}
