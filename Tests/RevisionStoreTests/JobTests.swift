import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct JobTests: StoreTests {
  let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func create(_ id: String, kind: String = "deploy", stack: StackKey? = .shop) async throws -> Job {
    try await store.createJob(
      NewJob(
        id: id, kind: kind, server: stack?.server, stack: stack?.project, requestedBy: "ada", way: .api, title: "deploy shop"))
  }

  private func event(_ number: Int) -> NewJobEvent {
    NewJobEvent(at: clock.now, kind: "step", json: "{\"n\":\(number)}")
  }

  @Test func `A job goes from queued to its end, and never changes again`() async throws {
    let made = try await create("job-0001")
    #expect(made.state == .queued && made.startedAt == nil && made.requestedBy == "ada" && made.way == .api)
    let operation = try await store.beginOperation(.deploy())
    clock.advance(.seconds(1))
    let running = try await store.updateJob("job-0001", JobChange(state: .applying, operation: operation.id, revision: 3))
    #expect(running.startedAt == clock.now && running.operation == operation.id && running.revision == 3)
    clock.advance(.seconds(1))
    let ended = try await store.updateJob("job-0001", JobChange(state: .done, result: #"{"ok":true}"#), events: [event(1)])
    #expect(ended.endedAt == clock.now && ended.startedAt == running.startedAt && ended.result == #"{"ok":true}"#)
    #expect(ended.eventCount == 1 && ended.revision == 3)
    #expect(try await store.job("job-0001") == ended)
    for body in [
      { _ = try await store.updateJob("job-0001", JobChange(state: .failed)) },
      { _ = try await store.appendJobEvents("job-0001", [NewJobEvent(at: clock.now, kind: "late", json: "{}")]) },
    ] { #expect(await storeError(body) == .refused(.jobEnded)) }
    #expect(await storeError { _ = try await store.updateJob("job-none", JobChange()) } == .refused(.jobUnknown))
    #expect(await storeError { try await store.write { try $0.execute(sql: "UPDATE job SET title = 'x'") } } != nil)
  }

  @Test func `A job and its audit entry are written together`() async throws {
    let new = NewJob(id: "job-0001", kind: "pull", requestedBy: "ada", way: .ui, title: "pull")
    _ = try await store.createJob(new, .sample("image.pull"))
    #expect(await storeError { _ = try await store.createJob(new, .sample("image.pull")) } != nil)
    #expect(try await store.auditRecords().map(\.action) == ["image.pull"])
    _ = try await store.updateJob("job-0001", JobChange(state: .cancelled), .sample("operation.cancel"))
    #expect(try await store.auditRecords().map(\.action) == ["operation.cancel", "image.pull"])
  }

  @Test func `Events are numbered without gaps, kept to 10,000, and the rest counted`() async throws {
    _ = try await create("job-0001")
    #expect(try await store.appendJobEvents("job-0001", (1...3).map(event)) == 3)
    #expect(try await store.appendJobEvents("job-0001", (4...9_998).map(event)) == 9_998)
    #expect(try await store.appendJobEvents("job-0001", (1...5).map(event)) == 10_000)
    let job = try #require(try await store.job("job-0001"))
    #expect(job.eventCount == 10_000 && job.droppedEvents == 3)
    #expect(try await store.jobEvents("job-0001", after: 2, limit: 2).map(\.seq) == [3, 4])
    #expect(try await store.jobEvents("job-0001", after: 9_999).map(\.json) == ["{\"n\":2}"])
    let large = NewJobEvent(at: clock.now, kind: "x", json: String(repeating: "x", count: 65_537))
    _ = try await create("job-0002")
    guard case .invalid = await storeError({ _ = try await store.appendJobEvents("job-0002", [event(1), large]) }) else {
      return #expect(Bool(false), "an event of any size was kept")
    }
    #expect(try await store.jobEvents("job-0002").isEmpty)
  }

  @Test func `Jobs are listed newest first, by server, stack, state and kind, a page at a time`() async throws {
    for number in 1...250 {
      _ = try await create(
        "job-\(1000 + number)", kind: number.isMultiple(of: 5) ? "pull" : "deploy",
        stack: number.isMultiple(of: 2) ? .shop : StackKey(server: "prod", project: "blog"))
    }
    _ = try await store.updateJob("job-1007", JobChange(state: .failed, error: "{}"))
    #expect(try await store.jobs(limit: 1000).count == 200)
    #expect(try await store.jobs(before: "job-1003").map(\.id) == ["job-1002", "job-1001"])
    #expect(try await store.jobs(before: "job-none").isEmpty)
    #expect(try await store.jobs(matching: JobFilter(server: "prod", stack: "blog"), limit: 200).count == 125)
    #expect(try await store.jobs(matching: JobFilter(server: "local", kind: "pull"), limit: 200).count == 25)
    #expect(try await store.jobs(matching: JobFilter(state: .failed)).map(\.id) == ["job-1007"])
    #expect(try await store.unfinishedJobs().count == 249)
    #expect(try await store.unfinishedJobs().first?.id == "job-1001")
  }

  @Test func `The oldest of the ended jobs are given up with their events, those that run never`() async throws {
    for number in 1...6 {
      _ = try await create("job-000\(number)")
      _ = try await store.appendJobEvents("job-000\(number)", [event(1)])
      if number != 1 { _ = try await store.updateJob("job-000\(number)", JobChange(state: .failed)) }
    }
    #expect(try await store.pruneJobs(keeping: 2) == 3)
    #expect(try await store.jobs().map(\.id) == ["job-0006", "job-0005", "job-0001"])
    #expect(try folder.count("job_event") == 3)
    // A number is never given out twice, so a cursor never points elsewhere.
    _ = try await create("job-0007")
    #expect(try await store.jobs(limit: 1).map(\.id) == ["job-0007"])
  }

  @Test func `What a crash leaves is found unfinished`() async throws {
    _ = try await create("job-0001")
    _ = try await store.updateJob("job-0001", JobChange(state: .pulling))
    let copy = try folder.crashCopy()
    #expect(try await copy.open(clock: clock).unfinishedJobs().map(\.state) == [.pulling])
  }
}
