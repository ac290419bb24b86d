import RevisionStore
import Testing

@testable import Accounts

/// S-AUD-1: what is refused before any right is asked for.
@Suite struct RefusalTests {
  private func refuse(_ fixture: Fixture, _ principal: Principal? = nil, from address: String = "192.0.2.1") async throws {
    try await fixture.service.noteRefusal(
      of: principal, from: .from(address), action: "stack.deploy", target: "POST /api/v1/stacks/shop/deploy",
      code: "origin_not_allowed")
  }

  @Test func `A refusal is written with who it was, where that is known`() async throws {
    let fixture = try await Fixture.ready()
    let ada = try await fixture.logIn().principal
    try await refuse(fixture, ada)
    try await refuse(fixture)
    let records = try await fixture.store.auditRecords(matching: AuditFilter(outcome: .denied))
    #expect(records.map(\.actor) == ["unknown", "ada"])
    #expect(records.map(\.credential) == [nil, ada.credentialText])
    #expect(records.allSatisfy { $0.address == "192.0.2.1" && $0.detail == #"{"code":"origin_not_allowed"}"# })
  }

  @Test func `Nobody fills the log with refusals: 30 a minute are written, the rest is counted`() async throws {
    let fixture = try await Fixture.ready()
    for _ in 0..<100 { try await refuse(fixture) }
    try await refuse(fixture, from: "192.0.2.9")
    #expect(try await fixture.store.auditRecords(matching: AuditFilter(outcome: .denied), limit: 200).count == 31)
    fixture.clock.advance(seconds: 60)
    try await refuse(fixture)
    let last = try await fixture.store.auditRecords(matching: AuditFilter(outcome: .denied), limit: 1)
    #expect(last.first?.detail == #"{"code":"origin_not_allowed","not_written_before":"70"}"#)
  }

  @Test func `Any number of callers is counted in bounded memory`() {
    let counts = RefusalCounts()
    let now = Timestamp(milliseconds: 1_700_000_000_000)
    for number in 0..<RefusalCounts.callers { #expect(counts.take("caller-\(number)", now: now) == .written(omitted: 0)) }
    let more = (0..<100).map { counts.take("further-\($0)", now: now) }
    #expect(more.filter { $0 == .omitted }.count == 100 - RefusalCounts.perMinute)
  }
}

/// S-AUTH-6: what ends by itself.
@Suite struct EndTests {
  @Test func `A token and a session that end by themselves are told of once, at their time`() async throws {
    let fixture = try await Fixture.ready()
    let ada = try await fixture.logIn()
    let token = try await fixture.service.createToken(
      ada.principal, name: "ci", scopes: [.read], limits: [.server("local")], lifetime: .duration(.seconds(60)))
    let subscription = fixture.listen()
    var last = Timestamp(milliseconds: 0)
    #expect(try await fixture.service.endDue(since: last) == token.token.expiresAt)
    #expect(fixture.changes().isEmpty)
    last = fixture.clock.now
    fixture.clock.advance(seconds: 60)
    let next = try #require(try await fixture.service.endDue(since: last))
    #expect(fixture.changes() == [.tokenEnded(token.token.id)])
    // Eight hours without a call.
    #expect(next.milliseconds - fixture.clock.now.milliseconds == (8 * 3600 - 60) * 1000)
    last = fixture.clock.now
    fixture.clock.advance(seconds: 8 * 3600 - 60)
    #expect(try await fixture.service.endDue(since: last) == nil)
    #expect(fixture.changes().map { if case .sessionEnded = $0 { true } else { false } } == [true])
    #expect(try await fixture.store.sessions().isEmpty)
    withExtendedLifetime(subscription) {}
  }

  // S-AUTH-6 names sessions; the log says what is not ended.
  @Test func `A password that an admin gives ends sessions and keeps tokens, and the log says so`() async throws {
    let fixture = try await Fixture.ready()
    let bob = try await fixture.addUser("bob", [Grant(.viewer, on: .global)])
    let session = try await fixture.logIn("bob")
    let token = try await fixture.service.createToken(session.principal, name: "ci", scopes: [.read])
    _ = try await fixture.service.changeUser(bob.id, password: "another roof and walls", by: try await fixture.logIn().principal)
    #expect(await accountError { _ = try await fixture.service.current(session.principal) } == .unauthenticated)
    #expect(try await fixture.service.principal(token: token.text.reveal(), origin: .from()).name == "bob")
    let record = try await fixture.store.auditRecords(matching: AuditFilter(actionPrefix: "user.change")).first
    #expect(record?.detail == #"{"password":"set","tokens":"kept"}"#)
  }
}
