import DockerEngine
import LogStreaming
import Orchestration

/// The containers of a stack whose logs are wanted.
struct LogScope: Sendable {
  struct Container: Hashable, Sendable {
    var source: LogSource
    var service: String
    var isUp: Bool

    var name: String { source.name }
  }

  var project: String
  /// Empty: all.
  var services: Set<String> = []
  /// Of the one service named.
  var index: Int?

  /// Those that are there, by name.
  ///
  /// - Parameter orNone: a stack that is not there is no failure.
  func containers(_ engine: EngineClient, orNone: Bool = false) async throws -> [Container] {
    let all = try await engine.listContainers(
      all: true, filters: .labels([ComposeLabel.project: project, ComposeLabel.oneOff: "False"]))
    return try containers(among: all, orNone: orNone)
  }

  /// Those of a project's containers, by name; one-off ones are left out.
  func containers(among listed: [ContainerSummary], orNone: Bool = false) throws -> [Container] {
    let all = listed.filter { $0.labels[ComposeLabel.oneOff]?.lowercased() != "true" }
    let known = Set(all.compactMap { $0.labels[ComposeLabel.service] })
    if known.isEmpty, orNone { return [] }
    if let missing = services.subtracting(known).sorted().first {
      throw CommandFailure(
        known.isEmpty
          ? "\(project) has no containers\n  fix: start it with slipway up -d"
          : "no such service: \"\(missing)\" has no container in \(project)\n  fix: name one of \(known.sorted().joined(separator: ", "))"
      )
    }
    let wanted = all.filter { matches($0.labels) }.map { summary in
      Container(
        source: LogSource(id: summary.id, name: summary.name), service: summary.labels[ComposeLabel.service] ?? "",
        isUp: summary.state == .running || summary.state == .restarting || summary.state == .paused)
    }
    if let index, wanted.isEmpty {
      throw CommandFailure("service \(services.first ?? "") has no container \(index)\n  fix: see slipway ps -a -p \(project)")
    }
    return wanted.sorted { $0.name < $1.name }
  }

  private func matches(_ labels: [String: String]) -> Bool {
    guard services.isEmpty || services.contains(labels[ComposeLabel.service] ?? "") else { return false }
    return index.map { labels[ComposeLabel.number] == String($0) } ?? true
  }

  /// Runs `body` with a stream of the containers of the scope that start meanwhile, also while the engine was lost for a time.
  func withJoining(
    _ engine: EngineClient, _ printer: LogPrinter, _ patience: LinkPatience,
    naming: @escaping @Sendable (LogSource) -> LogSource = { $0 }, _ body: (AsyncStream<LogSource>) async throws -> Void
  ) async throws {
    let (joining, continuation) = AsyncStream.makeStream(of: LogSource.self, bufferingPolicy: .bufferingOldest(1024))
    var filters = EngineFilters.labels([ComposeLabel.project: project])
    filters.values["type"] = ["container"]
    filters.values["event"] = ["start"]
    let first = try await engine.events(filters: filters)
    try await withThrowingTaskGroup(of: Void.self) { [filters] group in
      group.addTask {
        var events = first
        var last: Int64 = 0
        while true {
          do {
            for try await event in events where event.timeNanoseconds > last {
              last = event.timeNanoseconds
              let labels = event.actor.attributes
              guard labels[ComposeLabel.oneOff]?.lowercased() != "true", matches(labels), let name = labels["name"] else {
                continue
              }
              let source = naming(LogSource(id: event.actor.id, name: name))
              printer.add(source.name, service: labels[ComposeLabel.service] ?? "")
              continuation.yield(source)
            }
            return
          } catch {
            guard try await patience.outlasts(error) else { throw error }
            let since = last > 0 ? EngineTimestamp(seconds: last / 1_000_000_000, nanoseconds: Int32(last % 1_000_000_000)) : nil
            events = try await patience.outlasting { try await engine.events(since: since, filters: filters) }
            // The engine keeps few events: what runs by now is joined whether its start is told or not.
            for container in try await patience.outlasting({ try await containers(engine) }) where container.isUp {
              let source = naming(container.source)
              printer.add(source.name, service: container.service)
              continuation.yield(source)
            }
          }
        }
      }
      try await body(joining)
      group.cancelAll()
    }
  }
}
