import Crypto
import FoundationEssentials

/// How entries of the audit log are bound to each other: `hash = SHA-256(previous ‖ canonical bytes)` (S-AUD-2).
enum AuditChain {
  /// What stands before the first entry.
  static let start = [UInt8](repeating: 0, count: 32)
  /// Entries between two signed heads at most, of S-AUD-2.
  static let entriesPerHead: Int64 = 1000
  /// Time between two signed heads at most while entries come, of S-AUD-2: one hour.
  static let millisecondsPerHead: Int64 = 3_600_000

  static func hash(_ record: AuditRecord, after previous: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: previous)
    hash.update(data: canonicalBytes(record))
    return Array(hash.finalize())
  }

  /// Every field with its length before it: no two entries give the same bytes, and what is absent differs from what is empty.
  static func canonicalBytes(_ record: AuditRecord) -> [UInt8] {
    let fields: [String?] = [
      "slipway.audit.1", "\(record.sequence)", "\(record.at.milliseconds)", record.actor, record.credential, record.address,
      record.way.rawValue, record.action, record.target, record.outcome.rawValue, record.requestID, record.detail,
    ]
    var bytes: [UInt8] = []
    for field in fields {
      guard let field else {
        bytes.append(0)
        continue
      }
      bytes.append(1)
      bytes += bigEndian(field.utf8.count)
      bytes += Array(field.utf8)
    }
    return bytes
  }

  /// What the note of the log's end is a MAC of.
  static func tailBytes(sequence: Int64, hash: [UInt8]) -> [UInt8] {
    bigEndian(Int(sequence)) + hash
  }

  /// What the signature of a cut is of.
  static func cutBytes(sequence: Int64, at: Timestamp) -> [UInt8] {
    Array("slipway.audit.cut.1".utf8) + bigEndian(Int(sequence)) + bigEndian(Int(at.milliseconds))
  }
}
