import Accounts
import ComposeFile
import HTTPTypes
import NIOCore
import Orchestration
import RevisionStore

/// How an operation goes, from its beginning: what it has told, then what it tells.
struct OperationFeed: Feed {
  private static let batch = 200
  /// What was told before the store was asked, and written after, wakes nobody: it is looked for so often.
  private static let lookingInterval = JobProgress.writingInterval * 2

  private let parts: ServerParts
  private let job: Job
  private let after: Int

  init(parts: ServerParts, caller: Principal, json: ComposeValue) async throws {
    self.parts = parts
    after = json["after"]?.int ?? 0
    guard let id = json["operation"]?.string, let job = try await parts.store.job(id) else {
      throw Problem.notFound("operation")
    }
    do {
      try await parts.accounts.require(caller, .operationRead, on: ServerParts.resource(of: job))
    } catch {
      switch error {
      case .notFound, .forbidden: throw Problem.notFound("operation")
      default: throw error
      }
    }
    self.job = job
  }

  func run(_ outlet: FeedOutlet) async throws {
    var place = after
    while !Task.isCancelled {
      // Before the store is asked: what comes meanwhile wakes the wait below.
      let seen = parts.events.last
      let events = try await parts.store.jobEvents(job.id, after: place, limit: Self.batch)
      if let last = events.last {
        place = last.seq
        await outlet.send([("events", .list(events.map(\.record))), ("cursor", .int(place))])
        continue
      }
      guard let now = try await parts.store.job(job.id) else { throw Problem.notFound("operation") }
      if now.state.isEnd {
        return await outlet.send([("state", .string(now.state.rawValue)), ("revision", now.revision.map { .int($0) } ?? .null)])
      }
      // What it tells is written a moment after it was told.
      await wait(after: seen)
      try await Task.sleep(for: JobProgress.writingInterval)
    }
  }
}

extension OperationFeed {
  private func wait(after sequence: Int) async {
    await withDiscardingTaskGroup { group in
      let (ends, ended) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      group.addTask {
        await parts.events.wait(after: sequence)
        ended.yield()
      }
      group.addTask {
        // WHY try?: it is cancelled when something was told.
        try? await Task.sleep(for: Self.lookingInterval)
        ended.yield()
      }
      for await _ in ends { break }
      group.cancelAll()
    }
  }
}

extension JobEvent {
  var record: ComposeValue {
    .map(
      ComposeMap([
        ("sequence", .int(seq)), ("at", .string(at.text)), ("event", .string(kind)),
        ("fields", (try? ComposeValue(json: Array(json.utf8))) ?? .null),
      ]))
  }
}
