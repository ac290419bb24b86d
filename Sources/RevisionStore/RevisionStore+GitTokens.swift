import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Bytes of a token: longer than any host of repositories gives, shorter than what a header may have.
  static let gitTokenLimit = 4096

  /// The token for a stack's repository; nil without one.
  ///
  /// - Throws: `masterKeyMissing` and its like, `secretDamaged` with the name of the row.
  package func gitToken(ofStack name: String) async throws(StoreError) -> GitToken? {
    try await read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM git_token WHERE stack = ?", arguments: [name]) else { return nil }
      let place = SealPlace.gitToken(ofStack: name, host: row["host"], version: row["version"])
      guard let keys = try self.vault.keys(of: .instance, db) else { throw StoreError.secretDamaged(row: place.description) }
      let bytes = try keys.open(row["sealed"], in: place, version: row["key_version"])
      return GitToken(host: row["host"], user: row["user"], token: Secret(String(decoding: bytes, as: UTF8.self)))
    }
  }

  /// What may be told of a stack's token; nil without one.
  package func gitTokenFacts(ofStack name: String) async throws(StoreError) -> GitToken.Facts? {
    try await read { db in
      try Row.fetchOne(db, sql: "SELECT host, user, updated_at FROM git_token WHERE stack = ?", arguments: [name]).map { row in
        GitToken.Facts(host: row["host"], user: row["user"], updatedAt: Timestamp(milliseconds: row["updated_at"]))
      }
    }
  }

  /// Keeps a token, sealed, in the place of an older one.
  ///
  /// - Throws: `invalid` for one that is empty, too long, or has characters that no header takes.
  package func putGitToken(_ token: GitToken, ofStack name: String, _ entry: AuditEntry) async throws(StoreError) {
    try Self.check(token)
    let bytes = Array(token.token.reveal().utf8)
    try await write { db in
      let now = self.now()
      let keys = try self.vault.keysForWriting(of: .instance, db, now: now)
      let version = (try Int64.fetchOne(db, sql: "SELECT version FROM git_token WHERE stack = ?", arguments: [name]) ?? 0) + 1
      let sealed = try keys.seal(bytes, in: .gitToken(ofStack: name, host: token.host, version: version))
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO git_token (stack, host, user, version, key_version, sealed, updated_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """, arguments: [name, token.host, token.user, version, keys.version, sealed, now.milliseconds])
      try self.audit(entry, db)
    }
  }

  /// Throws `.invalid` for a token or a user that cannot be kept.
  package static func check(_ token: GitToken) throws(StoreError) {
    let bytes = token.token.reveal().utf8
    guard (1...gitTokenLimit).contains(bytes.count), bytes.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw .invalid(what: "a token", reason: "it has 1 to \(gitTokenLimit) printable ASCII characters and no spaces")
    }
    guard (1...100).contains(token.user.utf8.count), token.user.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 58 }) else {
      throw .invalid(what: "a user of a repository", reason: "the name has 1 to 100 printable ASCII characters and no colon")
    }
  }

  /// Forgets a token; false when there was none.
  package func removeGitToken(ofStack name: String, _ entry: AuditEntry) async throws(StoreError) -> Bool {
    try await write { db in
      try db.execute(sql: "DELETE FROM git_token WHERE stack = ?", arguments: [name])
      guard db.changesCount == 1 else { return false }
      try self.audit(entry, db)
      return true
    }
  }
}

extension SealPlace {
  static func gitToken(ofStack name: String, host: String, version: Int64) -> SealPlace {
    SealPlace(table: "git_token", row: "\(name) \(host)", column: "sealed", version: version)
  }
}
