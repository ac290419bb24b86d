import Crypto
import FoundationEssentials
import GRDB
import Glibc

/// Whose data key it is; each owner has a table of keys of its own kind.
struct KeyOwner: Sendable {
  /// The table of the wrapped keys.
  let table: String
  /// Its column for the owner.
  let column: String
  let id: Int64

  static func stack(_ id: Int64) -> KeyOwner { KeyOwner(table: "stack_key", column: "stack_id", id: id) }
  static func server(_ id: Int64) -> KeyOwner { KeyOwner(table: "server_key", column: "server_id", id: id) }
  /// What belongs to the whole installation: seeds of second factors, secrets of webhooks, tokens of repositories, the audit
  /// log's signing key.
  static let instance = KeyOwner(table: "instance_key", column: "instance_id", id: 1)

  /// All that have a key.
  static func all(_ db: Database) throws -> [KeyOwner] {
    let kinds: [(Int64) -> KeyOwner] = [stack, server, { _ in instance }]
    return try kinds.flatMap { make in
      let kind = make(1)
      let ids = try Int64.fetchAll(db, sql: "SELECT DISTINCT \(kind.column) FROM \(kind.table) ORDER BY 1")
      return ids.map(make)
    }
  }
}

/// The keys of the secrets (S-SEC-1): `master.key` wraps one key per stack, one per server and one for the rest, from which the
/// keys for sealing and for the HMACs are derived.
///
/// Nothing is kept in memory between calls: the file is 32 bytes, and a changed one is noticed at once.
struct KeyVault: Sendable {
  /// Bytes of `master.key`.
  static let keySize = 32

  let path: String

  /// The key that a rotation is putting in the place of `path` (S-SEC-2).
  var nextPath: String { path + ".next" }

  /// The keys of an owner; nil when it has none yet.
  func keys(of owner: KeyOwner, _ db: Database) throws -> SealingKeys? {
    let rows = try Row.fetchAll(
      db, sql: "SELECT version, key_id, wrapped FROM \(owner.table) WHERE \(owner.column) = ? ORDER BY version",
      arguments: [owner.id])
    guard !rows.isEmpty else { return nil }
    let master = try verifiedMaster(db)
    let keys = try rows.map { row in
      DataKey(version: row["version"], name: row["key_id"], root: try master.unwrapped(row["wrapped"], of: owner))
    }
    return SealingKeys(owner: owner, keys: keys)
  }

  /// The keys of an owner, made when it has none; makes `master.key` with the very first secret.
  func keysForWriting(of owner: KeyOwner, _ db: Database, now: Timestamp) throws -> SealingKeys {
    if let keys = try keys(of: owner, db) { return keys }
    let key = try add(version: 1, of: owner, under: try masterForWriting(db, now: now), db)
    return SealingKeys(owner: owner, keys: [key])
  }

  /// Makes a key in which the owner's values are sealed from now on; the older ones go on opening what they have sealed.
  func add(version: Int64, of owner: KeyOwner, under master: MasterKey, _ db: Database) throws -> DataKey {
    let root = SymmetricKey(size: .bits256)
    try db.execute(
      sql: "INSERT INTO \(owner.table) (\(owner.column), version, key_id, wrapped) VALUES (?, ?, ?, ?)",
      arguments: [owner.id, version, master.keyID, try AES.KeyWrap.wrap(root, using: master.key)])
    return DataKey(version: version, name: master.keyID, root: root)
  }

  /// Reads the key file and compares it with what the database was made with.
  ///
  /// Between the two steps of a rotation the key is still in the file beside it.
  func verifiedMaster(_ db: Database) throws -> MasterKey {
    let row = try Row.fetchOne(db, sql: "SELECT key_id, canary FROM master_key")
    let found = try readMaster(at: path)
    guard let row else {
      guard let found else { throw StoreError.masterKeyMissing(path: path) }
      return found
    }
    let wanted: Data = row["key_id"]
    guard let master = found?.keyID == wanted ? found : next().flatMap({ $0.keyID == wanted ? $0 : nil }) else {
      throw found == nil ? StoreError.masterKeyMissing(path: path) : StoreError.masterKeyWrong(path: path)
    }
    guard master.opensCanary(row["canary"]) else { throw StoreError.secretDamaged(row: "master_key canary") }
    return master
  }

