package import RevisionStore

/// A session that was begun or renewed. The secret is given out here and nowhere else.
package struct OpenedSession: Sendable {
  /// 43 characters, for the cookie.
  package var secret: Secret<String>
  package var principal: Principal
  package var endsAt: Timestamp
}

/// What came of a name and a password that are right.
package enum LoginResult: Sendable {
  case loggedIn(OpenedSession)
  /// A code is to come, under this id, within 5 minutes and from the same network.
  case needsSecondFactor(pendingID: String)
}

extension AccountService {
  /// Looks at a name and a password, and at the code when it comes along (S-AUTH-1 to S-AUTH-8).
  ///
  /// An unknown or disabled user costs the same work and gives the same answer as a wrong password.
  /// - Parameter code: of the authenticator, or a recovery code.
  /// - Throws: `setupRequired`, `invalidCredentials`, `tooManyAttempts`, `tooBusy`.
  package func logIn(
    userName: String, password: String, code: String? = nil, origin: Origin
  ) async throws(AccountError) -> LoginResult {
    guard try await isSetUp() else { throw .setupRequired }
    let attempt = try await begin(userName, origin)
    let known = try await stored { () async throws(StoreError) in try await store.user(named: userName) }
    let user = known.flatMap { $0.isDisabled ? nil : $0 }
    guard try await isRight(password, of: user, attempt), let user else {
      throw try await failed(attempt, user: known, reason: "password")
    }
    guard user.secondFactor == .confirmed else { return .loggedIn(try await open(user, attempt)) }
    guard let code else {
      try await settle(attempt, .uncounted)
      return .needsSecondFactor(
        pendingID: pending.add(
          user: user, network: attempt.network, now: options.now(), randomness: options.randomness))
    }
    guard try await isRight(code: code, of: user, origin) else { throw try await failed(attempt, user: user, reason: "code") }
    return .loggedIn(try await open(user, attempt))
  }

  /// Looks at the code of a login that waits for it; a wrong one counts as a failed login (S-AUTH-8).
  ///
  /// - Throws: `invalidCredentials`, also for a login that waits no more; `tooManyAttempts`.
  package func completeLogin(pendingID: String, code: String, origin: Origin) async throws(AccountError) -> OpenedSession {
    let network = AddressNetwork.name(of: origin.address)
    guard let waiting = pending.take(pendingID, network: network, now: options.now()) else { throw .invalidCredentials }
    let attempt = try await begin(waiting.name, origin)
    let found = try await stored { () async throws(StoreError) in try await store.user(waiting.user) }
    guard let user = found, !user.isDisabled, try await isRight(code: code, of: user, origin) else {
      throw try await failed(attempt, user: found, reason: "code")
    }
    pending.remove(pendingID)
    return try await open(user, attempt)
  }

  /// Takes the password, or a code, once more, for what takes a fresh one (S-AUTH-7). The session gets a new secret.
  ///
  /// - Throws: `invalidCredentials`, `tooManyAttempts`, `tooBusy`; `forbidden` without a session.
  package func stepUp(
    _ principal: Principal, password: String? = nil, code: String? = nil
  ) async throws(AccountError) -> OpenedSession {
    let own = try ownSession(principal)
    let user = try await prove(principal, password: password, code: code)
    return try await renew(own.id, of: user, principal, isStepUp: true, action: "session.step_up")
  }

  // MARK: For the parts of this class

  /// A try to prove who one is, counted until it is settled.
  struct Attempt: Sendable {
    var ticket: LoginTicket
    var userName: String
    var network: String
    var origin: Origin
  }

  /// - Throws: `tooManyAttempts`; then nothing else is looked at.
  func begin(_ userName: String, _ origin: Origin) async throws(AccountError) -> Attempt {
    let network = AddressNetwork.name(of: origin.address)
    let rule = options.loginRule
    let answer = try await stored { () async throws(StoreError) in
      try await store.beginLogin(account: userName, network: network, rule: rule)
    }
    switch answer {
    case .blocked(let seconds): throw .tooManyAttempts(retryAfterSeconds: seconds)
    case .begun(let ticket): return Attempt(ticket: ticket, userName: userName, network: network, origin: origin)
    }
  }

  func settle(_ attempt: Attempt, _ settlement: LoginSettlement) async throws(AccountError) {
    try await stored { () async throws(StoreError) in try await store.settleLogin(attempt.ticket, settlement) }
  }

  /// Notes a failure; gives the error to throw. The name is noted when it is one: people type passwords there by mistake.
  func failed(_ attempt: Attempt, user: User?, reason: String) async throws(AccountError) -> AccountError {
    let entry = AuditEntry(
      actor: user?.name ?? "unknown", address: attempt.origin.address, way: attempt.origin.way, action: "session.login",
      target: user.map { "user:\($0.name)" } ?? "user", outcome: .failed, requestID: attempt.origin.requestID,
      detail: ["reason": reason])
    try await stored { () async throws(StoreError) in try await store.appendAudit([entry]) }
    return .invalidCredentials
  }

