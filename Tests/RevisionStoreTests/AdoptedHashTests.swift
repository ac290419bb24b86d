import GRDB
import Testing

@testable import RevisionStore

@Suite struct AdoptedHashTests {
  private let hash = AdoptedHash(kind: .service, name: "web", model: "aa", running: "bb")

  @Test func `What was adopted is known from the moment that its revision is deployed`() async throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    var revision = NewRevision.sample(kind: .adopt)
    revision.adopted = [hash, hash]
    let operation = try await store.beginOperation(.deploy(.shop, revision))
    #expect(try await store.adoptedHashes(of: .shop).isEmpty)
    try await store.advance(operation.handle, to: .planning)
    try await store.finish(operation.handle, .deployed)
    #expect(try await store.adoptedHashes(of: .shop) == [hash])
    #expect(try await store.adoptedHashes(of: .blog).isEmpty)
    try await store.deploy()
    #expect(try await store.adoptedHashes(of: .shop) == [hash])
  }

  @Test func `What was adopted is never changed`() async throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    var revision = NewRevision.sample(kind: .adopt)
    revision.adopted = [hash]
    try await store.deploy(revision)
    for statement in [
      "UPDATE adopted_hash SET running = 'cc'", "DELETE FROM adopted_hash",
      "INSERT INTO adopted_hash VALUES (1, 'service', 'db', 'aa', 'cc')",
    ] {
      #expect(throws: DatabaseError.self) { try folder.raw { try $0.execute(sql: statement) } }
    }
  }
}
