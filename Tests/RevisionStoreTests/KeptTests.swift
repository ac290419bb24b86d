import Foundation
import GRDB
import Testing

@testable import RevisionStore

/// Settings, idempotency keys, webhooks, homes of stacks.
@Suite struct KeptTests: StoreTests {
  let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  @Test func `Settings are set and taken away, all or none`() async throws {
    try await store.putSettings(["a": "1", "b": "\"x\""], .sample("settings.write"))
    try await store.putSettings(["a": "2", "b": nil], .sample("settings.write"))
    #expect(try await store.settings() == ["a": "2"])
    let large = String(repeating: "x", count: 65_537)
    guard case .invalid = await storeError({ try await store.putSettings(["a": "3", "c": large], .sample()) }) else {
      return #expect(Bool(false), "a setting of any size was kept")
    }
    #expect(try await store.setting("a") == "2")
    #expect(try await store.auditRecords().count == 2)
  }

  @Test func `A request under one key is done once, and its answer given again for a day`() async throws {
    let hash = [UInt8](repeating: 1, count: 32)
    func begin(by principal: String = "user:1", _ hash: [UInt8]) async throws -> IdempotentRequest {
      try await store.beginIdempotent(key: "k", principal: principal, requestHash: hash)
    }
    #expect(try await begin(hash) == .new)
    #expect(try await begin(hash) == .running)
    #expect(try await begin(by: "user:2", hash) == .new)
    #expect(await storeError { _ = try await begin([UInt8](repeating: 2, count: 32)) } == .refused(.idempotencyMismatch))
    try await store.finishIdempotent(key: "k", principal: "user:1", status: 202, body: [1, 2])
    #expect(try await begin(hash) == .done(status: 202, body: [1, 2]))
    try await store.forgetUnfinishedIdempotent()
    #expect(try await begin(by: "user:2", hash) == .new)
    try await store.finishIdempotent(key: "k", principal: "user:2", status: 200, body: [UInt8](repeating: 0, count: 65_537))
    #expect(try await begin(by: "user:2", hash) == .new)
    clock.advance(.seconds(86_401))
    #expect(try await begin(hash) == .new)
    #expect(try folder.count("idempotency") == 1)
  }

  // The body of a request may have a password in it.
  @Test func `A request is kept as an HMAC under a key that the database does not have`() async throws {
    let hash = [UInt8](repeating: 1, count: 32)
    _ = try await store.beginIdempotent(key: "k", principal: "p", requestHash: hash)
    let kept = try folder.raw { try Data.fetchOne($0, sql: "SELECT request_hash FROM idempotency") }
    #expect(kept?.count == 32 && kept != Data(hash))
    let other = try StoreFolder()
    _ = try await other.open(clock: clock).beginIdempotent(key: "k", principal: "p", requestHash: hash)
    #expect(try other.raw { try Data.fetchOne($0, sql: "SELECT request_hash FROM idempotency") } != kept)
  }

  @Test func `Answers go after a day, also where nobody asks any more`() async throws {
    _ = try await store.beginIdempotent(key: "k", principal: "p", requestHash: [UInt8](repeating: 1, count: 32))
    clock.advance(.seconds(86_000))
    _ = try await store.beginIdempotent(key: "l", principal: "p", requestHash: [UInt8](repeating: 1, count: 32))
    #expect(try await store.pruneIdempotent() == 0)
    clock.advance(.seconds(401))
    #expect(try await store.pruneIdempotent() == 1)
    #expect(try folder.count("idempotency") == 1)
  }

  @Test func `Of 20 equal requests at once one is new`() async throws {
    let fresh = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await store.beginIdempotent(key: "k", principal: "p", requestHash: [UInt8](repeating: 1, count: 32)) == .new
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(fresh == 1)
  }

