import RevisionStore
import Testing

@testable import Accounts

/// S-AUTH-5 to S-AUTH-7, AB-A5.
@Suite struct SessionTests {
  private func principal(_ fixture: Fixture, _ opened: OpenedSession) async throws -> Principal {
    try await fixture.service.principal(session: opened.secret.reveal(), origin: .from())
  }

  private func id(_ opened: OpenedSession) -> String {
    guard case .session(let id) = opened.principal.credential else { return "" }
    return id
  }

  @Test func `A session ends after 8 idle hours, and after 7 days in any case`() async throws {
    let fixture = try await Fixture.ready()
    let idle = try await fixture.logIn()
    let used = try await fixture.logIn()
    fixture.clock.advance(seconds: 8 * 3600 - 1)
    _ = try await principal(fixture, used)
    fixture.clock.advance(seconds: 1)
    #expect(await accountError { _ = try await principal(fixture, idle) } == .unauthenticated)
    #expect(used.endsAt.milliseconds - fixture.clock.now.milliseconds == (7 * 24 - 8) * 3_600_000)
    for _ in 1...22 {
      fixture.clock.advance(seconds: 7 * 3600)
      _ = try await principal(fixture, used)
    }
    fixture.clock.advance(seconds: 6 * 3600)
    #expect(await accountError { _ = try await principal(fixture, used) } == .unauthenticated)
    let subscription = fixture.listen()
    #expect(try await fixture.service.endDue(since: fixture.clock.now) == nil)
    #expect(Set(fixture.changes()) == [.sessionEnded(id(idle)), .sessionEnded(id(used))])
    #expect(try await fixture.store.sessions().isEmpty)
    withExtendedLifetime(subscription) {}
  }

