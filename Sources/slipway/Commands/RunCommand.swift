import ArgumentParser
import ComposeFile
import DockerEngine
import Glibc
import Orchestration
import SlipwayAPI
import SlipwayClient
import SlipwayServer
import StackPlanning

/// `slipway run`: as `docker compose run`.
struct RunCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a command in a new container of a service, what that depends on being up.",
    discussion: """
      Gets a terminal when standard input and output are one, unless -T is given. The exit code is the command's. Signals go to \
      the command. Without --rm the container stays.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var dryRun: RefusedDryRun

  @Flag(name: .customLong("build"), help: "Build the image first, also when it is there.")
  var buildsAlways = false

  @Option(name: .customLong("cap-add"), help: ArgumentHelp("Add a capability; may be repeated.", valueName: "name"))
  var addedCapabilities: [String] = []

  @Option(name: .customLong("cap-drop"), help: ArgumentHelp("Drop a capability; may be repeated.", valueName: "name"))
  var droppedCapabilities: [String] = []

  @Flag(name: [.customShort("d"), .customLong("detach")], help: "Run in the background, and print the container's id.")
  var isDetached = false

  @Option(name: .customLong("entrypoint"), help: "Program instead of the service's; its command does not count then.")
  var entrypoint: String?

  @Option(
    name: [.customShort("e"), .customLong("env")],
    help: ArgumentHelp("Set a variable; may be repeated.", valueName: "name=value"))
  var env: [String] = []

  @Option(
    name: .customLong("env-from-file"), help: ArgumentHelp("Set variables from a file; may be repeated.", valueName: "path"),
    completion: .file())
  var envFiles: [String] = []

  @Flag(
    name: [.customShort("i"), .customLong("interactive")], inversion: .prefixedNo,
    help: "Give it the standard input.")
  var isInteractive = true

  @Option(
    name: [.customShort("l"), .customLong("label")],
    help: ArgumentHelp("Add or replace a label; may be repeated.", valueName: "name=value"))
  var labels: [String] = []

  @Option(name: .customLong("name"), help: "Name of the container.")
  var name: String?

  @Flag(name: .customLong("no-deps"), help: "Do not start dependencies.")
  var skipsDependencies = false

  @Flag(name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")], help: "No terminal for the command.")
  var skipsTTY = false

  @Option(
    name: [.customShort("p"), .customLong("publish")],
    help: ArgumentHelp("Publish a port, [IP:][HOST:]PORT[/PROTOCOL]; may be repeated.", valueName: "port"))
  var published: [String] = []

  @Option(name: .customLong("pull"), help: "always, missing or never.")
  var pull: String?

  @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Show no progress.")
  var isQuiet = false

  @Flag(name: .customLong("quiet-build"), help: "Do not show what builds print.")
  var buildsQuietly = false

  @Flag(name: .customLong("quiet-pull"), help: "Pull without showing progress.")
  var pullsQuietly = false

  @Flag(name: .customLong("remove-orphans"), help: "Remove containers of services that are not in the files.")
  var removesOrphans = false

  @Flag(name: .customLong("rm"), help: "Remove the container when it has ended.")
  var removesItself = false

  @Flag(name: [.customShort("P"), .customLong("service-ports")], help: "Publish the service's ports.")
  var publishesServicePorts = false

  @Flag(name: [.customShort("t"), .customLong("tty")], help: .hidden)
  var wantsTTY = false

  @Flag(name: .customLong("use-aliases"), help: "Let it be found by the service's name in its networks.")
  var usesAliases = false

  @Option(name: [.customShort("u"), .customLong("user")], help: "Run as this user, NAME|UID[:GROUP|GID].")
  var user: String?

  @Option(
    name: [.customShort("v"), .customLong("volume")],
    help: ArgumentHelp("Mount, [SOURCE:]TARGET[:OPTIONS]; may be repeated.", valueName: "mount"))
  var volumes: [String] = []

  @Option(name: [.customShort("w"), .customLong("workdir")], help: "Folder in the container to run in.")
  var workdir: String?

  @Argument(
    parsing: .captureForPassthrough, help: ArgumentHelp("Service, then the command with its arguments.", valueName: "service"))
  var words: [String] = []

  var hidden: ProgressParts { .quiet(pulls: pullsQuietly, builds: buildsQuietly) }

  func validate() throws {
    guard let service = words.first, !service.hasPrefix("-") else {
      throw ValidationError(words.first.map { "Unknown option \($0)" } ?? "Name a service")
    }
  }

  func run() async throws {
    let session = StackSession(global: global)
    let prepared = try prepared(session)
    let code: Int?
    switch try await session.place() {
    case .embedded: code = try await embedded(prepared, session)
    case .local(let connection): code = try await local(prepared, session, connection)
    case .remote(let connection): code = try await served(prepared, session, connection)
    }
    guard let code else { return StandardError.note("detached; the command goes on in the container") }
    if code != 0 { throw ExitCode(Int32(truncatingIfNeeded: code)) }
  }

  private func embedded(_ prepared: Prepared, _ session: StackSession) async throws -> Int? {
    let display = try ProgressDisplay(
      global, try session.settings(), environment: session.environment, isQuiet: isQuiet, hiding: hidden)
    let (isDetached, isInteractive) = (isDetached, isInteractive)
    return try await session.withOperations(progress: display.sink, notice: Self.notice) { operations in
      let container = try await Self.made(prepared.request, operations.redacting(prepared.redactor), display)
      return try await Self.start(container, operations, isDetached: isDetached, isInteractive: isInteractive)
    }
  }

  /// The server that owns the store makes the container, and what that needs; it is joined here.
  private func local(_ prepared: Prepared, _ session: StackSession, _ connection: ServerConnection) async throws -> Int? {
    let body = ProjectRunBody(
      deploy: ProjectDeployBody(
        prepared.deploy, place: try await session.localPlace(prepared.deploy.project), restoresFiles: nil),
      run: OneOffBody(prepared.request, prepared.changes, isDetached: isDetached), addCapabilities: addedCapabilities,
      volumes: volumes, home: session.environment["HOME"])
    let operation = try await session.operate(
      connection, "/api/v1/projects/run", body, isQuiet: isQuiet, hiding: hidden, notice: Self.notice)
    try operation.requireDone(connection)
    let container = OneOffContainer(
      id: operation.result?.value["container"]?.string ?? "", name: operation.result?.value["name"]?.string ?? "",
      service: prepared.request.service, removesItself: removesItself)
    let (isDetached, isInteractive) = (isDetached, isInteractive)
    return try await session.withOperations(notice: Self.notice) { operations in
      try await Self.start(container, operations, isDetached: isDetached, isInteractive: isInteractive)
    }
  }

  private static let notice = "cancelling"

  private static func start(
    _ container: OneOffContainer, _ operations: StackOperations, isDetached: Bool, isInteractive: Bool
  ) async throws -> Int? {
    let joined = ContainerSession(operations.engine)
    do {
      guard !isDetached else {
        try await joined.startDetached(container)
        StandardOutput.write(container.id + "\n")
        return 0
      }
      return try await join(joined, container, isInteractive: isInteractive)
    } catch {
      await cleanUp(container, operations)
      throw error
    }
  }

  /// The picture of the progress ends before the command begins.
  private static func made(
    _ request: OneOffRequest, _ operations: StackOperations, _ display: ProgressDisplay
  ) async throws -> OneOffContainer {
    defer { display.finish() }
    return try await operations.makeOneOff(request)
  }

  private static func join(
    _ session: ContainerSession, _ container: OneOffContainer, isInteractive: Bool
  ) async throws -> Int? {
    let signals = ForwardedSignals()
    let ends = ContainerSession.Ends(
      input: isInteractive ? StandardInput() : nil, sizes: TerminalSizes.changes(), signals: signals.signals,
      delivered: { signals.delivered() }, output: OutputQueue().sink())
    // On a terminal the keys go through as they are; a signal then comes from elsewhere, and means this process.
    if container.service.isTTY { return try await TerminalMode.raw { try await session.run(container, ends) } }
    return try await Interruption.forwarding(to: { signals.take($0) }) { try await session.run(container, ends) }
  }

  /// With `--rm` nothing is left, whatever happened; else what had to end here is told to the command.
  private static func cleanUp(_ container: OneOffContainer, _ operations: StackOperations) async {
    if container.removesItself { return await operations.removeOneOff(container.id) }
    guard Task.isCancelled else { return }
    await operations.signal(container.id, "\(Interruption.lastSignal)")
  }

  // MARK: Request

  /// What is run, and what it is made of.
  struct Prepared: Sendable {
    var request: OneOffRequest
    var changes: OneOffChanges
    /// Of the whole project; what the service depends on is deployed by it.
    var deploy: DeployRequest
    var redactor: Redactor
  }

  private func prepared(_ session: StackSession) throws -> Prepared {
    if publishesServicePorts, !published.isEmpty {
      throw CommandFailure("--service-ports and --publish exclude each other")
    }
    let loaded = try session.load(activating: [words[0]])
    let project = loaded.project
    guard let service = project.service(words[0]) else { throw CommandFailure("no such service: \(words[0])") }
    var random = SystemRandomNumberGenerator()
    let slug = OneOffRequest.slug(using: &random)
    let separator = global.isCompatible ? "_" : "-"
    let automatic = [project.name, service.name, "run", String(slug.prefix(12))].joined(separator: separator)
    let changes = try changes(session, called: name ?? automatic)
    let changed = try service.oneOff(
      changes, directory: project.workingDirectory, home: session.environment["HOME"])
    var request = OneOffRequest(project: project, service: changed, slug: slug)
    request.pull = try UpOptions.pullChoice(pull)
    request.build = buildsAlways ? .always : .asNeeded
    request.usesAliases = usesAliases
    request.attachesStdin = isInteractive
    request.removesItself = removesItself
    request.removesOrphans = removesOrphans
    request.waits = try session.settings().waits(isGated: false, timeoutSeconds: nil)
    var deploy = DeployRequest(project: project, inputs: loaded.inputs, variables: loaded.usedVariables)
    deploy.profiles = global.profiles
    deploy.options.services = service.dependsOn.keys.sorted()
    deploy.options.removesOrphans = removesOrphans
    deploy.options.build = request.build
    deploy.waits = request.waits
    deploy.message = "run \(service.name)"
    if !skipsDependencies { request.dependencies = deploy }
    return Prepared(
      request: request, changes: changes, deploy: deploy,
      redactor: Redactor(project: project, variables: loaded.usedVariables))
  }

  private func changes(_ session: StackSession, called name: String) throws -> OneOffChanges {
    var changes = OneOffChanges(containerName: name)
    let isTerminal = isatty(STDOUT_FILENO) == 1 && (isDetached || isatty(STDIN_FILENO) == 1)
    if wantsTTY, !skipsTTY, !isDetached, !isTerminal {
      throw CommandFailure("-t needs a terminal, and standard input or output is none\n  fix: leave -t out, or use -T")
    }
    changes.hasTTY = (isTerminal || wantsTTY) && !skipsTTY
    changes.isStdinOpen = isInteractive
    changes.command = Array(words.dropFirst())
    changes.entrypoint = entrypoint
    changes.user = user
    changes.workingDirectory = workdir
    changes.environment = try OneOffEnvironment(session).values(files: envFiles, settings: env)
    for label in labels {
      guard let equals = label.firstIndex(of: "=") else { throw CommandFailure("--label \(label) is not NAME=VALUE") }
      changes.labels[String(label[..<equals])] = String(label[label.index(after: equals)...])
    }
    changes.addedCapabilities = addedCapabilities
    changes.droppedCapabilities = droppedCapabilities
    changes.volumes = volumes
    changes.ports = publishesServicePorts ? .ofService : published.isEmpty ? .none : .published(published)
    return changes
  }
}
