import GRDB

/// Rows of `stack`.
enum StackRows {
  static func id(of stack: StackKey, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db, sql: "SELECT id FROM stack WHERE server = ? AND project = ?", arguments: [stack.server, stack.project])
  }

  /// The row of a stack, made when it is new.
  static func idForWriting(of stack: StackKey, _ db: Database, now: Timestamp) throws -> Int64 {
    if let id = try id(of: stack, db) { return id }
    for (what, text) in [("a server name", stack.server), ("a project name", stack.project)]
    where !(1...255).contains(text.unicodeScalars.count) {
      throw StoreError.invalid(what: what, reason: "it must have 1 to 255 characters")
    }
    try db.execute(
      sql: "INSERT INTO stack (server, project, created_at) VALUES (?, ?, ?)",
      arguments: [stack.server, stack.project, now.milliseconds])
    return db.lastInsertedRowID
  }

  static func nextRevision(ofStack id: Int64, _ db: Database) throws -> Int {
    try next("last_revision", ofStack: id, db)
  }

  static func nextFencing(ofStack id: Int64, _ db: Database) throws -> Int64 {
    Int64(try next("last_fencing", ofStack: id, db))
  }

  private static func next(_ column: String, ofStack id: Int64, _ db: Database) throws -> Int {
    let number = try Int.fetchOne(
      db, sql: "UPDATE stack SET \(column) = \(column) + 1 WHERE id = ? RETURNING \(column)", arguments: [id])
    guard let number else { throw StoreError.notFound(what: "stack \(id)") }
    return number
  }
}
