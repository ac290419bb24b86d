import Foundation
import GRDB
import Synchronization
import Testing

@testable import RevisionStore

/// A clock that tests move.
final class HandClock: Sendable {
  private let milliseconds: Mutex<Int64>

  init(_ start: Int64 = 1_000_000_000) { milliseconds = Mutex(start) }

  var now: Timestamp { milliseconds.withLock { Timestamp(milliseconds: $0) } }

  func advance(_ duration: Duration) {
    milliseconds.withLock { $0 += duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000 }
  }
}

/// A store in a folder of its own, by a clock that the test moves.
struct StoreFixture {
  let folder: StoreFolder
  let clock = HandClock()
  let store: RevisionStore

  init() throws {
    folder = try StoreFolder()
    store = try folder.open(clock: clock)
  }
}

/// A suite whose every test has such a store.
protocol StoreTests {
  var fixture: StoreFixture { get }
}

extension StoreTests {
  var folder: StoreFolder { fixture.folder }
  var clock: HandClock { fixture.clock }
  var store: RevisionStore { fixture.store }
}

extension StoreFolder {
  func open(clock: HandClock) throws -> RevisionStore {
    try RevisionStore.open(
      dataDirectory: path, processes: .fake(pid: 100, alive: [100]), options: .init(reserveBytes: 4096), now: { clock.now })
  }

  /// Breaks rows as somebody does who has the file and no respect for triggers.
  func tamper(_ statements: String...) throws {
    try raw { db in
      let triggers = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'")
      for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger)") }
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      for statement in statements { try db.execute(sql: statement) }
    }
  }

  func count(_ table: String) throws -> Int {
    try raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } ?? -1
  }
}

extension AuditEntry {
  static func sample(_ action: String = "user.create", target: String = "user:ada", outcome: Outcome = .ok) -> AuditEntry {
    AuditEntry(
      actor: "ada", credential: "session:0011", address: "192.0.2.7", way: .ui, action: action, target: target, outcome: outcome,
      requestID: "r-1", detail: ["b": "2", "a": "1"])
  }
}

extension NewUser {
  static func sample(_ name: String, _ grants: [Grant] = [Grant(.admin, on: .global)]) -> NewUser {
    guard let name = UserName(name) else { preconditionFailure("tests use names that are some") }
    return NewUser(name: name, password: Secret("$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"), grants: grants)
  }
}

extension NewServer {
  static func sample(
    _ name: String, jumps: [String] = [], credential: ServerCredential = .agent(socket: nil), isJumpOnly: Bool = false
  ) throws -> NewServer {
    NewServer(
      name: try #require(ServerName(name)), user: "deploy", host: "10.0.0.2", port: 22, socket: "/var/run/docker.sock",
      jumps: try jumps.map { try #require(ServerName($0)) }, hostKeyType: "ssh-ed25519", hostKey: Array(1...51),
      credential: credential, isJumpOnly: isJumpOnly)
  }
}