  @Test func `Texts that are no secret ask nothing of the store`() async throws {
    let fixture = try await Fixture.ready()
    for text in ["", "x", String(repeating: "a", count: 43), String(repeating: "ä", count: 43)] {
      #expect(
        await accountError { _ = try await fixture.service.principal(session: text, origin: .from()) } == .unauthenticated)
    }
  }

  @Test func `AB-A5: a changed password ends the other sessions, and this one has a new secret`() async throws {
    let fixture = try await Fixture.ready()
    let others = [try await fixture.logIn(), try await fixture.logIn()]
    let mine = try await fixture.logIn()
    let subscription = fixture.listen()
    #expect(
      await accountError {
        _ = try await fixture.service.changePassword(mine.principal, from: "wrong", to: "another roof and walls")
      } == .invalidCredentials)
    #expect(
      await accountError {
        _ = try await fixture.service.changePassword(mine.principal, from: Fixture.password, to: "password1234")
      } == .weakPassword(.common))
    #expect(fixture.changes().isEmpty)
    let renewed = try await fixture.service.changePassword(
      mine.principal, from: Fixture.password, to: "another roof and walls")
    // Told before the call comes back, so that sockets are closed at once.
    let ada = try #require(mine.principal.userID)
    #expect(Set(fixture.changes()) == Set(others.map { .sessionEnded(id($0)) } + [.userChanged(ada)]))
    for old in others + [mine] { #expect(await accountError { _ = try await principal(fixture, old) } == .unauthenticated) }
    #expect(id(renewed) == id(mine) && renewed.secret != mine.secret)
    _ = try await principal(fixture, renewed)
    #expect(await accountError { _ = try await fixture.logIn() } == .invalidCredentials)
    _ = try await fixture.logIn(password: "another roof and walls")
    withExtendedLifetime(subscription) {}
  }

  @Test func `S-AUTH-7: a fresh password or code lasts 10 minutes and changes the secret`() async throws {
    let fixture = try await Fixture.ready()
    let opened = try await fixture.logIn()
    _ = try await fixture.service.users(by: opened.principal)
    #expect(fixture.service.authorize(opened.principal, .userWrite, on: .global) == .allowed)
    fixture.clock.advance(seconds: 600)
    #expect(fixture.service.authorize(opened.principal, .userWrite, on: .global) == .needsStepUp)
    #expect(
      await accountError {
        _ = try await fixture.service.createUser(name: "bob", password: Fixture.password, grants: [], by: opened.principal)
      } == .stepUpRequired)
    #expect(
      await accountError { _ = try await fixture.service.stepUp(opened.principal, password: "wrong") } == .invalidCredentials)
    #expect(await accountError { _ = try await fixture.service.stepUp(opened.principal) } == .invalidCredentials)
    #expect(await accountError { _ = try await fixture.service.stepUp(opened.principal, code: "123456") } == .invalidCredentials)
    let fresh = try await fixture.service.stepUp(opened.principal, password: Fixture.password)
    #expect(await accountError { _ = try await principal(fixture, opened) } == .unauthenticated)
    #expect(fixture.service.authorize(try await principal(fixture, fresh), .userWrite, on: .global) == .allowed)
    #expect(
      await accountError { _ = try await fixture.service.stepUp(.local(user: "root"), password: "x") }
        == .forbidden(.sessionOnly))
    // With a code.
    let (seed, _, session) = try await fixture.addSecondFactor(fresh)
    fixture.clock.advance(seconds: 700)
    #expect(fixture.service.authorize(session.principal, .userWrite, on: .global) == .needsStepUp)
    let again = try await fixture.service.stepUp(session.principal, code: fixture.code(seed))
    #expect(fixture.service.authorize(again.principal, .userWrite, on: .global) == .allowed)
    // A clock that was put back makes nothing fresh.
    fixture.clock.advance(seconds: -3600)
    #expect(fixture.service.authorize(again.principal, .userWrite, on: .global) == .needsStepUp)
  }

  @Test func `Sessions are listed and ended by their user, one by one or all`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addUser("bob", [])
    let ada = try await fixture.logIn()
    let bob = try await fixture.logIn("bob")
    let other = try await fixture.logIn("bob")
    #expect(Set(try await fixture.service.ownSessions(bob.principal).map(\.id)) == [id(bob), id(other)])
    #expect(
      await accountError { try await fixture.service.endOwnSession(bob.principal, id: id(ada)) } == .notFound(what: "session"))
    #expect(await accountError { _ = try await fixture.service.sessions(by: bob.principal) } == .forbidden(.role(.admin)))
    try await fixture.service.endOwnSession(bob.principal, id: id(other))
    #expect(await accountError { _ = try await principal(fixture, other) } == .unauthenticated)
    let subscription = fixture.listen()
    try await fixture.service.logOutEverywhere(bob.principal)
    #expect(fixture.changes() == [.sessionEnded(id(bob))])
    let last = try await fixture.logIn("bob")
    try await fixture.service.endSession(id(last), by: ada.principal)
    #expect(await accountError { _ = try await principal(fixture, last) } == .unauthenticated)
    try await fixture.service.logOut(ada.principal)
    #expect(await accountError { _ = try await principal(fixture, ada) } == .unauthenticated)
    #expect(fixture.changes() == [.sessionEnded(id(last)), .sessionEnded(id(ada))])
    withExtendedLifetime(subscription) {}
  }

  @Test func `S-AUTH-6: rights are those of the moment, and a change ends sessions`() async throws {
    let fixture = try await Fixture.ready()
    let bob = try await fixture.addUser("bob", [Grant(.operator_, on: .server("prod"))])
    let shop = Resource.stack(server: "prod", name: "shop")
    let opened = try await fixture.logIn("bob")
    #expect(fixture.service.authorize(opened.principal, .stackDeploy, on: shop) == .allowed)
    let subscription = fixture.listen()
    let admin = try await fixture.logIn().principal
    _ = try await fixture.service.changeUser(bob.id, grants: [Grant(.viewer, on: .server("prod"))], by: admin)
    #expect(Set(fixture.changes()) == [.sessionEnded(id(opened)), .userChanged(bob.id)])
    #expect(await accountError { _ = try await fixture.service.current(opened.principal) } == .unauthenticated)
    let again = try await fixture.logIn("bob")
    #expect(fixture.service.authorize(again.principal, .stackDeploy, on: shop) == .forbidden(.role(.operator_)))
    try await fixture.service.deleteUser(bob.id, by: admin)
    #expect(Set(fixture.changes()) == [.sessionEnded(id(again)), .userChanged(bob.id)])
    #expect(await accountError { _ = try await principal(fixture, again) } == .unauthenticated)
    withExtendedLifetime(subscription) {}
  }

  @Test func `A subscription ends with its last reference`() async throws {
    let fixture = try await Fixture.ready()
    var subscription: ChangeSubscription? = fixture.listen()
    try await fixture.service.logOut(try await fixture.logIn().principal)
    #expect(fixture.changes().count == 1)
    withExtendedLifetime(subscription) {}
    subscription = nil
    try await fixture.service.logOut(try await fixture.logIn().principal)
    #expect(fixture.changes().isEmpty)
  }

  @Test func `The last admin stays, and names are checked`() async throws {
    let fixture = try await Fixture.ready()
    let admin = try await fixture.logIn().principal
    let ada = try #require(admin.userID)
    #expect(await accountError { try await fixture.service.deleteUser(ada, by: admin) } == .refused(.lastAdmin))
    #expect(await accountError { _ = try await fixture.service.changeUser(ada, grants: [], by: admin) } == .refused(.lastAdmin))
    #expect(await accountError { try await fixture.service.deleteUser(77, by: admin) } == .notFound(what: "user"))
    func create(_ name: String, _ password: String) async -> AccountError? {
      await accountError { _ = try await fixture.service.createUser(name: name, password: password, grants: [], by: admin) }
    }
    #expect(await create("a b", Fixture.password) == .invalidName)
    #expect(await create("bob", "short") == .weakPassword(.tooShort))
    #expect(await create("ADA", Fixture.password) == .refused(.userExists(name: "ADA")))
    #expect(await create("bob", Fixture.password) == nil)
    #expect(try await fixture.service.users(by: admin).map(\.name) == ["ada", "bob"])
    let text = try await fixture.store.auditRecords(matching: AuditFilter(actionPrefix: "user.")).map(\.target)
    #expect(text == ["user:bob"])
  }
}
