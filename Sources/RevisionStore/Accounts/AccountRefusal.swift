/// A change that the rules of the accounts, the jobs, the webhooks or the homes of stacks forbid.
package enum AccountRefusal: Hashable, Sendable {
  /// The first user is there; only that one is made without another's rights.
  case alreadySetUp
  case userExists(name: String)
  case userUnknown
  /// While a login was on its way.
  case userChanged
  /// Somebody must be left who can manage the users: an admin of everything, not disabled.
  case lastAdmin
  case sessionUnknown
  case tokenUnknown
  /// There are as many as are allowed.
  case tooMany(what: String, limit: Int)
  /// The log is not whole; only `slipway audit verify` may touch it.
  case auditBroken
  case jobUnknown
  case jobEnded
  case webhookUnknown
  /// Folders of stacks are called by their names alone.
  case stackIsElsewhere(name: String)
  /// The request was taken for another one under the same key.
  case idempotencyMismatch
  /// New keys are being made already.
  case alreadyRotating
}

extension AccountRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .alreadySetUp:
      """
      the first user has been made already
        fix: log in, or run `slipway admin reset` on the host
      """
    case .userExists(let name):
      """
      there is a user \(name) already
        fix: take another name
      """
    case .userUnknown: "there is no such user"
    case .userChanged:
      """
      the account was changed meanwhile
        fix: log in again
      """
    case .lastAdmin:
      """
      this is the last admin of everything that is not disabled
        fix: first make another user an admin
      """
    case .sessionUnknown: "there is no such session"
    case .tokenUnknown: "there is no such token"
    case .tooMany(let what, let limit):
      """
      there may be at most \(limit) \(what)
        fix: first remove one that is not needed
      """
    case .auditBroken:
      """
      the audit log is not as it was written
        fix: run `slipway audit verify`, and keep a copy of the database as it is
      """
    case .jobUnknown: "there is no such operation"
    case .jobEnded: "this operation has ended"
    case .webhookUnknown: "there is no such webhook"
    case .stackIsElsewhere(let name):
      """
      a stack \(name) is kept for another server already
        fix: take another name
      """
    case .idempotencyMismatch:
      """
      another request was sent under the same idempotency key
        fix: take a new key for each new request
      """
    case .alreadyRotating: "new keys are being made already"
    }
  }
}
