import Foundation
import RevisionStore
import Testing

@testable import Accounts

/// S-AUTH-1 to S-AUTH-8, AB-A2 to AB-A5.
@Suite struct LoginTests {
  private func logIn(
    _ fixture: Fixture, _ name: String = "ada", _ password: String = Fixture.password, code: String? = nil,
    from address: String = "192.0.2.1"
  ) async throws -> LoginResult {
    try await fixture.service.logIn(userName: name, password: password, code: code, origin: .from(address))
  }

  @Test func `A login gives a secret of which only the hash is kept`() async throws {
    let fixture = try await Fixture.ready()
    let opened = try await fixture.logIn("ADA")
    #expect(SecretText.isShaped(opened.secret.reveal()) && "\(opened.secret)" == "•••")
    let principal = try await fixture.service.principal(session: opened.secret.reveal(), origin: .from())
    #expect(principal == opened.principal && principal.name == "ada")
    for name in ["slipway.db", "slipway.db-wal"] {
      let data = FileManager.default.contents(atPath: fixture.folder + "/" + name) ?? Data()
      #expect(data.range(of: Data(opened.secret.reveal().utf8)) == nil && data.range(of: Data(Fixture.password.utf8)) == nil)
    }
    #expect(try await fixture.audit() == ["account.set_up ok", "session.login ok"])
  }

  @Test func `AB-A2: unknown name, wrong password and disabled user are told apart by nothing`() async throws {
    let fixture = try await Fixture.ready()
    let bob = try await fixture.addUser("bob", [])
    _ = try await fixture.service.changeUser(bob.id, isDisabled: true, by: try await fixture.logIn().principal)
    for (name, password) in [("ada", "wrong password"), ("nobody", Fixture.password), ("bob", Fixture.password), ("", "")] {
      var errors: [AccountError?] = []
      for _ in 1...6 {
        errors.append(await accountError { _ = try await logIn(fixture, name, password, from: "198.51.100.\(name.count)") })
      }
      let expected = Array(repeating: AccountError.invalidCredentials, count: 5) + [.tooManyAttempts(retryAfterSeconds: 1)]
      #expect(errors == expected, "\(name)")
    }
    // The right password from another address still works.
    _ = try await fixture.logIn(from: "203.0.113.9")
    let failures = try await fixture.store.auditRecords(matching: AuditFilter(outcome: .failed), limit: 200)
    #expect(failures.count == 20 && Set(failures.map(\.actor)) == ["ada", "bob", "unknown"])
  }

