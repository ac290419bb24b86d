import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct MigrationTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  /// The version after all that there are.
  private static let next = (Schema.migrations.last?.version ?? 0) + 1

  private func open(adding statements: [String]) throws -> RevisionStore {
    var options = RevisionStore.Options(reserveBytes: 0)
    options.migrations = Schema.migrations + [Migration(version: Self.next, statements: statements)]
    return try RevisionStore.open(
      dataDirectory: folder.path, processes: .fake(pid: 1, alive: [1]), options: options,
      now: { Timestamp(milliseconds: 5_000) })
  }

  @Test func `R-DB-3: an older database is copied and then brought up to date`() async throws {
    try await folder.open().deploy()
    let store = try open(adding: ["CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT"])
    #expect(try await store.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Self.next)
    #expect(try await store.read { try $0.tableExists("extra") })
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    let copy = try DatabaseQueue(path: folder.path + "/backups/slipway-000000000005000.db")
    #expect(try await copy.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Self.next - 1)
    #expect(try await copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM revision") } == 1)
  }

  @Test func `A store of the fourth schema keeps its servers and gets accounts`() async throws {
    var options = RevisionStore.Options(reserveBytes: 0)
    options.migrations = Array(Schema.migrations.prefix(4))
    let old = try RevisionStore.open(
      dataDirectory: folder.path, processes: .fake(pid: 1, alive: [1]), options: options, now: { Timestamp(milliseconds: 5_000) })
    // What it is written with knows the columns of today only.
    try folder.raw { db in
      try db.execute(sql: "ALTER TABLE secret ADD COLUMN is_set INTEGER")
      try db.execute(sql: "ALTER TABLE server ADD COLUMN agent_key TEXT")
    }
    try await old.deploy()
    try await old.addServers([try .sample("alpha", credential: .password(Secret("word")))])
    try await old.close()
    try folder.raw { db in
      try db.execute(sql: "ALTER TABLE secret DROP COLUMN is_set")
      try db.execute(sql: "ALTER TABLE server DROP COLUMN agent_key")
    }
    let store = try folder.open()
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    #expect(try await store.credential(ofServer: "alpha") == .password(Secret("word")))
    let ada = try await store.createFirstUser(
      .sample("ada", [Grant(.admin, on: .global), Grant(.viewer, on: .server("alpha"))]), .sample())
    try await store.renameServer("alpha", to: try #require(ServerName("prod")))
    #expect(try await store.user(ada.id)?.grants.last == Grant(.viewer, on: .server("prod")))
    #expect(try await store.integrityProblem() == nil)
  }

  @Test func `A migration that fails changes nothing`() async throws {
    try await folder.open().deploy()
    let error = await storeError {
      _ = try open(adding: ["CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT", "INSERT INTO nowhere VALUES (1)"])
    }
    guard case .database = error else { return #expect(Bool(false), "got \(String(describing: error))") }
    let store = try folder.open()
    #expect(try await store.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Self.next - 1)
    #expect(try await store.read { try !$0.tableExists("extra") })
    try await store.deploy()
  }

  @Test func `Two processes that start on an empty folder make one schema`() async throws {
    let stores = try await withThrowingTaskGroup(of: RevisionStore.self) { group in
      for pid in 1...4 { group.addTask { try folder.open(pid: Int32(pid), alive: [1, 2, 3, 4]) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for store in stores { try await store.deploy() }
    #expect(try await stores[0].currentRevision(of: .shop)?.number == 4)
  }
}
