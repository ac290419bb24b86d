import GRDB

/// One step of the schema's history; frozen once shipped.
struct Migration: Sendable {
  var version: Int
  var statements: [String]
}

/// The shape of the database: which migrations there are, and how they are applied.
///
/// The number of the last one applied is SQLite's `user_version`: it is read with the file's first page, so that an
/// up-to-date store opens without a query more.
enum Schema {
  /// "SLPW": tells our file from another program's database.
  static let applicationID = 0x534C_5057

  /// In order, without gaps.
  static let migrations: [Migration] = [v1, v2, v3, v4, v5, v6, v7, v8, v9]

  static func version(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }

  /// Applies what is missing. Must run inside one transaction.
  static func migrate(_ db: Database, by migrations: [Migration]) throws {
    let found = try version(db)
    for migration in migrations where migration.version > found {
      for statement in migration.statements { try db.execute(sql: statement) }
      try db.execute(sql: "PRAGMA user_version = \(migration.version)")
    }
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
  }
}
