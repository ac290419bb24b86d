import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore

/// `slipway ps`: as `docker compose ps`.
struct PsCommand: StackCommand {
  static let serverUse = ServerUse.merged
  static let configuration = CommandConfiguration(commandName: "ps", abstract: "List the containers of a stack.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .shortAndLong, help: "Also those that do not run, and those of run.")
  var all = false

  @Option(name: .customLong("filter"), help: ArgumentHelp("status=STATUS; may be repeated.", valueName: "filter"))
  var filters: [String] = []

  @Option(help: "table, json, or a template such as {{.Name}}.")
  var format: String?

  @Flag(name: .customLong("no-trunc"), help: "Show ids and commands whole.")
  var isWhole = false

  @Flag(name: .customLong("orphans"), inversion: .prefixedNo, help: "Include services that are not in the files.")
  var includesOrphans = true

  @Flag(name: .shortAndLong, help: "Only ids.")
  var quiet = false

  @Flag(name: .customLong("services"), help: "Only the names of the services.")
  var listsServices = false

  @Option(
    name: .customLong("status"),
    help: ArgumentHelp("Only containers in this state (running, exited …); may be repeated.", valueName: "status"))
  var statuses: [String] = []

  @Flag(name: .customLong("all-servers"), help: "On this machine and on all servers.")
  var isEverywhere = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let servers = isEverywhere ? try await StackServers.all(session) : global.mergedServers
    let style = try RowFormat(
      global.isJSON ? "json" : format, columns: ContainerRow.columns,
      standard: (servers.isEmpty ? [] : ["Server"]) + ContainerRow.standard)
    let states = Set(statuses + (try filters.map(Self.status)))
    // What does not run is listed too where a service or a state must be looked for.
    let isAll = all || !states.isEmpty
    let wanted = Set(services)
    let listsAll = isAll || !wanted.isEmpty
    let answers =
      servers.isEmpty
      ? StackServers.Gathered(found: [("", try await session.containers(all: listsAll, stack: name))])
      : try await session.gather(servers, all: listsAll, stack: name)
    let listed = answers.found.map { server, containers in
      (server, containers.filter { isAll || $0.labels[ComposeLabel.oneOff]?.lowercased() != "true" })
    }
    if answers.failures.isEmpty {
      try session.requireServices(wanted, among: Set(listed.flatMap(\.1).compactMap { $0.labels[ComposeLabel.service] }))
    }
    let declared = includesOrphans ? nil : try Self.declared(session)
    let containers = listed.flatMap { server, found in
      found
        .filter { wanted.isEmpty || wanted.contains($0.labels[ComposeLabel.service] ?? "") }
        .filter { declared?.contains($0.labels[ComposeLabel.service] ?? "") ?? true }
        .filter {
          states.isEmpty ? isAll || [.running, .paused, .restarting].contains($0.state) : states.contains($0.state.rawValue)
        }
        .sorted { $0.name < $1.name }.map { (server: server, container: $0) }
    }
    show(containers, style)
    try answers.requireAll()
  }

  private func show(_ containers: [(server: String, container: ContainerSummary)], _ style: RowFormat) {
    if quiet { return StandardOutput.list(containers.map(\.container.id), isJSON: global.isJSON) }
    if listsServices {
      let names = containers.map { $0.container.labels[ComposeLabel.service] ?? "" }
      let unique = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map { TerminalText.line($1) }
      return StandardOutput.list(unique, isJSON: global.isJSON)
    }
    let now = Timestamp.systemNow().milliseconds / 1000
    let rows = containers.map { server, container in
      var fields = ContainerRow(container, nowSeconds: now, isWhole: isWhole || global.isJSON).fields
      if !server.isEmpty { fields["Server"] = .string(server) }
      return fields
    }
    if global.isJSON {
      StandardOutput.write(RowFormat.list(rows) + "\n")
    } else {
      StandardOutput.write(style.text(rows))
    }
  }

  private static func status(_ filter: String) throws -> String {
    guard filter.hasPrefix("status=") else {
      throw CommandFailure("--filter \(filter) is not known\n  fix: use --filter status=STATUS")
    }
    return String(filter.dropFirst(7))
  }

  /// The services of the files; nil where these cannot be read, and the project's name is enough.
  private static func declared(_ session: StackSession) throws -> Set<String>? {
    try session.scope().model.map { Set($0.services.map(\.name)).union($0.inactiveServices) }
  }
}

