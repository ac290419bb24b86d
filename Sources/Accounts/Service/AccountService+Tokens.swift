package import RevisionStore

/// A token that was made. The text is given out here and nowhere else.
package struct CreatedToken: Sendable {
  package var text: Secret<String>
  package var token: Token
}

extension AccountService {
  /// How long a token counts.
  package enum TokenLifetime: Hashable, Sendable {
    /// 90 days (S-AUTH-10).
    case standard
    /// From 1 minute to 10 years.
    case duration(Duration)
    /// Only by explicit choice.
    case endless
  }

  /// Makes a token of one's own: it may never do more than its user may at that moment (S-AUTH-10).
  ///
  /// - Parameter limits: servers and stacks it counts on; nil: wherever its user's rights hold.
  /// - Throws: `stepUpRequired`; `invalid` for its name, scopes, limits or lifetime; `notFound` for a limit its user cannot see;
  ///   `forbidden` without a session.
  package func createToken(
    _ principal: Principal, name: String, scopes: Set<ScopeGroup>, limits: [Scope]? = nil, lifetime: TokenLifetime = .standard
  ) async throws(AccountError) -> CreatedToken {
    try await require(principal, .ownTokenWrite)
    let own = try ownSession(principal)
    guard (1...100).contains(name.unicodeScalars.count),
      name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { throw .invalid(what: "the name of a token", reason: "it must have 1 to 100 characters, none for control") }
    guard !scopes.isEmpty else { throw .invalid(what: "a token", reason: "it needs at least one scope") }
    for limit in limits ?? [] {
      let resource: Resource =
        switch limit {
        case .global: .global
        case .server(let server): .server(server)
        case .stack(let server, let stack): .stack(server: server, name: stack)
        }
      guard resource != .global else {
        throw .invalid(what: "a token's limit", reason: "it must name a server, or a stack of one")
      }
      try await require(principal, resource.readAction, on: resource)
    }
    let text = TokenText.make(options.randomness)
    let new = NewToken(
      id: text.id, secretHash: SecretText.hash(text.text), user: own.user, name: name, scopes: Set(scopes.map(\.rawValue)),
      limits: limits, expiresAt: try end(of: lifetime))
    let entry = principal.entry(
      "token.create", target: "token:\(text.id)",
      detail: [
        "name": name, "scopes": scopes.map(\.rawValue).sorted().joined(separator: " "),
        "limits": limits.map { $0.map(\.text).sorted().joined(separator: " ") } ?? "none",
      ])
    let token = try await stored { () async throws(StoreError) in try await store.createToken(new, entry) }
    return CreatedToken(text: Secret(text.text), token: token)
  }

  /// One's own tokens, oldest first.
  package func ownTokens(_ principal: Principal) async throws(AccountError) -> [Token] {
    try await require(principal, .ownAccountRead)
    guard let id = principal.userID else { return [] }
    return try await stored { () async throws(StoreError) in try await store.tokens(ofUser: id) }
  }

  /// Ends one of one's own tokens; a token may end itself.
  ///
  /// - Throws: `notFound`, also for another's.
  package func revokeOwnToken(_ principal: Principal, id: String) async throws(AccountError) {
    if principal.credential != .token(id: id) { try await require(principal, .ownAccountWrite) }
    guard let user = principal.userID else { throw .notFound(what: "token") }
    let entry = principal.entry("token.revoke", target: "token:\(id)")
    try await stored { () async throws(StoreError) in try await store.revokeToken(id, ofUser: user, entry) }
    listeners.tell([.tokenEnded(id)])
  }

  /// Tokens of one user or of all, oldest first.
  package func tokens(ofUser id: Int64? = nil, by principal: Principal) async throws(AccountError) -> [Token] {
    try await require(principal, .tokenRead)
    return try await stored { () async throws(StoreError) in try await store.tokens(ofUser: id) }
  }

  /// Ends anybody's token.
  ///
  /// - Parameter user: whose it must be; nil: anybody's.
  /// - Throws: `stepUpRequired`, `notFound`.
  package func revokeToken(_ id: String, ofUser user: Int64? = nil, by principal: Principal) async throws(AccountError) {
    try await require(principal, .tokenRevoke)
    let entry = principal.entry("token.revoke", target: "token:\(id)")
    try await stored { () async throws(StoreError) in try await store.revokeToken(id, ofUser: user, entry) }
    listeners.tell([.tokenEnded(id)])
  }

  private func end(of lifetime: TokenLifetime) throws(AccountError) -> Timestamp? {
    let duration: Duration
    switch lifetime {
    case .endless: return nil
    case .standard: duration = Lifetime.token
    case .duration(let given): duration = given
    }
    guard duration >= Self.shortestTokenLife, duration <= .seconds(3650 * 86_400) else {
      throw .invalid(what: "the lifetime of a token", reason: "it must be from 1 minute to 10 years")
    }
    return Timestamp(milliseconds: options.now().milliseconds + duration.components.seconds * 1000)
  }
}

extension Scope {
  /// For the audit log, as in `local` and `local/shop`.
  fileprivate var text: String { [server, stack].compactMap(\.self).joined(separator: "/") }
}

extension Resource {
  /// What shows that somebody can see it.
  fileprivate var readAction: Action {
    switch self {
    case .global, .stack: .stackRead
    case .server: .serverRead
    }
  }
}
