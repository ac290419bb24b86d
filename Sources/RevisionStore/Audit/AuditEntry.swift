/// By which way a request came in.
package enum Way: String, Hashable, Sendable, CaseIterable {
  case ui, cli, api, webhook, schedule
  /// The server by itself.
  case system
}

/// Who did what to what, to be written to the audit log (S-AUD-1). Texts that are too long are cut.
///
/// No secret values: who makes an entry has them taken out.
package struct AuditEntry: Hashable, Sendable {
  package enum Outcome: String, Hashable, Sendable, CaseIterable {
    case ok, denied, failed
  }

  /// The name of the user, or who else it was, as in `local:root`.
  package var actor: String
  /// What let the actor in, as in `session:ID` or `token:ID`; nil before a login.
  package var credential: String?
  package var address: String?
  package var way: Way
  /// As in `user.create`: at most 64 bytes.
  package var action: String
  package var target: String
  package var outcome: Outcome
  package var requestID: String?
  /// What else is worth knowing; stored as one JSON object, its keys in order.
  package var detail: [String: String]

  package init(
    actor: String, credential: String? = nil, address: String? = nil, way: Way, action: String, target: String,
    outcome: Outcome = .ok, requestID: String? = nil, detail: [String: String] = [:]
  ) {
    self.actor = actor
    self.credential = credential
    self.address = address
    self.way = way
    self.action = action
    self.target = target
    self.outcome = outcome
    self.requestID = requestID
    self.detail = detail
  }
}

/// A stored entry of the audit log.
package struct AuditRecord: Hashable, Sendable {
  /// Its place in the log, from 1, without gaps.
  package var sequence: Int64
  package var at: Timestamp
  package var actor: String
  package var credential: String?
  package var address: String?
  package var way: Way
  package var action: String
  package var target: String
  package var outcome: AuditEntry.Outcome
  package var requestID: String?
  /// A JSON object.
  package var detail: String
  /// SHA-256 over the hash before it and this entry.
  package var hash: [UInt8]
}

/// Which entries of the audit log to read; each condition that is given must hold.
package struct AuditFilter: Hashable, Sendable {
  package var actor: String?
  package var actionPrefix: String?
  package var target: String?
  package var outcome: AuditEntry.Outcome?
  package var since: Timestamp?
  /// Not itself.
  package var until: Timestamp?

  package init(
    actor: String? = nil, actionPrefix: String? = nil, target: String? = nil, outcome: AuditEntry.Outcome? = nil,
    since: Timestamp? = nil, until: Timestamp? = nil
  ) {
    self.actor = actor
    self.actionPrefix = actionPrefix
    self.target = target
    self.outcome = outcome
    self.since = since
    self.until = until
  }
}

/// A point of the audit log under a signature: whoever keeps it elsewhere sees a log that was cut or written anew (S-AUD-2).
package struct AuditHead: Hashable, Sendable {
  package var sequence: Int64
  package var hash: [UInt8]
  package var at: Timestamp
  /// Ed25519 over `signedBytes`.
  package var signature: [UInt8]

  /// What the signature is of: a title, the sequence number, the time and the hash, each number as 8 bytes, the highest first.
  package var signedBytes: [UInt8] { Self.signedBytes(sequence: sequence, hash: hash, at: at) }

  static func signedBytes(sequence: Int64, hash: [UInt8], at: Timestamp) -> [UInt8] {
    Array("slipway.audit.head.1".utf8) + bigEndian(Int(sequence)) + bigEndian(Int(at.milliseconds)) + hash
  }
}

/// What a look through the whole audit log found.
package enum AuditVerdict: Hashable, Sendable {
  /// `first` and `last` are the entries there are, 0 when there is none; `heads` the signatures that were checked.
  case sound(first: Int64, last: Int64, heads: Int)
  /// The first entry that is not as it was written.
  case broken(sequence: Int64, Fault)

  package enum Fault: String, Hashable, Sendable {
    /// Its words or its hash were changed.
    case changed
    /// It is gone, and later ones are there.
    case missing
    /// The log ends before it.
    case cutOff = "cut_off"
    /// It was added by somebody else: it is past the last one that Slipway wrote.
    case added
    /// Its signature is not ours.
    case badSignature = "bad_signature"
    /// The note of the log's end had been changed before this entry was written.
    case endReplaced = "end_replaced"
  }
}

extension AuditVerdict: CustomStringConvertible {
  package var description: String {
    switch self {
    case .sound(_, 0, _): "the audit log is empty"
    case .sound(let first, let last, let heads): "entries \(first) to \(last) are as they were written (\(heads) signed heads)"
    case .broken(let sequence, .changed): "entry \(sequence) was changed after it was written"
    case .broken(let sequence, .missing): "entry \(sequence) is missing"
    case .broken(let sequence, .cutOff): "the log was cut: entry \(sequence) and what followed are gone"
    case .broken(let sequence, .added): "entry \(sequence) was not written by Slipway"
    case .broken(let sequence, .badSignature): "the signature at entry \(sequence) is not this installation's"
    case .broken(let sequence, .endReplaced): "the end of the log had been replaced before entry \(sequence) was written"
    }
  }
}
