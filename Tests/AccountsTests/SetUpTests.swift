import Foundation
import RevisionStore
import Testing

@testable import Accounts

/// S-AUTH-9, AB-A1.
@Suite struct SetUpTests {
  private func setUp(_ fixture: Fixture, token: String, name: String = "ada", password: String = Fixture.password) async throws {
    try await fixture.service.setUp(token: token, userName: name, password: password, origin: .from())
  }

  @Test func `The token's file is private, named at the start, and gone after the set-up`() async throws {
    let fixture = try Fixture()
    let path = try #require(try await fixture.service.prepareSetUp())
    #expect(path == fixture.folder + "/bootstrap-token")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(SecretText.isShaped(try fixture.bootstrapToken()))
    #expect(try await !fixture.service.isSetUp())
    #expect(await accountError { _ = try await fixture.logIn() } == .setupRequired)
    try await setUp(fixture, token: try fixture.bootstrapToken())
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try await fixture.service.isSetUp())
    #expect(try await fixture.service.prepareSetUp() == nil)
    #expect(try await fixture.logIn().principal.grants == [Grant(.admin, on: .global)])
  }

  @Test func `AB-A1: without the token or with a wrong one nothing is made, and the try is noted`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.service.prepareSetUp()
    for wrong in ["", "none", try fixture.bootstrapToken() + "x", SecretText.make(.system)] {
      #expect(await accountError { try await setUp(fixture, token: wrong) } == .badBootstrapToken)
    }
    #expect(try await !fixture.service.isSetUp())
    #expect(try await fixture.audit() == Array(repeating: "account.set_up failed", count: 4))
    // Nor without its file, whatever is given.
    try FileManager.default.removeItem(atPath: fixture.folder + "/bootstrap-token")
    #expect(await accountError { try await setUp(fixture, token: "none") } == .badBootstrapToken)
    // Anybody may try this: it must not fill the log.
    for _ in 1...50 {
      #expect(await accountError { try await setUp(fixture, token: "") } == .tooManyAttempts(retryAfterSeconds: 1))
    }
    #expect(try await fixture.audit().count == 5)
  }

  @Test func `Wrong tokens do not keep the right one out`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.service.prepareSetUp()
    for _ in 1...20 { _ = await accountError { try await setUp(fixture, token: "wrong") } }
    try await setUp(fixture, token: try fixture.bootstrapToken())
  }

  @Test func `AB-A1: of 50 set-ups with the right token at once exactly one succeeds`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.service.prepareSetUp()
    let token = try fixture.bootstrapToken()
    let errors = await withTaskGroup(of: AccountError?.self) { group in
      for number in 0..<50 {
        group.addTask { await accountError { try await setUp(fixture, token: token, name: "user\(number)") } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(errors.filter { $0 == nil }.count == 1)
    for error in errors.compactMap({ $0 }) {
      let isExpected =
        switch error {
        case .alreadySetUp, .tooBusy, .badBootstrapToken: true
        default: false
        }
      #expect(isExpected, "\(error)")
    }
    #expect(try await fixture.store.users().count == 1)
    #expect(!FileManager.default.fileExists(atPath: fixture.folder + "/bootstrap-token"))
    #expect(fixture.service.mostHashesAtOnce <= 2)
  }

  @Test func `The token counts 60 minutes, and a start renews an old one and keeps a young one`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.service.prepareSetUp()
    let first = try fixture.bootstrapToken()
    fixture.clock.advance(seconds: 3599)
    _ = try await fixture.service.prepareSetUp()
    #expect(try fixture.bootstrapToken() == first)
    fixture.clock.advance(seconds: 1)
    #expect(await accountError { try await setUp(fixture, token: first) } == .bootstrapTokenExpired)
    _ = try await fixture.service.prepareSetUp()
    #expect(try fixture.bootstrapToken() != first)
    #expect(await accountError { try await setUp(fixture, token: first) } == .badBootstrapToken)
    try await setUp(fixture, token: try fixture.bootstrapToken())
  }

  @Test func `A token that others could read, or a link, is replaced`() async throws {
    let fixture = try Fixture()
    let path = try #require(try await fixture.service.prepareSetUp())
    let first = try fixture.bootstrapToken()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    #expect(await accountError { try await setUp(fixture, token: first) } == .badBootstrapToken)
    _ = try await fixture.service.prepareSetUp()
    #expect(try fixture.bootstrapToken() != first)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
    guard case .store = await accountError({ _ = try await fixture.service.prepareSetUp() }) else {
      return #expect(Bool(false), "a link was followed")
    }
  }

  @Test func `A weak password or a bad name leaves the token as it is`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.service.prepareSetUp()
    let token = try fixture.bootstrapToken()
    #expect(await accountError { try await setUp(fixture, token: token, password: "short") } == .weakPassword(.tooShort))
    #expect(await accountError { try await setUp(fixture, token: token, name: "a b") } == .invalidName)
    try await setUp(fixture, token: token)
  }

  @Test func `A reset on the host gives an account back, and only the host may`() async throws {
    let fixture = try await Fixture.ready()
    let opened = try await fixture.logIn()
    _ = try await fixture.addSecondFactor(opened)
    let subscription = fixture.listen()
    let local = Principal.local(user: "root")
    try await fixture.service.reset(userName: "Ada", password: "another roof and walls", by: local)
    #expect(fixture.changes().contains(.sessionEnded(opened.principal.credentialText.replacing("session:", with: ""))))
    withExtendedLifetime(subscription) {}
    #expect(try await fixture.logIn(password: "another roof and walls").principal.name == "ada")
    #expect(
      await accountError {
        try await fixture.service.reset(userName: "eve", password: Fixture.password, by: opened.principal)
      } == .forbidden(.sessionOnly))
    let record = try #require(
      try await fixture.store.auditRecords(matching: AuditFilter(actionPrefix: "account.reset")).first)
    #expect(record.actor == "local:root" && record.credential == "local" && record.way == .cli)
  }

  @Test func `A reset without any user makes the first one and ends the set-up`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.service.prepareSetUp()
    try await fixture.service.reset(userName: "root", password: Fixture.password, by: .local(user: "root"))
    #expect(!FileManager.default.fileExists(atPath: fixture.folder + "/bootstrap-token"))
    #expect(try await fixture.logIn("root").principal.name == "root")
  }
}