/// A container as a row of `ps`, with Docker Compose's fields, and the revision that it belongs to.
private struct ContainerRow {
  static let columns = [
    RowFormat.Column("Name", "NAME"), .init("Names", "NAMES"), .init("Image", "IMAGE"), .init("Command", "COMMAND"),
    .init("Service", "SERVICE"), .init("RunningFor", "CREATED"), .init("CreatedAt", "CREATED AT"), .init("Status", "STATUS"),
    .init("Ports", "PORTS"), .init("ID", "CONTAINER ID"), .init("State", "STATE"), .init("Health", "HEALTH"),
    .init("ExitCode", "EXIT CODE"), .init("Project", "PROJECT"), .init("Labels", "LABELS"), .init("Mounts", "MOUNTS"),
    .init("LocalVolumes", "LOCAL VOLUMES"), .init("Networks", "NETWORKS"), .init("Publishers", "PUBLISHERS"),
    .init("Size", "SIZE"), .init("Engine", "ENGINE"), .init("Revision", "REVISION"), .init("Server", "SERVER"),
  ]
  static let standard = ["Name", "Image", "Command", "Service", "RunningFor", "Status", "Ports"]

  private let container: ContainerSummary
  private let nowSeconds: Int64
  private let isWhole: Bool

  init(_ container: ContainerSummary, nowSeconds: Int64, isWhole: Bool) {
    self.container = container
    self.nowSeconds = nowSeconds
    self.isWhole = isWhole
  }

  var fields: RowFormat.Row {
    let labels = container.labels
    let mounts = container.mounts.map { $0.name.isEmpty ? $0.source : $0.name }
    return [
      "ID": .string(isWhole ? container.id : String(container.id.prefix(12))), "Name": .string(container.name),
      "Names": .string(container.name), "Image": .string(container.image), "Command": .string(command),
      "Service": .string(labels[ComposeLabel.service] ?? ""), "Project": .string(labels[ComposeLabel.project] ?? ""),
      "State": .string(container.state.rawValue), "Status": .string(container.status), "Health": .string(health),
      "ExitCode": .int(exitCode), "Ports": .string(ports), "Publishers": .list(publishers),
      "CreatedAt": .string(createdAt),
      "RunningFor": .string(HumanText.duration(seconds: nowSeconds - container.createdAtSeconds) + " ago"),
      "Labels": .string(labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
      "Mounts": .string(mounts.sorted().joined(separator: ",")),
      "LocalVolumes": .string("\(container.mounts.filter { $0.kind == "volume" && $0.driver == "local" }.count)"),
      "Networks": .string(container.networkSettings.networks.keys.sorted().joined(separator: ",")),
      "Size": .string("0B"), "Engine": .string(""), "Revision": .string(labels[ComposeLabel.revision] ?? ""),
    ]
  }

  /// In the quotes of Go (strconv.Quote); of 20 characters at most unless it is wanted whole.
  private var command: String {
    let text = container.command
    let shown = isWhole || text.count <= 20 ? text : text.prefix(19) + "…"
    return HumanText.quoted(String(shown))
  }

  /// `2026-11-21 14:08:15 +0000 UTC`
  private var createdAt: String {
    String(ClockText.utc(container.createdAtSeconds * 1000).dropLast()).replacing("T", with: " ") + " +0000 UTC"
  }

  private var health: String {
    if container.status.contains("(unhealthy)") { return "unhealthy" }
    if container.status.contains("(healthy)") { return "healthy" }
    return container.status.contains("(health: starting)") ? "starting" : ""
  }

  private var exitCode: Int {
    guard let open = container.status.firstIndex(of: "("), let close = container.status.firstIndex(of: ")"), open < close else {
      return 0
    }
    return Int(container.status[container.status.index(after: open)..<close]) ?? 0
  }

  private var sortedPorts: [PublishedPort] {
    container.ports.sorted { ($0.privatePort, $0.kind, $0.ip) < ($1.privatePort, $1.kind, $1.ip) }
  }

  private var ports: String {
    sortedPorts.map { port in
      let inside = "\(port.privatePort)/\(port.kind)"
      guard let outside = port.publicPort else { return inside }
      let address = port.ip.contains(":") ? "[\(port.ip)]" : port.ip
      return "\(address):\(outside)->\(inside)"
    }.joined(separator: ", ")
  }

  private var publishers: [ComposeValue] {
    sortedPorts.map { port in
      .map(
        ComposeMap([
          ("URL", .string(port.ip)), ("TargetPort", .int(port.privatePort)), ("PublishedPort", .int(port.publicPort ?? 0)),
          ("Protocol", .string(port.kind)),
        ]))
    }
  }
}
