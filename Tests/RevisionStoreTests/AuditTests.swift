import Crypto
import Foundation
import GRDB
import Testing

@testable import RevisionStore

/// S-AUD-1, S-AUD-2.
@Suite struct AuditTests: StoreTests {
  let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func append(_ count: Int, _ action: String = "user.create") async throws {
    try await store.appendAudit((0..<count).map { .sample(action, target: "user:\($0)") })
  }

  /// Gives later rows hashes that follow from each other, as somebody does who knows how they are made.
  private func fixChain(_ db: Database) throws {
    var previous = AuditChain.start
    for row in try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY sequence") {
      let record = try AuditRows.record(row)
      previous = AuditChain.hash(record, after: previous)
      try db.execute(
        sql: "UPDATE audit SET hash = ? WHERE sequence = ?", arguments: [Data(previous), record.sequence])
    }
  }

  @Test func `An entry comes back as it was written, cut where it is too long`() async throws {
    try await store.appendAudit([.sample()])
    var long = AuditEntry.sample("x", outcome: .denied)
    long.target = String(repeating: "t", count: 5000)
    long.detail = ["long": String(repeating: "d", count: 50_000), "zz": "kept"]
    long.credential = nil
    try await store.appendAudit([long])
    let records = try await store.auditRecords()
    #expect(records.map(\.sequence) == [2, 1])
    let first = records[1]
    #expect(first.actor == "ada" && first.credential == "session:0011" && first.address == "192.0.2.7" && first.way == .ui)
    #expect(first.outcome == .ok && first.requestID == "r-1" && first.detail == #"{"a":"1","b":"2"}"# && first.at == clock.now)
    #expect(records[0].target.utf8.count <= 512 && records[0].detail.utf8.count <= 4096 && records[0].credential == nil)
    #expect(records[0].detail.contains("kept"))
    #expect(try await store.verifyAudit() == .sound(first: 1, last: 2, heads: 1))
  }

  @Test func `An empty log is sound`() async throws {
    #expect(try await store.verifyAudit() == .sound(first: 0, last: 0, heads: 0))
    #expect(try await store.signAudit() == nil)
  }

  @Test func `Entries are neither changed nor removed by any connection of ours`() async throws {
    try await append(3)
    for statement in [
      "UPDATE audit SET actor = 'eve'", "DELETE FROM audit", "UPDATE audit_head SET at = 0", "DELETE FROM audit_head",
      "DELETE FROM audit_tail", "UPDATE audit_tail SET sequence = 1", "DELETE FROM audit_key",
      "UPDATE audit_key SET key_version = 2",
    ] {
      #expect(await storeError { try await store.write { try $0.execute(sql: statement) } } != nil, "\(statement)")
    }
    #expect(try await store.verifyAudit() == .sound(first: 1, last: 3, heads: 1))
  }

  @Test func `AB-B5: a changed entry is found and named`() async throws {
    try await append(20)
    for (sequence, assignment) in [
      (7, "actor = 'eve'"), (1, "at = at + 1"), (20, "outcome = 'failed'"), (3, "detail = '{}'"), (4, "credential = NULL"),
      (5, "way = 'cli'"), (6, "hash = zeroblob(32)"),
    ] {
      let copy = try folder.crashCopy()
      try copy.tamper("UPDATE audit SET \(assignment) WHERE sequence = \(sequence)")
      let verdict = try await copy.open(clock: clock).verifyAudit()
      #expect(verdict == .broken(sequence: Int64(sequence), .changed), "\(assignment)")
    }
  }

  @Test func `AB-B5: a changed entry is found also when all hashes after it were made anew`() async throws {
    try await append(20)
    try folder.tamper("UPDATE audit SET actor = 'eve' WHERE sequence = 7")
    try folder.raw(fixChain)
    // The note of the end is the first thing after it that cannot be made anew.
    #expect(try await store.verifyAudit() == .broken(sequence: 20, .changed))
    // And the first signature, for an entry before it.
    try folder.tamper("UPDATE audit SET actor = 'eve' WHERE sequence = 1")
    try folder.raw(fixChain)
    #expect(try await store.verifyAudit() == .broken(sequence: 1, .changed))
  }

  @Test func `AB-B5: entries removed in the middle are found`() async throws {
    try await append(20)
    try folder.tamper("DELETE FROM audit WHERE sequence IN (8, 9)")
    #expect(try await store.verifyAudit() == .broken(sequence: 8, .missing))
  }

  @Test func `AB-B5: a cut end is found by the signed head`() async throws {
    try await append(20)
    _ = try #require(try await store.signAudit())
    // The note of the end goes too, as far as somebody without the key can put another there.
    try folder.tamper("DELETE FROM audit WHERE sequence > 10", "DELETE FROM audit_tail")
    try folder.raw(fixChain)
    #expect(try await store.verifyAudit() == .broken(sequence: 1, .added))
    let tail = "INSERT INTO audit_tail SELECT 1, sequence, hash, zeroblob(32) FROM audit WHERE sequence = 10"
    try folder.tamper(tail)
    #expect(try await store.verifyAudit() == .broken(sequence: 10, .endReplaced))
  }

  @Test func `AB-B5: a cut end is found by the note of it when no head was signed since`() async throws {
    try await append(20)
    try folder.tamper("DELETE FROM audit WHERE sequence > 10")
    #expect(try await store.verifyAudit() == .broken(sequence: 11, .cutOff))
    // Later entries do not cover it.
    try await append(1)
    #expect(try await store.verifyAudit() == .broken(sequence: 11, .missing))
  }

  @Test func `AB-B5: a cut that an older note of the end covers is found by the signed head`() async throws {
    try await append(10)
    let older = try folder.raw { try Row.fetchOne($0, sql: "SELECT * FROM audit_tail") }
    let values = try #require(older)
    try await append(10)
    _ = try await store.signAudit()
    try folder.tamper("DELETE FROM audit WHERE sequence > 10")
    try folder.raw {
      try $0.execute(
        sql: "UPDATE audit_tail SET sequence = ?, hash = ?, mac = ?",
        arguments: [values["sequence"] as Int64, values["hash"] as Data, values["mac"] as Data])
    }
    #expect(try await store.verifyAudit() == .broken(sequence: 11, .cutOff))
  }

  @Test func `A replaced end stays known after further entries`() async throws {
    try await append(20)
    try folder.tamper(
      "DELETE FROM audit WHERE sequence > 10",
      "UPDATE audit_tail SET sequence = 10, hash = (SELECT hash FROM audit WHERE sequence = 10)")
    try await append(5)
    #expect(try await store.verifyAudit() == .broken(sequence: 11, .endReplaced))
  }

  @Test func `An added entry and a signature of another key are found`() async throws {
    try await append(5)
    let key = Curve25519.Signing.PrivateKey()
    let forged = try #require(try await store.auditHeads().first)
    let copy = try folder.crashCopy()
    try copy.tamper()
    try copy.raw {
      try $0.execute(
        sql: "UPDATE audit_head SET signature = ?", arguments: [try key.signature(for: Data(forged.signedBytes))])
    }
    #expect(try await copy.open(clock: clock).verifyAudit() == .broken(sequence: 1, .badSignature))
    try folder.tamper(
      """
      INSERT INTO audit SELECT 6, at, actor, credential, address, way, action, target, outcome, request_id, detail, hash
      FROM audit WHERE sequence = 5
      """)
    try folder.raw(fixChain)
    #expect(try await store.verifyAudit() == .broken(sequence: 6, .added))
    // The first that is wrong is named, whatever else is.
    try folder.tamper("UPDATE audit SET actor = 'eve' WHERE sequence = 3")
    #expect(try await store.verifyAudit() == .broken(sequence: 3, .changed))
  }

  @Test func `Heads are signed at the first entry, every thousand and every hour, and anybody can check them`() async throws {
    try await append(1000)
    try await append(1)
    clock.advance(.seconds(3599))
    try await append(1)
    clock.advance(.seconds(1))
    try await append(1)
    let heads = try await store.auditHeads()
    #expect(heads.map(\.sequence) == [1, 1001, 1003])
    let bytes = try #require(try await store.auditPublicKey())
    let key = try Curve25519.Signing.PublicKey(rawRepresentation: Data(bytes))
    for head in heads { #expect(key.isValidSignature(Data(head.signature), for: Data(head.signedBytes))) }
    #expect(try await store.auditHeads(after: 1001).map(\.sequence) == [1003])
    try await append(2)
    #expect(try await store.signAudit()?.sequence == 1005)
    #expect(try await store.signAudit() == nil)
  }

  @Test func `S-AUD-2: the chain holds over 10,000 entries of many writers`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 { group.addTask { try await append(250) } }
      try await group.waitForAll()
    }
    #expect(try await store.verifyAudit() == .sound(first: 1, last: 10_000, heads: 10))
    try folder.tamper("UPDATE audit SET target = 'user:none' WHERE sequence = 6543")
    #expect(try await store.verifyAudit() == .broken(sequence: 6543, .changed))
  }

  @Test func `Old entries go only up to a signed head, and the rest can still be verified`() async throws {
    try await append(30)
    clock.advance(.seconds(7200))
    try await append(30)
    let signed = try #require(try await store.signAudit())
    clock.advance(.seconds(60))
    try await append(10)
    #expect(try await store.cutAudit(before: Timestamp(milliseconds: 1), .sample("audit.cut")) == 0)
    #expect(try await store.cutAudit(before: clock.now, .sample("audit.cut")) == 60)
    #expect(try await store.auditRecords(limit: 200).last?.sequence == signed.sequence + 1)
    #expect(try await store.verifyAudit() == .sound(first: 61, last: 71, heads: 3))
    try await append(3)
    #expect(try await store.verifyAudit() == .sound(first: 61, last: 74, heads: 3))
    // What is left is as well guarded as before, and a cut that nobody signed is found.
    #expect(await storeError { try await store.write { try $0.execute(sql: "DELETE FROM audit WHERE sequence = 61") } } != nil)
    let copy = try folder.crashCopy()
    try copy.tamper("DELETE FROM audit WHERE sequence = 61")
    #expect(try await copy.open(clock: clock).verifyAudit() == .broken(sequence: 61, .missing))
    try folder.tamper("UPDATE audit_cut SET at = at + 1")
    #expect(try await store.verifyAudit() == .broken(sequence: 60, .badSignature))
  }

  @Test func `A look through the log lets others write, and stands a cut meanwhile`() async throws {
    try await append(2500)
    clock.advance(.seconds(10))
    async let verdict = store.verifyAudit()
    async let gone = store.cutAudit(before: clock.now, .sample("audit.cut"))
    try await append(10)
    #expect(try await gone > 0)
    guard case .sound = try await verdict else { return #expect(Bool(false), "not sound") }
    guard case .sound(_, 2511, _) = try await store.verifyAudit() else { return #expect(Bool(false), "not sound") }
  }

  @Test func `A log that is not whole is never cut`() async throws {
    try await append(10)
    _ = try await store.signAudit()
    try folder.tamper("UPDATE audit SET actor = 'eve' WHERE sequence = 4")
    clock.advance(.seconds(1))
    #expect(await storeError { _ = try await store.cutAudit(before: clock.now, .sample()) } == .refused(.auditBroken))
    #expect(try folder.count("audit") == 10)
  }

  @Test func `Entries are read by actor, action, target, outcome and time, a page at a time`() async throws {
    try await append(150, "user.create")
    let noon = clock.now
    clock.advance(.seconds(10))
    try await append(150, "user_x.delete")
    try await store.appendAudit([.sample("session.login", target: "user:bob", outcome: .failed)])
    #expect(try await store.auditRecords(limit: 5000).count == 200)
    #expect(try await store.auditRecords(before: 102, limit: 200).map(\.sequence) == Array((1...101).reversed()))
    #expect(try await store.auditRecords(matching: .init(actionPrefix: "user."), limit: 200).count == 150)
    #expect(try await store.auditRecords(matching: .init(actionPrefix: "%"), limit: 200).isEmpty)
    #expect(try await store.auditRecords(matching: .init(outcome: .failed)).map(\.target) == ["user:bob"])
    #expect(try await store.auditRecords(matching: .init(actor: "eve")).isEmpty)
    #expect(try await store.auditRecords(matching: .init(target: "user:7")).count == 2)
    #expect(try await store.auditRecords(matching: .init(until: clock.now), limit: 200).count == 150)
    let since = Timestamp(milliseconds: noon.milliseconds + 1)
    #expect(try await store.auditRecords(matching: .init(actor: "ada", since: since), limit: 200).count == 151)
  }

  @Test func `S-AUD-1: without the master key nothing is written, and so nothing is changed`() async throws {
    try await append(1)
    try FileManager.default.removeItem(atPath: folder.path + "/master.key")
    guard case .masterKeyMissing = await storeError({ _ = try await store.createUser(.sample("bob"), .sample()) }) else {
      return #expect(Bool(false), "a user was made without a word in the log")
    }
    #expect(try await store.users().isEmpty)
    #expect(!folder.exists("master.key"))
  }

  @Test func `S-AUD-1: an operation and its entry are written together or not at all`() async throws {
    var operation = NewOperation.deploy()
    operation.audit = .sample("stack.deploy", target: "stack:local/shop")
    let begun = try await store.beginOperation(operation)
    #expect(try await store.auditRecords().map(\.action) == ["stack.deploy"])
    // The stack is held: no operation, no entry.
    #expect(await storeError { _ = try await store.beginOperation(operation) } != nil)
    #expect(try await store.auditRecords().count == 1)
    try await store.finish(begun.handle, .failed)
    try FileManager.default.removeItem(atPath: folder.path + "/master.key")
    #expect(await storeError { _ = try await store.beginOperation(operation) } != nil)
    #expect(try await store.unfinishedOperations().isEmpty)
  }
}
