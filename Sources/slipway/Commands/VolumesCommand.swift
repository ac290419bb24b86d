import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway volumes`: as `docker compose volumes`.
struct VolumesCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "volumes", abstract: "List the volumes of a stack, or those that services mount.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("format"), help: "table, json, or a template such as {{.Name}}.")
  var format: String?

  @Flag(name: .shortAndLong, help: "Only names.")
  var quiet = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  private static let columns = [
    RowFormat.Column("Name", "VOLUME NAME"), .init("Driver", "DRIVER"), .init("Scope", "SCOPE"),
    .init("Mountpoint", "MOUNTPOINT"), .init("Labels", "LABELS"), .init("Links", "LINKS"), .init("Size", "SIZE"),
    .init("Availability", "AVAILABILITY"), .init("Group", "GROUP"), .init("Status", "STATUS"),
  ]

  func run() async throws {
    let session = StackSession(global: global)
    let project = try session.projectName()
    let style = try RowFormat(
      global.isJSON ? "json" : format, columns: Self.columns, standard: ["Driver", "Name"])
    let wanted = Set(services)
    let (known, mounted, all) = try await session.withContainers(of: project) { access in
      let containers = try await access.summaries(all: true)
      let mine = containers.filter { wanted.contains($0.labels[ComposeLabel.service] ?? "") }
      return (
        Set(containers.compactMap { $0.labels[ComposeLabel.service] }),
        Set(mine.flatMap(\.mounts).filter { $0.kind == "volume" }.map(\.name)), try await access.volumes()
      )
    }
    try session.requireServices(wanted, among: known)
    let volumes = all.filter { wanted.isEmpty || mounted.contains($0.name) }.sorted { $0.name < $1.name }
    if quiet { return StandardOutput.list(volumes.map(\.name), isJSON: global.isJSON) }
    let rows = volumes.map(Self.row)
    if global.isJSON {
      StandardOutput.write(RowFormat.list(rows) + "\n")
    } else {
      StandardOutput.write(style.text(rows))
    }
  }

  /// What only a Swarm, or a look at the disk, could tell is `N/A`, as Docker says it.
  private static func row(_ volume: VolumeInspection) -> RowFormat.Row {
    var row: RowFormat.Row = [
      "Name": .string(volume.name), "Driver": .string(volume.driver), "Scope": .string(volume.scope),
      "Mountpoint": .string(volume.mountpoint),
      "Labels": .string(volume.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
    ]
    for field in ["Links", "Size", "Availability", "Group", "Status"] { row[field] = .string("N/A") }
    return row
  }
}