  @Test func `A success forgets the failures before it`() async throws {
    let fixture = try await Fixture.ready()
    for _ in 1...3 {
      for _ in 1...4 { #expect(await accountError { _ = try await logIn(fixture, "ada", "wrong") } == .invalidCredentials) }
      _ = try await fixture.logIn()
    }
  }

  @Test func `AB-A3: of 500 logins at once two are worked on, and the rest waits or is refused`() async throws {
    let fixture = try await Fixture.ready()
    let long = String((0..<64).map { "\($0 * 7919 % 97)xk" }.joined().prefix(256))
    let errors = await withTaskGroup(of: AccountError?.self) { group in
      for number in 0..<500 {
        let address = "10.0.\(number / 250).\(number % 250)"
        group.addTask { await accountError { _ = try await logIn(fixture, "user\(number)", long, from: address) } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(fixture.service.mostHashesAtOnce <= 2)
    let known: Set<AccountError?> = [.invalidCredentials, .tooBusy(retryAfterSeconds: 2)]
    #expect(Set(errors).isSubset(of: known))
    // Those refused for want of room are no failures.
    let refused = errors.filter { $0 != .invalidCredentials }.count
    let noted = try await fixture.store.auditRecords(matching: AuditFilter(outcome: .failed), limit: 200).count
    #expect(noted == min(200, 500 - refused))
    _ = try await fixture.logIn()
  }

  @Test func `A hash of another cost is made anew at the next login`() async throws {
    let fixture = try await Fixture.ready()
    let raised = PasswordCost(logN: 11, r: 8, p: 1)
    let clock = fixture.clock
    let service = AccountService(
      store: fixture.store, dataDirectory: fixture.folder, options: AccountOptions(now: { clock.now }, passwordCost: raised))
    func cost() async throws -> PasswordCost? {
      try await fixture.store.user(named: "ada").flatMap { PasswordHash(text: $0.password.reveal())?.cost }
    }
    _ = await accountError { _ = try await service.logIn(userName: "ada", password: "wrong", origin: .from()) }
    #expect(try await cost() == .low)
    for _ in 1...2 {
      _ = try await service.logIn(userName: "ada", password: Fixture.password, origin: .from())
      #expect(try await cost() == raised)
    }
  }

  @Test func `A damaged hash lets nobody in`() async throws {
    let fixture = try await Fixture.ready()
    let ada = try #require(try await fixture.store.user(named: "ada"))
    try await fixture.store.rehashPassword(
      ofUser: ada.id, from: ada.password, to: Secret("$scrypt$ln=63,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"))
    #expect(await accountError { _ = try await logIn(fixture) } == .invalidCredentials)
  }

  // MARK: Second factors

  @Test func `AB-A4: a code sent twice, one two steps old and a used recovery code are refused and counted`() async throws {
    let fixture = try await Fixture.ready()
    let (seed, codes, _) = try await fixture.addSecondFactor(try await fixture.logIn())
    // The code that confirmed it is used up.
    let used = fixture.code(seed)
    #expect(await accountError { _ = try await logIn(fixture, code: used) } == .invalidCredentials)
    fixture.clock.advance(seconds: 30)
    let code = fixture.code(seed)
    guard case .loggedIn = try await logIn(fixture, code: code) else { return #expect(Bool(false), "a right code") }
    #expect(await accountError { _ = try await logIn(fixture, code: code) } == .invalidCredentials)
    fixture.clock.advance(seconds: 300)
    #expect(await accountError { _ = try await logIn(fixture, code: fixture.code(seed, steps: -2)) } == .invalidCredentials)
    guard case .loggedIn = try await logIn(fixture, code: codes[4]) else { return #expect(Bool(false), "a right code") }
    for _ in 1...5 { #expect(await accountError { _ = try await logIn(fixture, code: codes[4]) } == .invalidCredentials) }
    #expect(await accountError { _ = try await logIn(fixture, code: codes[5]) } == .tooManyAttempts(retryAfterSeconds: 1))
    #expect(try await fixture.store.user(named: "ada")?.unusedRecoveryCodes == 9)
    #expect(try await fixture.store.auditRecords(matching: AuditFilter(outcome: .failed), limit: 200).count == 8)
  }

  @Test func `The second step takes the code under an id that counts once, from one network, for 5 minutes`() async throws {
    let fixture = try await Fixture.ready()
    let (seed, _, _) = try await fixture.addSecondFactor(try await fixture.logIn())
    func pendingID() async throws -> String {
      guard case .needsSecondFactor(let id) = try await logIn(fixture) else { throw AccountError.invalidName }
      return id
    }
    func complete(_ id: String, _ code: String, from address: String = "192.0.2.1") async throws -> OpenedSession {
      try await fixture.service.completeLogin(pendingID: id, code: code, origin: .from(address))
    }
    fixture.clock.advance(seconds: 30)
    let id = try await pendingID()
    let code = fixture.code(seed)
    #expect(await accountError { _ = try await complete(id, code, from: "192.0.2.2") } == .invalidCredentials)
    #expect(await accountError { _ = try await complete("x", code) } == .invalidCredentials)
    let opened = try await complete(id, code)
    #expect(opened.principal.name == "ada")
    #expect(await accountError { _ = try await complete(id, code) } == .invalidCredentials)
    let late = try await pendingID()
    fixture.clock.advance(seconds: 300)
    #expect(await accountError { _ = try await complete(late, fixture.code(seed)) } == .invalidCredentials)
    // A change of the password makes the first step worth nothing.
    let stale = try await pendingID()
    _ = try await fixture.service.changePassword(
      try await fixture.service.current(opened.principal), from: Fixture.password, to: "another roof and walls")
    #expect(await accountError { _ = try await complete(stale, fixture.code(seed)) } == .invalidCredentials)
  }

  @Test func `The right password does not buy more guesses at the code`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addSecondFactor(try await fixture.logIn())
    var guesses = 0
    for _ in 1...10 {
      guard case .needsSecondFactor(let id)? = try? await logIn(fixture) else { break }
      let error = await accountError {
        _ = try await fixture.service.completeLogin(pendingID: id, code: "000000", origin: .from())
      }
      if error == .invalidCredentials { guesses += 1 }
    }
    #expect(guesses == 5)
  }

  @Test func `Who must have a second factor can do nothing else before`() async throws {
    let fixture = try await Fixture.ready()
    _ = try await fixture.addUser("bob", [Grant(.admin, on: .global)], mustHaveSecondFactor: true)
    let opened = try await fixture.logIn("bob")
    #expect(opened.principal.lacksSecondFactor)
    #expect(await accountError { _ = try await fixture.service.users(by: opened.principal) } == .secondFactorRequired)
    let (_, _, session) = try await fixture.addSecondFactor(opened)
    #expect(!session.principal.lacksSecondFactor)
    _ = try await fixture.service.users(by: session.principal)
    #expect(await accountError { _ = try await fixture.service.removeSecondFactor(session.principal) } == .secondFactorRequired)
  }

  @Test func `A second factor is set up, its recovery codes renewed, and taken away again`() async throws {
    let fixture = try await Fixture.ready()
    let other = try await fixture.logIn()
    let opened = try await fixture.logIn()
    let offer = try await fixture.service.offerSecondFactor(opened.principal)
    #expect(offer.uri.reveal().contains(offer.seed.reveal()) && offer.seed.reveal().count == 32)
    #expect(
      await accountError { _ = try await fixture.service.confirmSecondFactor(opened.principal, code: "000000") }
        == .invalidCredentials)
    let (_, codes, session) = try await fixture.addSecondFactor(opened)
    #expect(codes.count == 10)
    #expect(
      await accountError { _ = try await fixture.service.principal(session: other.secret.reveal(), origin: .from()) }
        == .unauthenticated)
    #expect(
      await accountError { _ = try await fixture.service.principal(session: opened.secret.reveal(), origin: .from()) }
        == .unauthenticated)
    let renewed = try await fixture.service.renewRecoveryCodes(session.principal).reveal()
    #expect(Set(renewed).isDisjoint(with: codes))
    #expect(await accountError { _ = try await logIn(fixture, code: codes[0]) } == .invalidCredentials)
    let without = try await fixture.service.removeSecondFactor(session.principal)
    #expect(try await fixture.service.ownUser(without.principal).secondFactor == .none)
    #expect(
      await accountError { _ = try await fixture.service.renewRecoveryCodes(without.principal) }
        == .notFound(what: "second factor"))
    _ = try await fixture.logIn()
  }
}
