import ArgumentParser
import ComposeFile
import DockerEngine
import Glibc
import Orchestration

/// `slipway stats`: as `docker compose stats`.
struct StatsCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what the containers of a stack use, again each second.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: [.customShort("a"), .customLong("all")], help: "Also containers that do not run.")
  var includesStopped = false

  @Option(name: .customLong("format"), help: "table, json, or a template such as {{.Name}}.")
  var format: String?

  @Flag(name: .customLong("no-stream"), help: "Look once.")
  var looksOnce = false

  @Flag(name: .customLong("no-trunc"), help: "Show ids whole.")
  var isWhole = false

  @Argument(help: "Service; none: all.")
  var service: String?

  private static let columns = [
    RowFormat.Column("Container", "CONTAINER"), .init("ID", "CONTAINER ID"), .init("Name", "NAME"), .init("CPUPerc", "CPU %"),
    .init("MemUsage", "MEM USAGE / LIMIT"), .init("MemPerc", "MEM %"), .init("NetIO", "NET I/O"), .init("BlockIO", "BLOCK I/O"),
    .init("PIDs", "PIDS"),
  ]
  private static let standard = ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"]

  func run() async throws {
    let session = StackSession(global: global)
    let project = try session.projectName()
    let style = try RowFormat(global.isJSON ? "json" : format, columns: Self.columns, standard: Self.standard)
    let (service, includesStopped, isWhole, looksOnce) = (self.service, self.includesStopped, self.isWhole, self.looksOnce)
    try await LostEngine.telling("the figures end here") {
      try await session.withContainers(of: project) { access in
        if let service {
          try session.requireServices([service], among: Set(try await access.containers().map(\.service)))
        }
        @Sendable func table(_ rows: [ServiceStats.Row]) -> String { style.text(rows.map { Self.row($0, isWhole: isWhole) }) }
        if looksOnce {
          StandardOutput.write(table(try await access.usage(service, all: includesStopped)))
          return
        }
        let isDrawnOver = style.isTable && isatty(STDOUT_FILENO) == 1
        try await access.watchUsage(service, all: includesStopped) { rows in
          let text = table(rows)
          // Home, each line cleared to its end, and what was below it (ECMA-48: CUP, EL, ED).
          let picture = "\u{1B}[H" + text.split(separator: "\n").map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
          return StandardOutput.write(isDrawnOver ? picture : text)
        }
      }
    }
  }

  private static func row(_ row: ServiceStats.Row, isWhole: Bool) -> RowFormat.Row {
    let (memory, limit) = (row.usage?.memoryBytes ?? 0, row.usage?.memoryLimitBytes ?? 0)
    func size(_ bytes: UInt64?) -> String { HumanText.size(Int64(clamping: bytes ?? 0)) }
    return [
      "Container": .string(row.id), "ID": .string(isWhole ? row.id : String(row.id.prefix(12))), "Name": .string(row.name),
      "CPUPerc": .string(HumanText.percent(row.usage?.cpuPercent ?? 0)),
      "MemUsage": .string("\(HumanText.binarySize(memory)) / \(HumanText.binarySize(limit))"),
      "MemPerc": .string(HumanText.percent(limit == 0 ? 0 : Double(memory) / Double(limit) * 100)),
      "NetIO": .string("\(size(row.usage?.receivedBytes)) / \(size(row.usage?.sentBytes))"),
      "BlockIO": .string("\(size(row.usage?.readBytes)) / \(size(row.usage?.writtenBytes))"),
      "PIDs": .string("\(row.usage?.processes ?? 0)"),
    ]
  }
}
