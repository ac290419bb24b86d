package import RevisionStore

/// The answer to whether somebody may do something.
package enum Authorization: Hashable, Sendable {
  case allowed
  /// It may not even see the object: the same answer as for one that is not there (S-AZ-2).
  case notFound
  case forbidden(Denial)
  /// It may, once the password or a code was given again (S-AUTH-7).
  case needsStepUp
}

/// What is missing to somebody who may see an object.
package enum Denial: Hashable, Sendable {
  case role(Role)
  /// No role brings it: an admin gives it by itself.
  case execGrant
  case restoreGrant
  /// The token was not made for it.
  case scope(ScopeGroup)
  /// No token may.
  case sessionOnly
  case secondFactor
}

extension Denial: CustomStringConvertible {
  package var description: String {
    switch self {
    case .role(let role):
      """
      this needs the role \(role.rawValue)
        fix: ask an admin for it
      """
    case .execGrant:
      """
      this needs the right to a shell in containers, which no role brings by itself
        fix: ask an admin for it (may_exec)
      """
    case .restoreGrant:
      """
      this needs the right to restore and to remove, or the role admin
        fix: ask an admin for it (may_restore)
      """
    case .scope(let group):
      """
      this token was not made for it
        fix: use a token with the scope \(group.rawValue)
      """
    case .sessionOnly:
      """
      no token may do this
        fix: log in
      """
    case .secondFactor:
      """
      this account must have a second factor before anything else
        fix: set one up
      """
    }
  }
}

/// How long a password or a code counts as fresh: 10 minutes, of S-AUTH-7.
package let stepUpLifetimeMilliseconds: Int64 = 600_000

/// Whether somebody may do something to an object: the only place where that is decided (S-AZ-1). What is not allowed is denied.
///
/// Pure: the rights are those that `principal` carries, and it must be fresh.
package func authorize(
  _ principal: Principal, _ action: Action, on resource: Resource, now: Timestamp
) -> Authorization {
  let rule = action.rule
  let standing = Standing(of: principal, on: resource, need: rule.need)
  guard standing.isVisible else { return .notFound }
  if let denial = credentialDenial(principal, action, rule) { return .forbidden(denial) }
  if let denial = standing.denial(under: rule) { return .forbidden(denial) }
  return rule.needsStepUp && !isFresh(principal, now: now) ? .needsStepUp : .allowed
}

/// What the way in forbids, whatever the role.
private func credentialDenial(_ principal: Principal, _ action: Action, _ rule: ActionRule) -> Denial? {
  if principal.lacksSecondFactor && !action.isOpenWithoutSecondFactor { return .secondFactor }
  guard case .token = principal.credential else { return nil }
  guard let group = rule.group else { return .sessionOnly }
  return principal.scopes?.contains(group) ?? true ? nil : .scope(group)
}

/// A token gives no password: what was asked for when it was made is its scope. The host itself has nothing to prove.
private func isFresh(_ principal: Principal, now: Timestamp) -> Bool {
  switch principal.credential {
  case .local, .token: true
  // Nobody is there who could prove anything.
  case .schedule: false
  case .session:
    // A moment to come is one of a clock that was put back: not fresh.
    if let at = principal.stepUpAt {
      at <= now && now.milliseconds - at.milliseconds < stepUpLifetimeMilliseconds
    } else {
      false
    }
  }
}

extension Action {
  /// What is needed to get a second factor, and to leave.
  fileprivate var isOpenWithoutSecondFactor: Bool {
    self == .ownAccountRead || self == .ownAccountWrite || self == .ownSecondFactorWrite
  }
}

/// What somebody's grants come to on one object.
private struct Standing {
  var isVisible = false
  var role: Role?
  var mayExec = false
  var mayRestore = false

  init(of principal: Principal, on resource: Resource, need: ActionRule.Need) {
    isVisible =
      resource == .global
      || principal.grants.contains { $0.scope.touches(resource) }
        && principal.limits?.contains { $0.touches(resource) } ?? true
    let counts: (Scope) -> Bool =
      switch need {
      case .login: { _ in false }
      case .role: { $0.covers(resource) }
      case .listed: { resource == .global || $0.covers(resource) }
      case .touching: { $0.touches(resource) }
      }
    guard principal.limits?.contains(where: counts) ?? true else { return }
    for grant in principal.grants where counts(grant.scope) {
      role = max(role ?? grant.role, grant.role)
      mayExec = mayExec || grant.mayExec
      mayRestore = mayRestore || grant.mayRestore
    }
  }

  func denial(under rule: ActionRule) -> Denial? {
    switch rule.need {
    case .login: break
    case .role(let needed), .listed(let needed), .touching(let needed):
      guard let role, role >= needed else { return .role(needed) }
    }
    switch rule.ownGrant {
    case nil: return nil
    case .exec: return mayExec ? nil : .execGrant
    case .restore: return mayRestore || role == .admin ? nil : .restoreGrant
    }
  }
}
