import ArgumentParser
import DockerEngine
import Glibc
import Orchestration

/// `slipway exec`: as `docker compose exec`.
struct ExecCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Run a command in a running container of a service.",
    discussion: "Gets a terminal when standard input and output are one, unless -T is given. The exit code is the command's.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var dryRun: RefusedDryRun

  @Flag(name: [.customShort("d"), .customLong("detach")], help: "Run the command in the background.")
  var isDetached = false

  @Option(
    name: [.short, .customLong("env")],
    help: ArgumentHelp("Set a variable; may be repeated.", valueName: "name=value"))
  var env: [String] = []

  @Option(name: .customLong("index"), help: "Number of the container, when the service has several.")
  var index: Int?

  @Flag(name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")], help: "No terminal for the command.")
  var skipsTTY = false

  // A terminal is given where there is one, as Docker Compose does with -t too.
  @Flag(name: [.customShort("t"), .customLong("tty")], help: .hidden)
  var wantsTTY = false

  @Flag(
    name: [.customShort("i"), .customLong("interactive")], inversion: .prefixedNo,
    help: "Give it the standard input.")
  var isInteractive = true

  @Flag(name: .customLong("privileged"), help: "Give the command all rights.")
  var isPrivileged = false

  @Option(name: [.short, .customLong("user")], help: "Run as this user, NAME|UID[:GROUP|GID].")
  var user: String?

  @Option(name: [.short, .customLong("workdir")], help: "Folder in the container to run in.")
  var workdir: String?

  @Argument(
    parsing: .captureForPassthrough, help: ArgumentHelp("Service, then the command with its arguments.", valueName: "service"))
  var words: [String] = []

  func validate() throws {
    guard let service = words.first, !service.hasPrefix("-") else {
      throw ValidationError(words.first.map { "Unknown option \($0)" } ?? "Name a service and a command")
    }
    guard words.count > 1 else { throw ValidationError("Name the command to run in \(service)") }
  }

  func run() async throws {
    let session = StackSession(global: global)
    let (service, spec) = try request(session.environment)
    let project = try session.projectName()
    let (isDetached, index) = (isDetached, index)
    if case .remote(let connection) = try await session.place() {
      return try end(try await served(session.served(project, connection), service, spec))
    }
    let code: Int? = try await session.withOperations(notice: nil) { operations in
      let exec = ServiceExec(operations.engine)
      let container = try await exec.container(of: service, index: index, in: project)
      guard !isDetached else {
        try await exec.runDetached(spec, in: container)
        return 0
      }
      guard spec.hasTTY else { return try await Self.join(exec, spec, container) }
      var sized = spec
      if let size = TerminalSizes.now, try await operations.engine.identity().apiVersion >= Self.sizedSince {
        sized.consoleSize = [size.rows, size.columns]
      }
      return try await TerminalMode.raw { [sized] in try await Self.join(exec, sized, container) }
    }
    try end(code)
  }

  private func end(_ code: Int?) throws {
    guard let code else { return StandardError.note("detached; the command goes on in the container") }
    if code != 0 { throw ExitCode(Int32(truncatingIfNeeded: code)) }
  }

  private func served(_ stack: ServedStack, _ service: String, _ spec: ExecSpec) async throws -> Int? {
    guard !spec.isPrivileged else {
      throw CommandFailure(
        "--privileged gives all rights on the server's machine, and is not done through a server\n  fix: leave it out, or run it with --context embedded on that machine"
      )
    }
    let (isDetached, index) = (isDetached, index)
    return try await Interruption.cancelling(notice: nil) {
      let container = try await ServedContainers(stack: stack).container(of: service, index: index, in: stack.name)
      let terminal = try await stack.exec(spec, in: container, isDetached: isDetached)
      guard !isDetached else {
        _ = try await terminal.join(input: nil)
        return 0
      }
      let input = spec.attachesStdin ? StandardInput() : nil
      guard spec.hasTTY else { return try await terminal.join(input: input) }
      return try await TerminalMode.raw { try await terminal.join(input: input) }
    }
  }

  /// `ConsoleSize` of an exec (Engine API changelog).
  private static let sizedSince = APIVersion(major: 1, minor: 42)

  private func request(_ environment: [String: String]) throws -> (service: String, spec: ExecSpec) {
    let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    var spec = ExecSpec()
    spec.command = Array(words.dropFirst())
    spec.hasTTY = isTerminal && !skipsTTY && !isDetached
    spec.attachesStdin = isInteractive && !isDetached
    spec.attachesStdout = !isDetached
    spec.attachesStderr = !isDetached
    spec.isPrivileged = isPrivileged
    spec.user = user ?? ""
    spec.workingDirectory = workdir ?? ""
    // A name alone takes the value from here.
    spec.environment = env.compactMap { entry in
      entry.contains("=") ? entry : environment[entry].map { "\(entry)=\($0)" }
    }
    return (words[0], spec)
  }

  private static func join(_ exec: ServiceExec, _ spec: ExecSpec, _ container: ServiceContainer) async throws -> Int? {
    try await exec.run(
      spec, in: container, input: StandardInput(), sizes: TerminalSizes.changes(), output: OutputQueue().sink())
  }
}
