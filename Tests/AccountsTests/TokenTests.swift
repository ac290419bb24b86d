import RevisionStore
import Testing

@testable import Accounts

/// S-AUTH-10, AB-B4.
@Suite struct TokenTests {
  private func principal(_ fixture: Fixture, _ token: CreatedToken) async throws -> Principal {
    try await fixture.service.principal(token: token.text.reveal(), origin: .from())
  }

  @Test func `A token lets its user in with its scopes, for 90 days`() async throws {
    let fixture = try await Fixture.ready()
    let ada = try await fixture.logIn().principal
    let token = try await fixture.service.createToken(ada, name: "ci", scopes: [.read, .deploy])
    let ci = try await principal(fixture, token)
    #expect(ci.name == "ada" && ci.scopes == [.read, .deploy] && ci.credentialText == "token:\(token.token.id)")
    let shop = Resource.stack(server: "local", name: "shop")
    #expect(fixture.service.authorize(ci, .stackDeploy, on: shop) == .allowed)
    #expect(fixture.service.authorize(ci, .stackEdit, on: shop) == .forbidden(.scope(.edit)))
    #expect(fixture.service.authorize(ci, .userWrite, on: .global) == .forbidden(.sessionOnly))
    #expect(
      await accountError { _ = try await fixture.service.createToken(ci, name: "x", scopes: [.read]) } == .forbidden(.sessionOnly)
    )
    fixture.clock.advance(seconds: 90 * 86_400 - 1)
    _ = try await principal(fixture, token)
    fixture.clock.advance(seconds: 1)
    #expect(await accountError { _ = try await principal(fixture, token) } == .unauthenticated)
  }

  @Test func `A token without an end, and one with its own`() async throws {
    let fixture = try await Fixture.ready()
    let ada = try await fixture.logIn().principal
    let endless = try await fixture.service.createToken(ada, name: "a", scopes: [.read], lifetime: .endless)
    #expect(endless.token.expiresAt == nil)
    let short = try await fixture.service.createToken(ada, name: "b", scopes: [.read], lifetime: .duration(.seconds(60)))
    fixture.clock.advance(seconds: 60)
    #expect(await accountError { _ = try await principal(fixture, short) } == .unauthenticated)
    fixture.clock.advance(seconds: 86_400 * 1000)
    _ = try await principal(fixture, endless)
    let fresh = try await fixture.logIn().principal
    for (name, scopes, lifetime) in [
      ("", [.read], .standard), ("x\n", [.read], .standard), ("x", [], .standard), ("x", [.read], .duration(.seconds(1))),
      ("x", [.read], .duration(.seconds(86_400 * 5000))),
    ] as [(String, Set<ScopeGroup>, AccountService.TokenLifetime)] {
      guard
        case .invalid = await accountError({
          _ = try await fixture.service.createToken(fresh, name: name, scopes: scopes, lifetime: lifetime)
        })
      else {
        Issue.record("taken: \(name) \(scopes) \(lifetime)")
        continue
      }
    }
  }

  @Test func `AB-B4: a token never does more than its user may now`() async throws {
    let fixture = try await Fixture.ready()
    let bob = try await fixture.addUser("bob", [Grant(.admin, on: .global)])
    let session = try await fixture.logIn("bob").principal
    let token = try await fixture.service.createToken(session, name: "ci", scopes: Set(ScopeGroup.allCases))
    let shop = Resource.stack(server: "local", name: "shop")
    #expect(fixture.service.authorize(try await principal(fixture, token), .stackDeploy, on: shop) == .allowed)
    let admin = try await fixture.logIn().principal
    _ = try await fixture.service.changeUser(bob.id, grants: [Grant(.viewer, on: .global)], by: admin)
    let demoted = try await principal(fixture, token)
    #expect(fixture.service.authorize(demoted, .stackDeploy, on: shop) == .forbidden(.role(.operator_)))
    #expect(fixture.service.authorize(demoted, .stackRead, on: shop) == .allowed)
    _ = try await fixture.service.changeUser(bob.id, isDisabled: true, by: admin)
    #expect(await accountError { _ = try await principal(fixture, token) } == .unauthenticated)
    #expect(await accountError { _ = try await fixture.service.current(demoted) } == .unauthenticated)
  }

  @Test func `A limited token sees nothing else, and a limit is something its user can see`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addUser("bob", [Grant(.operator_, on: .server("prod"))])
    let bob = try await fixture.logIn("bob").principal
    let shop = Resource.stack(server: "prod", name: "shop")
    let token = try await fixture.service.createToken(
      bob, name: "ci", scopes: [.read, .deploy], limits: [.stack(server: "prod", name: "shop")])
    let ci = try await principal(fixture, token)
    #expect(fixture.service.authorize(ci, .stackDeploy, on: shop) == .allowed)
    #expect(fixture.service.authorize(ci, .stackRead, on: .stack(server: "prod", name: "blog")) == .notFound)
    #expect(fixture.service.authorize(ci, .serverRead, on: .server("prod")) == .allowed)
    #expect(fixture.service.authorize(ci, .imageRead, on: .server("prod")) == .forbidden(.role(.viewer)))
    #expect(
      await accountError {
        _ = try await fixture.service.createToken(bob, name: "x", scopes: [.read], limits: [.server("other")])
      } == .notFound(what: "server"))
    guard
      case .invalid = await accountError({
        _ = try await fixture.service.createToken(bob, name: "x", scopes: [.read], limits: [.global])
      })
    else { return #expect(Bool(false), "no limit at all was taken for one") }
  }

  @Test func `Tokens are ended by their user, by themselves and by an admin, and nobody else`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addUser("bob", [Grant(.viewer, on: .global)])
    let ada = try await fixture.logIn().principal
    let bob = try await fixture.logIn("bob").principal
    var tokens: [CreatedToken] = []
    for name in ["one", "two", "three"] {
      tokens.append(try await fixture.service.createToken(bob, name: name, scopes: [.read]))
    }
    let others = try await fixture.service.createToken(ada, name: "ada's", scopes: [.read])
    #expect(try await fixture.service.ownTokens(bob).map(\.name).sorted() == ["one", "three", "two"])
    #expect(
      await accountError { try await fixture.service.revokeOwnToken(bob, id: others.token.id) } == .notFound(what: "token"))
    #expect(await accountError { try await fixture.service.revokeToken(others.token.id, by: bob) } == .forbidden(.role(.admin)))
    let subscription = fixture.listen()
    let second = try await principal(fixture, tokens[1])
    #expect(
      await accountError { try await fixture.service.revokeOwnToken(second, id: tokens[0].token.id) } == .forbidden(.sessionOnly))
    try await fixture.service.revokeOwnToken(second, id: tokens[1].token.id)
    try await fixture.service.revokeOwnToken(bob, id: tokens[0].token.id)
    try await fixture.service.revokeToken(tokens[2].token.id, by: ada)
    #expect(fixture.changes() == [1, 0, 2].map { .tokenEnded(tokens[$0].token.id) })
    for token in tokens { #expect(await accountError { _ = try await principal(fixture, token) } == .unauthenticated) }
    #expect(try await fixture.service.tokens(by: ada).count == 4)
    withExtendedLifetime(subscription) {}
  }

  @Test func `The last use is written at most once a minute`() async throws {
    let fixture = try await Fixture.ready()
    let token = try await fixture.service.createToken(try await fixture.logIn().principal, name: "ci", scopes: [.read])
    func lastUse() async throws -> Timestamp? { try await fixture.store.token(token.token.id)?.token.lastUsedAt }
    #expect(try await lastUse() == nil)
    _ = try await principal(fixture, token)
    let first = try await lastUse()
    #expect(first == fixture.clock.now)
    fixture.clock.advance(seconds: 59)
    _ = try await principal(fixture, token)
    #expect(try await lastUse() == first)
    fixture.clock.advance(seconds: 1)
    _ = try await principal(fixture, token)
    #expect(try await lastUse() == fixture.clock.now)
  }

  @Test func `A token of another secret, or that nobody made, lets nobody in`() async throws {
    let fixture = try await Fixture.ready()
    let token = try await fixture.service.createToken(try await fixture.logIn().principal, name: "ci", scopes: [.read])
    let body = "slw_\(token.token.id)_\(SecretText.make(.system))"
    for text in [body + "_" + TokenText.checksum(body), TokenText.make(.system).text, token.text.reveal() + " ", "", "x"] {
      #expect(await accountError { _ = try await fixture.service.principal(token: text, origin: .from()) } == .unauthenticated)
    }
  }
}
