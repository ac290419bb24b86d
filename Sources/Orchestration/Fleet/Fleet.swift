package import DockerEngine
import RevisionStore
import Synchronization

/// The servers that a long-lived process works with: one client and one link each, kept as long as it runs, and their state by
/// the engines' event streams (A7).
package actor Fleet {
  /// An engine in use.
  package struct Member: Sendable {
    package var target: EngineTarget
    package var engine: EngineClient
  }

  private struct Slot {
    var member: Member
    var watch: Task<Void, Never>
  }

  package nonisolated let states: FleetStates
  private let directory: ServerDirectory
  private let local: EngineTarget
  private let engineTimeout: Duration?
  private let events: EventLog
  private let notice: @Sendable (String) -> Void
  private var slots: [String: Slot] = [:]
  /// Being opened, so that two callers do not open one twice.
  private var opening: [String: Task<Member, any Error>] = [:]
  private var isClosed = false

  /// - Parameter local: the engine of this machine.
  package init(
    directory: ServerDirectory, local: EngineTarget, engineTimeout: Duration?, events: EventLog,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.local = local
    self.engineTimeout = engineTimeout
    self.events = events
    self.notice = notice
    states = FleetStates(events: events)
  }

  /// Begins to watch this machine's engine and all servers of the store that have one.
  ///
  /// Returns at once; what cannot be used is told by its state.
  package func start() async throws {
    let stored = try await directory.servers().filter { $0.ssh?.isJumpOnly != true }.map(\.name)
    for name in [ServerName.local] + stored {
      do {
        _ = try await member(name)
      } catch {
        states.set(name, .away(reason: "\(error)"))
      }
    }
  }

  /// The engine of a server, opened when it is not yet.
  ///
  /// - Throws: `serverUnknown`, what is wrong with its secrets, `OperationRefused` for a host that only leads to others; not that it
  ///   cannot be reached.
  package func member(_ name: String) async throws -> Member {
    if let slot = slots[name] { return slot.member }
    guard !isClosed else { throw CancellationError() }
    if let task = opening[name] { return try await task.value }
    let (directory, local, notice) = (directory, local, notice)
    let timeout = engineTimeout
    // WHY: callers that come meanwhile wait for the same one.
    let task = Task {
      if name != ServerName.local, try await directory.server(named: name).isJumpOnly {
        throw OperationRefused(
          description: "\(name) only leads to other servers: no engine of it is used\n  fix: add it as a server of its own")
      }
      let target =
        name == ServerName.local ? local : try await directory.target(named: name) { notice("\(name): \($0)") }
      let limits = target.adjusted(EngineLimits())
      let engine = EngineClient(connector: target.connector, limits: timeout.map { limits.capped(at: $0) } ?? limits)
      return Member(target: target, engine: engine)
    }
    opening[name] = task
    defer { opening[name] = nil }
    let member = try await task.value
    if let slot = slots[name] { return slot.member }
    slots[name] = Slot(member: member, watch: watch(name, member.engine))
    return member
  }

  private func watch(_ name: String, _ engine: EngineClient) -> Task<Void, Never> {
    let states = states
    // WHY: it lives as long as the member does.
    return Task {
      await ServerWatch([ServerWatch.Watched(server: name, engine: engine)]).run { states.take($0) }
    }
  }

  /// What is known of the engines in use, by server; waits for none of them.
  package var identities: [String: EngineIdentity] { slots.compactMapValues(\.member.engine.knownIdentity) }

  /// Closes the way to a server: it was removed, or is reached otherwise now.
  package func forget(_ name: String) async {
    guard let slot = slots.removeValue(forKey: name) else { return states.remove(name) }
    slot.watch.cancel()
    await slot.watch.value
    states.remove(name)
    await slot.member.engine.shutdown()
    await slot.member.target.close()
  }

  /// Opens the way to a server anew, such as after its keys were changed.
  package func reopen(_ name: String) async throws {
    await forget(name)
    _ = try await member(name)
  }

  /// Ends all links.
  package func close() async {
    isClosed = true
    let all = slots
    slots = [:]
    for slot in all.values { slot.watch.cancel() }
    await withDiscardingTaskGroup { group in
      for slot in all.values {
        group.addTask {
          await slot.watch.value
          await slot.member.engine.shutdown()
          await slot.member.target.close()
        }
      }
    }
  }
}
