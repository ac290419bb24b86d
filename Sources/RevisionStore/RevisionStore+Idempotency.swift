import FoundationEssentials
import GRDB

/// What is known of a request under its idempotency key.
package enum IdempotentRequest: Hashable, Sendable {
  /// It is the first of its key; the caller does it, and says how it went.
  case new
  /// The same request is being done.
  case running
  /// It was done, and this was the answer.
  case done(status: Int, body: [UInt8])
}

extension RevisionStore {
  /// Bytes of an answer that is kept; a longer one is not kept.
  package static let answerLimit = 65_536
  /// 24 hours: how long an answer is kept.
  static let answerAgeMilliseconds: Int64 = 86_400_000
  /// Answers kept in all.
  static let answerCountLimit = 10_000
  private static let requestPurpose = "slipway.idempotency.1"

  /// Forgets the answers that are older than 24 hours; gives how many went.
  package func pruneIdempotent() async throws(StoreError) -> Int {
    let before = now().milliseconds - Self.answerAgeMilliseconds
    let isDue = try await read { db in
      try Row.fetchOne(db, sql: "SELECT 1 FROM idempotency WHERE created_at < ? LIMIT 1", arguments: [before]) != nil
    }
    guard isDue else { return 0 }
    return try await write { db in
      try db.execute(sql: "DELETE FROM idempotency WHERE created_at < ?", arguments: [before])
      return db.changesCount
    }
  }

  /// Looks a request up by its key, and takes the key when it is new.
  ///
  /// What is stored of the request is an HMAC under the instance's key: a password in it cannot be looked for in the database.
  ///
  /// - Parameters:
  ///   - principal: whose key it is; another's same key is another.
  ///   - requestHash: SHA-256 of all that the request says.
  /// - Throws: `refused(.idempotencyMismatch)` when the key was used for another request; `masterKeyMissing` and its like.
  package func beginIdempotent(
    key: String, principal: String, requestHash: [UInt8]
  ) async throws(StoreError) -> IdempotentRequest {
    try await write { db in
      let now = self.now().milliseconds
      let keys = try self.vault.keysForWriting(of: .instance, db, now: self.now())
      try db.execute(sql: "DELETE FROM idempotency WHERE created_at < ?", arguments: [now - Self.answerAgeMilliseconds])
      let row = try Row.fetchOne(
        db, sql: "SELECT request_hash, status, body FROM idempotency WHERE principal = ? AND key = ?",
        arguments: [principal, key])
      if let row {
        guard keys.isMac(row["request_hash"], of: requestHash, purpose: Self.requestPurpose) else {
          throw StoreError.refused(.idempotencyMismatch)
        }
        guard let status = row["status"] as Int?, let body = row["body"] as Data? else { return .running }
        return .done(status: status, body: Array(body))
      }
      try db.execute(
        sql: """
          DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency ORDER BY created_at DESC LIMIT -1 OFFSET ?)
          """, arguments: [Self.answerCountLimit - 1])
      try db.execute(
        sql: "INSERT INTO idempotency (principal, key, request_hash, created_at) VALUES (?, ?, ?, ?)",
        arguments: [principal, key, keys.mac(requestHash, purpose: Self.requestPurpose), now])
      return .new
    }
  }

  /// Keeps the answer to a request; one that is too long frees the key instead.
  package func finishIdempotent(key: String, principal: String, status: Int, body: [UInt8]) async throws(StoreError) {
    guard body.count <= Self.answerLimit else { return try await forgetIdempotent(key: key, principal: principal) }
    try await write { db in
      try db.execute(
        sql: "UPDATE idempotency SET status = ?, body = ? WHERE principal = ? AND key = ? AND status IS NULL",
        arguments: [status, Data(body), principal, key])
    }
  }

  /// Frees a key whose request was not done.
  package func forgetIdempotent(key: String, principal: String) async throws(StoreError) {
    try await write { db in
      try db.execute(sql: "DELETE FROM idempotency WHERE principal = ? AND key = ?", arguments: [principal, key])
    }
  }

  /// Frees the keys of requests that a former process did not finish: at the start of the server.
  package func forgetUnfinishedIdempotent() async throws(StoreError) {
    try await write { db in try db.execute(sql: "DELETE FROM idempotency WHERE status IS NULL") }
  }
}
