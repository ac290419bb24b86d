import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// What containers use: the last hour first, then about once a second.
struct StatsFeed: Feed {
  private static let containerLimit = 50

  private let parts: ServerParts
  private let containers: [(key: StatsHub.Key, name: String)]
  private let withHistory: Bool

  init(parts: ServerParts, caller: Principal, json: ComposeValue) async throws {
    self.parts = parts
    withHistory = json["history"]?.bool ?? true
    let targets = try (json["targets"]?.list ?? []).map { try LogTarget($0) }
    guard !targets.isEmpty else {
      throw Problem(.unprocessable, "no_targets", "targets names nothing", remedy: "send [{\"stack\":\"NAME\"}]")
    }
    let now = Timestamp.systemNow()
    var found: [(StatsHub.Key, String)] = []
    for state in parts.fleet.states.servers {
      for (id, container) in state.containers where targets.contains(where: { $0.fits(id, container, on: state.server) }) {
        let resource = Resource.stack(server: state.server, name: container.stack)
        guard container.status == .running, authorize(caller, .statsRead, on: resource, now: now) == .allowed else { continue }
        found.append((StatsHub.Key(server: state.server, container: id), container.name))
      }
    }
    guard !found.isEmpty else { throw Problem.notFound("running container") }
    guard found.count <= Self.containerLimit else {
      throw Problem(.unprocessable, "too_many_containers", "one subscription shows \(Self.containerLimit) containers at most")
    }
    containers = found.map { (key: $0.0, name: $0.1) }
  }

  func run(_ outlet: FeedOutlet) async throws {
    if withHistory {
      for container in containers {
        let samples = await parts.stats.history(of: container.key)
        await outlet.send(Self.names(container) + [("history", .list(samples.map(\.record)))])
      }
    }
    await withDiscardingTaskGroup { group in
      for container in containers {
        group.addTask {
          for await sample in await parts.stats.watch(container.key) {
            await outlet.send(Self.names(container) + [("sample", sample.record)])
          }
          if !Task.isCancelled { await outlet.send(Self.names(container) + [("source_ended", .null)]) }
        }
      }
    }
  }

  private static func names(_ container: (key: StatsHub.Key, name: String)) -> [(String, ComposeValue)] {
    [
      ("server", .string(container.key.server)), ("container", .string(container.key.container)),
      ("source", .string(container.name)),
    ]
  }
}

extension StatsHub.Sample {
  var record: ComposeValue {
    .map(
      ComposeMap([
        ("at", .string(at.text)), ("cpu_percent", .double(usage.cpuPercent ?? 0)),
        ("memory_bytes", .int(Int(clamping: usage.memoryBytes))),
        ("memory_limit_bytes", .int(Int(clamping: usage.memoryLimitBytes))),
        ("received_bytes", .int(Int(clamping: usage.receivedBytes))),
        ("sent_bytes", .int(Int(clamping: usage.sentBytes))), ("read_bytes", .int(Int(clamping: usage.readBytes))),
        ("written_bytes", .int(Int(clamping: usage.writtenBytes))), ("processes", .int(Int(clamping: usage.processes))),
      ]))
  }
}
