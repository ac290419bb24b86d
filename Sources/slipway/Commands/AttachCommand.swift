import ArgumentParser
import DockerEngine
import Glibc
import Orchestration

/// `slipway attach`: as `docker compose attach`.
struct AttachCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Join the input and output of a running container of a service.",
    discussion: "The exit code is the program's. On a terminal ctrl-p ctrl-q leaves it running.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var dryRun: RefusedDryRun

  @Option(name: .customLong("detach-keys"), help: ArgumentHelp("Keys that leave it, such as ctrl-p,ctrl-q.", valueName: "keys"))
  var detachKeys: String?

  @Option(name: .customLong("index"), help: ArgumentHelp("Which container of the service.", valueName: "number"))
  var index: Int?

  @Flag(name: .customLong("no-stdin"), help: "Give it no input.")
  var skipsInput = false

  @Flag(name: .customLong("sig-proxy"), inversion: .prefixedNo, help: "Pass signals on to the program.")
  var forwardsSignals = true

  @Argument(help: "Service.")
  var service: String

  func run() async throws {
    let session = StackSession(global: global)
    let project = try session.projectName()
    let (service, index, keys, forwards) = (service, index, detachKeys, forwardsSignals)
    let input = skipsInput ? nil : StandardInput()
    if case .remote(let connection) = try await session.place() {
      return try end(try await served(session.served(project, connection)))
    }
    let code: Int? = try await LostEngine.telling("the program may go on") {
      try await session.withOperations(notice: nil) { operations in
        let container = try await ServiceExec(operations.engine).container(of: service, index: index, in: project)
        let signals = ForwardedSignals()
        let ends = ContainerSession.Ends(
          input: input, sizes: TerminalSizes.changes(), signals: signals.signals, delivered: { signals.delivered() },
          output: OutputQueue().sink())
        let joined = ContainerSession(operations.engine)
        let hasTTY = try await operations.engine.inspectContainer(container.id).config.hasTTY
        if hasTTY, input != nil, isatty(STDIN_FILENO) == 1 {
          return try await TerminalMode.raw { try await joined.attach(to: container.id, detachKeys: keys, ends) }
        }
        guard forwards else { return try await joined.attach(to: container.id, detachKeys: keys, ends) }
        return try await Interruption.forwarding(to: { signals.take($0) }) {
          try await joined.attach(to: container.id, detachKeys: keys, ends)
        }
      }
    }
    try end(code)
  }

  private func end(_ code: Int?) throws {
    guard let code else { return StandardError.note("detached; the program goes on") }
    if code != 0 { throw ExitCode(Int32(truncatingIfNeeded: code)) }
  }

  private func served(_ stack: ServedStack) async throws -> Int? {
    let (service, index, keys, forwards) = (service, index, detachKeys, forwardsSignals)
    let input = skipsInput ? nil : StandardInput()
    return try await Interruption.cancelling(notice: nil) {
      let container = try await ServedContainers(stack: stack).container(of: service, index: index, in: stack.name)
      let (terminal, hasTTY) = try await stack.attachment(to: container, takesInput: input != nil, detachKeys: keys)
      if hasTTY, input != nil, isatty(STDIN_FILENO) == 1 {
        return try await TerminalMode.raw { try await terminal.join(input: input) }
      }
      guard forwards else { return try await terminal.join(input: input) }
      let signals = ForwardedSignals()
      return try await Interruption.forwarding(to: { signals.take($0) }) {
        try await terminal.join(input: input, signals: signals)
      }
    }
  }
}
