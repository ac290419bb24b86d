import Foundation
import GRDB
import Synchronization
import Testing

@testable import RevisionStore

/// S-SEC-2, AB-H3: a new master key, and new data keys, with a look at what a crash would leave at every step.
@Suite struct KeyRotationTests {
  private let folder: StoreFolder
  private static let canonical = Array("{\"TOKEN\":\"canonical-value\"}".utf8)
  private static let server = "server-password-value"

  init() throws { folder = try StoreFolder() }

  /// A value in every place that there is.
  private func fill(_ store: RevisionStore) async throws -> Int64 {
    for (stack, value) in [(StackKey.shop, "one"), (.blog, "two")] {
      var revision = NewRevision.sample(variables: ["TOKEN": .secret(Secret(value)), "OTHER": .secret(Secret(value + value))])
      revision.canonical = .sealed(Secret(Self.canonical))
      try await store.deploy(revision, to: stack)
    }
    try await store.addServers([try .sample("alpha", credential: .password(Secret(Self.server)))])
    let user = try await store.createUser(.sample("ada"), .sample())
    try await store.beginSecondFactor(ofUser: user.id, seed: Secret(Array(1...20)), .sample())
    _ = try await store.createWebhook(
      NewWebhook(id: "hook-0001", stack: .shop, action: .deploy, createdBy: "ada", secret: Secret(Array(2...33))), .sample())
    try await store.putGitToken(
      GitToken(host: "git.example:443", user: "oauth2", token: Secret("glpat-value")), ofStack: "shop", .sample())
    _ = try await store.putDraft(Array("draft".utf8), ofStack: "shop", author: "ada", seen: 0)
    return user.id
  }

  private func requireAll(_ store: RevisionStore, user: Int64) async throws {
    try await store.checkMasterKey()
    for (stack, value) in [(StackKey.shop, "one"), (.blog, "two")] {
      #expect(try await store.secretValue(named: "TOKEN", of: stack)?.reveal() == value)
      #expect(try await store.secretValue(named: "OTHER", of: stack)?.reveal() == value + value)
      let revision = try #require(try await store.currentRevision(of: stack))
      #expect(try await store.content(revision.canonical, of: stack).reveal() == Self.canonical)
    }
    #expect(try await store.credential(ofServer: "alpha") == .password(Secret(Self.server)))
    #expect(try await store.secondFactorSeed(ofUser: user)?.reveal() == Array(1...20))
    #expect(try await store.webhookSecret("hook-0001").reveal() == Array(2...33))
    #expect(try await store.gitToken(ofStack: "shop")?.token.reveal() == "glpat-value")
    #expect(try await store.draft(ofStack: "shop")?.content.reveal() == Array("draft".utf8))
    guard case .sound = try await store.verifyAudit() else {
      Issue.record("the audit log: \(try await store.verifyAudit())")
      return
    }
  }

