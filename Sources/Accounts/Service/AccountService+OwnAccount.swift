package import RevisionStore

/// What an authenticator app needs, shown once.
package struct SecondFactorOffer: Sendable {
  /// The seed in base 32, for typing.
  package var seed: Secret<String>
  /// The same for a picture: `otpauth://totp/…`.
  package var uri: Secret<String>
}

/// A second factor that was put in force.
package struct ConfirmedSecondFactor: Sendable {
  /// Shown once: 10, each for one use.
  package var recoveryCodes: Secret<[String]>
  package var session: OpenedSession
}

extension AccountService {
  /// Ends the session.
  package func logOut(_ principal: Principal) async throws(AccountError) {
    let own = try ownSession(principal)
    let entry = principal.entry("session.logout", target: "user:\(principal.name)")
    try await stored { () async throws(StoreError) in try await store.endSession(own.id, ofUser: own.user, entry) }
    tell(user: nil, endedSessions: [own.id])
  }

  /// Ends all sessions of the user, this one too.
  package func logOutEverywhere(_ principal: Principal) async throws(AccountError) {
    try await require(principal, .ownAccountWrite)
    let own = try ownSession(principal)
    let entry = principal.entry("session.logout_all", target: "user:\(principal.name)")
    let ended = try await stored { () async throws(StoreError) in try await store.endSessions(ofUser: own.user, entry) }
    tell(user: nil, endedSessions: ended)
  }

  /// Changes one's own password by the old one; all other sessions end, and this one gets a new secret (S-AUTH-2, S-AUTH-6).
  ///
  /// - Throws: `invalidCredentials` for a wrong old password, counted as a failed login; `weakPassword`, `tooManyAttempts`,
  ///   `tooBusy`; `forbidden` without a session.
  package func changePassword(
    _ principal: Principal, from old: String, to new: String
  ) async throws(AccountError) -> OpenedSession {
    try await require(principal, .ownAccountWrite)
    let own = try ownSession(principal)
    if let problem = PasswordRule.problem(with: new, userName: principal.name) { throw .weakPassword(problem) }
    _ = try await prove(principal, password: old, code: nil)
    let change = UserChange(password: try await newPassword(new, userName: principal.name))
    let entry = principal.entry("own.password", target: "user:\(principal.name)")
    let changed = try await stored { () async throws(StoreError) in
      try await store.changeUser(own.user, change, keeping: own.id, entry)
    }
    pending.remove(user: own.user)
    tell(user: own.user, endedSessions: changed.endedSessions)
    return try await renew(own.id, of: changed.user, principal, isStepUp: true, action: "session.renew")
  }

  /// Makes a seed for an authenticator app; it counts once a code of it has come back.
  ///
  /// - Throws: `stepUpRequired`; `invalid` when there is a second factor.
  package func offerSecondFactor(_ principal: Principal) async throws(AccountError) -> SecondFactorOffer {
    try await require(principal, .ownSecondFactorWrite)
    let own = try ownSession(principal)
    let seed = options.randomness.bytes(Totp.seedSize)
    let entry = principal.entry("own.second_factor_offer", target: "user:\(principal.name)")
    try await stored { () async throws(StoreError) in
      try await store.beginSecondFactor(ofUser: own.user, seed: Secret(seed), entry)
    }
    return SecondFactorOffer(
      seed: Secret(Base32.text(seed)),
      uri: Secret(Totp.uri(seed: seed, userName: principal.name, issuer: options.issuer)))
  }

