/// What an admin has allowed a stack against a rule of the compose policy (S-POL).
package struct PolicyException: Hashable, Sendable {
  package var id: Int64
  package var stack: StackKey
  /// As in `POL-1`.
  package var rule: String
  /// The findings that were confirmed; nil: whatever the rule finds in the stack.
  package var subjects: [String]?
  package var reason: String
  package var grantedBy: String
  package var grantedAt: Timestamp
  /// From then on it does not count.
  package var expiresAt: Timestamp

  package init(
    id: Int64, stack: StackKey, rule: String, subjects: [String]?, reason: String, grantedBy: String, grantedAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.id = id
    self.stack = stack
    self.rule = rule
    self.subjects = subjects
    self.reason = reason
    self.grantedBy = grantedBy
    self.grantedAt = grantedAt
    self.expiresAt = expiresAt
  }
}

/// An exception to be written.
package struct NewPolicyException: Hashable, Sendable {
  package var stack: StackKey
  package var rule: String
  package var subjects: [String]?
  package var reason: String
  package var grantedBy: String
  package var lifetimeMilliseconds: Int64

  package init(
    stack: StackKey, rule: String, subjects: [String]? = nil, reason: String, grantedBy: String, lifetimeMilliseconds: Int64
  ) {
    self.stack = stack
    self.rule = rule
    self.subjects = subjects
    self.reason = reason
    self.grantedBy = grantedBy
    self.lifetimeMilliseconds = lifetimeMilliseconds
  }
}
