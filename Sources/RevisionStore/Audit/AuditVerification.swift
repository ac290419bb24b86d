import Crypto
import FoundationEssentials
import GRDB

/// A walk through the whole audit log, some rows at a time, so that other reads come in between.
///
/// What guards the log is read at the start, in one snapshot; entries that are written meanwhile are not looked at.
struct AuditVerification: Sendable {
  /// Rows of one step: some milliseconds.
  static let stepRows = 1000

  /// Up to which entry older ones were given up.
  let cut: Int64
  private let tail: AuditRows.Tail?
  private let headCount: Int
  private let lastHead: Int64
  private var signed: ArraySlice<AuditHead>
  private var last: Int64
  private var previous: [UInt8]
  /// The last row to look at.
  private let end: Int64
  /// Known before any row was looked at, and said at once.
  private var early: AuditVerdict?
  /// Known before any row was looked at, and said when nothing before it is wrong.
  private var late: AuditVerdict?

  init(keys: SealingKeys, _ db: Database) throws {
    let heads = try Row.fetchAll(db, sql: "SELECT sequence, hash, at, signature FROM audit_head ORDER BY sequence")
      .map(AuditRows.head)
    let cut = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM audit_cut") ?? 0
    let cutHead = heads.first { $0.sequence == cut }
    self.cut = cut
    tail = try AuditRows.tail(keys: keys, db)
    headCount = heads.count
    lastHead = heads.last?.sequence ?? 0
    signed = heads.drop { $0.sequence <= cut }
    last = cut
    previous = cutHead?.hash ?? AuditChain.start
    let newest = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM audit") ?? 0
    if let tail, !tail.isGenuine {
      end = newest
      late = .broken(sequence: tail.sequence, .endReplaced)
    } else {
      end = tail?.sequence ?? cut
      late = newest > end ? .broken(sequence: end + 1, .added) : nil
    }
    early = try Self.badSignature(in: heads, keys: keys, db)
    if early == nil && cut > 0 && cutHead == nil { early = .broken(sequence: cut, .badSignature) }
  }

  /// Looks at the next rows; nil as long as there are more.
  mutating func step(_ db: Database) throws -> AuditVerdict? {
    if let early { return early }
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM audit WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
      arguments: [last, end, Self.stepRows])
    for row in rows {
      if let fault = fault(in: row) { return .broken(sequence: fault.sequence, fault.fault) }
    }
    if rows.count == Self.stepRows { return nil }
    if let late { return late }
    guard last >= max(end, lastHead) else { return .broken(sequence: last + 1, .cutOff) }
    return .sound(first: last == cut ? 0 : cut + 1, last: last == cut ? 0 : last, heads: headCount)
  }

  /// Takes one row for the next, or says what is wrong with it.
  private mutating func fault(in row: Row) -> (sequence: Int64, fault: AuditVerdict.Fault)? {
    let sequence: Int64 = row["sequence"]
    guard sequence == last + 1 else { return (last + 1, .missing) }
    guard let record = try? AuditRows.record(row), AuditChain.hash(record, after: previous) == record.hash else {
      return (sequence, .changed)
    }
    if let head = signed.first, head.sequence == sequence {
      guard head.hash == record.hash else { return (sequence, .changed) }
      signed.removeFirst()
    }
    if let tail, tail.isGenuine, sequence == tail.sequence, tail.hash != record.hash { return (sequence, .changed) }
    if record.action == AuditRows.damageAction { return (sequence, .endReplaced) }
    previous = record.hash
    last = sequence
    return nil
  }

  /// The first head or cut whose signature is not ours. Without our key there is nothing that could have been signed.
  private static func badSignature(in heads: [AuditHead], keys: SealingKeys, _ db: Database) throws -> AuditVerdict? {
    let cuts = try Row.fetchAll(db, sql: "SELECT sequence, at, signature FROM audit_cut ORDER BY sequence")
    guard let key = try AuditRows.storedSigningKey(keys: keys, db)?.publicKey else {
      return heads.first.map { .broken(sequence: $0.sequence, .badSignature) }
    }
    for head in heads where !key.isValidSignature(Data(head.signature), for: Data(head.signedBytes)) {
      return .broken(sequence: head.sequence, .badSignature)
    }
    for cut in cuts {
      let bytes = AuditChain.cutBytes(sequence: cut["sequence"], at: Timestamp(milliseconds: cut["at"]))
      guard key.isValidSignature(cut["signature"] as Data, for: Data(bytes)) else {
        return .broken(sequence: cut["sequence"], .badSignature)
      }
    }
    return nil
  }
}
