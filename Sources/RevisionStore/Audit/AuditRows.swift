import Crypto
import FoundationEssentials
import GRDB

/// Rows of `audit` and of the tables that guard it.
enum AuditRows {
  /// The last entry, as the note of it says.
  struct Tail: Sendable {
    var sequence: Int64
    var hash: [UInt8]
    /// Whether the note is ours; nobody else has the key for its MAC.
    var isGenuine: Bool
  }

  private static let tailPurpose = "slipway.audit.tail.1"
  /// Says in the log itself that its end was not as we had left it.
  static let damageAction = "audit.end_replaced"

  /// Writes entries after the last one, and a signed head when one is due; all under the caller's transaction.
  ///
  /// Needs `master.key`: without it nothing is written, and so nothing is changed (S-AUD-1).
  static func append(_ entries: [AuditEntry], vault: KeyVault, now: Timestamp, _ db: Database) throws {
    let keys = try vault.keysForWriting(of: .instance, db, now: now)
    let tail = try tail(keys: keys, db)
    var sequence = tail?.sequence ?? 0
    var hash = tail?.hash ?? AuditChain.start
    let mark = AuditEntry(actor: "slipway", way: .system, action: damageAction, target: "audit", outcome: .failed)
    for entry in (tail?.isGenuine == false ? [mark] : []) + entries {
      sequence += 1
      let record = try insert(entry, sequence: sequence, at: now, after: hash, db)
      hash = record.hash
      if try isHeadDue(sequence, now: now, db) {
        try sign(sequence: sequence, hash: hash, keys: keys, now: now, db)
      }
    }
    let mac = keys.mac(AuditChain.tailBytes(sequence: sequence, hash: hash), purpose: tailPurpose)
    try db.execute(
      sql: """
        INSERT INTO audit_tail (id, sequence, hash, mac) VALUES (1, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, mac = excluded.mac
        """, arguments: [sequence, Data(hash), mac])
  }

  static func tail(keys: SealingKeys, _ db: Database) throws -> Tail? {
    guard let row = try Row.fetchOne(db, sql: "SELECT sequence, hash, mac FROM audit_tail") else { return nil }
    let sequence: Int64 = row["sequence"]
    let hash = Array(row["hash"] as Data)
    let isGenuine = keys.isMac(
      row["mac"], of: AuditChain.tailBytes(sequence: sequence, hash: hash), purpose: tailPurpose)
    return Tail(sequence: sequence, hash: hash, isGenuine: isGenuine)
  }

  private static func insert(
    _ entry: AuditEntry, sequence: Int64, at moment: Timestamp, after previous: [UInt8], _ db: Database
  ) throws -> AuditRecord {
    var record = AuditRecord(
      sequence: sequence, at: moment, actor: bounded(entry.actor.isEmpty ? "unknown" : entry.actor, 128),
      credential: present(entry.credential, 64), address: present(entry.address, 64), way: entry.way,
      action: bounded(entry.action, 64), target: bounded(entry.target, 512), outcome: entry.outcome,
      requestID: present(entry.requestID, 128), detail: try detailText(entry.detail), hash: [])
    record.hash = AuditChain.hash(record, after: previous)
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO audit (sequence, at, actor, credential, address, way, action, target, outcome, request_id, detail, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      sequence, moment.milliseconds, record.actor, record.credential, record.address, record.way.rawValue, record.action,
      record.target, record.outcome.rawValue, record.requestID, record.detail, Data(record.hash),
    ])
    return record
  }

  private static func present(_ text: String?, _ limit: Int) -> String? {
    guard let text, !text.isEmpty else { return nil }
    return bounded(text, limit)
  }

  /// A JSON object of at most 4096 bytes, with what does not fit left out whole.
  private static func detailText(_ detail: [String: String]) throws -> String {
    var kept: [String: String] = [:]
    var text = "{}"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for (key, value) in detail.sorted(by: { $0.key < $1.key }) {
      kept[key] = bounded(value, 1024)
      let longer = String(decoding: try encoder.encode(kept), as: UTF8.self)
      if longer.utf8.count > 4096 { break }
      text = longer
    }
    return text
  }

  static func record(_ row: Row) throws -> AuditRecord {
    AuditRecord(
      sequence: row["sequence"], at: Timestamp(milliseconds: row["at"]), actor: row["actor"], credential: row["credential"],
      address: row["address"], way: try decoded(row, "way"), action: row["action"], target: row["target"],
      outcome: try decoded(row, "outcome"), requestID: row["request_id"], detail: row["detail"], hash: Array(row["hash"] as Data))
  }

  // MARK: Signatures

  private static func isHeadDue(_ sequence: Int64, now: Timestamp, _ db: Database) throws -> Bool {
    let last = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT sequence, at FROM audit_head ORDER BY sequence DESC LIMIT 1"))
    guard let last else { return true }
    let entries = sequence - (last["sequence"] as Int64)
    let elapsed = now.milliseconds - (last["at"] as Int64)
    return entries >= AuditChain.entriesPerHead || elapsed >= AuditChain.millisecondsPerHead
  }

  static func sign(sequence: Int64, hash: [UInt8], keys: SealingKeys, now: Timestamp, _ db: Database) throws {
    let key = try signingKey(keys: keys, db)
    let bytes = AuditHead.signedBytes(sequence: sequence, hash: hash, at: now)
    try db.execute(
      sql: "INSERT INTO audit_head (sequence, hash, at, signature) VALUES (?, ?, ?, ?)",
      arguments: [sequence, Data(hash), now.milliseconds, try key.signature(for: Data(bytes))])
  }

  static func head(_ row: Row) -> AuditHead {
    AuditHead(
      sequence: row["sequence"], hash: Array(row["hash"] as Data), at: Timestamp(milliseconds: row["at"]),
      signature: Array(row["signature"] as Data))
  }

  /// The key that heads are signed with, made at the first of them.
  static func signingKey(keys: SealingKeys, _ db: Database) throws -> Curve25519.Signing.PrivateKey {
    if let key = try storedSigningKey(keys: keys, db) { return key }
    let key = Curve25519.Signing.PrivateKey()
    let sealed = try keys.seal(Array(key.rawRepresentation), in: .auditKey)
    try db.execute(
      sql: "INSERT INTO audit_key (id, key_version, public_key, sealed) VALUES (1, ?, ?, ?)",
      arguments: [keys.version, key.publicKey.rawRepresentation, sealed])
    return key
  }

  /// - Throws: `secretDamaged` when the row does not open, or its public half is another's.
  static func storedSigningKey(keys: SealingKeys, _ db: Database) throws -> Curve25519.Signing.PrivateKey? {
    guard let row = try Row.fetchOne(db, sql: "SELECT key_version, public_key, sealed FROM audit_key") else { return nil }
    let bytes = try keys.open(row["sealed"], in: .auditKey, version: row["key_version"])
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(bytes))
    guard key.publicKey.rawRepresentation == row["public_key"] as Data else {
      throw StoreError.secretDamaged(row: SealPlace.auditKey.description)
    }
    return key
  }
}

extension SealPlace {
  static let auditKey = SealPlace(table: "audit_key", row: "1", column: "sealed", version: 1)
}

extension SealingKeys {
  /// Whether `code` is the MAC of `bytes`; takes the same time whatever it is.
  func isMac(_ code: Data, of bytes: [UInt8], purpose: String) -> Bool {
    SymmetricKey(data: code) == SymmetricKey(data: mac(bytes, purpose: purpose))
  }
}
