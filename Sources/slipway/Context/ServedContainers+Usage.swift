import ComposeFile
import DockerEngine
import Orchestration
import SlipwayAPI
import SlipwayClient
import Synchronization

/// What containers use, as the server of the context tells it.
extension ServedContainers {
  /// Looks at the list again after so long, as an engine is looked at.
  private static let interval: Duration = .seconds(1)
  /// How long the first look waits for all containers to tell.
  private static let firstLimit: Duration = .seconds(3)

  private func wanted(_ service: String?, all: Bool) async throws -> [ContainerSummary] {
    try await summaries(all: all).filter { service == nil || $0.labels[ComposeLabel.service] == service }
  }

  func usage(_ service: String?, all: Bool) async throws -> [ServiceStats.Row] {
    let connection = stack.connection
    return try await wanted(service, all: all).concurrentMap(atOnce: 8) { container in
      var row = ServiceStats.Row(id: container.id, name: container.name)
      guard container.state == .running else { return row }
      do {
        row.usage = ContainerUsage(
          try await connection.call(.get, path(container.id, "/stats"), as: StatsBody.self))
      } catch let problem as ServerProblem {
        // It has ended meanwhile.
        guard [404, 409].contains(problem.status) else { throw problem }
      }
      return row
    }
  }

  func watchUsage(
    _ service: String?, all: Bool, _ show: @escaping @Sendable ([ServiceStats.Row]) async throws -> Bool
  ) async throws {
    let latest = Samples()
    let start = ContinuousClock.now
    var following: (ids: Set<String>, task: Task<Void, Never>)?
    defer { following?.task.cancel() }
    while true {
      let containers = try await wanted(service, all: all)
      let running = Set(containers.filter { $0.state == .running }.map(\.id))
      if following?.ids != running {
        following?.task.cancel()
        // WHY: it goes on beside the looks at the list, until other containers run or this ends.
        following = (running, Task { await follow(running, into: latest) })
      }
      let rows = containers.map { container in
        ServiceStats.Row(
          id: container.id, name: container.name, usage: running.contains(container.id) ? latest.of(container.id) : nil)
      }
      let isWhole = rows.allSatisfy { !running.contains($0.id) || $0.usage != nil }
      guard isWhole || ContinuousClock.now - start > Self.firstLimit else {
        try await Task.sleep(for: .milliseconds(200))
        continue
      }
      guard try await show(rows) else { return }
      try await Task.sleep(for: Self.interval)
    }
  }

  /// The figures that came last.
  private final class Samples: Sendable {
    private let values = Mutex<[String: ContainerUsage]>([:])

    func of(_ container: String) -> ContainerUsage? { values.withLock { $0[container] } }

    func take(_ usage: ContainerUsage, of container: String) { values.withLock { $0[container] = usage } }
  }

  private func follow(_ containers: Set<String>, into samples: Samples) async {
    guard !containers.isEmpty else { return }
    let targets = containers.sorted().map { id in
      ComposeValue.map(ComposeMap([("server", .string(stack.server)), ("container", .string(id))]))
    }
    let fields = ComposeMap([("targets", .list(targets)), ("history", .bool(false))])
    do {
      try await stack.connection.follow(.stats(fields)) { message in
        if let id = message["container"]?.string, let usage = message["sample"].flatMap({ ContainerUsage($0) }) {
          samples.take(usage, of: id)
        }
        return true
      }
    } catch {
      // The list of containers tells what became of them, and a lost server.
    }
  }
}

extension ContainerUsage {
  init(_ body: StatsBody) {
    self.init(
      cpuPercent: body.cpuPercent, memoryBytes: UInt64(clamping: body.memoryBytes),
      memoryLimitBytes: UInt64(clamping: body.memoryLimitBytes), receivedBytes: UInt64(clamping: body.receivedBytes),
      sentBytes: UInt64(clamping: body.sentBytes), readBytes: UInt64(clamping: body.readBytes),
      writtenBytes: UInt64(clamping: body.writtenBytes), processes: UInt64(clamping: body.pids))
  }

  /// As a socket tells it; nil: it is no sample.
  fileprivate init?(_ sample: ComposeValue) {
    guard sample["memory_bytes"] != nil else { return nil }
    func number(_ name: String) -> UInt64 { UInt64(clamping: sample[name]?.int ?? 0) }
    let percent: Double? =
      switch sample["cpu_percent"] {
      case .double(let value)?: value
      case .int(let value)?: Double(value)
      default: nil
      }
    self.init(
      cpuPercent: percent, memoryBytes: number("memory_bytes"), memoryLimitBytes: number("memory_limit_bytes"),
      receivedBytes: number("received_bytes"), sentBytes: number("sent_bytes"), readBytes: number("read_bytes"),
      writtenBytes: number("written_bytes"), processes: number("processes"))
  }
}
