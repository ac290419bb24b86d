/// A way in for other programs: a signed request starts one action on one stack (S-OUT-3).
package struct Webhook: Hashable, Sendable {
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case deploy, update
  }

  /// Random: it is part of the address.
  package var id: String
  package var stack: StackKey
  package var action: Action
  package var createdBy: String
  package var createdAt: Timestamp
  package var lastUsedAt: Timestamp?
}

/// A webhook to be made.
package struct NewWebhook: Sendable {
  package var id: String
  package var stack: StackKey
  package var action: Webhook.Action
  package var createdBy: String
  /// What requests are signed with.
  package var secret: Secret<[UInt8]>

  package init(id: String, stack: StackKey, action: Webhook.Action, createdBy: String, secret: Secret<[UInt8]>) {
    self.id = id
    self.stack = stack
    self.action = action
    self.createdBy = createdBy
    self.secret = secret
  }
}
