import ComposeFile
import Foundation
import RevisionStore
import Synchronization
import Testing

@testable import Orchestration

/// R-LOCK-1: one thing at a time on a stack, in the order of asking.
@Suite struct JobRunnerTests {
  private let store: RevisionStore
  private let runner: JobRunner

  init() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/slipway-jobs-\(UUID().uuidString)"
    store = try RevisionStore.open(dataDirectory: folder)
    runner = JobRunner(
      store: store, events: EventLog(run: "r"), describe: { ComposeMap([("detail", .string("\($0)"))]) }, finished: {})
  }

  private let shop = StackKey(server: "local", project: "shop")

  private func request(_ stack: StackKey?, sameAs: String? = nil) -> JobRunner.Request {
    JobRunner.Request(kind: "test", stack: stack, title: "test", requestedBy: "anna", way: .api, sameAs: sameAs)
  }

  private func ended(_ id: String) async throws -> Job {
    while true {
      let job = try #require(try await store.job(id))
      if job.state.isEnd { return job }
      await Task.yield()
    }
  }

  @Test(.timeLimit(.minutes(1))) func `Jobs of one stack run one after the other, in the order of asking`() async throws {
    let order = Mutex<[Int]>([])
    let running = Mutex(0)
    var last = ""
    for number in 0..<10 {
      last = try await runner.submit(request(shop)) { _ in
        #expect(
          running.withLock { count in
            count += 1
            return count
          } == 1)
        await Task.yield()
        order.withLock { $0.append(number) }
        running.withLock { $0 -= 1 }
        return JobRunner.Outcome(.done)
      }.id
    }
    #expect(try await ended(last).state == .done)
    #expect(order.withLock { $0 } == Array(0..<10))
  }

  @Test(.timeLimit(.minutes(1))) func `The 33rd that waits for a stack is refused, and the same as one that waits is that one`()
    async throws
  {
    let gate = AsyncStream.makeStream(of: Void.self)
    _ = try await runner.submit(request(shop)) { _ in
      for await _ in gate.stream {}
      return JobRunner.Outcome(.done)
    }
    let first = try await runner.submit(request(shop, sameAs: "deploy")) { _ in JobRunner.Outcome(.done) }
    let again = try await runner.submit(request(shop, sameAs: "deploy")) { _ in JobRunner.Outcome(.done) }
    #expect(first.id == again.id)
    for _ in 1..<JobRunner.queueLimit { _ = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) } }
    await #expect(throws: JobRunner.Refusal.tooMany(limit: JobRunner.queueLimit)) {
      try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    }
    // Another stack does not wait for this one.
    let other = try await runner.submit(request(StackKey(server: "local", project: "blog"))) { _ in JobRunner.Outcome(.done) }
    #expect(try await ended(other.id).state == .done)
    gate.continuation.finish()
  }

  @Test(.timeLimit(.minutes(1))) func `One that waits is cancelled at once, one that runs by its task`() async throws {
    let running = try await runner.submit(request(shop)) { _ in
      try await Task.sleep(for: .seconds(3600))
      return JobRunner.Outcome(.done)
    }
    let waiting = try await runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    try await runner.cancel(waiting.id)
    #expect(try await ended(waiting.id).state == .cancelled)
    try await runner.cancel(running.id)
    #expect(try await ended(running.id).state == .cancelled)
  }

  @Test(.timeLimit(.minutes(1))) func `One that is cancelled while it is asked for is not told that the server stops`()
    async throws
  {
    let isHeld = Mutex(false)
    let (begun, asked, go) = (
      AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self)
    )
    let runner = JobRunner(
      store: store, events: EventLog(run: "r"), describe: { _ in ComposeMap([]) },
      known: { _ in
        if isHeld.withLock({ $0 }) {
          asked.continuation.finish()
          for await _ in go.stream {}
        }
        return KnownSecrets([])
      }, finished: {})
    let running = try await runner.submit(request(shop)) { _ in
      begun.continuation.finish()
      try await Task.sleep(for: .seconds(3600))
      return JobRunner.Outcome(.done)
    }
    for await _ in begun.stream {}
    isHeld.withLock { $0 = true }
    async let waiting = runner.submit(request(shop)) { _ in JobRunner.Outcome(.done) }
    for await _ in asked.stream {}
    let id = try #require(try await store.jobs().first { $0.id != running.id }?.id)
    try await runner.cancel(id)
    go.continuation.finish()
    #expect(try await waiting.state == .cancelled)
    try await runner.cancel(running.id)
    #expect(try await ended(running.id).state == .cancelled)
  }

  @Test(.timeLimit(.minutes(1))) func `What a job tells is kept, and so is why it failed`() async throws {
    struct Broken: Error {}
    let job = try await runner.submit(request(shop)) { progress in
      progress.tell("hello", [("n", .int(1))])
      throw Broken()
    }
    let end = try await ended(job.id)
    #expect(end.state == .failed)
    #expect(end.error?.contains("Broken") == true)
    #expect(try await store.jobEvents(job.id).map(\.kind) == ["hello"])
  }

  // S-SEC-4
  @Test(.timeLimit(.minutes(1))) func `Nothing that a job tells has a secret of its stack`() async throws {
    struct Failure: Error, CustomStringConvertible { var description = "cannot use canary-value" }
    let events = EventLog(run: "r")
    let runner = JobRunner(
      store: store, events: events, describe: { ComposeMap([("detail", .string("\($0)"))]) },
      known: { _ in KnownSecrets(["canary-value"]) }, finished: {})
    let done = try await runner.submit(request(shop)) { progress in
      progress.tell("pulling", [("image", .string("shop:canary-value")), ("list", .list([.string("canary-value")]))])
      return JobRunner.Outcome(.done, [("reason", .string("canary-value"))])
    }
    let failed = try await runner.submit(request(shop)) { _ in throw Failure() }
    let jobs = [try await ended(done.id), try await ended(failed.id)]
    #expect(jobs.map(\.state) == [.done, .failed])
    #expect(jobs[0].result?.contains("•••") == true && jobs[1].error?.contains("cannot use •••") == true)
    let told =
      try await store.jobEvents(done.id, after: 0, limit: 100).map(\.json) + events.events(after: 0).0.map { "\($0.fields)" }
    #expect(told.contains { $0.contains("shop:•••") })
    #expect(!(told + jobs.flatMap { [$0.result ?? "", $0.error ?? ""] }).contains { $0.contains("canary-value") })
  }
}