  /// Proves once more who holds a session, by the password or by a code.
  func prove(_ principal: Principal, password: String?, code: String?) async throws(AccountError) -> User {
    let own = try ownSession(principal)
    let attempt = try await begin(principal.name, principal.origin)
    let found = try await stored { () async throws(StoreError) in try await store.user(own.user) }
    var isProven = false
    if let password {
      isProven = try await isRight(password, of: found, attempt)
    } else if let code, let found {
      isProven = try await isRight(code: code, of: found, principal.origin)
    }
    guard isProven, let user = found else {
      throw try await failed(attempt, user: found, reason: password == nil ? "code" : "password")
    }
    try await settle(attempt, .succeeded)
    return user
  }

  /// As much work for nobody as for somebody (S-AUTH-3). A hash of another cost is made anew when the password was right.
  private func isRight(_ password: String, of user: User?, _ attempt: Attempt) async throws(AccountError) -> Bool {
    let (cost, randomness) = (options.passwordCost, options.randomness)
    let hash = user.flatMap { PasswordHash(text: $0.password.reveal()) }
    let checked = hash ?? .dummy(cost: cost)
    let outcome: (isRight: Bool, renewed: String?)
    do throws(AccountError) {
      outcome = try await hashing.run {
        let isRight = checked.matches(password) && hash != nil
        guard isRight, checked.cost != cost else { return (isRight, nil) }
        return (isRight, (try? PasswordHash(password, cost: cost, randomness: randomness))?.text)
      }
    } catch {
      // It was never looked at.
      try await settle(attempt, .uncounted)
      throw error
    }
    if let user, let renewed = outcome.renewed {
      try await stored { () async throws(StoreError) in
        try await store.rehashPassword(ofUser: user.id, from: user.password, to: Secret(renewed))
      }
    }
    return outcome.isRight
  }

  /// A code of the authenticator, or a recovery code; each counts once.
  func isRight(code: String, of user: User, _ origin: Origin) async throws(AccountError) -> Bool {
    guard user.secondFactor == .confirmed else { return false }
    if let hash = RecoveryCodes.hash(code) {
      let entry = AuditEntry(
        actor: user.name, address: origin.address, way: origin.way, action: "own.recovery_code", target: "user:\(user.name)",
        requestID: origin.requestID)
      return try await stored { () async throws(StoreError) in
        try await store.useRecoveryCode(hash: hash, ofUser: user.id, entry)
      }
    }
    let seed = try await stored { () async throws(StoreError) in try await store.secondFactorSeed(ofUser: user.id) }
    guard let seed, let step = Totp.matchingStep(code, seed: seed.reveal(), at: options.now()) else { return false }
    return try await stored { () async throws(StoreError) in try await store.useSecondFactorStep(step, ofUser: user.id) }
  }

  private func open(_ user: User, _ attempt: Attempt) async throws(AccountError) -> OpenedSession {
    let secret = SecretText.make(options.randomness)
    let id = hexadecimal(options.randomness.bytes(8))
    let origin = attempt.origin
    let endsAt = Timestamp(milliseconds: options.now().milliseconds + Lifetime.sessionMilliseconds)
    let session = NewSession(
      id: id, secretHash: SecretText.hash(secret), user: user.id, userChangedAt: user.updatedAt, way: origin.way,
      address: origin.address ?? "", userAgent: origin.userAgent, endsAt: endsAt)
    let entry = AuditEntry(
      actor: user.name, credential: "session:\(id)", address: origin.address, way: origin.way, action: "session.login",
      target: "user:\(user.name)", requestID: origin.requestID)
    let ended = try await stored { () async throws(StoreError) in try await store.beginSession(session, entry) }
    try await settle(attempt, .succeeded)
    tell(user: nil, endedSessions: ended)
    return OpenedSession(
      secret: Secret(secret),
      principal: Principal(
        credential: .session(id: id), userID: user.id, name: user.name, grants: user.grants, origin: origin,
        stepUpAt: options.now(), lacksSecondFactor: user.lacksSecondFactor, endsAt: endsAt),
      endsAt: endsAt)
  }

  /// Gives the session another secret; the old one is worth nothing from here on (S-AUTH-5).
  func renew(
    _ id: String, of user: User, _ principal: Principal, isStepUp: Bool, action: String
  ) async throws(AccountError) -> OpenedSession {
    let secret = SecretText.make(options.randomness)
    let entry = principal.entry(action, target: "user:\(user.name)")
    let found = try await stored { () async throws(StoreError) in
      try await store.renewSession(id, secretHash: SecretText.hash(secret), isStepUp: isStepUp, entry)
      return try await store.session(id: id)
    }
    guard let found else { throw .unauthenticated }
    return OpenedSession(
      secret: Secret(secret), principal: try await self.principal(of: found, origin: principal.origin),
      endsAt: found.session.endsAt)
  }
}
