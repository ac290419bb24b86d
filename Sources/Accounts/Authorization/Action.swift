import RevisionStore

/// Everything that can be asked of the server; each route and each kind of socket message names one (S-AZ-1).
package enum Action: String, Hashable, Sendable, CaseIterable {
  case stackRead = "stack.read"
  /// Asked of the stack that is to be made.
  case stackCreate = "stack.create"
  case stackEdit = "stack.edit"
  /// What somebody who edits a stack has not saved yet.
  case draftRead = "draft.read"
  case stackDeploy = "stack.deploy"
  case stackRollback = "stack.rollback"
  case stackControl = "stack.control"
  case stackDown = "stack.down"
  case stackAdopt = "stack.adopt"
  case stackBackUp = "stack.backup"
  case stackRestore = "stack.restore"
  case stackDelete = "stack.delete"
  case stackMove = "stack.move"
  case updateApprove = "update.approve"
  case scanRead = "scan.read"
  case logsRead = "logs.read"
  case eventsRead = "events.read"
  case statsRead = "stats.read"
  case metricsRead = "metrics.read"
  case operationRead = "operation.read"
  case operationCancel = "operation.cancel"
  case secretWrite = "secret.write"
  case secretReveal = "secret.reveal"
  case webhookRead = "webhook.read"
  case webhookWrite = "webhook.write"
  case containerRead = "container.read"
  case containerControl = "container.control"
  case containerUpdate = "container.update"
  case containerExec = "container.exec"
  /// Files into and out of a container: as good as a shell in it.
  case containerCopy = "container.copy"
  case imageRead = "image.read"
  case imagePull = "image.pull"
  case imageRemove = "image.remove"
  case imagePrune = "image.prune"
  case networkRead = "network.read"
  case networkWrite = "network.write"
  case volumeRead = "volume.read"
  case volumeCreate = "volume.create"
  case volumeRemove = "volume.remove"
  case serverRead = "server.read"
  case serverWrite = "server.write"
  case serverTrust = "server.trust"
  case serverTest = "server.test"
  case registryRead = "registry.read"
  case registryWrite = "registry.write"
  case policyRead = "policy.read"
  case policyWrite = "policy.write"
  case gateWaive = "gate.waive"
  case templateRead = "template.read"
  case templateWrite = "template.write"
  case userRead = "user.read"
  case userWrite = "user.write"
  case tokenRead = "token.read"
  case tokenRevoke = "token.revoke"
  case sessionRead = "session.read"
  case sessionEnd = "session.end"
  case auditRead = "audit.read"
  case auditExport = "audit.export"
  case auditCut = "audit.cut"
  case settingsRead = "settings.read"
  case settingsWrite = "settings.write"
  case systemRead = "system.read"
  case systemWrite = "system.write"
  /// One's own account: name, rights, sessions, tokens.
  case ownAccountRead = "own.read"
  /// One's own password, and the end of one's own sessions; the password itself is asked for.
  case ownAccountWrite = "own.write"
  case ownSecondFactorWrite = "own.second_factor"
  case ownTokenWrite = "own.token"
}

/// What a token may be made for (S-AUTH-10); the actions of one group belong together.
package enum ScopeGroup: String, Hashable, Sendable, CaseIterable {
  case read, logs, metrics, edit, deploy, control, restore, exec, images, networks, volumes, servers, secrets, webhooks
  case policy, audit, settings, system
}

/// What an action takes.
struct ActionRule: Hashable, Sendable {
  enum Need: Hashable, Sendable {
    /// Only to be somebody.
    case login
    /// The role on the object. Asked of everything: the role on everything.
    case role(Role)
    /// The role on the object. Asked of everything: the role on anything, and what is listed is asked for one by one.
    case listed(Role)
    /// The role on the object or on something in it.
    case touching(Role)
  }

  enum OwnGrant: Hashable, Sendable {
    /// Nobody without it, admins neither.
    case exec
    /// Admins may without it.
    case restore
  }

  var need: Need
  /// Nil: no token may, only a session, or the host itself.
  var group: ScopeGroup?
  var ownGrant: OwnGrant?
  var needsStepUp: Bool

  init(_ need: Need, _ group: ScopeGroup?, own: OwnGrant? = nil, stepUp: Bool = false) {
    self.need = need
    self.group = group
    ownGrant = own
    needsStepUp = stepUp
  }
}
