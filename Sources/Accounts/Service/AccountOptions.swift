package import RevisionStore

/// What differs between a product and its tests, and what an installation may set.
package struct AccountOptions: Sendable {
  package var now: @Sendable () -> Timestamp
  package var randomness: Randomness
  /// Of new hashes; older ones are made anew at the next login.
  package var passwordCost: PasswordCost
  package var loginRule: LoginRule
  /// Hashes at once, and waiting, of S-AUTH-1.
  package var hashesAtOnce: Int
  package var hashesWaiting: Int
  /// Shown by authenticator apps.
  package var issuer: String

  package init(
    now: @escaping @Sendable () -> Timestamp = Timestamp.systemNow, randomness: Randomness = .system,
    passwordCost: PasswordCost = .standard, loginRule: LoginRule = LoginRule(), hashesAtOnce: Int = 2, hashesWaiting: Int = 32,
    issuer: String = "Slipway"
  ) {
    self.now = now
    self.randomness = randomness
    self.passwordCost = passwordCost
    self.loginRule = loginRule
    self.hashesAtOnce = hashesAtOnce
    self.hashesWaiting = hashesWaiting
    self.issuer = issuer
  }
}

/// How long things last, all of security.md.
enum Lifetime {
  /// S-AUTH-5: 8 hours without a request end a session.
  static let sessionIdleMilliseconds: Int64 = 8 * 3_600_000
  /// S-AUTH-5: 7 days end it in any case.
  static let sessionMilliseconds: Int64 = 7 * 86_400_000
  /// S-AUTH-9.
  static let bootstrapMilliseconds: Int64 = 60 * 60_000
  /// S-AUTH-10: 90 days, when nothing else is said.
  static let token: Duration = .seconds(90 * 86_400)
  /// How long a login waits for its second factor.
  static let pendingLoginMilliseconds: Int64 = 5 * 60_000
  /// S-AUTH-10: the last use is written at most this often.
  static let touchMilliseconds: Int64 = 60_000
}

extension AccountService {
  /// Without a call after which a session ends.
  package static let sessionIdleSeconds = Int(Lifetime.sessionIdleMilliseconds / 1000)
}
