import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway top`: as `docker compose top`.
struct TopCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(commandName: "top", abstract: "List the processes of a stack.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let wanted = Set(services)
    let found = try await session.withContainers(of: name) { access in
      let containers = try await access.containers().filter {
        ($0.state == .running || $0.state == .paused) && (wanted.isEmpty || wanted.contains($0.service))
      }
      let all = try await containers.concurrentMap(atOnce: 8) { container in
        // Nil: it ended meanwhile.
        try await access.processes(of: container.id).map { (container, $0) }
      }
      return all.compactMap { $0 }.sorted { ($0.0.service, $0.0.number, $0.0.name) < ($1.0.service, $1.0.number, $1.0.name) }
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(found.map { Self.json($0.0, $0.1) }).json(indented: true) + "\n")
    } else if !found.isEmpty {
      StandardOutput.show(Table.text(Self.rows(found), minimum: 4, gap: 2))
    }
  }

  /// Containers may tell different columns: all of them are shown, in the order of their coming.
  private static func rows(_ found: [(ServiceContainer, ContainerProcesses)]) -> [[String]] {
    var titles: [String] = []
    for title in found.flatMap(\.1.titles) where !titles.contains(title) { titles.append(title) }
    var rows = [["SERVICE", "#"] + titles]
    for (container, processes) in found {
      for row in processes.rows {
        let values = Dictionary(zip(processes.titles, row), uniquingKeysWith: { first, _ in first })
        rows.append([container.service, "\(container.number)"] + titles.map { values[$0] ?? "-" })
      }
    }
    return rows
  }

  private static func json(_ container: ServiceContainer, _ processes: ContainerProcesses) -> ComposeValue {
    let rows = processes.rows.map { row in
      ComposeValue.map(ComposeMap(zip(processes.titles, row).map { ($0, .string($1)) }))
    }
    return .map(
      ComposeMap([
        ("service", .string(container.service)), ("number", .int(container.number)), ("container", .string(container.name)),
        ("processes", .list(rows)),
      ]))
  }
}
