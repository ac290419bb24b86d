import ArgumentParser
import ComposeFile
import Orchestration
import RevisionStore
import SlipwayClient
import StackPlanning

/// `slipway move STACK --to SERVER`: the stack runs on another server afterwards, with its data.
struct MoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Move a stack with its revision and its volumes to another server.",
    discussion: """
      The stack stops while its volumes are copied, and no longer. What is copied is read back and compared before anything starts on the \
      other server. When anything fails before the stack is healthy there, it is removed there and started again where it was. The \
      volumes it leaves are kept.
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Name of the stack; none: that of the files.")
  var stack: String?

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("Server to move to: a name of slipway server, local, or an address.", valueName: "server"),
    completion: ServerNames.completion)
  var destination: String

  @Flag(name: .customLong("keep-source"), help: "Leave the containers and networks, stopped.")
  var keepsSource = false

  @Flag(name: .customLong("without-volumes"), help: "Copy no data.")
  var withoutVolumes = false

  @Option(name: [.short, .customLong("timeout")], help: ArgumentHelp("Grace period for stopping.", valueName: "seconds"))
  var timeout: Int?

  @Option(name: .customLong("wait-timeout"), help: ArgumentHelp("Longest wait for health.", valueName: "seconds"))
  var waitTimeout: Int?

  @Option(
    name: .customLong("allow"),
    help: ArgumentHelp("On a server: confirm what a rule of its policy finds, as an admin.", valueName: "rule"))
  var allowed: [String] = []

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  func run() async throws {
    var from = global
    if let stack {
      if let given = global.projectName, given != stack {
        throw CommandFailure("\(stack) and --project-name \(given) are two stacks\n  fix: name one of them")
      }
      from.projectName = stack
    }
    let name = try StackSession(global: from).projectName()
    let through: ServerConnection?
    switch try await StackSession(global: from).place() {
    case .remote(let connection): through = connection
    case .local(let connection):
      through = connection
      try await Self.place(name, &from)
    case .embedded:
      through = nil
      try await Self.place(name, &from)
    }
    let (source, target) = (StackSession(global: from), StackSession(global: destination(from)))
    let settings = try source.settings()
    var options = MoveOptions()
    options.keepsSource = keepsSource
    options.withoutVolumes = withoutVolumes
    options.stopTimeoutSeconds = try ServiceRunner.checked(graceSeconds: timeout)
    let waits = try settings.waits(isGated: true, timeoutSeconds: ServiceRunner.checked(waitSeconds: waitTimeout))
    let rules = try PolicyOption.rules(allowed)
    let (chosen, isDry, global) = (options, isDryRun, self.global)
    if let through {
      let move = ServedMove(session: source, connection: through, name: name, options: options, waits: waits, allowed: rules)
      if isDry { return MovePrinter.print(try await move.plan(to: destination), global) }
      return try MovePrinter.report(try await move.run(to: destination), name, destination, global)
    }
    let result = try await source.withProgress { here -> MoveResult? in
      try await target.withOperations(progress: here.progress, takesSignals: false) { there -> MoveResult? in
        let move = StackMove(name, from: here, to: there, options: chosen, waits: waits) {
          await Self.freeBytes(target, settings, there)
        }
        if isDry {
          MovePrinter.print(try await move.plan(), global)
          return nil
        }
        return try await move.run()
      }
    }
    if let result { try MovePrinter.report(result, name, destination, global) }
  }

  private func destination(_ from: GlobalOptions) -> GlobalOptions {
    var to = from
    (to.server, to.host) = destination.contains("://") ? (nil, destination) : (destination, nil)
    return to
  }

  /// Where no option names the source: the one server on which the stack is, as far as the store knows.
  private static func place(_ name: String, _ global: inout GlobalOptions) async throws {
    guard global.server == nil, global.host == nil,
      let store = try RevisionStore.openForReading(dataDirectory: try StackSession(global: global).settings().dataDirectory)
    else { return }
    var servers: [String] = []
    for summary in try await store.stacks() where summary.stack.project == name && summary.currentRevision != nil {
      if try await !store.isDown(summary.stack) { servers.append(summary.stack.server) }
    }
    guard let server = servers.first else { return }
    guard servers.count == 1 else {
      throw CommandFailure(
        "\(name) is on \(servers.joined(separator: ", "))\n  fix: name the one to move it from with --server or -H")
    }
    if server.contains("://") { global.host = server } else { global.server = server }
  }

  /// What the disk of the engine has free; nil where that cannot be known.
  private static func freeBytes(_ session: StackSession, _ settings: Settings, _ there: StackOperations) async -> Int64? {
    // WHY try?: a way that fails for this fails for the move too, and says so there.
    guard let target = try? await session.target(settings) else { return nil }
    let info = try? await SystemInfo.gather(there.engine, target: target, dataDirectory: settings.dataDirectory)
    await target.close()
    return info?.rootDisk?.freeBytes
  }
}

/// Prints plans and ends of moves, for people and for machines.
enum MovePrinter {
  static func print(_ plan: MovePlan, _ global: GlobalOptions) {
    guard global.isJSON else {
      StandardOutput.show(plan.text + "\n")
      return
    }
    let steps = plan.steps.map { step -> ComposeValue in
      .map(
        ComposeMap([
          ("part", .string(step.part.word)), ("action", .string(step.verb)), ("target", .string(step.object)),
          ("cause", .string(step.cause)),
        ]))
    }
    var fields = ComposeMap([
      ("project", .string(plan.project)), ("from", .string(plan.source)), ("to", .string(plan.target)),
      ("revision", .int(plan.revision)), ("steps", .list(steps)), ("downtime", list(plan.servicesWithDowntime)),
      ("stays", list(plan.staying)), ("warnings", list(plan.warnings)),
    ])
    if !plan.findings.isEmpty { fields["findings"] = .list(plan.findings.map(\.record)) }
    StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
  }

  private static func list(_ texts: [String]) -> ComposeValue { .list(texts.map { .string($0) }) }

  static func report(_ result: MoveResult, _ name: String, _ destination: String, _ global: GlobalOptions) throws {
    var fields = ComposeMap([("project", .string(name)), ("to", .string(destination))])
    var code: Int32 = 0
    var text: String
    switch result {
    case .moved(let revision, let staying):
      fields["outcome"] = .string("moved")
      fields["revision"] = .int(revision)
      fields["stays"] = list(staying)
      text = "\(name): runs on \(destination) as revision \(revision)"
      if !staying.isEmpty { text += "\nleft where it was:\n" + staying.map { "  \($0)" }.joined(separator: "\n") }
    case .failed(let reason, let state):
      fields["outcome"] = .string("failed")
      fields["reason"] = .string(reason)
      fields["state"] = .string(state)
      code = 1
      text = "\(name): was not moved: \(reason)\n\(name): \(state)"
    case .cancelled(let state):
      fields["outcome"] = .string("cancelled")
      fields["state"] = .string(state)
      code = 1
      text = "\(name): the move was cancelled: \(state)"
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else {
      StandardError.write(text)
    }
    if code != 0 { throw ExitCode(code) }
  }
}
