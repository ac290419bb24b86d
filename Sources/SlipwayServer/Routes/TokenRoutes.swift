import Accounts
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// One's own API tokens (S-AUTH-10).
extension ServerParts {
  var tokenRoutes: [Route] {
    let stepUp: [HTTPResponse.Status: String] = [
      .forbidden: "Not allowed, or a fresh proof is needed.", .unprocessable: "What was sent is wrong.",
      .notFound: "It is not there, or may not be seen.",
    ]
    return [
      Route(
        method: .get, path: "/api/v1/tokens", access: .may(.ownAccountRead, .all), tag: "account", summary: "One's own tokens",
        answers: [.json(.object([.required("items", .array(of: TokenBody.schema))]), "Oldest first.")], handle: listTokens),
      Route(
        method: .post, path: "/api/v1/tokens", access: .may(.ownTokenWrite, .all), tag: "account", summary: "Make a token",
        details: "It may never do more than its user may at that moment. Needs step-up; a token cannot make one.",
        body: .json(NewTokenBody.schema(scopes: ScopeGroup.allCases.map(\.rawValue))),
        answers: [.json(CreatedTokenBody.schema, "Its text is told here and never again.", status: .created)],
        refusals: stepUp, handle: createToken),
      Route(
        method: .delete, path: "/api/v1/tokens/{token}", access: .known, tag: "account", summary: "End a token",
        details: "A token may end itself.", answers: [.empty("It counts no more.")], refusals: stepUp, handle: revokeToken),
    ]
  }

  @Sendable private func listTokens(_ call: APICall) async throws -> APIAnswer {
    let tokens = try await accounts.ownTokens(call.caller())
    return try .json(["items": tokens.map { TokenBody($0) }])
  }

  @Sendable private func createToken(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(NewTokenBody.self)
    let scopes = body.scopes.map { Set($0.compactMap { ScopeGroup(rawValue: $0) }) } ?? Set(ScopeGroup.allCases)
    let lifetime: AccountService.TokenLifetime =
      body.endless == true ? .endless : body.days.map { .duration(.seconds($0 * 86_400)) } ?? .standard
    let limits = try body.limits.map { try $0.map { try Self.scope($0) } }
    // An empty list would be a token for nothing; what it should have been nobody knows.
    guard limits?.isEmpty != true else {
      throw Problem(.unprocessable, "invalid_body", "limits names nothing", remedy: "leave it out, or name servers or stacks")
    }
    let created = try await accounts.createToken(
      call.caller(), name: body.name, scopes: scopes, limits: limits, lifetime: lifetime)
    return try .json(
      CreatedTokenBody(token: TokenBody(created.token), text: created.text.reveal()), status: .created)
  }

  private static func scope(_ limit: TokenLimitBody) throws -> Scope {
    guard limit.server == ServerName.local || ServerName(limit.server) != nil else {
      throw Problem(.unprocessable, "invalid_name", "\"\(limit.server)\" is no server's name")
    }
    guard let stack = limit.stack else { return .server(limit.server) }
    guard let name = StackName(stack) else {
      throw Problem(.unprocessable, "invalid_name", "\"\(stack)\" is no stack's name")
    }
    return .stack(server: limit.server, name: name.text)
  }

  @Sendable private func revokeToken(_ call: APICall) async throws -> APIAnswer {
    try await accounts.revokeOwnToken(call.caller(), id: try call.parameter("token"))
    return .empty
  }
}

extension TokenBody {
  init(_ token: Token) {
    self.init(
      id: token.id, name: token.name, scopes: token.scopes.sorted(),
      limits: token.limits.map { limits in
        limits.compactMap { limit in limit.server.map { TokenLimitBody(server: $0, stack: limit.stack) } }
      }, createdAt: token.createdAt.text,
      expiresAt: token.expiresAt?.text, lastUsedAt: token.lastUsedAt?.text, revokedAt: token.revokedAt?.text)
  }
}
