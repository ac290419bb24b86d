import ComposeFile
import DockerEngine
package import RevisionStore
import Synchronization

/// What is known of all servers right now; read without waiting for any of them.
package final class FleetStates: Sendable {
  /// A stack as its containers tell.
  package struct Stack: Hashable, Sendable {
    package var server: String
    package var name: String
    package var services: Int
    /// Those of which a container runs, or has ended with 0.
    package var servicesUp: Int
    package var containers: Int
    package var running: Int
    package var unhealthy: Int
    package var starting: Int
    /// Those that ended with 0, as jobs do.
    package var finished: Int
    /// Another one whenever another container is there, or one has changed.
    package var stamp = 0

    /// One word for it.
    package var status: Status {
      if containers == 0 { return .down }
      if running == 0 { return .stopped }
      if unhealthy > 0 { return .unhealthy }
      if starting > 0 { return .starting }
      return running + finished == containers ? .running : .partial
    }
  }

  package enum Status: String, Sendable, CaseIterable {
    case running, starting, partial, unhealthy, stopped, down
    /// No container of it was seen, and its server cannot be asked.
    case unknown
  }

  private struct Entry {
    var state: ServerState
    var stacks: [Stack]
    /// When its engine could be asked last; nil: it can be now, or never could.
    var seenAt: Timestamp?
  }

  private let entries = Mutex<[String: Entry]>([:])
  private let changes = Atomic(0)
  private let events: EventLog

  package init(events: EventLog) { self.events = events }

  /// The state of a server; nil when it is not watched.
  package func state(of server: String) -> ServerState? { entries.withLock { $0[server]?.state } }

  /// When the engine of a server that is away could be asked last; nil: it can be now, or could not since this process began.
  package func lastSeen(_ server: String) -> Timestamp? { entries.withLock { $0[server]?.seenAt } }

  /// Changes with every change of what a server's stacks are, or whether it can be asked: for those who keep what they made of it.
  package var generation: Int { changes.load(ordering: .acquiring) }

  /// All servers, by name.
  package var servers: [ServerState] {
    entries.withLock { $0.values.map(\.state) }.sorted { $0.server < $1.server }
  }

  /// All stacks that have containers, in no order.
  package var stacks: [Stack] { entries.withLock { $0.values.flatMap(\.stacks) } }

  package func stack(_ name: String, on server: String) -> Stack? {
    entries.withLock { $0[server]?.stacks.first { $0.name == name } }
  }

  func set(_ server: String, _ link: ServerState.Link) {
    var state = ServerState(server: server)
    state.link = link
    take(state)
  }

  func remove(_ server: String) {
    guard entries.withLock({ $0.removeValue(forKey: server) }) != nil else { return }
    changes.add(1, ordering: .releasing)
    events.publish("server.removed", server: server)
  }

  /// Takes what a watch tells, and tells what changed.
  func take(_ state: ServerState) {
    let stacks = Self.stacks(of: state)
    let before = entries.withLock { entries in
      let before = entries[state.server]
      let seenAt = before?.state.link == .up ? Timestamp.systemNow() : before?.seenAt
      entries[state.server] = Entry(state: state, stacks: stacks, seenAt: state.link == .up ? nil : seenAt)
      return before
    }
    // Behind the change: who saw the old number, and the new stacks, only makes them once more.
    changes.add(1, ordering: .releasing)
    if before?.state.link != state.link { tell(state.link, of: state.server) }
    guard before?.state.containers != state.containers else { return }
    let known = before?.state.containers ?? [:]
    for (id, container) in state.containers where known[id] != container { tell(id, container, on: state.server) }
    for (id, container) in known where state.containers[id] == nil {
      events.publish(
        "container.removed", server: state.server, stack: container.stack,
        [("container", .string(id)), ("name", .string(container.name)), ("service", .string(container.service))])
    }
    let old = Dictionary((before?.stacks ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(stacks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (name, stack) in new where old[name]?.status != stack.status {
      events.publish("stack.status", server: state.server, stack: name, [("status", .string(stack.status.rawValue))])
    }
    for name in old.keys where new[name] == nil {
      events.publish("stack.status", server: state.server, stack: name, [("status", .string(Status.down.rawValue))])
    }
  }

  private func tell(_ link: ServerState.Link, of server: String) {
    switch link {
    case .connecting: events.publish("server.link", server: server, [("link", .string("connecting"))])
    case .up: events.publish("server.link", server: server, [("link", .string("up"))])
    case .away(let reason):
      events.publish("server.link", server: server, [("link", .string("away")), ("reason", .string(reason))])
    }
  }

  private func tell(_ id: String, _ container: ServerState.Container, on server: String) {
    events.publish(
      "container.changed", server: server, stack: container.stack,
      [
        ("container", .string(id)), ("name", .string(container.name)), ("service", .string(container.service)),
        ("status", .string(container.status.rawValue)), ("health", container.health.map { .string($0) } ?? .null),
      ])
  }

  private static func stacks(of state: ServerState) -> [Stack] {
    var found: [String: (stack: Stack, services: Set<String>, up: Set<String>)] = [:]
    for (id, container) in state.containers {
      var entry =
        found[container.stack]
        ?? (
          Stack(
            server: state.server, name: container.stack, services: 0, servicesUp: 0, containers: 0, running: 0, unhealthy: 0,
            starting: 0, finished: 0),
          [], []
        )
      entry.services.insert(container.service)
      entry.stack.containers += 1
      if container.status == .running {
        entry.stack.running += 1
        entry.up.insert(container.service)
      }
      if container.status == .exited, container.exitCode == 0 {
        entry.stack.finished += 1
        entry.up.insert(container.service)
      }
      // The order of a dictionary says nothing.
      var hasher = Hasher()
      hasher.combine(id)
      hasher.combine(container)
      entry.stack.stamp &+= hasher.finalize()
      if container.health == "unhealthy" { entry.stack.unhealthy += 1 }
      if container.health == "starting" { entry.stack.starting += 1 }
      found[container.stack] = entry
    }
    return found.values.map { entry in
      var stack = entry.stack
      stack.services = entry.services.count
      stack.servicesUp = entry.up.count
      return stack
    }
  }
}
