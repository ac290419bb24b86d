import Accounts
import Foundation
import HTTPTypes
import RevisionStore
import Synchronization
import Testing

@testable import SlipwayServer

/// What the server does for itself (S-AUTH-6, S-AUD-2, R-MEM-1).
@Suite(.timeLimit(.minutes(1))) struct UpkeepTests {
  private func user(_ parts: ServerParts) async throws -> User {
    let name = try #require(UserName("ada"))
    return try await parts.store.createFirstUser(
      NewUser(
        name: name, password: Secret("$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"), grants: [Grant(.admin, on: .global)]),
      AuditEntry(actor: "ada", way: .api, action: "account.set_up", target: "user:ada"))
  }

  private func session(_ id: String, of user: User, for milliseconds: Int64, _ parts: ServerParts) async throws -> Timestamp {
    let ends = Timestamp(milliseconds: Timestamp.systemNow().milliseconds + milliseconds)
    _ = try await parts.store.beginSession(
      NewSession(
        id: id, secretHash: Array(Data(id.utf8) + Data(count: 32 - id.utf8.count)), user: user.id, userChangedAt: nil, way: .ui,
        address: "", userAgent: "", endsAt: ends),
      AuditEntry(actor: "ada", way: .api, action: "session.login", target: "user:ada"))
    return ends
  }

  @Test func `The pause ends when the next session does, and is never longer than the shortest life of a token`() {
    let now = Timestamp(milliseconds: 1_700_000_000_000)
    func pause(_ milliseconds: Int64) -> Duration {
      Upkeep.pause(until: Timestamp(milliseconds: now.milliseconds + milliseconds), now: now)
    }
    #expect(pause(3000) == .milliseconds(3005))
    #expect(pause(-5) == .milliseconds(10))
    #expect(pause(10_000_000) == UpkeepLimits.look)
    #expect(Upkeep.pause(until: nil, now: now) == UpkeepLimits.look)
    #expect(UpkeepLimits.look < AccountService.shortestTokenLife)
  }

  @Test func `A session that ends by itself is told of at its time, and not at the next look`() async throws {
    try await ServedParts.with { parts, _ in
      let ada = try await user(parts)
      _ = try await session("session-long", of: ada, for: 3_600_000, parts)
      let end = try await session("session-short", of: ada, for: 300, parts)
      let told = AsyncStream.makeStream(of: (AccountChange, Timestamp).self)
      let subscription = parts.accounts.subscribe { told.continuation.yield(($0, .systemNow())) }
      let task = Task { try await Upkeep(parts: parts, certificate: nil).run() }
      var changes = told.stream.makeAsyncIterator()
      let (change, at) = try #require(await changes.next())
      #expect(change == .sessionEnded("session-short"))
      // How late it may be is measured over a real socket, in Tests/Server; here other tests run beside it.
      #expect((0..<20_000).contains(at.milliseconds - end.milliseconds))
      while try await parts.store.sessions().map(\.id) != ["session-long"] { await Task.yield() }
      task.cancel()
      withExtendedLifetime(subscription) {}
    }
  }

  @Test func `The log's end is signed and told, and jobs past the limit are forgotten`() async throws {
    try await ServedParts.with { parts, _ in
      _ = try await user(parts)
      @Sendable func add(_ number: Int) async throws {
        let id = "job-\(10_000 + number)"
        _ = try await parts.store.createJob(NewJob(id: id, kind: "pull", requestedBy: "ada", way: .api, title: "pull"))
        _ = try await parts.store.updateJob(id, JobChange(state: .cancelled))
      }
      for number in 0..<25 { try await add(number) }
      // Side by side: the store writes what waits with one sync.
      try await withThrowingTaskGroup { group in
        for first in 0..<50 {
          group.addTask {
            for number in stride(from: 25 + first, to: UpkeepLimits.keptJobs + 25, by: 50) { try await add(number) }
          }
        }
        try await group.waitForAll()
      }
      let upkeep = Upkeep(parts: parts, certificate: nil)
      var progress = Upkeep.Progress()
      await upkeep.look(&progress)
      let head = try #require(try await parts.store.auditHeads().last)
      #expect(progress.head == head.sequence)
      #expect(try await parts.store.job("job-10024") == nil)
      #expect(try await parts.store.job("job-10025") != nil)
      try await parts.store.appendAudit([AuditEntry(actor: "ada", way: .api, action: "x", target: "y")])
      await upkeep.finish()
      let last = try #require(try await parts.store.auditRecords(limit: 1).first)
      #expect(try await parts.store.auditHeads().last?.sequence == last.sequence)
    }
  }

  // S-SEC-1
  @Test func `A key that is gone is noticed, and so is its return`() async throws {
    try await ServedParts.with { parts, served in
      _ = try await user(parts)
      let key = served.folder.path + "/master.key"
      let upkeep = Upkeep(parts: parts, certificate: nil)
      var progress = Upkeep.Progress()
      await upkeep.look(&progress)
      #expect(progress.keyTrouble == nil)
      try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
      await upkeep.look(&progress)
      #expect(progress.keyTrouble?.contains("fix:") == true)
      try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
      await upkeep.look(&progress)
      #expect(progress.keyTrouble == nil)
    }
  }
}

@Suite struct KeptAnswerTests {
  @Test func `What is answered again has the place and the tag of the first answer`() throws {
    let first = try APIAnswer.json(["id": "x"], status: .created).with(.location, "/api/v1/operations/x").tagged("t")
    let again = KeptAnswer.answer(.created, KeptAnswer.bytes(of: first))
    #expect(again.headers[.location] == "/api/v1/operations/x" && again.headers[.eTag] == "\"t\"")
    guard case .bytes(let bytes, "application/json") = again.content else {
      Issue.record("no body")
      return
    }
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"id":"x"}"#)
    let empty = KeptAnswer.answer(.noContent, KeptAnswer.bytes(of: .empty))
    guard case .none = empty.content else {
      Issue.record("a body")
      return
    }
    #expect(empty.headers.isEmpty)
  }

  @Test func `A cookie is never kept`() throws {
    let answer = APIAnswer.empty.with(.setCookie, "secret")
    #expect(!String(decoding: KeptAnswer.bytes(of: answer), as: UTF8.self).contains("secret"))
  }
}
