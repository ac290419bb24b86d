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
}

/// The keys of the secrets (S-SEC-1): `master.key` wraps one key per stack and one per server, from which the keys for sealing
/// and for the HMACs are derived.
///
/// Nothing is kept in memory between calls: the file is 32 bytes, and a changed one is noticed at once.
struct KeyVault: Sendable {
  /// Bytes of `master.key`.
  static let keySize = 32

  let path: String

  /// The keys of an owner; nil when it has none yet.
  func keys(of owner: KeyOwner, _ db: Database) throws -> SealingKeys? {
    guard
      let row = try Row.fetchOne(
        db,
        sql: "SELECT version, key_id, wrapped FROM \(owner.table) WHERE \(owner.column) = ? ORDER BY version DESC LIMIT 1",
        arguments: [owner.id])
    else { return nil }
    let master = try verifiedMaster(db)
    let rowName = "\(owner.table) \(owner.id)"
    guard row["key_id"] as Data == master.keyID else { throw StoreError.secretDamaged(row: rowName) }
    do {
      let key = try AES.KeyWrap.unwrap(row["wrapped"] as Data, using: master.key)
      return SealingKeys(owner: owner, version: row["version"], keyID: master.keyID, root: key)
    } catch {
      throw StoreError.secretDamaged(row: rowName)
    }
  }

  /// The keys of an owner, made when it has none; makes `master.key` with the very first secret.
  func keysForWriting(of owner: KeyOwner, _ db: Database, now: Timestamp) throws -> SealingKeys {
    if let keys = try keys(of: owner, db) { return keys }
    let master = try masterForWriting(db, now: now)
    let root = SymmetricKey(size: .bits256)
    let wrapped = try AES.KeyWrap.wrap(root, using: master.key)
    try db.execute(
      sql: "INSERT INTO \(owner.table) (\(owner.column), version, key_id, wrapped) VALUES (?, 1, ?, ?)",
      arguments: [owner.id, master.keyID, wrapped])
    return SealingKeys(owner: owner, version: 1, keyID: master.keyID, root: root)
  }

  /// Reads the key file and compares it with what the database was made with.
  func verifiedMaster(_ db: Database) throws -> MasterKey {
    let row = try Row.fetchOne(db, sql: "SELECT key_id, canary FROM master_key")
    guard let master = try readMaster() else { throw StoreError.masterKeyMissing(path: path) }
    guard let row else { return master }
    guard row["key_id"] as Data == master.keyID else { throw StoreError.masterKeyWrong(path: path) }
    guard master.opensCanary(row["canary"]) else { throw StoreError.secretDamaged(row: "master_key canary") }
    return master
  }

  private func masterForWriting(_ db: Database, now: Timestamp) throws -> MasterKey {
    if try Row.fetchOne(db, sql: "SELECT 1 FROM master_key") != nil { return try verifiedMaster(db) }
    let master = try readMaster() ?? makeMaster()
    try db.execute(
      sql: "INSERT INTO master_key (id, key_id, canary, created_at) VALUES (1, ?, ?, ?)",
      arguments: [master.keyID, try master.sealedCanary(), now.milliseconds])
    return master
  }

  private func readMaster() throws(StoreError) -> MasterKey? {
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

  /// Writes a new key under another name first, so that no crash leaves half a key. Only under the write lock.
  private func makeMaster() throws(StoreError) -> MasterKey {
    let key = SymmetricKey(size: .bits256)
    let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
    let partial = path + ".partial"
    let file = try FileDescriptor(path: partial, flags: O_RDWR | O_CREAT | O_TRUNC)
    try file.write(bytes, offset: 0, path: partial)
    try file.synchronize(path: partial)
    // SAFETY: both paths for the call only.
    guard unsafe rename(partial, path) == 0 else { throw .inputOutput(path: path, detail: lastSystemError()) }
    guard let end = path.lastIndex(of: "/") else { return MasterKey(key: key) }
    try synchronizeDirectory(String(path[..<end]))
    return MasterKey(key: key)
  }
}

/// The key of `master.key`, and the name by which the database knows it.
struct MasterKey {
  let key: SymmetricKey
  /// 16 bytes derived from the key: says which key it is and nothing else about it.
  let keyID: Data

  private static let canaryText = Data("slipway master key".utf8)

  init(key: SymmetricKey) {
    self.key = key
    keyID = Data(HMAC<SHA256>.authenticationCode(for: Data("slipway key id".utf8), using: key)).prefix(16)
  }

  func sealedCanary() throws -> Data {
    try Seal.close(Self.canaryText, key: canaryKey, associated: Data("master_key canary".utf8))
  }

  func opensCanary(_ sealed: Data) -> Bool {
    (try? Seal.open(sealed, key: canaryKey, associated: Data("master_key canary".utf8))) == Self.canaryText
  }

  /// Not the key itself: that one only wraps.
  private var canaryKey: SymmetricKey { derived(key, purpose: "slipway canary 1") }
}

/// The keys of one owner.
struct SealingKeys {
  let owner: KeyOwner
  let version: Int64
  let keyID: Data
  private let sealing: SymmetricKey
  private let authentication: SymmetricKey

  init(owner: KeyOwner, version: Int64, keyID: Data, root: SymmetricKey) {
    self.owner = owner
    self.version = version
    self.keyID = keyID
    sealing = derived(root, purpose: "slipway seal 1")
    authentication = derived(root, purpose: "slipway mac 1")
  }

  /// Equal for equal bytes of this owner; says nothing to who lacks the key.
  func mac(_ bytes: [UInt8], purpose: String) -> Data {
    var code = HMAC<SHA256>(key: authentication)
    code.update(data: Data(purpose.utf8))
    code.update(data: [0])
    code.update(data: bytes)
    return Data(code.finalize())
  }

  func seal(_ bytes: [UInt8], in place: SealPlace) throws -> Data {
    try Seal.close(Data(bytes), key: sealing, associated: place.associated(with: self))
  }

  func open(_ sealed: Data, in place: SealPlace) throws(StoreError) -> [UInt8] {
    guard let bytes = try? Seal.open(sealed, key: sealing, associated: place.associated(with: self)) else {
      throw .secretDamaged(row: place.description)
    }
    return Array(bytes)
  }
}

/// Where a sealed value lives; it opens nowhere else.
struct SealPlace: CustomStringConvertible {
  var table: String
  /// What identifies the row, by meaning and not by number.
  var row: String
  var column: String
  /// Grows with each value in that place.
  var version: Int64

  var description: String { "\(table) \(row) (version \(version))" }

  func associated(with keys: SealingKeys) -> Data {
    let parts = [table, "\(keys.owner.id)", row, column, "\(keys.version)", "\(version)"].map { Array($0.utf8) }
    var bytes = Data()
    for part in parts + [Array(keys.keyID)] {
      bytes.append(contentsOf: bigEndian(part.count))
      bytes.append(contentsOf: part)
    }
    return bytes
  }
}

/// AES-256-GCM with a random nonce of 96 bits before the text and the tag after it.
private enum Seal {
  static func close(_ text: Data, key: SymmetricKey, associated: Data) throws -> Data {
    let box = try AES.GCM.seal(text, using: key, authenticating: associated)
    return Data(box.nonce) + box.ciphertext + box.tag
  }

  static func open(_ sealed: Data, key: SymmetricKey, associated: Data) throws -> Data {
    try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: associated)
  }
}

private func derived(_ key: SymmetricKey, purpose: String) -> SymmetricKey {
  HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data(purpose.utf8), outputByteCount: 32)
}
