import ComposeFile
import Logging
import Orchestration
import RevisionStore
import ServiceLifecycle

/// Brings to an end what a crash cut off, as soon as the engines that it was about can be asked (R-OP-4).
///
/// What is asked for meanwhile on the stacks of such operations waits.
struct Recovery: ServiceLifecycle.Service {
  /// Between two tries on one server (R-ENG-1).
  private static let firstPause: Duration = .milliseconds(200)
  private static let longestPause: Duration = .seconds(60)

  private let parts: ServerParts
  private let jobs: [Job]
  private let open: [JournaledOperation]

  /// Reads what the former process left, and keeps new work off its stacks: before the first call is taken.
  init(preparing parts: ServerParts) async throws {
    self.parts = parts
    jobs = try await parts.store.unfinishedJobs()
    open = try await parts.store.unfinishedOperations()
    // A server that was removed would hold its stacks for ever: its operations wait for whoever adds it again.
    let known = Set(try await parts.directory.servers().map(\.name) + [ServerName.local])
    await parts.jobs.hold(Set(open.map(\.stack).filter { known.contains($0.server) }))
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await recover()
      // WHY: a service that returns ends the others.
      while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }
  }

  func recover() async {
    // Those without a journal have nothing that could be undone.
    for job in jobs where job.operation == nil { await settle(job, nil) }
    await withDiscardingTaskGroup { group in
      for server in Set(open.map(\.stack.server) + jobs.compactMap { $0.operation == nil ? nil : $0.server }) {
        group.addTask { await recover(server) }
      }
    }
    parts.catalog.refresh()
  }

  /// Tries until nothing is left of the former process on a server.
  private func recover(_ server: String) async {
    let logger = parts.logger
    var pause = Self.firstPause
    while !Task.isCancelled {
      await waitForLink(to: server)
      guard !Task.isCancelled else { return }
      do {
        let operations = try await parts.stacks.operations(on: server, author: "recovery", asked: .host) { progress in
          if case .warning(let text) = progress { logger.warning("recovery: \(text)") }
        }
        for recovered in try await operations.recover() {
          logger.info("recovered", metadata: ["server": "\(server)", "what": "\(recovered)"])
        }
      } catch {
        logger.error("recovery failed, and is tried again", metadata: ["server": "\(server)", "error": "\(error)"])
      }
      if await release(server) { break }
      // WHY try?: the server's end cancels it.
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, Self.longestPause)
    }
    for job in jobs where job.server == server && job.operation != nil {
      // WHY try?: a store that cannot be read tells so to everybody.
      let operation = if let id = job.operation { try? await parts.store.operation(id) } else { JournaledOperation?.none }
      await settle(job, operation)
    }
  }

  private func waitForLink(to server: String) async {
    var place = 0
    while !Task.isCancelled, parts.fleet.states.state(of: server)?.link != .up {
      await parts.events.wait(after: place)
      place = parts.events.last
    }
  }

  /// Lets new work begin where the old has ended; true when all of it has.
  private func release(_ server: String) async -> Bool {
    let left: Set<Int64>
    do {
      left = Set(try await parts.store.unfinishedOperations(server: server).map(\.id))
    } catch {
      parts.logger.error("interrupted operations are not looked at", metadata: ["server": "\(server)", "error": "\(error)"])
      return false
    }
    let mine = open.filter { $0.stack.server == server }
    let waiting = Set(mine.filter { left.contains($0.id) }.map(\.stack))
    await parts.jobs.release(Set(mine.map(\.stack)).subtracting(waiting))
    return waiting.isEmpty
  }

  /// Ends a job of a former process, as its operation ended.
  private func settle(_ job: Job, _ operation: JournaledOperation?) async {
    guard operation?.state.isEnd != false else { return }
    let end = Self.end(of: job, operation)
    var change = JobChange(state: end.state)
    change.revision = operation?.revision
    change.error = ComposeValue.map(
      ComposeMap([("code", .string("interrupted")), ("detail", .string(end.text))])
    ).json(indented: false)
    do {
      _ = try await parts.store.updateJob(job.id, change)
      parts.events.publish(
        "operation.changed", server: job.server, stack: job.stack,
        [("operation", .string(job.id)), ("state", .string(end.state.rawValue))])
    } catch {
      parts.logger.error("an interrupted operation is not settled", metadata: ["operation": "\(job.id)", "error": "\(error)"])
    }
  }

  /// What is known of a job whose process is gone.
  static func end(of job: Job, _ operation: JournaledOperation?) -> (state: OperationState, text: String) {
    if let operation { return (operation.state, operation.message ?? "interrupted, and brought to an end after the restart") }
    guard job.startedAt != nil else {
      return (.cancelled, "the server ended before it began: nothing was changed; ask for it again")
    }
    return (
      .failed,
      "the server ended while it ran (\(job.state.rawValue)), and it keeps no journal: a part of it may be done; look at what runs, then ask for it again"
    )
  }
}