  private func key() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path + "/master.key")) }

  private static let sealedColumns = [
    "SELECT sealed FROM secret ORDER BY id", "SELECT sealed FROM sealed_blob ORDER BY id", "SELECT sealed FROM server_secret",
    "SELECT totp_sealed FROM user", "SELECT sealed FROM webhook", "SELECT sealed FROM git_token", "SELECT sealed FROM draft",
  ]

  private func sealed() throws -> [Data] {
    try folder.raw { db in try Self.sealedColumns.flatMap { try Data.fetchAll(db, sql: $0) } }
  }

  @Test func `A new master key wraps the data keys and touches no value`() async throws {
    let store = try folder.open()
    let user = try await fill(store)
    let (before, values) = (try key(), try sealed())
    let rotated = try await store.rotateMasterKey(.sample("secrets.rotate"))
    // Two stacks, a server, and what belongs to the whole.
    #expect(rotated.dataKeys == 4)
    #expect(try key() != before)
    #expect(try folder.mode("master.key") == 0o600)
    #expect(try sealed() == values)
    #expect(!folder.exists("master.key.next"))
    try await requireAll(store, user: user)
    // The old key is the wrong one now.
    let new = try key()
    try before.write(to: URL(fileURLWithPath: folder.path + "/master.key"))
    #expect(
      await storeError { try await store.checkMasterKey() } == .masterKeyWrong(path: folder.path + "/master.key"))
    try new.write(to: URL(fileURLWithPath: folder.path + "/master.key"))
    try await requireAll(store, user: user)
    try await store.deploy(.sample(variables: ["TOKEN": .secret(Secret("three"))]))
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "three")
  }

  @Test func `New data keys seal every value anew, and revisions can still be compared`() async throws {
    let store = try folder.open()
    let user = try await fill(store)
    let values = try sealed()
    let revision = try #require(try await store.currentRevision(of: .shop))
    for round in 1...2 {
      let rotated = try await store.resealValues(.sample("secrets.rotate"))
      #expect(rotated == RotatedKeys(dataKeys: 0, values: values.count))
      try await requireAll(store, user: user)
      // The first, which makes the HMACs, and the newest.
      let versions = try folder.raw { try Int64.fetchAll($0, sql: "SELECT version FROM stack_key WHERE stack_id = 1") }
      #expect(versions == [1, Int64(round) + 1])
    }
    #expect(Set(try sealed()).isDisjoint(with: values))
    var same = NewRevision.sample(variables: ["TOKEN": .secret(Secret("one")), "OTHER": .secret(Secret("oneone"))])
    same.canonical = .sealed(Secret(Self.canonical))
    #expect(try await store.inputHash(of: same, stack: .shop) == revision.inputHash)
    #expect(try await store.currentRevision(of: .shop) == revision)
  }

  @Test(arguments: [false, true])
  func `AB-H3: a crash at any step leaves a store that opens, and the next rotation ends it`(hasValues: Bool) async throws {
    let user = try await fill(try folder.open())
    let copies = Mutex<[(KeyRotationStep, StoreFolder)]>([])
    var options = RevisionStore.Options(reserveBytes: 4096)
    options.reached = { [folder] step in
      do {
        let copy = try folder.crashCopy()
        copies.withLock { $0.append((step, copy)) }
      } catch {
        Issue.record("\(step): \(error)")
      }
    }
    let store = try RevisionStore.open(
      dataDirectory: folder.path, processes: .fake(pid: 100, alive: [100]), options: options,
      now: { Timestamp(milliseconds: 1_000_000) })
    if hasValues {
      _ = try await store.resealValues(.sample())
    } else {
      _ = try await store.rotateMasterKey(.sample())
    }
    let steps = copies.withLock { $0 }
    #expect(
      Set(steps.map(\.0))
        == (hasValues ? [.ownerBegun, .ownerResealed, .ownerDone] : [.keyWritten, .wrapped, .committed, .moved]))
    let old = try key()
    for (step, copy) in steps {
      let left = try copy.open()
      try await requireAll(left, user: user)
      // What is set now is sealed with the newest key that there is.
      try await left.setSecret(Secret("four"), named: "LATER", of: .blog, .sample())
      _ = try await left.rotateMasterKey(.sample())
      _ = try await left.resealValues(.sample())
      #expect(!copy.exists("master.key.next"), "\(step)")
      #expect(!copy.exists("master.key.next.partial"), "\(step)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: copy.path + "/master.key")) != old)
      try await requireAll(left, user: user)
      #expect(try await left.secretValue(named: "LATER", of: .blog)?.reveal() == "four")
    }
  }

  @Test func `What a killed rotation has left is no key, whatever is in it`() async throws {
    let store = try folder.open()
    let user = try await fill(store)
    for bytes in [Data(), Data(repeating: 7, count: 31), Data(repeating: 7, count: 32)] {
      try bytes.write(to: URL(fileURLWithPath: folder.path + "/master.key.next"))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path + "/master.key.next")
      try await requireAll(store, user: user)
    }
    _ = try await store.rotateMasterKey(.sample())
    #expect(!folder.exists("master.key.next"))
    try await requireAll(store, user: user)
  }

  @Test func `Another process reads and writes through rotations without a failure`() async throws {
    let store = try folder.open()
    let user = try await fill(store)
    let other = try folder.open(pid: 200, alive: [100, 200])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for _ in 1...20 { _ = try await store.rotateMasterKey(.sample()) } }
      group.addTask { for _ in 1...100 { try await requireAll(other, user: user) } }
      group.addTask {
        for number in 1...50 { try await other.setSecret(Secret("v\(number)"), named: "MORE", of: .blog, .sample()) }
      }
      try await group.waitForAll()
    }
    #expect(try await store.secretValue(named: "MORE", of: .blog)?.reveal() == "v50")
  }

  @Test func `A damaged value stays as it is, and is named`() async throws {
    let store = try folder.open()
    _ = try await fill(store)
    let count = try sealed().count
    try folder.raw { try $0.execute(sql: "UPDATE secret SET sealed = randomblob(40) WHERE name = 'OTHER' AND stack_id = 1") }
    let rotated = try await store.resealValues(.sample())
    #expect(rotated == RotatedKeys(dataKeys: 0, values: count - 1, damaged: ["secret OTHER (version 1)"]))
    #expect(
      await storeError { _ = try await store.secretValue(named: "OTHER", of: .shop) }
        == .secretDamaged(row: "secret OTHER (version 1)"))
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "one")
  }

  @Test func `Two at a time are refused, and so is one without a key or with a wrong one`() async throws {
    let store = try folder.open()
    try await store.deploy()
    guard case .notFound = await storeError({ _ = try await store.rotateMasterKey(.sample()) }) else {
      Issue.record("a rotation without a key")
      return
    }
    _ = try await fill(store)
    store.isRotating.withLock { $0 = true }
    #expect(await storeError { _ = try await store.rotateMasterKey(.sample()) } == .refused(.alreadyRotating))
    #expect(await storeError { _ = try await store.resealValues(.sample()) } == .refused(.alreadyRotating))
    store.isRotating.withLock { $0 = false }
    let path = folder.path + "/master.key"
    try Data(repeating: 1, count: 32).write(to: URL(fileURLWithPath: path))
    #expect(await storeError { _ = try await store.rotateMasterKey(.sample()) } == .masterKeyWrong(path: path))
    try FileManager.default.removeItem(atPath: path)
    #expect(await storeError { _ = try await store.rotateMasterKey(.sample()) } == .masterKeyMissing(path: path))
    #expect(!folder.exists("master.key.next"))
  }

  @Test func `AB-H2: a token for a repository opens for its stack and its host only`() async throws {
    let store = try folder.open()
    _ = try await fill(store)
    #expect(try await store.gitTokenFacts(ofStack: "shop")?.host == "git.example:443")
    try folder.raw { try $0.execute(sql: "UPDATE git_token SET host = 'evil.example:443'") }
    #expect(
      await storeError { _ = try await store.gitToken(ofStack: "shop") }
        == .secretDamaged(row: "git_token shop evil.example:443 (version 1)"))
    #expect(try await store.removeGitToken(ofStack: "shop", .sample()))
    #expect(try await store.removeGitToken(ofStack: "shop", .sample()) == false)
    for text in ["", "a b", "a\nb", String(repeating: "x", count: 4097)] {
      guard
        case .invalid = await storeError({
          try await store.putGitToken(GitToken(host: "h:1", user: "u", token: Secret(text)), ofStack: "shop", .sample())
        })
      else {
        Issue.record("a token of \(text.utf8.count) bytes was taken")
        return
      }
    }
  }
}
