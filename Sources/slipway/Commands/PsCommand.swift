import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway ps`: the containers of a stack.
struct PsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ps", abstract: "List the containers of a stack.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .shortAndLong, help: "Also those that do not run.")
  var all = false

  @Flag(name: .shortAndLong, help: "Only ids.")
  var quiet = false

  @Option(help: "table or json.")
  var format = "table"

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let style = try OutputFormat(format, isJSON: global.isJSON)
    let (isAll, wanted) = (all, Set(services))
    // What does not run is listed too where a service must be looked for.
    let listsAll = isAll || !wanted.isEmpty
    let listed = try await session.withOperations { operations in
      try await operations.engine.listContainers(
        all: listsAll, filters: .labels([ComposeLabel.project: name, ComposeLabel.oneOff: "False"]))
    }
    try session.requireServices(wanted, among: Set(listed.compactMap { $0.labels[ComposeLabel.service] }))
    let containers =
      listed
      .filter { wanted.isEmpty || wanted.contains($0.labels[ComposeLabel.service] ?? "") }
      .filter { isAll || [.running, .paused, .restarting].contains($0.state) }
      .sorted { $0.name < $1.name }
    if quiet {
      StandardOutput.list(containers.map(\.id), isJSON: global.isJSON)
    } else if style == .json {
      StandardOutput.write(ComposeValue.list(containers.map(Self.json)).json(indented: true) + "\n")
    } else {
      let head = ["NAME", "IMAGE", "SERVICE", "STATUS", "PORTS"]
      let rows = containers.map { container in
        [
          container.name, container.image, container.labels[ComposeLabel.service] ?? "", container.status,
          Self.ports(container),
        ]
      }
      StandardOutput.show(Table.text([head] + rows))
    }
  }

  private static func ports(_ container: ContainerSummary) -> String {
    container.ports.sorted { ($0.privatePort, $0.ip) < ($1.privatePort, $1.ip) }.map { port in
      let inside = "\(port.privatePort)/\(port.kind)"
      guard let outside = port.publicPort else { return inside }
      let address = port.ip.contains(":") ? "[\(port.ip)]" : port.ip
      return "\(address):\(outside)->\(inside)"
    }.joined(separator: ", ")
  }

  private static func json(_ container: ContainerSummary) -> ComposeValue {
    .map(
      ComposeMap([
        ("ID", .string(container.id)), ("Name", .string(container.name)), ("Image", .string(container.image)),
        ("Service", .string(container.labels[ComposeLabel.service] ?? "")),
        ("State", .string(container.state.rawValue)), ("Status", .string(container.status)),
        ("Ports", .string(ports(container))), ("Revision", .string(container.labels[ComposeLabel.revision] ?? "")),
      ]))
  }
}
