import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct AccountStoreTests: StoreTests {
  let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func session(_ id: String, of user: Int64) async throws {
    let new = NewSession(
      id: id, secretHash: Array(Data(id.utf8) + Data(count: 32 - id.utf8.count)), user: user, way: .ui, address: "192.0.2.1",
      userAgent: String(repeating: "x", count: 900), endsAt: Timestamp(milliseconds: clock.now.milliseconds + 604_800_000))
    _ = try await store.beginSession(new, .sample("session.login"))
  }

  @Test func `A user comes back with its grants, by any case of its name`() async throws {
    let grants = [
      Grant(.viewer, on: .global), Grant(.operator_, on: .server("prod"), mayRestore: true),
      Grant(.admin, on: .stack(server: "prod", name: "shop"), mayExec: true),
    ]
    let made = try await store.createUser(.sample("Ada.L@x", grants), .sample())
    #expect(Set(made.grants) == Set(grants) && made.secondFactor == .none && !made.isDisabled && !made.isGlobalAdmin)
    #expect(try await store.user(named: "ada.l@X") == made)
    #expect(try await store.user(made.id) == made)
    #expect(
      await storeError { _ = try await store.createUser(.sample("ADA.l@x"), .sample()) }
        == .refused(.userExists(name: "ADA.l@x")))
    #expect(try await store.users() == [made])
    #expect(try await store.auditRecords().count == 1)
  }

  @Test func `A name is of letters, digits and a few signs`() {
    for good in ["a", "0", "Ada", "a.b-c_d@e", String(repeating: "a", count: 64)] { #expect(UserName(good) != nil) }
    for bad in ["", ".a", "-a", "a b", "ä", "a/b", "a\n", "a\u{0}", "аda", String(repeating: "a", count: 65)] {
      #expect(UserName(bad) == nil, "\(bad)")
    }
  }

  @Test func `AB-A1: of 50 first users at once exactly one is made`() async throws {
    let made = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<50 {
        group.addTask { (try? await store.createFirstUser(.sample("user\(number)"), .sample("account.set_up"))) != nil }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(made == 1)
    #expect(try await store.users().count == 1)
    #expect(try await store.auditRecords().count == 1)
    #expect(await storeError { _ = try await store.createFirstUser(.sample("late"), .sample()) } == .refused(.alreadySetUp))
  }

  @Test func `The last admin is neither removed, disabled nor demoted`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    let bob = try await store.createUser(.sample("bob", [Grant(.admin, on: .server("prod"))]), .sample())
    let before = try await store.auditRecords().count
    let demoted = UserChange(grants: [Grant(.operator_, on: .global)])
    for change in [demoted, UserChange(isDisabled: true)] {
      #expect(await storeError { _ = try await store.changeUser(ada.id, change, .sample()) } == .refused(.lastAdmin))
    }
    #expect(await storeError { _ = try await store.deleteUser(ada.id, .sample()) } == .refused(.lastAdmin))
    #expect(try await store.user(ada.id) == ada)
    #expect(try await store.auditRecords().count == before)
    _ = try await store.changeUser(bob.id, UserChange(grants: [Grant(.admin, on: .global)]), .sample())
    _ = try await store.changeUser(ada.id, demoted, .sample())
    #expect(await storeError { _ = try await store.changeUser(bob.id, demoted, .sample()) } == .refused(.lastAdmin))
  }

  @Test func `Of two admins that remove each other at once one stays`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    let bob = try await store.createUser(.sample("bob"), .sample())
    async let first: [String]? = try? store.deleteUser(ada.id, .sample())
    async let second: [String]? = try? store.deleteUser(bob.id, .sample())
    let results = await [first, second]
    #expect(results.compactMap { $0 }.count == 1)
    #expect(try await store.users().count == 1)
  }

  @Test func `S-AUTH-6: a change of rights ends the user's sessions, but the one it is made in`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    let bob = try await store.createUser(.sample("bob", [Grant(.viewer, on: .global)]), .sample())
    for change in [
      UserChange(password: Secret("$scrypt$ln=10,r=8,p=1$b3RoZXI$b3RoZXI")),
      UserChange(grants: [Grant(.viewer, on: .server("a"))]),
      UserChange(mustHaveSecondFactor: true), UserChange(removesSecondFactor: true), UserChange(isDisabled: true),
    ] {
      for id in ["session-1", "session-2"] { try await session(id, of: bob.id) }
      let changed = try await store.changeUser(bob.id, change, keeping: "session-2", .sample())
      #expect(changed.endedSessions == ["session-1"])
      if !changed.user.isDisabled { try await store.endSession("session-2", .sample()) }
    }
    try await session("session-of-ada", of: ada.id)
    #expect(try await store.changeUser(ada.id, UserChange(mustHaveSecondFactor: false), .sample()).endedSessions.isEmpty)
    #expect(await storeError { try await session("session-9", of: bob.id) } == .refused(.userUnknown))
    #expect(try await store.deleteUser(bob.id, .sample()) == ["session-2"])
    #expect(try await store.sessions().map(\.id) == ["session-of-ada"])
  }

  // S-AUTH-6
  @Test func `The next end is that of the session or the token that ends first`() async throws {
    let idle: Int64 = 1_000_000
    func ends(since: Timestamp = Timestamp(milliseconds: 0)) async throws -> CredentialEnds {
      try await store.credentialEnds(since: since, idleMilliseconds: idle)
    }
    #expect(try await ends() == CredentialEnds(sessions: [], tokens: [], next: nil))
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    let begin = clock.now
    func after(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: begin.milliseconds + seconds * 1000) }
    try await session("session-1", of: ada.id)
    let sessionEnd = try #require(try await store.session(id: "session-1")).session.endsAt
    #expect(try await ends().next == min(sessionEnd, after(1000)))
    for (id, seconds) in [("0000000000000001", 60), ("0000000000000002", 90)] as [(String, Int64)] {
      _ = try await store.createToken(
        NewToken(
          id: id, secretHash: [UInt8](repeating: UInt8(seconds), count: 32), user: ada.id, name: "ci", scopes: ["read"],
          limits: nil, expiresAt: after(seconds)), .sample())
    }
    #expect(try await ends().next == after(60))
    clock.advance(.seconds(60))
    #expect(try await ends() == CredentialEnds(sessions: [], tokens: ["0000000000000001"], next: after(90)))
    #expect(try await ends(since: after(60)).tokens.isEmpty)
    try await store.revokeToken("0000000000000002", .sample())
    #expect(try await ends(since: after(60)).next == min(sessionEnd, after(1000)))
    clock.advance(.seconds(940))
    #expect(try await ends(since: after(60)) == CredentialEnds(sessions: ["session-1"], tokens: [], next: nil))
  }

  @Test func `A session is not begun for a user who was changed while the login was on its way`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    clock.advance(.seconds(1))
    _ = try await store.changeUser(ada.id, UserChange(password: Secret("$scrypt$ln=10,r=8,p=1$b3RoZXI$b3RoZXI")), .sample())
    let new = NewSession(
      id: "session-1", secretHash: Array(repeating: 1, count: 32), user: ada.id, userChangedAt: ada.updatedAt, way: .ui,
      address: "",
      userAgent: "", endsAt: Timestamp(milliseconds: clock.now.milliseconds + 1000))
    #expect(await storeError { _ = try await store.beginSession(new, .sample()) } == .refused(.userChanged))
    #expect(try await store.sessions().isEmpty)
  }

  @Test func `A session is found by its secret's hash until it is renewed or ended`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    try await session("session-1", of: ada.id)
    let hash = Array(Data("session-1".utf8) + Data(count: 23))
    let found = try #require(try await store.session(secretHash: hash))
    #expect(found.user.name == "ada" && found.session.userAgent.utf8.count <= 200 && found.session.stepUpAt == clock.now)
    #expect(found.user.lastLoginAt == clock.now)
    clock.advance(.seconds(100))
    let other = [UInt8](repeating: 9, count: 32)
    try await store.renewSession("session-1", secretHash: other, isStepUp: false, .sample())
    #expect(try await store.session(secretHash: hash) == nil)
    #expect(try await store.session(secretHash: other)?.session.stepUpAt == found.session.createdAt)
    try await store.renewSession("session-1", secretHash: hash, isStepUp: true, .sample())
    #expect(try await store.session(id: "session-1")?.session.stepUpAt == clock.now)
    #expect(await storeError { try await store.endSession("session-1", ofUser: 77, .sample()) } == .refused(.sessionUnknown))
    try await store.endSession("session-1", ofUser: ada.id, .sample())
    #expect(await storeError { try await store.endSession("session-1", .sample()) } == .refused(.sessionUnknown))
  }

  @Test func `The sessions of one user are bounded, and the oldest ends`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    for number in 0..<52 {
      clock.advance(.seconds(1))
      try await session("session-\(number)", of: ada.id)
    }
    let ids = try await store.sessions(ofUser: ada.id).map(\.id)
    #expect(ids.count == 50 && ids.last == "session-2")
    #expect(try await store.pruneSessions(idleSince: Timestamp(milliseconds: clock.now.milliseconds - 1000)).count == 49)
  }

  @Test func `A token keeps its scopes and limits, and ends once`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    let new = NewToken(
      id: "0011223344ff", secretHash: Array(repeating: 1, count: 32), user: ada.id, name: "ci", scopes: ["deploy", "read"],
      limits: [.server("prod"), .stack(server: "local", name: "shop")], expiresAt: Timestamp(milliseconds: 5))
    let made = try await store.createToken(new, .sample("token.create"))
    #expect(made.scopes == ["deploy", "read"] && Set(made.limits ?? []) == Set(new.limits ?? []))
    #expect(try await store.token("0011223344ff")?.token == made)
    #expect(await storeError { try await store.revokeToken(made.id, ofUser: 9, .sample()) } == .refused(.tokenUnknown))
    try await store.revokeToken(made.id, .sample())
    #expect(await storeError { try await store.revokeToken(made.id, .sample()) } == .refused(.tokenUnknown))
    #expect(try await store.tokens(ofUser: ada.id).first?.revokedAt == clock.now)
    #expect(try await store.tokens(ofUser: 9).isEmpty)
  }

  @Test func `Rights follow a renamed server, and end with a removed one`() async throws {
    try await store.addServers([try .sample("alpha"), try .sample("beta")])
    let ada = try await store.createFirstUser(
      .sample("ada", [Grant(.admin, on: .global), Grant(.viewer, on: .server("alpha")), Grant(.viewer, on: .server("prod"))]),
      .sample())
    _ = try await store.createToken(
      NewToken(
        id: "0011223344ff", secretHash: Array(repeating: 1, count: 32), user: ada.id, name: "ci", scopes: ["read"],
        limits: [.stack(server: "alpha", name: "shop")], expiresAt: nil), .sample())
    _ = try await store.createWebhook(
      NewWebhook(
        id: "hook-0001", stack: StackKey(server: "alpha", project: "shop"), action: .deploy, createdBy: "ada",
        secret: Secret([1, 2, 3])), .sample())
    try await store.putStackHome(named: "shop", server: "alpha", source: .folder)
    try await store.renameServer("alpha", to: try #require(ServerName("prod")))
    #expect(try await store.user(ada.id)?.grants == [Grant(.admin, on: .global), Grant(.viewer, on: .server("prod"))])
    #expect(try await store.token("0011223344ff")?.token.limits == [.stack(server: "prod", name: "shop")])
    #expect(try await store.webhooks(of: StackKey(server: "prod", project: "shop")).count == 1)
    #expect(try await store.stackHome(named: "shop")?.server == "prod")
    try await store.removeServer(named: "prod")
    #expect(try await store.user(ada.id)?.grants == [Grant(.admin, on: .global)])
    // Not without limits: without a place.
    #expect(try await store.token("0011223344ff")?.token.limits == [])
    #expect(try await store.webhooks().isEmpty)
  }

  @Test func `An admin reset makes, or mends, an admin`() async throws {
    _ = try await store.createFirstUser(.sample("root"), .sample())
    let bob = try await store.createUser(.sample("bob", [Grant(.viewer, on: .server("a"))]), .sample())
    try await store.beginSecondFactor(ofUser: bob.id, seed: Secret(Array(1...20)), .sample())
    _ = try await store.confirmSecondFactor(
      ofUser: bob.id, step: 5, recoveryCodeHashes: [Array(repeating: 7, count: 32)], keeping: nil, .sample())
    _ = try await store.changeUser(bob.id, UserChange(isDisabled: true), .sample())
    let mended = try await store.resetAdmin(.sample("BOB"), .sample("account.reset")).user
    #expect(mended.id == bob.id && mended.isGlobalAdmin && mended.secondFactor == .none && mended.unusedRecoveryCodes == 0)
    #expect(mended.grants.contains(Grant(.viewer, on: .server("a"))))
    #expect(try await store.resetAdmin(.sample("carol"), .sample()).user.isGlobalAdmin)
  }

  // MARK: Second factors

  @Test func `A second factor is in force after its first code, and each step counts once`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    #expect(try await store.secondFactorSeed(ofUser: ada.id) == nil)
    try await store.beginSecondFactor(ofUser: ada.id, seed: Secret(Array(1...20)), .sample())
    #expect(try await store.user(ada.id)?.secondFactor == .pending)
    try await session("session-1", of: ada.id)
    let hashes = (0..<10).map { [UInt8](repeating: $0, count: 32) }
    let confirmed = try await store.confirmSecondFactor(
      ofUser: ada.id, step: 100, recoveryCodeHashes: hashes, keeping: nil, .sample())
    #expect(confirmed?.user.secondFactor == .confirmed && confirmed?.user.unusedRecoveryCodes == 10)
    #expect(confirmed?.endedSessions == ["session-1"])
    #expect(try await store.secondFactorSeed(ofUser: ada.id)?.reveal() == Array(1...20))
    #expect(try await !store.useSecondFactorStep(100, ofUser: ada.id))
    #expect(try await store.useSecondFactorStep(101, ofUser: ada.id))
    #expect(try await !store.useSecondFactorStep(100, ofUser: ada.id))
    #expect(try await store.useRecoveryCode(hash: hashes[3], ofUser: ada.id, .sample()))
    #expect(try await !store.useRecoveryCode(hash: hashes[3], ofUser: ada.id, .sample()))
    #expect(try await store.user(ada.id)?.unusedRecoveryCodes == 9)
    guard case .invalid = await storeError({ try await store.beginSecondFactor(ofUser: ada.id, seed: Secret([1]), .sample()) })
    else { return #expect(Bool(false), "the second factor in force was replaced") }
  }

  @Test func `Of 20 uses of one step at once one counts`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    try await store.beginSecondFactor(ofUser: ada.id, seed: Secret(Array(1...20)), .sample())
    let counted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 { group.addTask { try await store.useSecondFactorStep(7, ofUser: ada.id) } }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(counted == 1)
  }

  @Test func `AB-H1: no byte of a seed or a webhook's secret is in the files of the store`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    try await store.beginSecondFactor(ofUser: ada.id, seed: Secret(Array("canary-seed-1234567x".utf8)), .sample())
    _ = try await store.createWebhook(
      NewWebhook(
        id: "hook-0001", stack: .shop, action: .update, createdBy: "ada", secret: Secret(Array("canary-hook-1234567x".utf8))),
      .sample())
    _ = try await store.backUpIfDue()
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else { continue }
      for needle in ["canary-seed-1234567x", "canary-hook-1234567x"] {
        #expect(data.range(of: Data(needle.utf8)) == nil, "\(name)")
      }
    }
  }

  @Test func `AB-H2: exchanged, spoiled and older sealed values do not open and are named`() async throws {
    let ada = try await store.createFirstUser(.sample("ada"), .sample())
    let bob = try await store.createUser(.sample("bob"), .sample())
    for user in [ada, bob] {
      try await store.beginSecondFactor(ofUser: user.id, seed: Secret(Array(repeating: UInt8(user.id), count: 20)), .sample())
    }
    for id in ["hook-0001", "hook-0002"] {
      _ = try await store.createWebhook(
        NewWebhook(id: id, stack: .shop, action: .deploy, createdBy: "ada", secret: Secret(Array(id.utf8))), .sample())
    }
    func sealed(_ sql: String) throws -> Data { try #require(try folder.raw { try Data.fetchOne($0, sql: sql) }) }
    let seed = try sealed("SELECT totp_sealed FROM user WHERE id = \(ada.id)")
    let otherSeed = try sealed("SELECT totp_sealed FROM user WHERE id = \(bob.id)")
    let secret = try sealed("SELECT sealed FROM webhook WHERE id = 'hook-0001'")
    let otherSecret = try sealed("SELECT sealed FROM webhook WHERE id = 'hook-0002'")
    let key = try sealed("SELECT sealed FROM audit_key")
    var spoiled = seed
    spoiled[20] ^= 1
    for value in [otherSeed, secret, key, spoiled] {
      try folder.raw { try $0.execute(sql: "UPDATE user SET totp_sealed = ? WHERE id = ?", arguments: [value, ada.id]) }
      #expect(
        await storeError { _ = try await store.secondFactorSeed(ofUser: ada.id) } == .secretDamaged(row: "user 1 (version 1)"))
    }
    for value in [otherSecret, seed, key] {
      try folder.raw { try $0.execute(sql: "UPDATE webhook SET sealed = ? WHERE id = 'hook-0001'", arguments: [value]) }
      #expect(
        await storeError { _ = try await store.webhookSecret("hook-0001") }
          == .secretDamaged(row: "webhook hook-0001 (version 1)"))
    }
    // An older seed of the same user.
    try await store.beginSecondFactor(ofUser: ada.id, seed: Secret(Array(repeating: 9, count: 20)), .sample())
    try folder.raw { try $0.execute(sql: "UPDATE user SET totp_sealed = ? WHERE id = ?", arguments: [seed, ada.id]) }
    #expect(
      await storeError { _ = try await store.secondFactorSeed(ofUser: ada.id) } == .secretDamaged(row: "user 1 (version 2)"))
    #expect(try await store.secondFactorSeed(ofUser: bob.id)?.reveal() == Array(repeating: UInt8(bob.id), count: 20))
    // The signing key of the log.
    try folder.tamper()
    try folder.raw { try $0.execute(sql: "UPDATE audit_key SET sealed = ?", arguments: [secret]) }
    #expect(await storeError { _ = try await store.verifyAudit() } == .secretDamaged(row: "audit_key 1 (version 1)"))
  }
}
