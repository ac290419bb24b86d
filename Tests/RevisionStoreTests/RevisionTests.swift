import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct RevisionTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  @Test func `A revision comes back as it was stored`() async throws {
    let store = try folder.open()
    var new = NewRevision.sample(kind: .rollback(from: 7))
    new.files.append(NewFile(path: "data/seed.sql", role: .bind, mode: 0o600, content: .plain([1, 2, 3])))
    new.files.append(
      NewFile(
        path: "data/big.bin", role: .bind, mode: 0o600,
        content: .hashOnly(sha256: [UInt8](repeating: 9, count: 32), sizeBytes: 1 << 30)))
    let operation = try await store.deploy(new)
    let revision = try #require(try await store.revision(of: .shop, number: 1))
    #expect(revision.kind == .rollback(from: 7))
    #expect(revision.outcome == .deployed)
    #expect(revision.author == "ada")
    #expect(revision.message == "first try")
    #expect(revision.projectName == "shop")
    #expect(revision.workingDirectory == "/srv/shop")
    #expect(revision.configFiles == ["compose.yaml"])
    #expect(revision.environmentFiles == [".env"])
    #expect(revision.profiles == ["web"])
    #expect(revision.scale == ["web": 2])
    #expect(revision.variables == ["TAG": .plain("1.0")])
    #expect(revision.images == new.images)
    #expect(revision.operation == operation.id)
    #expect(revision.files.map(\.path) == ["compose.yaml", "data/big.bin", "data/seed.sql"])
    #expect(revision.files[1].content == .hashOnly(sha256: [UInt8](repeating: 9, count: 32), sizeBytes: 1 << 30))
    #expect(try await store.content(revision.files[2].content, of: .shop).reveal() == [1, 2, 3])
    #expect(try await store.content(revision.canonical, of: .shop).reveal() == Array("{\"services\":{}}".utf8))
    #expect(await storeError { _ = try await store.content(revision.files[1].content, of: .shop) } != nil)
    #expect(try await store.revision(of: .shop, number: 2) == nil)
    #expect(try await store.revision(of: .blog, number: 1) == nil)
  }

  // D7
  @Test func `The images of the newest deployed revisions of each stack are told, those of failed ones are not`() async throws {
    let store = try folder.open()
    for _ in 1...3 { try await store.deploy() }
    let failed = try await store.beginOperation(.deploy())
    try await store.finish(failed.handle, .failed)
    try await store.deploy(to: .blog)
    let uses = try await store.imageUses(onServer: StackKey.shop.server, keeping: 2)
    let image = try #require(NewRevision.sample().images.values.first)
    #expect(uses.filter { $0.stack == .shop }.map(\.revision) == [3, 2])
    #expect(uses.filter { $0.stack == .blog }.map(\.revision) == (StackKey.blog.server == StackKey.shop.server ? [1] : []))
    #expect(uses.allSatisfy { $0.imageID == image.imageID && $0.reference == image.reference && $0.digest == image.digest })
    #expect(try await store.imageUses(onServer: "elsewhere", keeping: 2).isEmpty)
  }

  @Test func `Equal files are stored once for all revisions and stacks`() async throws {
    let store = try folder.open()
    for stack in [StackKey.shop, .blog] { for _ in 1...5 { try await store.deploy(to: stack) } }
    #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM blob") } == 2)
  }

  @Test func `Numbers count up in each stack and are not reused after a failure`() async throws {
    let store = try folder.open()
    try await store.deploy()
    let failed = try await store.beginOperation(.deploy())
    try await store.finish(failed.handle, .failed)
    try await store.deploy()
    try await store.deploy(to: .blog)
    #expect(try await store.revisions(of: .shop).map(\.number) == [3, 2, 1])
    #expect(try await store.revisions(of: .shop).map(\.outcome) == [.deployed, .failed, .deployed])
    #expect(try await store.revisions(of: .shop, limit: 1, before: 3).map(\.number) == [2])
    #expect(try await store.revisions(of: .blog).map(\.number) == [1])
    #expect(try await store.currentRevision(of: .shop)?.number == 3)
  }

  @Test func `Stacks are listed with what runs`() async throws {
    let store = try folder.open()
    try await store.deploy()
    try await store.deploy(to: StackKey(server: "east", project: "shop"))
    _ = try await store.beginOperation(.deploy(.blog))
    let all = try await store.stacks()
    #expect(all.map(\.stack.description) == ["shop on east", "blog", "shop"])
    let local = try await store.stacks(server: "local")
    #expect(local.map(\.stack.project) == ["blog", "shop"])
    #expect(local.map(\.currentRevision) == [nil, 1])
    #expect(local.map(\.lastRevision) == [1, 1])
    #expect(local.map { $0.holder == nil } == [false, true])
  }

  @Test func `Images may be completed while the revision is pending and not after`() async throws {
    let store = try folder.open()
    let operation = try await store.beginOperation(.deploy())
    let before = try await store.revision(of: .shop, number: 1)?.snapshotHash
    let image = ImageRecord(reference: "nginx:1", digest: "sha256:cc", imageID: "sha256:dd")
    try await store.recordImages(operation.handle, ["web": image, "db": image])
    let revision = try #require(try await store.revision(of: .shop, number: 1))
    #expect(revision.images == ["web": image, "db": image])
    #expect(revision.snapshotHash != before)
  }

  @Test func `An unchanged deploy has the same hashes, and any change another one`() async throws {
    let store = try folder.open()
    try await store.deploy()
    let stored = try #require(try await store.currentRevision(of: .shop))
    let same = NewRevision.sample()
    #expect(try await store.inputHash(of: same, stack: .shop) == stored.inputHash)
    #expect(SnapshotHash.snapshot(input: stored.inputHash, images: same.images) == stored.snapshotHash)
    var changed: [NewRevision] = [.sample(text: "services: {a: {}}"), .sample(variables: ["TAG": .plain("1.1")])]
    changed.append(.sample(variables: ["TA": .plain("G1.0")]))
    for edit: (inout NewRevision) -> Void in [
      { $0.canonical = .plain([1]) }, { $0.profiles = [] }, { $0.scale = ["web": 3] }, { $0.files[0].mode = 0o755 },
      { $0.files[0].path = "b.yaml" }, { $0.files[0].role = .config },
    ] {
      var revision = same
      edit(&revision)
      changed.append(revision)
    }
    var hashes: Set<[UInt8]> = [stored.inputHash]
    for revision in changed { hashes.insert(try #require(try await store.inputHash(of: revision, stack: .shop))) }
    #expect(hashes.count == changed.count + 1)
    var message = same
    message.message = "another word"
    #expect(try await store.inputHash(of: message, stack: .shop) == stored.inputHash)
  }

  @Test func `What cannot be kept is refused by name`() async throws {
    let store = try folder.open()
    var revision = NewRevision.sample()
    revision.canonical = .hashOnly(sha256: [], sizeBytes: 1)
    guard case .invalid = await storeError({ try await store.deploy(revision) }) else {
      return #expect(Bool(false), "a model by its hash only was accepted")
    }
    let nameless = StackKey(server: "local", project: "")
    guard case .invalid = await storeError({ try await store.deploy(to: nameless) }) else {
      return #expect(Bool(false), "a stack without a name was accepted")
    }
    #expect(try await store.stacks().isEmpty)
  }

  @Test func `Ten thousand revisions are listed and the current one is found at once`() async throws {
    let store = try folder.open()
    try await store.deploy()
    try await store.write { db in
      try db.execute(
        sql: """
          WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
          INSERT INTO revision SELECT NULL, stack_id, n.i, created_at, author, message, kind, source_number, 'failed',
            project_name, working_directory, config_files, environment_files, profiles, scale, canonical_blob,
            canonical_sealed, canonical_size, input_hash, 'x' FROM revision, n
          """)
      try db.execute(sql: "UPDATE stack SET last_revision = 10000")
    }
    var listing = Duration.seconds(1)
    var current = Duration.seconds(1)
    for _ in 1...10 {
      let started = ContinuousClock.now
      #expect(try await store.revisions(of: .shop, limit: 50).count == 50)
      let listed = ContinuousClock.now
      #expect(try await store.currentRevision(of: .shop)?.number == 1)
      listing = min(listing, listed - started)
      current = min(current, ContinuousClock.now - listed)
    }
    // Some milliseconds in a debug build here; the limits, on the best of ten, only tell a scan of all rows from a look
    // in the index.
    #expect(listing < .milliseconds(200))
    #expect(current < .milliseconds(200))
  }

  @Test func `Opening and reading the current revision takes milliseconds`() async throws {
    let first = try folder.open()
    try await first.deploy()
    try await first.close()
    var best = Duration.seconds(1)
    for _ in 1...10 {
      let started = ContinuousClock.now
      let found = try await folder.open().currentRevision(of: .shop)
      let taken = ContinuousClock.now - started
      #expect(found != nil)
      best = min(best, taken)
    }
    // The goal is 5 ms in a release build; a debug build on a busy machine gets more.
    #expect(best < .milliseconds(50), "\(best)")
    print("open and read: \(best)")
  }
}
