package import RevisionStore
import Synchronization

/// All stacks that a server knows of: those that have containers, those that have revisions, and those that have a folder.
package final class StackCatalog: Sendable {
  /// One stack on one server.
  package struct Row: Hashable, Sendable {
    package var key: StackKey
    package var status: FleetStates.Status
    /// Whether its server can be asked; else the status is what was seen last.
    package var isReachable: Bool
    package var services: Int
    package var servicesUp = 0
    package var containers: Int
    package var running: Int
    /// What runs; nil: nothing was deployed.
    package var revision: Int?
    package var lastRevision: Int
    package var changedAt: Timestamp?
    package var hasFolder: Bool
    /// The operation that runs on it.
    package var holder: LockHolder?
    /// Another one whenever another container is there, or one has changed.
    package var stamp = 0
  }

  private struct Stored {
    var summaries: [StackSummary] = []
    var homes: [String: String] = [:]
    var isStale = true
    /// Counts the calls of `refresh`, so that a read that was begun before one is not kept.
    var generation = 0
    var rows: Kept?
  }

  /// Rows as they were made of the store and the states of these numbers.
  private struct Kept {
    var generation: Int
    var states: Int
    var rows: [Row]
  }

  private let states: FleetStates
  private let folders: StackFolders
  private let store: RevisionStore
  private let stored = Mutex(Stored())

  package init(states: FleetStates, folders: StackFolders, store: RevisionStore) {
    self.states = states
    self.folders = folders
    self.store = store
  }

  /// To be called after the store or the folders have changed; what the engines tell is always fresh.
  package func refresh() {
    stored.withLock { stored in
      stored.isStale = true
      stored.generation += 1
    }
  }

  /// All stacks, by name and server.
  package func rows() async throws(StoreError) -> [Row] {
    let current = states.generation
    let known = try await known()
    let kept = stored.withLock { $0.rows }
    if let kept, kept.generation == known.generation, kept.states == current { return kept.rows }
    let rows = rows(known.summaries, known.homes)
    stored.withLock { $0.rows = Kept(generation: known.generation, states: current, rows: rows) }
    return rows
  }

  private func rows(_ summaries: [StackSummary], _ homes: [String: String]) -> [Row] {
    var rows: [StackKey: Row] = [:]
    for live in states.stacks {
      let key = StackKey(server: live.server, project: live.name)
      rows[key] = Row(
        key: key, status: live.status, isReachable: true, services: live.services, servicesUp: live.servicesUp,
        containers: live.containers, running: live.running, lastRevision: 0, hasFolder: false, stamp: live.stamp)
    }
    for summary in summaries {
      var row = rows[summary.stack] ?? Self.down(summary.stack)
      row.revision = summary.currentRevision
      row.lastRevision = summary.lastRevision
      row.changedAt = summary.changedAt
      row.holder = summary.holder
      rows[summary.stack] = row
    }
    for (name, server) in homes {
      let key = StackKey(server: server, project: name)
      rows[key, default: Self.down(key)].hasFolder = true
    }
    let reachable = Set(states.servers.filter { $0.link == .up }.map(\.server))
    return rows.values.map { row in
      var row = row
      row.isReachable = reachable.contains(row.key.server)
      // That there is nothing cannot be told of an engine that cannot be asked.
      if !row.isReachable, row.containers == 0 { row.status = .unknown }
      return row
    }.sorted { ($0.key.project, $0.key.server) < ($1.key.project, $1.key.server) }
  }

  package func row(_ key: StackKey) async throws(StoreError) -> Row? { try await rows().first { $0.key == key } }

  /// The server that the folder of a name belongs to; nil: there is no such folder.
  package func home(of name: String) async throws(StoreError) -> String? { try await known().homes[name] }

  private static func down(_ key: StackKey) -> Row {
    Row(
      key: key, status: .down, isReachable: true, services: 0, containers: 0, running: 0, lastRevision: 0, hasFolder: false)
  }

  /// What the store and the folders say, and the number of `refresh` that it is at least as new as.
  private func known() async throws(StoreError) -> (summaries: [StackSummary], homes: [String: String], generation: Int) {
    let (fresh, generation) = stored.withLock { stored in
      (stored.isStale ? nil : (stored.summaries, stored.homes, stored.generation), stored.generation)
    }
    if let fresh { return fresh }
    let summaries = try await store.stacks()
    let assigned = Dictionary(
      try await store.stackHomes().map { ($0.name, $0.server) }, uniquingKeysWith: { first, _ in first })
    // A folder that somebody put there belongs to this machine's engine.
    let homes = Dictionary(
      folders.names().map { name in (name, assigned[name] ?? ServerName.local) }, uniquingKeysWith: { first, _ in first })
    stored.withLock { stored in
      guard stored.generation == generation else { return }
      stored.summaries = summaries
      stored.homes = homes
      stored.isStale = false
    }
    return (summaries, homes, generation)
  }
}