  /// The file that holds a key that was verified.
  func file(of master: MasterKey) throws -> String {
    try readMaster(at: path)?.keyID == master.keyID ? path : nextPath
  }

  /// What a rotation has written; nil also for what it was killed in the middle of.
  private func next() -> MasterKey? { try? readMaster(at: nextPath) }

  private func masterForWriting(_ db: Database, now: Timestamp) throws -> MasterKey {
    if try Row.fetchOne(db, sql: "SELECT 1 FROM master_key") != nil { return try verifiedMaster(db) }
    let master = try readMaster(at: path) ?? makeMaster(at: path)
    try db.execute(
      sql: "INSERT INTO master_key (id, key_id, canary, created_at) VALUES (1, ?, ?, ?)",
      arguments: [master.keyID, try master.sealedCanary(), now.milliseconds])
    return master
  }

  private func readMaster(at path: String) throws(StoreError) -> MasterKey? {
    guard let found = try status(of: path) else { return nil }
    guard found.st_mode & S_IFMT == S_IFREG else { throw .masterKeyMalformed(path: path, detail: "not a plain file") }
    guard found.st_uid == geteuid() else { throw .wrongOwner(path: path, owner: found.st_uid) }
    guard found.st_mode & 0o077 == 0 else {
      throw .unsafePermissions(
        path: path, mode: found.st_mode & 0o777,
        remedy: "run `chmod 600 \(path)`; if others could read it, make a new key too")
    }
    let bytes = try FileDescriptor(path: path, flags: O_RDONLY).read(count: Self.keySize + 1, offset: 0, path: path)
    guard bytes.count == Self.keySize else {
      throw .masterKeyMalformed(path: path, detail: "it must have \(Self.keySize) bytes")
    }
    return MasterKey(key: SymmetricKey(data: bytes))
  }

  // MARK: Writing, only under the write lock

  /// Writes a new key under another name first, so that no crash leaves half a key.
  private func makeMaster(at path: String) throws(StoreError) -> MasterKey {
    let key = SymmetricKey(size: .bits256)
    let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
    let partial = path + ".partial"
    let file = try FileDescriptor(path: partial, flags: O_RDWR | O_CREAT | O_TRUNC)
    try file.write(bytes, offset: 0, path: partial)
    try file.synchronize(path: partial)
    try move(partial, to: path)
    return MasterKey(key: key)
  }

  /// Writes the key that a rotation wraps everything with, durable before anything depends on it.
  func makeNext() throws(StoreError) -> MasterKey { try makeMaster(at: nextPath) }

  /// Ends what a rotation has begun, or takes away what it has left behind; the database says which of both.
  ///
  /// Only where nothing of a rotation is uncommitted.
  func settle(_ db: Database) throws -> MasterKey {
    let master = try verifiedMaster(db)
    if next()?.keyID == master.keyID {
      try move(nextPath, to: path)
    } else if try status(of: nextPath) != nil {
      // SAFETY: path for the call only.
      guard unsafe unlink(nextPath) == 0 else { throw StoreError.inputOutput(path: nextPath, detail: lastSystemError()) }
    }
    return master
  }

  private func move(_ old: String, to new: String) throws(StoreError) {
    // SAFETY: both paths for the call only.
    guard unsafe rename(old, new) == 0 else { throw .inputOutput(path: new, detail: lastSystemError()) }
    guard let end = new.lastIndex(of: "/") else { return }
    try synchronizeDirectory(String(new[..<end]))
  }
}
