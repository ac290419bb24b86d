package import RevisionStore

/// Why the accounts could not do what was asked; each has a code that clients may rely on.
package enum AccountError: Error, Hashable, Sendable {
  /// Unknown name, wrong password, wrong or used code: one and the same, so that nothing is learned from it (S-AUTH-3).
  case invalidCredentials
  /// Too many failures (S-AUTH-4); nothing was looked at.
  case tooManyAttempts(retryAfterSeconds: Int64)
  /// As many passwords are being checked as the server takes (S-AUTH-1).
  case tooBusy(retryAfterSeconds: Int64)
  /// There is no user yet (S-AUTH-9).
  case setupRequired
  case alreadySetUp
  case badBootstrapToken
  case bootstrapTokenExpired
  case weakPassword(PasswordProblem)
  case invalidName
  /// No session or token, or one that has ended.
  case unauthenticated
  /// The password was right, and this account needs a second factor that it does not have yet.
  case secondFactorRequired
  case stepUpRequired
  /// It cannot be seen, or is not there; which of the two is not told (S-AZ-2).
  case notFound(what: String)
  case forbidden(Denial)
  /// Something given that cannot be taken.
  case invalid(what: String, reason: String)
  case refused(AccountRefusal)
  case store(StoreError)

  /// The rules' own answers as they are, other troubles of the store wrapped.
  init(_ error: StoreError) {
    switch error {
    case .refused(.alreadySetUp): self = .alreadySetUp
    case .refused(.userUnknown): self = .notFound(what: "user")
    case .refused(.sessionUnknown): self = .notFound(what: "session")
    case .refused(.tokenUnknown): self = .notFound(what: "token")
    case .refused(.userChanged): self = .invalidCredentials
    case .refused(let refusal): self = .refused(refusal)
    case .invalid(let what, let reason): self = .invalid(what: what, reason: reason)
    default: self = .store(error)
    }
  }

  /// Stable: clients compare it.
  package var code: String {
    switch self {
    case .invalidCredentials: "invalid_credentials"
    case .tooManyAttempts: "too_many_attempts"
    case .tooBusy: "too_busy"
    case .setupRequired: "setup_required"
    case .alreadySetUp: "already_set_up"
    case .badBootstrapToken: "invalid_bootstrap_token"
    case .bootstrapTokenExpired: "bootstrap_token_expired"
    case .weakPassword: "weak_password"
    case .invalidName: "invalid_name"
    case .unauthenticated: "unauthenticated"
    case .secondFactorRequired: "second_factor_required"
    case .stepUpRequired: "step_up_required"
    case .notFound: "not_found"
    case .forbidden: "forbidden"
    case .invalid: "invalid"
    case .refused(.lastAdmin): "last_admin"
    case .refused(.userExists): "user_exists"
    case .refused(.tooMany): "limit_reached"
    case .refused: "conflict"
    case .store: "storage"
    }
  }
}

extension AccountError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidCredentials:
      "the name, the password or the code is wrong"
    case .tooManyAttempts(let seconds):
      """
      too many failed tries
        fix: wait \(seconds) s and try again
      """
    case .tooBusy(let seconds):
      """
      too many passwords are being checked
        fix: wait \(seconds) s and try again
      """
    case .setupRequired:
      """
      there is no user yet
        fix: open the server's page with the token from the file bootstrap-token in its data directory
      """
    case .alreadySetUp:
      AccountRefusal.alreadySetUp.description
    case .badBootstrapToken:
      """
      this is not the bootstrap token
        fix: take it from the file bootstrap-token in the server's data directory
      """
    case .bootstrapTokenExpired:
      """
      the bootstrap token is older than 60 minutes
        fix: restart the server, and take the new one from the file bootstrap-token
      """
    case .weakPassword(let problem):
      problem.description
    case .invalidName:
      """
      this is no name for a user
        fix: \(UserName.rule)
      """
    case .unauthenticated:
      """
      not logged in, or the session or token has ended
        fix: log in
      """
    case .secondFactorRequired:
      """
      this account must have a second factor before anything else
        fix: set one up
      """
    case .stepUpRequired:
      """
      this needs the password or a code of the last 10 minutes
        fix: confirm with your password or a code
      """
    case .notFound(let what):
      "there is no such \(what)"
    case .forbidden(let denial):
      denial.description
    case .invalid(let what, let reason):
      "\(what) cannot be taken: \(reason)"
    case .refused(let refusal):
      refusal.description
    case .store(let error):
      error.description
    }
  }
}
