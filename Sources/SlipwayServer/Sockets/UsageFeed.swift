import Accounts
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore

/// What the stacks use that somebody may see: the last quarter of an hour first, then each new sample. It is of the samples that are
/// taken anyway, so that a list of all stacks asks no engine for anything more.
struct UsageFeed: Feed {
  private static let historyMilliseconds: Int64 = 900_000
  private static let stacksPerMessage = 100

  private let parts: ServerParts
  private let caller: Principal

  init(parts: ServerParts, caller: Principal) {
    self.parts = parts
    self.caller = caller
  }

  func run(_ outlet: FeedOutlet) async throws {
    var told: [StackKey: Timestamp] = [:]
    let begin = Timestamp(milliseconds: Timestamp.systemNow().milliseconds - Self.historyMilliseconds)
    await send(as: "history", outlet) { key, containers in
      let samples = await parts.stats.usage(of: containers, since: begin)
      told[key] = samples.last?.at
      return samples
    }
    while !Task.isCancelled {
      try await Task.sleep(for: StatsHub.interval)
      var now: [StackKey: Timestamp] = [:]
      await send(as: "usage", outlet) { key, containers in
        let last = told[key] ?? begin
        let samples = await parts.stats.usage(of: containers, since: last).filter { $0.at > last }
        now[key] = samples.last?.at ?? last
        return samples.suffix(1)
      }
      // Stacks that are gone are forgotten.
      told = now
    }
  }

  private func send(
    as name: String, _ outlet: FeedOutlet, _ samples: (StackKey, [StatsHub.Key]) async -> [StackUsage]
  ) async {
    var records: [ComposeValue] = []
    for (key, containers) in stacks {
      let found = await samples(key, containers)
      guard !found.isEmpty else { continue }
      records.append(
        .map(
          ComposeMap([
            ("stack", .string(key.project)), ("server", .string(key.server)), ("samples", .list(found.map(\.record))),
          ])))
      guard records.count == Self.stacksPerMessage else { continue }
      await outlet.send([(name, .list(records))])
      records = []
    }
    // The first one is sent also where there is nothing yet.
    if !records.isEmpty || name == "history" { await outlet.send([(name, .list(records))]) }
  }

  /// Running containers by stack, in the order of names.
  private var stacks: [(StackKey, [StatsHub.Key])] {
    let now = Timestamp.systemNow()
    var found: [StackKey: [StatsHub.Key]] = [:]
    for state in parts.fleet.states.servers {
      for (id, container) in state.containers where container.status == .running {
        let key = StackKey(server: state.server, project: container.stack)
        found[key, default: []].append(StatsHub.Key(server: state.server, container: id))
      }
    }
    return found.filter { key, _ in
      authorize(caller, .statsRead, on: .stack(server: key.server, name: key.project), now: now) == .allowed
    }.sorted { ($0.key.project, $0.key.server) < ($1.key.project, $1.key.server) }.map { ($0.key, $0.value) }
  }
}

extension StackUsage {
  fileprivate var record: ComposeValue {
    .map(
      ComposeMap([
        ("at", .string(at.text)), ("cpu_percent", .double(cpuPercent)), ("memory_bytes", .int(Int(clamping: memoryBytes))),
      ]))
  }
}
