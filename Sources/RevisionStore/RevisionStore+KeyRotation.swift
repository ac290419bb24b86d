import Crypto
import GRDB
import Synchronization

/// What a rotation of the keys has done.
package struct RotatedKeys: Hashable, Sendable {
  /// Data keys that the new master key wraps.
  package var dataKeys = 0
  /// Values that were sealed anew.
  package var values = 0
  /// Rows that do not open, and were left as they are; at most 20 names.
  package var damaged: [String] = []
}

/// Where a rotation is, for tests that stop it there.
enum KeyRotationStep: Hashable, Sendable, CaseIterable {
  /// The new key is on the disk; nothing is wrapped with it.
  case keyWritten
  /// Everything is wrapped with it, in a transaction that is not committed.
  case wrapped
  /// It is what counts; its file has not its name yet.
  case committed
  /// It has.
  case moved
  /// An owner has a new data key, and values that are sealed with older ones.
  case ownerBegun
  /// Some of them are sealed with the new one.
  case ownerResealed
  /// All are, and the keys that nothing needs are gone.
  case ownerDone
}

extension RevisionStore {
  /// Makes a new master key, and wraps all data keys with it (S-SEC-2); no value is touched.
  ///
  /// Killed at any moment it leaves a store that opens with the old key or with the new one, both in their place; the next rotation
  /// takes away what is left over. Copies of the database made before need the key from before.
  /// - Throws: `notFound` where there is no key yet; `masterKeyMissing` and its like, `secretDamaged` for a data key that does not
  ///   open, `refused(.alreadyRotating)`; then the old key counts.
  package func rotateMasterKey(_ entry: AuditEntry) async throws(StoreError) -> RotatedKeys {
    try beginRotation()
    defer { isRotating.withLock { $0 = false } }
    let count = try await write { db in
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM master_key") != nil else {
        throw StoreError.notFound(what: "a master key, which the first secret makes,")
      }
      let old = try self.vault.settle(db)
      let new = try self.vault.makeNext()
      self.options.reached(.keyWritten)
      let count = try self.wrap(from: old, to: new, db)
      try self.audit(entry, db)
      self.options.reached(.wrapped)
      return count
    }
    options.reached(.committed)
    _ = try await write { db in try self.vault.settle(db).keyID }
    options.reached(.moved)
    await checkpoint(isEmptied: true)
    return RotatedKeys(dataKeys: count)
  }

  /// Makes a new data key for every stack, server and the rest, and seals every value with it (`--data` of S-SEC-2).
  ///
  /// In steps of some values each, with others writing in between; killed at any moment it leaves values that all open, and the
  /// next call begins again. Revisions keep their HMACs, and the audit log's signing key, which may not be changed, its seal.
  /// - Throws: `masterKeyMissing` and its like, `refused(.alreadyRotating)`.
  package func resealValues(_ entry: AuditEntry) async throws(StoreError) -> RotatedKeys {
    try beginRotation()
    defer { isRotating.withLock { $0 = false } }
    let owners = try await write { db in
      try self.audit(entry, db)
      return try KeyOwner.all(db)
    }
    var rotation = RotatedKeys()
    for owner in owners {
      try await write { db in
        try Self.overwriting(db)
        guard let newest = try self.vault.keys(of: owner, db)?.version else { return }
        _ = try self.vault.add(version: newest + 1, of: owner, under: try self.vault.verifiedMaster(db), db)
      }
      options.reached(.ownerBegun)
      for table in SealedTable.all(of: owner) {
        var place: Int64? = 0
        while let last = place {
          let step = try await write { db in
            try Self.overwriting(db)
            guard let keys = try self.vault.keys(of: owner, db) else { return SealedTable.Step() }
            return try table.reseal(after: last, keys: keys, db)
          }
          rotation.values += step.count
          rotation.damaged = Array((rotation.damaged + step.damaged).prefix(20))
          place = step.last
          options.reached(.ownerResealed)
        }
      }
      try await write { db in
        try Self.overwriting(db)
        try SealedTable.removeUnused(of: owner, db)
      }
      options.reached(.ownerDone)
    }
    await checkpoint(isEmptied: true)
    return rotation
  }

  private func beginRotation() throws(StoreError) {
    let isFree = isRotating.withLock { isRotating in
      defer { isRotating = true }
      return !isRotating
    }
    guard isFree else { throw .refused(.alreadyRotating) }
  }

  /// What is taken away is overwritten with zeros, and not only left out of the tables.
  private static func overwriting(_ db: Database) throws {
    try db.execute(sql: "PRAGMA secure_delete = ON")
  }

  private func wrap(from old: MasterKey, to new: MasterKey, _ db: Database) throws -> Int {
    try Self.overwriting(db)
    var count = 0
    for owner in try KeyOwner.all(db) {
      let rows = try Row.fetchAll(
        db, sql: "SELECT version, wrapped FROM \(owner.table) WHERE \(owner.column) = ?", arguments: [owner.id])
      for row in rows {
        let root = try old.unwrapped(row["wrapped"], of: owner)
        try db.execute(
          sql: "UPDATE \(owner.table) SET wrapped = ? WHERE \(owner.column) = ? AND version = ?",
          arguments: [try AES.KeyWrap.wrap(root, using: new.key), owner.id, row["version"] as Int64])
        count += 1
      }
    }
    try db.execute(
      sql: "UPDATE master_key SET key_id = ?, canary = ?, created_at = ?",
      arguments: [new.keyID, try new.sealedCanary(), now().milliseconds])
    return count
  }
}
