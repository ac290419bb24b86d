package import RevisionStore
import StackPlanning

/// Whom the compose policy binds (S-POL).
package enum PolicyStanding: Sendable {
  /// The machine's own user, who has the engine anyway: findings are only told.
  case advised
  /// Whoever works through a server with accounts.
  case bound(PolicyBinding)
}

/// Who asks a server for something.
package enum PolicyAsker: Sendable {
  /// The machine's own user, by the socket of the data directory; and the server itself when it brings back what ran before.
  case host
  /// A user, a webhook or the schedule, with what is written down when the policy refuses them.
  case user(AuditEntry)
}

/// What a server knows of itself, for the policy.
package struct PolicyBinding: Sendable {
  /// Where the folders of the stacks are, without links.
  package var stacksRoot: String
  /// Of an engine on this machine: where it listens. Nil: it is elsewhere, and links there cannot be followed.
  package var socketPath: String?
  /// Of who asks; the action and the outcome are set when it is written.
  package var entry: AuditEntry

  package init(stacksRoot: String, socketPath: String?, entry: AuditEntry) {
    self.stacksRoot = stacksRoot
    self.socketPath = socketPath
    self.entry = entry
  }
}
