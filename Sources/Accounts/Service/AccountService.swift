package import RevisionStore
import Synchronization

/// Users, sessions, tokens and rights, for whatever lets requests in. Knows nothing of HTTP, and nothing of SQL.
///
/// Rights are read for each call: nothing of them is kept in memory. Every change checks by itself that `principal` may make it,
/// and is written with its audit entry or not at all (S-AUD-1).
package final class AccountService: Sendable {
  let store: RevisionStore
  let options: AccountOptions
  let bootstrap: BootstrapToken
  let hashing: HashingThreads
  let pending = PendingLogins()
  let listeners = ChangeListeners()
  let refusals = RefusalCounts()
  /// Once there is a user there always is one: the last admin is never removed.
  private let knowsUsers = Mutex(false)

  /// - Parameter dataDirectory: the store's own; the bootstrap token is written there.
  package init(store: RevisionStore, dataDirectory: String, options: AccountOptions = AccountOptions()) {
    self.store = store
    self.options = options
    bootstrap = BootstrapToken(dataDirectory: dataDirectory)
    hashing = HashingThreads(atOnce: options.hashesAtOnce, waitingLimit: options.hashesWaiting)
  }

  /// Tells of everything that ended or changed, on the task that changed it, before the change is answered. Must not block.
  ///
  /// Ends with the last reference to what it gives.
  package func subscribe(_ listener: @escaping @Sendable (AccountChange) -> Void) -> ChangeSubscription {
    listeners.add(listener)
  }

  /// The most passwords that were ever checked at the same time.
  package var mostHashesAtOnce: Int { hashing.mostAtOnce }

  /// Whether anybody can log in yet; until then only the set-up may answer (S-AUTH-9).
  package func isSetUp() async throws(AccountError) -> Bool {
    if knowsUsers.withLock({ $0 }) { return true }
    let has = try await stored { () async throws(StoreError) in try await store.hasUsers() }
    if has { knowsUsers.withLock { $0 = true } }
    return has
  }

  // MARK: Who asks

  /// Who holds the secret of a session, with the rights of now.
  ///
  /// - Throws: `unauthenticated` for an unknown, idle or ended one.
  package func principal(session secret: String, origin: Origin) async throws(AccountError) -> Principal {
    guard SecretText.isShaped(secret) else { throw .unauthenticated }
    let found = try await stored { () async throws(StoreError) in
      try await store.session(secretHash: SecretText.hash(secret))
    }
    return try await principal(of: found, origin: origin)
  }

  /// Who holds an API token, with the rights that its user has now (S-AUTH-10).
  ///
  /// - Throws: `unauthenticated` for an unknown, revoked or ended one.
  package func principal(token text: String, origin: Origin) async throws(AccountError) -> Principal {
    guard let token = TokenText(text) else { throw .unauthenticated }
    let found = try await stored { () async throws(StoreError) in try await store.token(token.id) }
    guard let found, SecretText.isSame(text, hash: found.token.secretHash) else { throw .unauthenticated }
    return try await principal(of: found, origin: origin)
  }

  /// The same with the rights of now: for each message of a socket (S-AUTH-6).
  ///
  /// - Throws: `unauthenticated` when what let it in has ended.
  package func current(_ principal: Principal) async throws(AccountError) -> Principal {
    switch principal.credential {
    case .local:
      return principal
    case .session(let id):
      let found = try await stored { () async throws(StoreError) in try await store.session(id: id) }
      return try await self.principal(of: found, origin: principal.origin)
    case .token(let id):
      let found = try await stored { () async throws(StoreError) in try await store.token(id) }
      guard let found else { throw .unauthenticated }
      return try await self.principal(of: found, origin: principal.origin)
    case .schedule(let user):
      return try await self.principal(owner: StackHome.Owner(user: user, name: principal.name))
    }
  }

  /// Who has asked for what is done now without them, with the rights of now: no more than they could do themselves.
  ///
  /// - Throws: `unauthenticated` for a user that is gone or disabled.
  package func principal(owner: StackHome.Owner) async throws(AccountError) -> Principal {
    let origin = Origin(address: nil, way: .schedule)
    guard let id = owner.user else {
      var principal = Principal.local(user: "")
      (principal.name, principal.origin) = (owner.name, origin)
      return principal
    }
    let user = try await stored { () async throws(StoreError) in try await store.user(id) }
    guard let user, !user.isDisabled else { throw .unauthenticated }
    return Principal(
      credential: .schedule(user: id), userID: id, name: user.name, grants: user.grants, origin: origin,
      lacksSecondFactor: user.lacksSecondFactor)
  }

  func principal(of found: (session: Session, user: User)?, origin: Origin) async throws(AccountError) -> Principal {
    let now = options.now()
    guard let (session, user) = found, !user.isDisabled, session.endsAt > now,
      now.milliseconds - session.lastSeenAt.milliseconds < Lifetime.sessionIdleMilliseconds
    else { throw .unauthenticated }
    if abs(now.milliseconds - session.lastSeenAt.milliseconds) >= Lifetime.touchMilliseconds {
      try await stored { () async throws(StoreError) in try await store.touchSession(session.id) }
    }
    return Principal(
      credential: .session(id: session.id), userID: user.id, name: user.name, grants: user.grants, origin: origin,
      stepUpAt: session.stepUpAt, lacksSecondFactor: user.lacksSecondFactor, endsAt: session.endsAt)
  }

  private func principal(of found: (token: Token, user: User), origin: Origin) async throws(AccountError) -> Principal {
    let (token, user) = found
    let now = options.now()
    guard !user.isDisabled, token.revokedAt == nil, token.expiresAt.map({ $0 > now }) ?? true else { throw .unauthenticated }
    if token.lastUsedAt.map({ abs(now.milliseconds - $0.milliseconds) >= Lifetime.touchMilliseconds }) ?? true {
      try await stored { () async throws(StoreError) in try await store.touchToken(token.id) }
    }
    return Principal(
      credential: .token(id: token.id), userID: user.id, name: user.name, grants: user.grants,
      scopes: Set(token.scopes.compactMap(ScopeGroup.init(rawValue:))), limits: token.limits, origin: origin,
      lacksSecondFactor: user.lacksSecondFactor, endsAt: token.expiresAt)
  }

  // MARK: What it may

  /// The one decision, `authorize`, at this moment.
  package func authorize(_ principal: Principal, _ action: Action, on resource: Resource) -> Authorization {
    Accounts.authorize(principal, action, on: resource, now: options.now())
  }

  /// Throws what `authorize` does not allow, after noting it in the audit log (S-AUD-1); a missing step-up is not noted.
  ///
  /// - Throws: `notFound`, `forbidden`, `secondFactorRequired`, `stepUpRequired`.
  package func require(_ principal: Principal, _ action: Action, on resource: Resource = .global) async throws(AccountError) {
    let answer = authorize(principal, action, on: resource)
    switch answer {
    case .allowed: return
    case .needsStepUp: throw .stepUpRequired
    case .notFound, .forbidden: break
    }
    let entry = principal.entry(action.rawValue, target: resource.description, outcome: .denied)
    try await stored { () async throws(StoreError) in try await store.appendAudit([entry]) }
    switch answer {
    case .forbidden(.secondFactor): throw .secondFactorRequired
    case .forbidden(let denial): throw .forbidden(denial)
    case .notFound, .allowed, .needsStepUp: throw .notFound(what: resource.kind)
    }
  }

  // MARK: For the parts of this class

  /// Calls the store and gives its troubles as ours.
  func stored<Value>(_ body: () async throws(StoreError) -> Value) async throws(AccountError) -> Value {
    do {
      return try await body()
    } catch {
      throw AccountError(error)
    }
  }

  func noteUsers() {
    knowsUsers.withLock { $0 = true }
  }

  /// Tells of sessions that ended and of a user whose rights changed.
  func tell(user: Int64?, endedSessions: [String]) {
    listeners.tell(endedSessions.map(AccountChange.sessionEnded) + (user.map { [.userChanged($0)] } ?? []))
  }

  /// Makes the hash of a new password, when the rule takes it.
  func newPassword(_ password: String, userName: String) async throws(AccountError) -> Secret<String> {
    if let problem = PasswordRule.problem(with: password, userName: userName) { throw .weakPassword(problem) }
    let (cost, randomness) = (options.passwordCost, options.randomness)
    let result = try await hashing.run { () -> Result<PasswordHash, AccountError> in
      do throws(AccountError) {
        return .success(try PasswordHash(password, cost: cost, randomness: randomness))
      } catch {
        return .failure(error)
      }
    }
    return Secret(try result.get().text)
  }

  /// The user behind a session; tokens and the host itself have no password to change and no second factor to prove.
  ///
  /// - Throws: `forbidden(.sessionOnly)`.
  func ownSession(_ principal: Principal) throws(AccountError) -> (id: String, user: Int64) {
    guard case .session(let id) = principal.credential, let user = principal.userID else { throw .forbidden(.sessionOnly) }
    return (id, user)
  }
}

extension User {
  var lacksSecondFactor: Bool { mustHaveSecondFactor && secondFactor != .confirmed }
}

extension Resource {
  fileprivate var kind: String {
    switch self {
    case .global: "object"
    case .server: "server"
    case .stack: "stack"
    }
  }
}