  /// Puts the second factor in force by a first code; the other sessions end.
  ///
  /// - Throws: `invalidCredentials` for a wrong code, counted as a failed login; `stepUpRequired`.
  package func confirmSecondFactor(_ principal: Principal, code: String) async throws(AccountError) -> ConfirmedSecondFactor {
    try await require(principal, .ownSecondFactorWrite)
    let own = try ownSession(principal)
    let attempt = try await begin(principal.name, principal.origin)
    let codes = RecoveryCodes.make(options.randomness)
    let entry = principal.entry("own.second_factor", target: "user:\(principal.name)", detail: ["set": "true"])
    let seed = try await stored { () async throws(StoreError) in try await store.secondFactorSeed(ofUser: own.user) }
    var changed: ChangedUser?
    if let seed, let step = Totp.matchingStep(code, seed: seed.reveal(), at: options.now()) {
      changed = try await stored { () async throws(StoreError) in
        try await store.confirmSecondFactor(
          ofUser: own.user, step: step, recoveryCodeHashes: codes.compactMap(RecoveryCodes.hash), keeping: own.id, entry)
      }
    }
    guard let changed else {
      let user = try await stored { () async throws(StoreError) in try await store.user(own.user) }
      throw try await failed(attempt, user: user, reason: "code")
    }
    try await settle(attempt, .succeeded)
    pending.remove(user: own.user)
    tell(user: own.user, endedSessions: changed.endedSessions)
    return ConfirmedSecondFactor(
      recoveryCodes: Secret(codes),
      session: try await renew(own.id, of: changed.user, principal, isStepUp: true, action: "session.renew"))
  }

  /// Takes one's own second factor away; the other sessions end.
  ///
  /// - Throws: `stepUpRequired`; `secondFactorRequired` for who must have one.
  package func removeSecondFactor(_ principal: Principal) async throws(AccountError) -> OpenedSession {
    try await require(principal, .ownSecondFactorWrite)
    let own = try ownSession(principal)
    let user = try await stored { () async throws(StoreError) in try await store.user(own.user) }
    guard let user, !user.mustHaveSecondFactor else { throw .secondFactorRequired }
    let entry = principal.entry("own.second_factor", target: "user:\(principal.name)", detail: ["set": "false"])
    let changed = try await stored { () async throws(StoreError) in
      try await store.changeUser(own.user, UserChange(removesSecondFactor: true), keeping: own.id, entry)
    }
    tell(user: own.user, endedSessions: changed.endedSessions)
    return try await renew(own.id, of: changed.user, principal, isStepUp: false, action: "session.renew")
  }

  /// New recovery codes in the place of all there were, shown once.
  ///
  /// - Throws: `stepUpRequired`; `notFound` without a second factor.
  package func renewRecoveryCodes(_ principal: Principal) async throws(AccountError) -> Secret<[String]> {
    try await require(principal, .ownSecondFactorWrite)
    let own = try ownSession(principal)
    let user = try await stored { () async throws(StoreError) in try await store.user(own.user) }
    guard user?.secondFactor == .confirmed else { throw .notFound(what: "second factor") }
    let codes = RecoveryCodes.make(options.randomness)
    let entry = principal.entry("own.recovery_codes", target: "user:\(principal.name)")
    try await stored { () async throws(StoreError) in
      try await store.replaceRecoveryCodes(ofUser: own.user, hashes: codes.compactMap(RecoveryCodes.hash), entry)
    }
    return Secret(codes)
  }

  /// The user as it is stored.
  ///
  /// - Throws: `notFound` for the host itself.
  package func ownUser(_ principal: Principal) async throws(AccountError) -> User {
    try await require(principal, .ownAccountRead)
    guard let id = principal.userID else { throw .notFound(what: "user") }
    let user = try await stored { () async throws(StoreError) in try await store.user(id) }
    guard let user else { throw .unauthenticated }
    return user
  }

  /// One's own sessions, newest first.
  package func ownSessions(_ principal: Principal) async throws(AccountError) -> [Session] {
    try await require(principal, .ownAccountRead)
    guard let id = principal.userID else { return [] }
    return try await stored { () async throws(StoreError) in try await store.sessions(ofUser: id) }
  }

  /// Ends one of one's own sessions.
  ///
  /// - Throws: `notFound`, also for another's.
  package func endOwnSession(_ principal: Principal, id: String) async throws(AccountError) {
    try await require(principal, .ownAccountWrite)
    let own = try ownSession(principal)
    let entry = principal.entry("session.end", target: "session:\(id)")
    try await stored { () async throws(StoreError) in try await store.endSession(id, ofUser: own.user, entry) }
    tell(user: nil, endedSessions: [id])
  }
}
