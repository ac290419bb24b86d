import Accounts
import Orchestration
import RevisionStore
import Testing

@testable import SlipwayServer

/// R-OP-4: what a former process left.
@Suite(.timeLimit(.minutes(1))) struct RecoveryTests {
  private func job(_ id: String, kind: String, _ parts: ServerParts, reached state: OperationState? = nil) async throws {
    _ = try await parts.store.createJob(
      NewJob(id: id, kind: kind, server: "local", stack: "shop", requestedBy: "ada", way: .api, title: kind))
    if let state { _ = try await parts.store.updateJob(id, JobChange(state: state)) }
  }

  @Test func `A job without a journal is told as far as it had come, and one that had not begun as cancelled`() async throws {
    try await ServedParts.with { parts, _ in
      try await job("job-restart", kind: "restart", parts, reached: .applying)
      try await job("job-waiting", kind: "deploy", parts)
      try await Recovery(preparing: parts).recover()
      let restart = try #require(try await parts.store.job("job-restart"))
      #expect(restart.state == .failed && restart.error?.contains("while it ran (applying)") == true)
      let waiting = try #require(try await parts.store.job("job-waiting"))
      #expect(waiting.state == .cancelled && waiting.error?.contains("nothing was changed") == true)
    }
  }

  @Test func `New work on a stack waits until its interrupted operation has ended`() async throws {
    try await ServedParts.with { parts, _ in
      let shop = StackKey(server: "local", project: "shop")
      _ = try await parts.store.beginOperation(
        NewOperation(stack: shop, kind: .restart, title: "restart", author: "ada"))
      // Of a server that is not there any more nothing is waited for.
      let gone = StackKey(server: "gone", project: "shop")
      _ = try await parts.store.beginOperation(
        NewOperation(stack: gone, kind: .restart, title: "restart", author: "ada"))
      _ = try await Recovery(preparing: parts)
      func submit(_ stack: StackKey) async throws -> Job {
        try await parts.jobs.submit(
          JobRunner.Request(kind: "deploy", stack: stack, title: "deploy", requestedBy: "ada", way: .api)
        ) { _ in JobRunner.Outcome(.done) }
      }
      let waiting = try await submit(shop)
      let other = try await submit(gone)
      while try await parts.store.job(other.id)?.state.isEnd != true { await Task.yield() }
      #expect(try await parts.store.job(waiting.id)?.state == .queued)
      await parts.jobs.release([shop])
      while try await parts.store.job(waiting.id)?.state.isEnd != true { await Task.yield() }
    }
  }
}
