import FoundationEssentials
import GRDB

extension RevisionStore {
  /// Exceptions that one stack may have at a time.
  package static let policyExceptionLimit = 100

  /// The exceptions of a stack that count now, oldest first.
  package func policyExceptions(of stack: StackKey) async throws(StoreError) -> [PolicyException] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM policy_exception WHERE server = ? AND stack = ? AND expires_at > ? ORDER BY id",
        arguments: [stack.server, stack.project, self.now().milliseconds]
      ).map(Self.policyException)
    }
  }

  /// Writes exceptions, all or none, with their entries of the audit log; what a confirmation says anew takes the old one's place.
  ///
  /// - Throws: `refused(.tooMany)` past 100 of one stack.
  @discardableResult
  package func grantPolicyExceptions(
    _ exceptions: [NewPolicyException], _ entries: [AuditEntry]
  ) async throws(StoreError) -> [PolicyException] {
    try await write { db in
      var granted: [PolicyException] = []
      for new in exceptions {
        let subjects = try new.subjects.map { String(decoding: try JSONEncoder().encode($0.sorted()), as: UTF8.self) }
        let now = self.now()
        try db.execute(
          sql: """
            DELETE FROM policy_exception
            WHERE server = ?1 AND stack = ?2 AND (expires_at <= ?3 OR (rule = ?4 AND subjects IS ?5))
            """, arguments: [new.stack.server, new.stack.project, now.milliseconds, new.rule, subjects])
        let count =
          try Int.fetchOne(
            db, sql: "SELECT count(*) FROM policy_exception WHERE server = ? AND stack = ?",
            arguments: [new.stack.server, new.stack.project]) ?? 0
        guard count < Self.policyExceptionLimit else {
          throw StoreError.refused(.tooMany(what: "exceptions of one stack", limit: Self.policyExceptionLimit))
        }
        try db.execute(
          sql: """
            INSERT INTO policy_exception (server, stack, rule, subjects, reason, granted_by, granted_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            new.stack.server, new.stack.project, new.rule, subjects, bounded(new.reason, 1000), bounded(new.grantedBy, 128),
            now.milliseconds, now.milliseconds + max(1, new.lifetimeMilliseconds),
          ])
        let id = db.lastInsertedRowID
        granted += try Row.fetchAll(db, sql: "SELECT * FROM policy_exception WHERE id = ?", arguments: [id])
          .map(Self.policyException)
      }
      for entry in entries { try self.audit(entry, db) }
      return granted
    }
  }

  /// Takes an exception of a stack back; false: there is none of that number.
  package func revokePolicyException(
    _ id: Int64, of stack: StackKey, _ entry: AuditEntry
  ) async throws(StoreError) -> Bool {
    try await write { db in
      try db.execute(
        sql: "DELETE FROM policy_exception WHERE id = ? AND server = ? AND stack = ?",
        arguments: [id, stack.server, stack.project])
      guard db.changesCount > 0 else { return false }
      try self.audit(entry, db)
      return true
    }
  }

  private static func policyException(_ row: Row) throws -> PolicyException {
    let subjects: String? = row["subjects"]
    return PolicyException(
      id: row["id"], stack: StackKey(server: row["server"], project: row["stack"]), rule: row["rule"],
      subjects: try subjects.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) }, reason: row["reason"],
      grantedBy: row["granted_by"], grantedAt: Timestamp(milliseconds: row["granted_at"]),
      expiresAt: Timestamp(milliseconds: row["expires_at"]))
  }
}
