import FoundationEssentials
import GRDB

/// Rows of `secret`: one value in force a name, and the values of running deploys beside it.
enum SecretRows {
  /// Keeps the value a deploy brings until it is known whether the deploy succeeds. One that is in force already is not kept twice.
  static func addPending(
    _ value: Secret<String>, named name: String, for revision: Int64, keys: SealingKeys, now: Timestamp, _ db: Database
  ) throws {
    let mac = keys.variableMac(value)
    let inForce = try Data.fetchOne(
      db, sql: "SELECT mac FROM secret WHERE stack_id = ? AND name = ? AND pending_for IS NULL",
      arguments: [keys.owner.id, name])
    if inForce == mac { return }
    try insert(value, mac, named: name, pendingFor: revision, isSet: false, keys: keys, now: now, db)
  }

  /// Puts a value in force at once, for all deploys from now on.
  static func put(_ value: Secret<String>, named name: String, keys: SealingKeys, now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "DELETE FROM secret WHERE stack_id = ? AND name = ? AND pending_for IS NULL", arguments: [keys.owner.id, name])
    try insert(value, keys.variableMac(value), named: name, pendingFor: nil, isSet: true, keys: keys, now: now, db)
  }

  private static func insert(
    _ value: Secret<String>, _ mac: Data, named name: String, pendingFor revision: Int64?, isSet: Bool, keys: SealingKeys,
    now: Timestamp, _ db: Database
  ) throws {
    let newest = try Int64.fetchOne(
      db, sql: "SELECT max(version) FROM secret WHERE stack_id = ? AND name = ?", arguments: [keys.owner.id, name])
    let version = (newest ?? 0) + 1
    let sealed = try keys.seal(Array(value.reveal().utf8), in: .variable(name, version: version))
    try db.execute(
      sql: """
        INSERT INTO secret (stack_id, name, version, key_version, mac, sealed, pending_for, updated_at, is_set)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [keys.owner.id, name, version, keys.version, mac, sealed, revision, now.milliseconds, isSet])
  }

  /// Puts the values of a revision in force, or drops them. One that takes the place of a variable that was set is set too.
  static func settle(revision: Int64, isDeployed: Bool, _ db: Database) throws {
    if isDeployed {
      try db.execute(
        sql: """
          UPDATE secret SET is_set = 1 WHERE pending_for = ? AND EXISTS (
            SELECT 1 FROM secret other
            WHERE other.stack_id = secret.stack_id AND other.name = secret.name AND other.pending_for IS NULL AND other.is_set)
          """, arguments: [revision])
      try db.execute(
        sql: """
          DELETE FROM secret WHERE pending_for IS NULL
            AND (stack_id, name) IN (SELECT stack_id, name FROM secret WHERE pending_for = ?)
          """, arguments: [revision])
      try db.execute(sql: "UPDATE secret SET pending_for = NULL WHERE pending_for = ?", arguments: [revision])
    } else {
      try db.execute(sql: "DELETE FROM secret WHERE pending_for = ?", arguments: [revision])
    }
  }

  static func value(
    named name: String, stack: Int64, pendingFor revision: Int64?, keys: SealingKeys, _ db: Database
  ) throws -> Secret<String>? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT version, key_version, sealed FROM secret WHERE stack_id = ? AND name = ? AND (pending_for IS NULL OR pending_for = ?)
        ORDER BY pending_for IS NULL LIMIT 1
        """, arguments: [stack, name, revision])
    guard let row else { return nil }
    let bytes = try keys.open(row["sealed"], in: .variable(name, version: row["version"]), version: row["key_version"])
    return Secret(String(decoding: bytes, as: UTF8.self))
  }
}

extension SealPlace {
  static func variable(_ name: String, version: Int64) -> SealPlace {
    SealPlace(table: "secret", row: name, column: "sealed", version: version)
  }
}

extension RevisionStore {
  /// The value of a secret variable: the one in force, or the one that the running operation `pending` brought.
  ///
  /// - Throws: `masterKeyMissing` and its like, `secretDamaged` with the name of the row.
  package func secretValue(
    named name: String, of stack: StackKey, pending operation: OperationHandle? = nil
  ) async throws(StoreError) -> Secret<String>? {
    try await read { db in
      guard let id = try StackRows.id(of: stack, db), let keys = try self.vault.keys(of: .stack(id), db) else { return nil }
      let revision = try operation.flatMap { handle in
        try Int64.fetchOne(db, sql: "SELECT revision_id FROM operation WHERE id = ?", arguments: [handle.id])
      }
      return try SecretRows.value(named: name, stack: id, pendingFor: revision, keys: keys, db)
    }
  }

  /// Throws what is wrong with `master.key`, or names the first stored key that it does not open: for `slipway doctor`, the start
  /// of the server, and whether it is ready (S-SEC-1).
  ///
  /// - Throws: `masterKeyMissing`, `masterKeyWrong`, `masterKeyMalformed`, `wrongOwner`, `unsafePermissions`, `secretDamaged`.
  package func checkMasterKey() async throws(StoreError) {
    try await read { db in try self.vault.check(db) }
  }
}
