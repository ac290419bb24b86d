import Crypto
import FoundationEssentials
import GRDB

extension RevisionStore {
  /// The newest deployed revision of a stack; nil before the first success.
  package func currentRevision(of stack: StackKey) async throws(StoreError) -> Revision? {
    try await read { db in
      guard
        let row = try Row.fetchOne(
          db,
          sql: RevisionRows.select + " WHERE s.server = ? AND s.project = ? AND r.outcome = 'deployed'"
            + " ORDER BY r.number DESC LIMIT 1",
          arguments: [stack.server, stack.project])
      else { return nil }
      return try RevisionRows.revision(row, stack: stack, db)
    }
  }

  /// One revision; nil when there is none of that number.
  package func revision(of stack: StackKey, number: Int) async throws(StoreError) -> Revision? {
    try await read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: RevisionRows.select + " WHERE s.server = ? AND s.project = ? AND r.number = ?",
          arguments: [stack.server, stack.project, number])
      else { return nil }
      return try RevisionRows.revision(row, stack: stack, db)
    }
  }

  /// Newest first, at most `limit` (up to 1000), older than the number `before` when it is given.
  package func revisions(
    of stack: StackKey, limit: Int = 50, before: Int? = nil
  ) async throws(StoreError) -> [RevisionSummary] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT r.id, r.number, r.created_at, r.author, r.message, r.kind, r.source_number, r.outcome
          FROM revision r JOIN stack s ON s.id = r.stack_id
          WHERE s.server = ? AND s.project = ? AND r.number < ? ORDER BY r.number DESC LIMIT ?
          """,
        arguments: [stack.server, stack.project, before ?? Int.max, min(max(limit, 0), 1000)])
      return try rows.map { row in
        RevisionSummary(
          number: row["number"], createdAt: Timestamp(milliseconds: row["created_at"]), author: row["author"],
          message: row["message"], kind: try RevisionRows.kind(row), outcome: try decoded(row, "outcome"),
          images: try RevisionRows.images(row["id"], db))
      }
    }
  }

  /// All stacks of a server, in name order; of all servers when `server` is nil.
  package func stacks(server: String? = nil) async throws(StoreError) -> [StackSummary] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT s.id, s.server, s.project, s.last_revision,
            (SELECT max(number) FROM revision WHERE stack_id = s.id AND outcome = 'deployed') AS current_revision,
            r.working_directory, r.created_at AS changed_at
          FROM stack s LEFT JOIN revision r ON r.stack_id = s.id AND r.number = s.last_revision
          WHERE ?1 IS NULL OR s.server = ?1 ORDER BY s.server, s.project
          """,
        arguments: [server])
      return try rows.map { row in
        StackSummary(
          stack: StackKey(server: row["server"], project: row["project"]), lastRevision: row["last_revision"],
          currentRevision: row["current_revision"], workingDirectory: row["working_directory"],
          changedAt: (row["changed_at"] as Int64?).map(Timestamp.init(milliseconds:)),
          holder: try OperationRows.holder(ofStack: row["id"], db))
      }
    }
  }

  /// The bytes of a stored file. `notFound` for one that was recorded by its hash only.
  ///
  /// Wrapped also when they were kept plain: files of a stack often hold what should not be printed.
  package func content(
    _ reference: ContentReference, of stack: StackKey
  ) async throws(StoreError) -> Secret<[UInt8]> {
    try await read { db in
      switch reference {
      case .hashOnly:
        throw StoreError.notFound(what: "the content of a file that was recorded by its hash only")
      case .plain(let sha256, _):
        let row = try Row.fetchOne(db, sql: "SELECT bytes FROM blob WHERE sha256 = ?", arguments: [Data(sha256)])
        guard let row else { throw StoreError.notFound(what: "content \(hexadecimal(sha256))") }
        let bytes = row["bytes"] as Data
        guard Data(SHA256.hash(data: bytes)) == Data(sha256) else {
          throw StoreError.damaged(
            path: self.directory.database, detail: "content \(hexadecimal(sha256)) has other bytes", newestBackup: nil)
        }
        return Secret(Array(bytes))
      case .sealed(let mac, _):
        return Secret(try self.openBlob(mac: mac, of: stack, db))
      }
    }
  }

  /// The `inputHash` that `revision` would get; nil when it holds secrets and the stack has none yet, so that nothing
  /// stored can be equal to it.
  @concurrent
  package func inputHash(of revision: NewRevision, stack: StackKey) async throws(StoreError) -> [UInt8]? {
    let prepared = try PreparedRevision(revision)
    guard prepared.needsKeys else { return try prepared.inputHash(keys: nil) }
    let keys = try await read { db -> SealingKeys? in
      guard let id = try StackRows.id(of: stack, db) else { return nil }
      return try self.vault.keys(of: .stack(id), db)
    }
    guard let keys else { return nil }
    return try prepared.inputHash(keys: keys)
  }

  /// Names bytes for who has the stack's key, and tells nobody else what they are; nil as long as the stack has no keys.
  package func contentLabel(of bytes: [UInt8], stack: StackKey) async throws(StoreError) -> String? {
    try await read { db in
      guard let id = try StackRows.id(of: stack, db), let keys = try self.vault.keys(of: .stack(id), db) else { return nil }
      return hexadecimal(Array(keys.mac(bytes, purpose: "slipway.contents.1").prefix(16)))
    }
  }

  private func openBlob(mac: [UInt8], of stack: StackKey, _ db: Database) throws -> [UInt8] {
    let what = "sealed content \(hexadecimal(mac))"
    guard let id = try StackRows.id(of: stack, db), let keys = try vault.keys(of: .stack(id), db),
      let row = try Row.fetchOne(
        db, sql: "SELECT sealed, key_version FROM sealed_blob WHERE stack_id = ? AND mac = ?",
        arguments: [id, Data(mac)])
    else { throw StoreError.notFound(what: what) }
    return try keys.open(row["sealed"], in: .blob(mac: mac), version: row["key_version"])
  }
}

extension SealPlace {
  static func blob(mac: [UInt8]) -> SealPlace {
    SealPlace(table: "sealed_blob", row: hexadecimal(mac), column: "sealed", version: 1)
  }
}

/// Lower-case digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// A column as one of our enums; a word we do not know is damage, not a crash.
func decoded<Value: RawRepresentable>(_ row: Row, _ column: String) throws -> Value where Value.RawValue == String {
  let word: String = row[column]
  guard let value = Value(rawValue: word) else {
    throw StoreError.database(path: "slipway.db", code: 0, detail: "unknown \(column) `\(word)`")
  }
  return value
}
