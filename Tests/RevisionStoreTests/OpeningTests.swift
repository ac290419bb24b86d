import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct OpeningTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  @Test func `A new store is private and holds the schema`() async throws {
    let store = try folder.open()
    try await store.deploy()
    #expect(try folder.mode("") == 0o700)
    for name in ["slipway.db", "slipway.db-wal", "slipway.lock", "slipway.reserve"] {
      #expect(try folder.mode(name) == 0o600, "\(name)")
    }
    #expect(try folder.raw { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 9)
    #expect(store.condition == .sound)
  }

  @Test func `R-DB-1: the settings hold on the connection that reads and on the one that writes`() async throws {
    let store = try folder.open()
    let settings = [
      "journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1", "mmap_size": "0",
      "trusted_schema": "0", "cell_size_check": "1", "wal_autocheckpoint": "0",
    ]
    @Sendable func found(_ db: Database) throws -> [String: String] {
      var found: [String: String] = [:]
      for name in settings.keys {
        let value = try DatabaseValue.fetchOne(db, sql: "PRAGMA \(name)")
        found[name] = value.flatMap { String.fromDatabaseValue($0) ?? Int.fromDatabaseValue($0).map(String.init) }
      }
      return found
    }
    #expect(try await store.read { try found($0) } == settings)
    #expect(try await store.write { try found($0) } == settings)
  }

  @Test func `The connection that reads cannot write`() async throws {
    let store = try folder.open()
    let error = await storeError { try await store.read { try $0.execute(sql: "DELETE FROM stack") } }
    #expect(error != nil)
  }

  @Test func `Opening for reading makes nothing`() throws {
    #expect(try RevisionStore.openForReading(dataDirectory: folder.path) == nil)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test func `Opening for reading finds what was stored`() async throws {
    try await folder.open().deploy()
    let reading = try #require(try RevisionStore.openForReading(dataDirectory: folder.path))
    #expect(try await reading.currentRevision(of: .shop)?.number == 1)
  }

  @Test func `A read-only start writes nothing to the disk`() async throws {
    try await folder.open().deploy()
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/slipway.lock"))
    let store = try folder.open()
    _ = try await store.currentRevision(of: .shop)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/slipway.lock")) == before)
  }

  @Test func `R-DB-3: the schema of a newer Slipway is refused`() async throws {
    try await folder.open().deploy()
    try folder.raw { try $0.execute(sql: "PRAGMA user_version = 99") }
    let error = await storeError { _ = try folder.open() }
    #expect(error == .newerSchema(path: folder.path + "/slipway.db", found: 99, known: 9))
  }

  @Test func `The database of another program is left alone`() async throws {
    _ = try folder.open()
    try folder.raw { try $0.execute(sql: "PRAGMA application_id = 7") }
    let error = await storeError { _ = try folder.open() }
    guard case .invalid = error else { return #expect(Bool(false), "got \(String(describing: error))") }
  }

  @Test func `A folder that others can enter is refused with the remedy`() async throws {
    _ = try folder.open()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    let error = await storeError { _ = try folder.open() }
    #expect(
      error == .unsafePermissions(path: folder.path, mode: 0o755, remedy: "run `chmod 700 \(folder.path)`"))
  }

  @Test func `The data directory may be a link`() async throws {
    try FileManager.default.createDirectory(
      atPath: folder.root + "/real", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try FileManager.default.createSymbolicLink(atPath: folder.path, withDestinationPath: folder.root + "/real")
    try await folder.open().deploy(.sample(variables: ["TOKEN": .secret(Secret("value"))]))
    #expect(FileManager.default.fileExists(atPath: folder.root + "/real/master.key"))
  }

  @Test func `The whole file can be checked on demand`() async throws {
    let store = try folder.open()
    try await store.deploy()
    #expect(try await store.integrityProblem() == nil)
  }

  @Test func `A database that others can read is refused`() async throws {
    _ = try folder.open()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path + "/slipway.db")
    guard case .unsafePermissions = await storeError({ _ = try folder.open() }) else {
      return #expect(Bool(false), "it was opened")
    }
  }

  @Test func `A file that is no database is reported and not replaced`() async throws {
    _ = try folder.open()
    let url = URL(fileURLWithPath: folder.path + "/slipway.db")
    let garbage = Data(repeating: 0x41, count: 8192)
    try garbage.write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    guard case .damaged = await storeError({ _ = try folder.open() }) else {
      return #expect(Bool(false), "it was opened")
    }
    #expect(try Data(contentsOf: url) == garbage)
  }

  @Test func `R-DB-3: damage found after an unclean end opens for reading only and tells how to restore`() async throws {
    let store = try folder.open()
    for _ in 0..<40 { try await store.deploy() }
    let backup = try #require(try await store.backUpIfDue())
    try await store.close()
    try spoilIndex()
    // Another boot: nobody can say how the last writer ended.
    let reopened = try folder.open(boot: "boot-2")
    guard case .damaged(let error) = reopened.condition else { return #expect(Bool(false), "damage was not seen") }
    #expect("\(error)".contains(backup))
    #expect("\(error)".contains("reading only"))
    #expect(try await reopened.revisions(of: .shop, limit: 1).count == 1)
    guard case .damaged = await storeError({ try await reopened.deploy() }) else {
      return #expect(Bool(false), "it was written to")
    }
  }

  @Test func `A writer that died in a write makes the next start look through the file`() async throws {
    let store = try folder.open()
    for _ in 0..<40 { try await store.deploy() }
    try await store.close()
    try spoilIndex()
    #expect(try folder.open().condition == .sound, "the check is for unclean ends")
    try Data("wboot-1".utf8).write(to: URL(fileURLWithPath: folder.path + "/slipway.lock"))
    guard case .damaged = try folder.open().condition else { return #expect(Bool(false), "damage was not seen") }
  }

  @Test func `A backup is a sound copy, is made once a day, and seven are kept`() async throws {
    let day: Int64 = 24 * 60 * 60 * 1000
    try await folder.open().deploy()
    for number in 1...9 {
      let store = try folder.open(now: day * Int64(number))
      #expect(try await store.backUpIfDue() != nil)
      #expect(try await store.backUpIfDue() == nil)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/backups").sorted()
    #expect(names.count == 7)
    #expect(names.allSatisfy { $0.hasPrefix("slipway-") && $0.hasSuffix(".db") })
    let copy = try DatabaseQueue(path: folder.path + "/backups/" + names[6])
    #expect(try await copy.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    #expect(try await copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM revision") } == 1)
  }

  @Test func `A closed store says so`() async throws {
    let store = try folder.open()
    try await store.deploy()
    try await store.close()
    #expect(await storeError { try await store.deploy() } == .closed)
    #expect(await storeError { _ = try await store.currentRevision(of: .shop) } == .closed)
  }

  /// Exchanges two bytes in the middle of the file's index pages, so that `quick_check` complains.
  private func spoilIndex() throws {
    let root = try folder.raw {
      try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'operation_of_stack'")
    }
    let page = try #require(root)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.path + "/slipway.db"))
    try file.seek(toOffset: UInt64((page - 1) * 4096))
    try file.write(contentsOf: Data(repeating: 0xFF, count: 64))
    try file.close()
  }
}
