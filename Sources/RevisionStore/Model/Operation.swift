/// What an operation does. Open, because later features add kinds without a new schema.
package struct OperationKind: RawRepresentable, Hashable, Sendable {
  package var rawValue: String

  package init(rawValue: String) {
    self.rawValue = rawValue
  }

  package static let deploy = OperationKind(rawValue: "deploy")
  package static let rollback = OperationKind(rawValue: "rollback")
  /// Deploys a revision again that ran before, because its containers are lost.
  package static let restore = OperationKind(rawValue: "restore")
  package static let down = OperationKind(rawValue: "down")
  /// A `down` of some services only: the stack goes on.
  package static let downPart = OperationKind(rawValue: "down-part")
  /// Takes a stack to another server: its end leaves the stack down here.
  package static let move = OperationKind(rawValue: "move")
  /// The deploy of a stack that comes from another server, with its data.
  package static let arrival = OperationKind(rawValue: "arrival")
  package static let start = OperationKind(rawValue: "start")
  package static let stop = OperationKind(rawValue: "stop")
  package static let restart = OperationKind(rawValue: "restart")
  package static let scale = OperationKind(rawValue: "scale")
}

/// Where an operation is (R-OP-1).
///
/// Moves only forward: `queued → planning → pulling → gate → applying → verifying`, states may be skipped; then one end:
/// - `done`: from `planning` or later
/// - `rolledBack`: from `applying` or `verifying` (before that nothing was touched)
/// - `failed`, `cancelled`, `needsAttention`: from any of them
package enum OperationState: String, Hashable, Sendable, CaseIterable {
  case queued, planning, pulling, gate, applying, verifying
  case done, failed
  case rolledBack = "rolled_back"
  case cancelled
  case needsAttention = "needs_attention"

  /// Whether nothing follows it.
  package var isEnd: Bool {
    switch self {
    case .queued, .planning, .pulling, .gate, .applying, .verifying: false
    case .done, .failed, .rolledBack, .cancelled, .needsAttention: true
    }
  }

  /// Whether an operation may go from this state straight to `next`.
  package func allows(_ next: OperationState) -> Bool {
    guard !isEnd else { return false }
    switch next {
    case .queued: return false
    case .planning, .pulling, .gate, .applying, .verifying: return next.order > order
    case .done: return self != .queued
    case .rolledBack: return self == .applying || self == .verifying
    case .failed, .cancelled, .needsAttention: return true
    }
  }

  private var order: Int {
    switch self {
    case .queued: 0
    case .planning: 1
    case .pulling: 2
    case .gate: 3
    case .applying: 4
    case .verifying: 5
    case .done, .failed, .rolledBack, .cancelled, .needsAttention: 6
    }
  }
}

/// An operation to be started.
package struct NewOperation: Sendable {
  package var stack: StackKey
  package var kind: OperationKind
  /// The revision it makes; nil for one that makes none (`down`, `restart`).
  package var revision: NewRevision?
  /// Shown to whoever finds the stack locked, as in `slipway deploy -p shop`.
  package var title: String
  package var author: String
  /// Written with the operation, or neither is (S-AUD-1); nil where no accounts are, as at the CLI.
  package var audit: AuditEntry?

  package init(
    stack: StackKey, kind: OperationKind, revision: NewRevision? = nil, title: String, author: String, audit: AuditEntry? = nil
  ) {
    self.stack = stack
    self.kind = kind
    self.revision = revision
    self.title = title
    self.author = author
    self.audit = audit
  }
}

/// The right to write the journal of one operation.
///
/// The fencing number grows with each owner of the stack's lock; a write under an older number is refused.
package struct OperationHandle: Hashable, Sendable {
  package var id: Int64
  package var fencing: Int64
}

/// An operation as the journal knows it.
package struct Operation: Hashable, Sendable {
  package var id: Int64
  package var stack: StackKey
  package var kind: OperationKind
  package var state: OperationState
  package var title: String
  package var author: String
  /// The number of the revision it makes, if any.
  package var revision: Int?
  /// The revision that was current when it started: what a recovery restores.
  package var previousRevision: Int?
  /// The revision that was put back when it ended, if one was.
  package var restoredRevision: Int?
  package var fencing: Int64
  /// Names the lock in messages and in `slipway unlock --lock-id`.
  package var lockID: String
  package var owner: OwnerIdentity
  package var startedAt: Timestamp
  package var heartbeatAt: Timestamp
  package var endedAt: Timestamp?
  package var message: String?
  package var planText: String?
  package var planJSON: String?
  /// How many events were not kept because of the limit.
  package var droppedEvents: Int

  /// What its owner passes to each write of the journal.
  package var handle: OperationHandle { OperationHandle(id: id, fencing: fencing) }
}

/// Who holds the lock of a stack.
package struct LockHolder: Hashable, Sendable {
  package var lockID: String
  package var stack: StackKey
  package var operation: Int64
  package var kind: OperationKind
  package var state: OperationState
  package var title: String
  package var author: String
  package var owner: OwnerIdentity
  package var startedAt: Timestamp
  package var heartbeatAt: Timestamp
}

/// How an operation ended.
package struct OperationEnd: Sendable {
  /// An end state.
  package var state: OperationState
  /// What the operation's revision became; ignored for an operation without one.
  package var outcome: RevisionOutcome
  /// What is said of it in lists; no secret values.
  package var message: String
  /// Set when an earlier revision was put back: it is then what runs.
  package var restoredRevision: Int?

  package init(state: OperationState, outcome: RevisionOutcome, message: String, restoredRevision: Int? = nil) {
    self.state = state
    self.outcome = outcome
    self.message = message
    self.restoredRevision = restoredRevision
  }
}
