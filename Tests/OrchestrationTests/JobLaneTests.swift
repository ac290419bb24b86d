import ComposeFile
import Foundation
import RevisionStore
import Testing

@testable import Orchestration

/// Who waits for whom: jobs of stacks, of servers, after a crash, and when the server stops (R-LOCK-1, R-OP-4, R-STOP-1).
@Suite(.timeLimit(.minutes(1))) struct JobLaneTests {
  private let store: RevisionStore
  private let runner: JobRunner
  private let shop = StackKey(server: "local", project: "shop")

  init() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/slipway-lanes-\(UUID().uuidString)"
    store = try RevisionStore.open(dataDirectory: folder)
    runner = JobRunner(
      store: store, events: EventLog(run: "r"), describe: { ComposeMap([("detail", .string("\($0)"))]) }, finished: {})
  }

  private func request(
    _ stack: StackKey?, on server: String? = nil, sameAs: String? = nil, limit: Duration? = nil
  ) -> JobRunner.Request {
    JobRunner.Request(
      kind: "test", stack: stack, server: server, title: "test", requestedBy: "anna", way: .api, sameAs: sameAs, limit: limit)
  }

  private func entry(_ actor: String) -> AuditEntry {
    AuditEntry(actor: actor, way: .api, action: "stack.deploy", target: "local/shop")
  }

  private func ended(_ id: String) async throws -> Job {
    while true {
      let job = try #require(try await store.job(id))
      if job.state.isEnd { return job }
      await Task.yield()
    }
  }

  @Test func `Pulls that hang leave room for stacks, and more than may wait are refused`() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    var refused = 0
    for _ in 0..<100 {
      do {
        _ = try await runner.submit(request(nil, on: "local")) { _ in
          for await _ in gate.stream {}
          return JobRunner.Outcome(.done)
        }
      } catch {
        #expect(error as? JobRunner.Refusal == .tooMany(limit: JobRunner.queueLimit))
        refused += 1
      }
    }
    #expect(refused == 100 - JobRunner.queueLimit - JobRunner.runningPerServer)
    let deploy = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    #expect(try await ended(deploy.id).state == .done)
    // Another server's are not kept waiting either.
    let other = try await runner.submit(request(nil, on: "prod")) { _ in JobRunner.Outcome(.done) }
    #expect(try await ended(other.id).state == .done)
    gate.continuation.finish()
  }

  @Test func `What waits for its stack says for whom, and what begins at once says nothing`() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    func waits(_ id: String) async throws -> [ComposeValue] {
      try await store.jobEvents(id, after: 0, limit: 10).filter { $0.kind == "waiting" }
        .map { try ComposeValue(json: Array($0.json.utf8)) }
    }
    let first = try await runner.submit(
      JobRunner.Request(kind: "deploy", stack: shop, title: "new prices", requestedBy: "bob", way: .api)
    ) { _ in
      for await _ in gate.stream {}
      return JobRunner.Outcome(.done)
    }
    #expect(try await waits(first.id).isEmpty)
    for ahead in 1...2 {
      let next = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
      let told = try await waits(next.id)
      #expect(told.count == 1)
      #expect(told.first?["operation"]?.string == first.id && told.first?["title"]?.string == "new prices")
      #expect(told.first?["requested_by"]?.string == "bob" && told.first?["ahead"]?.int == ahead)
    }
    await runner.hold([StackKey(server: "local", project: "held")])
    let held = try await runner.submit(request(StackKey(server: "local", project: "held"))) { _ in JobRunner.Outcome(.done) }
    let told = try await waits(held.id)
    #expect(told.count == 1 && told.first?["operation"] == .null && told.first?["ahead"]?.int == 1)
    gate.continuation.finish()
  }

  @Test func `Servers together never take the room of stacks`() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    for number in 0..<20 {
      _ = try await runner.submit(request(nil, on: "server-\(number)")) { _ in
        for await _ in gate.stream {}
        return JobRunner.Outcome(.done)
      }
    }
    #expect(await runner.load.running == JobRunner.serverRunningLimit)
    let deploy = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    #expect(try await ended(deploy.id).state == .done)
    gate.continuation.finish()
  }

  @Test func `A job that is not done in its time has failed, and says so`() async throws {
    #expect(request(nil, on: "local").limit == JobRunner.serverJobLimit && request(shop).limit == nil)
    let job = try await runner.submit(request(nil, on: "local", limit: .milliseconds(20))) { _ in
      try await Task.sleep(for: .seconds(3600))
      return JobRunner.Outcome(.done)
    }
    let end = try await ended(job.id)
    #expect(end.state == .failed && end.error?.contains("outOfTime") == true)
  }

  @Test func `No job begins before its row and its audit entry are there`() async throws {
    struct Missing: Error {}
    let (store, runner, request) = (store, runner, request(shop))
    let entry = entry("anna")
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<30 {
        group.addTask {
          try await runner.submit(request, audit: entry) { progress in
            guard try await store.job(progress.job) != nil else { throw Missing() }
            return JobRunner.Outcome(.done)
          }.id
        }
      }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    for id in ids { #expect(try await ended(id).state == .done) }
    #expect(try await store.auditRecords(limit: 200).count == 30)
  }

  @Test func `What is asked for on a stack that is being recovered waits for that`() async throws {
    await runner.hold([shop])
    let job = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    let other = try await runner.submit(request(StackKey(server: "local", project: "blog"))) { _ in JobRunner.Outcome(.done) }
    #expect(try await ended(other.id).state == .done)
    #expect(try await store.job(job.id)?.state == .queued)
    await #expect(throws: JobRunner.Refusal.busy(shop)) { try await runner.alone(on: shop) {} }
    await runner.release([shop])
    #expect(try await ended(job.id).state == .done)
  }

  @Test func `What is done alone on a stack keeps jobs off, and is refused while one is there`() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    let running = try await runner.submit(request(shop)) { _ in
      for await _ in gate.stream {}
      return JobRunner.Outcome(.done)
    }
    await #expect(throws: JobRunner.Refusal.busy(shop)) { try await runner.alone(on: shop) {} }
    gate.continuation.finish()
    _ = try await ended(running.id)
    while await runner.load.running > 0 { await Task.yield() }
    let job = try await runner.alone(on: shop) { [runner, store] in
      let request = JobRunner.Request(kind: "test", stack: shop, title: "test", requestedBy: "anna", way: .api)
      let job = try await runner.submit(request) { _ in JobRunner.Outcome(.done) }
      #expect(try await store.job(job.id)?.state == .queued)
      return job
    }
    #expect(try await ended(job.id).state == .done)
  }

  @Test func `What waits when the server stops is cancelled, and says why`() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    let running = try await runner.submit(request(shop)) { _ in
      for await _ in gate.stream {}
      return JobRunner.Outcome(.done)
    }
    let waiting = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    async let stopped: Void = runner.stop(limit: .seconds(20))
    let end = try await ended(waiting.id)
    #expect(end.state == .cancelled && end.error?.contains("nothing was changed") == true)
    gate.continuation.finish()
    await stopped
    #expect(try await ended(running.id).state == .done)
    await #expect(throws: JobRunner.Refusal.stopping) { try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) } }
  }

  // S-AUD-1
  @Test func `Who joins a deploy that waits stands in the audit log`() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    _ = try await runner.submit(request(shop)) { _ in
      for await _ in gate.stream {}
      return JobRunner.Outcome(.done)
    }
    let first = try await runner.submit(request(shop, sameAs: "deploy"), audit: entry("anna")) { _ in JobRunner.Outcome(.done) }
    let again = try await runner.submit(request(shop, sameAs: "deploy"), audit: entry("bert")) { _ in JobRunner.Outcome(.done) }
    #expect(first.id == again.id)
    let records = try await store.auditRecords()
    #expect(records.map(\.actor) == ["bert", "anna"])
    #expect(records.first?.detail.contains(first.id) == true)
    gate.continuation.finish()
  }
}