  @Test func `S-OUT-3: a webhook takes each signature once`() async throws {
    let new = NewWebhook(
      id: "hook-0001", stack: .shop, action: .update, createdBy: "ada", secret: Secret(Array("secret".utf8)))
    let made = try await store.createWebhook(new, .sample("webhook.create"))
    #expect(try await store.webhook("hook-0001") == made && made.action == .update)
    #expect(try await store.webhooks(of: .shop) == [made])
    #expect(try await store.webhooks(of: .blog).isEmpty)
    #expect(try await store.webhookSecret("hook-0001").reveal() == Array("secret".utf8))
    let signature = [UInt8](repeating: 3, count: 32)
    #expect(try await store.useWebhook("hook-0001", signature: signature, .sample("webhook.use")))
    clock.advance(.seconds(599))
    #expect(try await !store.useWebhook("hook-0001", signature: signature, .sample("webhook.use")))
    #expect(try await store.webhook("hook-0001")?.lastUsedAt == clock.now)
    #expect(
      await storeError { _ = try await store.useWebhook("hook-none", signature: signature, .sample()) }
        == .refused(.webhookUnknown))
    try await store.removeWebhook("hook-0001", .sample("webhook.remove"))
    #expect(await storeError { _ = try await store.webhookSecret("hook-0001") } == .refused(.webhookUnknown))
    #expect(try await store.auditRecords().map(\.action) == ["webhook.remove", "webhook.use", "webhook.create"])
  }

  @Test func `The home of a stack is a folder or a repository`() async throws {
    try await store.putStackHome(named: "shop", server: "local", source: .folder)
    let git = StackHome.Git(url: "https://example.org/x.git", ref: "main", path: "shop", intervalSeconds: 300)
    clock.advance(.seconds(5))
    try await store.putStackHome(named: "shop", server: "local", source: .git(git), .sample("stack.edit"))
    let elsewhere = await storeError { try await store.putStackHome(named: "shop", server: "prod", source: .folder) }
    #expect(elsewhere == .refused(.stackIsElsewhere(name: "shop")))
    let home = try #require(try await store.stackHome(named: "shop"))
    #expect(home.server == "local" && home.source == .git(git) && home.updatedAt == clock.now && home.createdAt < home.updatedAt)
    #expect(try await store.stackHomes() == [home])
    for bad in ["../x", "", "A", "a/b", "-rf", "ａ", String(repeating: "a", count: 64)] {
      guard case .invalid = await storeError({ try await store.putStackHome(named: bad, server: "local", source: .folder) })
      else {
        #expect(Bool(false), "\(bad) was taken for a name")
        continue
      }
    }
    try await store.removeStackHome(named: "shop")
    #expect(try await store.stackHome(named: "shop") == nil)
  }

  @Test func `A stack that has moved is at home there, with its webhooks and without its exceptions`() async throws {
    let (here, there) = (StackKey(server: "local", project: "shop"), StackKey(server: "prod", project: "shop"))
    try await store.putStackHome(named: "shop", server: "local", source: .folder, secrets: ["PIN": Secret("1234")])
    _ = try await store.createWebhook(
      NewWebhook(id: "hook-0001", stack: here, action: .deploy, createdBy: "ada", secret: Secret([1])), .sample())
    try await store.grantPolicyExceptions(
      [NewPolicyException(stack: here, rule: "POL-1", reason: "r", grantedBy: "ada", lifetimeMilliseconds: 60_000)], [])
    #expect(try await store.moveStackHome(here, to: "prod"))
    #expect(try await store.stackHome(named: "shop")?.server == "prod")
    #expect(try await store.secretValues(of: there).mapValues { $0.reveal() } == ["PIN": "1234"])
    #expect(try await store.webhooks(of: here).isEmpty)
    #expect(try await store.webhooks(of: there).map(\.id) == ["hook-0001"])
    #expect(try await store.webhookSecret("hook-0001").reveal() == [1])
    #expect(try await store.policyExceptions(of: there).isEmpty)
    // Not twice, and not from where it is not.
    #expect(try await !store.moveStackHome(here, to: "other"))
    #expect(try await store.stackHome(named: "shop")?.server == "prod")
  }

  @Test func `A deleted stack leaves nothing to the next of its name, and others as they are`() async throws {
    func key(_ server: String, _ name: String) -> StackKey { StackKey(server: server, project: name) }
    let gone = key("local", "shop")
    let kept = [key("local", "blog"), key("prod", "shop")]
    let ada = try await store.createFirstUser(
      .sample(
        "ada",
        [Grant(.admin, on: .global)]
          + ([gone] + kept).map {
            Grant(.operator_, on: .stack(server: $0.server, name: $0.project))
          }), .sample())
    _ = try await store.createToken(
      NewToken(
        id: "0011223344ff", secretHash: Array(repeating: 1, count: 32), user: ada.id, name: "ci", scopes: ["read"],
        limits: [.stack(server: "local", name: "shop")], expiresAt: nil), .sample())
    for (number, stack) in ([gone] + kept).enumerated() {
      try await store.setSecret(Secret("v"), named: "V", of: stack, .sample())
      _ = try await store.createWebhook(
        NewWebhook(id: "hook-000\(number)", stack: stack, action: .deploy, createdBy: "ada", secret: Secret([1])), .sample())
    }
    try await store.putStackHome(named: "shop", server: "local", source: .folder, secrets: ["W": Secret("w")])
    #expect(try await store.secretValue(named: "W", of: gone)?.reveal() == "w")
    try await store.putStackHome(named: "blog", server: "local", source: .folder)
    try await store.putSettings(["git.commit.shop": "1", "git.commit.blog": "1"], .sample())
    try await store.removeStack(gone, settings: ["git.commit.shop"], .sample("stack.delete"))
    #expect(try await store.stackHomes().map(\.name) == ["blog"])
    #expect(try await store.secrets(of: gone).isEmpty)
    #expect(try await store.webhooks(of: gone).isEmpty)
    #expect(try await store.settings() == ["git.commit.blog": "1"])
    let scopes = Set(try await store.user(ada.id)?.grants.map(\.scope) ?? [])
    #expect(scopes == [.global, .stack(server: "local", name: "blog"), .stack(server: "prod", name: "shop")])
    // Not without limits: without a place.
    #expect(try await store.token("0011223344ff")?.token.limits == [])
    for stack in kept {
      #expect(try await store.secrets(of: stack).map(\.name) == ["V"])
      #expect(try await store.webhooks(of: stack).count == 1)
    }
    #expect(try await store.auditRecords().first?.action == "stack.delete")
  }
}
