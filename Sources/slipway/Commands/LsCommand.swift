import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway ls`: as `docker compose ls`.
struct LsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the stacks on the engine, whoever made them.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .shortAndLong, help: "Also stacks of which nothing runs.")
  var all = false

  @Option(name: .customLong("filter"), help: ArgumentHelp("name=PATTERN; may be repeated.", valueName: "filter"))
  var filters: [String] = []

  @Option(name: .customLong("format"), help: "table or json.")
  var format = "table"

  @Flag(name: .shortAndLong, help: "Only names.")
  var quiet = false

  @Flag(name: .customLong("all-servers"), help: "On this machine and on all servers.")
  var isEverywhere = false

  func run() async throws {
    let session = StackSession(global: global)
    let style = try OutputFormat(format, isJSON: global.isJSON)
    let patterns = try filters.map(Self.pattern)
    let isAll = all
    let answers =
      isEverywhere
      ? try await session.gather(try await StackServers.all(session), all: isAll, stack: nil)
      : StackServers.Gathered(found: [("", try await session.containers(all: isAll, stack: nil))])
    let stacks = answers.found.flatMap { server, containers in
      Dictionary(grouping: containers) { $0.labels[ComposeLabel.project] ?? "" }
        .filter { name, _ in !name.isEmpty && (patterns.isEmpty || patterns.contains { Self.matches(name, $0) }) }
        .sorted { $0.key < $1.key }
        .map { Stack(server: server, name: $0.key, status: Self.status($0.value), files: Self.files($0.value)) }
    }
    show(stacks, style)
    try answers.requireAll()
  }

  private struct Stack {
    /// Empty where only one engine was asked.
    var server: String
    var name: String
    var status: String
    var files: String
  }

  private func show(_ stacks: [Stack], _ style: OutputFormat) {
    if quiet { return StandardOutput.list(stacks.map(\.name), isJSON: global.isJSON) }
    switch style {
    case .json:
      let rows = stacks.map { stack in
        ComposeValue.map(
          ComposeMap(
            (isEverywhere ? [("Server", .string(stack.server))] : []) + [
              ("Name", .string(stack.name)), ("Status", .string(stack.status)), ("ConfigFiles", .string(stack.files)),
            ]))
      }
      StandardOutput.write(ComposeValue.list(rows).json(indented: false) + "\n")
    case .table:
      let rows = stacks.map { (isEverywhere ? [$0.server] : []) + [$0.name, $0.status, $0.files] }
      let head = (isEverywhere ? ["SERVER"] : []) + ["NAME", "STATUS", "CONFIG FILES"]
      StandardOutput.show(Table.text([head] + rows, minimum: 20))
    }
  }

  private static func pattern(_ filter: String) throws -> String {
    guard filter.hasPrefix("name=") else {
      throw CommandFailure("--filter \(filter) is not known\n  fix: use --filter name=PATTERN")
    }
    return String(filter.dropFirst(5))
  }

  /// Equal, or matched somewhere by the pattern as a regular expression.
  private static func matches(_ name: String, _ pattern: String) -> Bool {
    if name == pattern { return true }
    guard let regex = try? Regex(pattern) else { return false }
    return name.firstMatch(of: regex) != nil
  }

  /// `exited(1), running(3)`
  private static func status(_ containers: [ContainerSummary]) -> String {
    Dictionary(grouping: containers, by: \.state.rawValue).sorted { $0.key < $1.key }
      .map { "\($0.key)(\($0.value.count))" }.joined(separator: ", ")
  }

  private static func files(_ containers: [ContainerSummary]) -> String {
    let lists = Set(containers.compactMap { $0.labels[ComposeLabel.configFiles] }).filter { !$0.isEmpty }
    return lists.isEmpty ? "N/A" : lists.sorted().joined(separator: ",")
  }
}
