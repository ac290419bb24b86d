import ArgumentParser
import DockerEngine
import Glibc
import LogStreaming
import Orchestration
import RevisionStore

/// `slipway logs`: what the containers of a stack wrote, merged by time.
struct LogsCommand: StackCommand {
  static let serverUse = ServerUse.merged
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show the logs of a stack, merged by time.",
    discussion: "Times are RFC 3339, seconds since 1970, or a length of time before now such as 10m or 1h30m.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: [.customShort("f"), .customLong("follow")], help: "Go on with what is written later.")
  var follows = false

  @Option(name: [.customShort("n"), .customLong("tail")], help: "Last lines of each container; all.")
  var tail = "all"

  @Option(name: .customLong("since"), help: ArgumentHelp("Only lines since then.", valueName: "time"))
  var since: String?

  @Option(name: .customLong("until"), help: ArgumentHelp("Only lines before then.", valueName: "time"))
  var until: String?

  @Flag(name: [.customShort("t"), .customLong("timestamps")], help: "Show the time of each line.")
  var hasTimestamps = false

  @Flag(name: .customLong("no-log-prefix"), help: "Do not show the container's name.")
  var isBare = false

  @Option(name: .customLong("index"), help: ArgumentHelp("Which container of the one service named.", valueName: "number"))
  var index: Int?

  @Flag(name: .customLong("all-servers"), help: "On this machine and on all servers, merged by time.")
  var isEverywhere = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    guard tail == "all" || Int(tail).map({ $0 >= -1 }) == true else {
      throw CommandFailure("--tail \(tail) is not a number or all")
    }
    if index != nil, services.count != 1 { throw CommandFailure("--index needs exactly one service\n  fix: name the service") }
    let now = Timestamp.systemNow().milliseconds
    var selection = LogSelection()
    selection.tail = Int(tail).flatMap { $0 < 0 ? nil : $0 }
    selection.since = try since.map { try EventTime.point($0, option: "--since", nowMilliseconds: now) }
    selection.until = try until.map { try EventTime.point($0, option: "--until", nowMilliseconds: now) }
    let style = try LogPrinter.Style(global, session, hasPrefix: !isBare, hasTimestamps: hasTimestamps)
    let scope = LogScope(project: name, services: Set(services), index: index)
    let (chosen, isFollowed) = (selection, follows)
    let servers = isEverywhere ? try await StackServers.all(session) : global.mergedServers
    if case .remote(let connection) = try await session.place() {
      return try await ServedLogs(session: session, connection: connection, scope: scope, selection: chosen, style: style)
        .show(servers, follows: follows)
    }
    guard servers.isEmpty else {
      return try await MergedLogs(scope: scope, selection: chosen, style: style).show(servers, global, follows: follows)
    }
    try await LostEngine.telling("the logs end here") {
      try await session.withOperations(notice: nil) { operations in
        try await Self.show(scope, of: name, chosen, follows: isFollowed, style, operations.engine)
      }
    }
  }

  private static func show(
    _ scope: LogScope, of project: String, _ selection: LogSelection, follows: Bool, _ style: LogPrinter.Style,
    _ engine: EngineClient
  ) async throws {
    let containers = try await scope.containers(engine)
    let printer = LogPrinter(
      style, project: project, containers: Dictionary(uniqueKeysWithValues: containers.map { ($0.name, $0.service) }))
    let patience = LinkPatience(engine, notice: LostEngine.tell)
    let logs = StackLogs(engine, patience: patience)
    guard follows else {
      return try await logs.history(
        of: containers.map(\.source), selection, unreadable: { printer.printUnreadable($0.name, $1) }, paused: printer.flush
      ) { printer.print($0) }
    }
    try await scope.withJoining(engine, printer, patience) { joining in
      try await logs.follow(
        containers.map { ($0.source, selection) }, joining: joining, paused: printer.flush
      ) { event in
        switch event {
        case .line(let line): return printer.print(line)
        case .ended(let source, let code): return printer.printEnd(of: source.name, code: code)
        case .unreadable(let source, let reason):
          printer.printUnreadable(source.name, reason)
          return true
        }
      }
    }
  }
}

extension LogPrinter.Style {
  /// As the options, the environment and the terminal allow.
  init(_ global: GlobalOptions, _ session: StackSession, hasPrefix: Bool, hasTimestamps: Bool) throws {
    let appearance = Appearance.of(
      STDOUT_FILENO, ansi: try global.ansi ?? session.settings().ansi, isColorless: global.isColorless,
      environment: session.environment)
    self.init(
      hasColors: appearance.hasColors, hasPrefix: hasPrefix, hasTimestamps: hasTimestamps, isJSON: global.isJSON)
  }
}
