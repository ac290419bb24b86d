import ArgumentParser
import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import SlipwayServer

/// `slipway build`: as `docker compose build` with the engine's own builder.
struct BuildCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build the images of services that have a build section.",
    discussion: "Uses the engine's own builder: what needs BuildKit is refused with a remedy before anything is built.")

  @OptionGroup var global: GlobalOptions

  @Option(
    name: .customLong("build-arg"),
    help: ArgumentHelp(
      "Set a build argument; a name alone takes the value from the environment or .env; may be repeated.", valueName: "name=value"
    ))
  var arguments: [String] = []

  @Option(name: [.customShort("m"), .customLong("memory")], help: ArgumentHelp("Limit of a step's memory.", valueName: "bytes"))
  var memory: String?

  @Flag(name: .customLong("no-cache"), help: "Run every step.")
  var skipsCache = false

  @Flag(name: .customLong("pull"), help: "Ask the registries for newer base images.")
  var pullsBases = false

  @Flag(name: .customLong("push"), help: "Push the images when all are built.")
  var pushes = false

  @Flag(name: .shortAndLong, help: "No progress.")
  var quiet = false

  @Flag(name: .customLong("with-dependencies"), help: "Also what the services depend on.")
  var includesDependencies = false

  @Flag(name: .customLong("dry-run"), help: "Print the images and build nothing.")
  var isDryRun = false

  @Flag(name: .customLong("print"), help: .hidden)
  var printsBakeFile = false

  @Flag(name: .customLong("check"), help: .hidden)
  var checks = false

  @Option(name: .customLong("builder"), help: .hidden)
  var builder: String?

  @Option(name: .customLong("ssh"), help: .hidden)
  var agents: [String] = []

  @Option(name: .customLong("provenance"), help: .hidden)
  var provenance: String?

  @Option(name: .customLong("sbom"), help: .hidden)
  var sbom: String?

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    try refuseBuildKit()
    let session = StackSession(global: global)
    let loaded = try session.load(activating: services)
    let project = loaded.project
    let choices = try choices(session)
    let wanted = try ImageBuilds.plan(
      project, services: services, includesDependencies: includesDependencies, choices,
      defaultPlatform: session.environment["DOCKER_DEFAULT_PLATFORM"])
    guard !wanted.isEmpty else { return StandardError.note("\(project.name): no service has a build section") }
    if isDryRun { return StandardOutput.list(wanted.map(\.reference), isJSON: global.isJSON) }
    let results = try await build(wanted, choices, loaded, session)
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(results.map(Self.json)).json(indented: true) + "\n")
    }
    let failed = results.filter { $0.failure != nil }
    guard failed.isEmpty else {
      throw CommandFailure(
        failed.map { "could not build image \($0.reference) for \($0.service): \($0.failure ?? "")" }.joined(separator: "\n"))
    }
    guard pushes else { return }
    let names = Set(wanted.map(\.service))
    let pushed = try ImagePushes.plan(project, services: names.sorted(), includesDependencies: false)
    let deploy = DeployRequest(project: project, inputs: loaded.inputs, variables: loaded.usedVariables)
    try await PushCommand.push(
      pushed, of: deploy, names.sorted(), session, includesDependencies: false, isQuiet: quiet, toleratesFailures: false)
  }

  private static let notice = "cancelling: whole steps stay in the engine's cache"

  private func build(
    _ wanted: [ImageBuilds.Wanted], _ choices: ImageBuilds.Choices, _ loaded: LoadedProject, _ session: StackSession
  ) async throws -> [ImageBuilds.Outcome] {
    guard case .remote(let connection) = try await session.place() else {
      let redactor = Redactor(project: loaded.project, variables: loaded.usedVariables)
      return try await session.withProgress(isQuiet: quiet, notice: Self.notice) {
        try await $0.redacting(redactor).build(wanted)
      }
    }
    let stack = session.served(loaded.project.name, connection)
    let deploy = DeployRequest(project: loaded.project, inputs: loaded.inputs, variables: loaded.usedVariables)
    let bundle = try ProjectBundle(deploy, session)
    let contexts = session.contexts(loaded.project, stack)
    var body = StackBuildBody()
    body.services = services
    body.includeDependencies = includesDependencies
    body.arguments = choices.arguments
    body.noCache = skipsCache
    body.pull = pullsBases
    body.memoryBytes = choices.memoryBytes
    body.profiles = global.profiles
    body.files = bundle.contents
    body.variables = bundle.variables
    body.contexts = contexts?.body
    let operation = try await session.operate(
      connection, stack.path("build"), body, isQuiet: quiet, notice: Self.notice, contexts: contexts?.uploads)
    try operation.requireDone(connection)
    guard let outcomes: [ImageBuilds.Outcome] = JobNotice.decoded(operation.result?.value["images"]) else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a build without what became of it")
    }
    return outcomes
  }

  private func choices(_ session: StackSession) throws -> ImageBuilds.Choices {
    var choices = ImageBuilds.Choices()
    choices.allPlatforms = true
    choices.skipsCache = skipsCache
    choices.pullsBases = pullsBases
    // The env files are read only where something is looked up.
    let known = arguments.contains { !$0.contains("=") } ? try session.projectEnvironment() : [:]
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard !parts[0].isEmpty else {
        throw CommandFailure(
          "--build-arg \(argument) has no name\n  fix: write NAME=VALUE, or NAME for the value that is set here")
      }
      if let value = parts.count == 2 ? parts[1] : known[parts[0]] { choices.arguments[parts[0]] = value }
    }
    if let memory {
      guard let bytes = ByteSize.parse(memory), bytes > 0 else {
        throw CommandFailure(
          "--memory \(memory) is not a number of bytes\n  fix: write a number, with k, m or g behind it where that is meant")
      }
      choices.memoryBytes = bytes
    }
    return choices
  }

  private func refuseBuildKit() throws {
    let fix = "leave it out, or build the image with docker buildx and name it with `image`"
    let refused =
      printsBakeFile
      ? "--print"
      : checks
        ? "--check" : builder.flatMap { ["", "default"].contains($0) ? nil : "--builder" } ?? (agents.isEmpty ? nil : "--ssh")
    if let refused { throw CommandFailure("\(refused) needs BuildKit, and Slipway uses the engine's own builder\n  fix: \(fix)") }
    for (option, value) in [("--provenance", provenance), ("--sbom", sbom)] where !["", "false", "0"].contains(value ?? "") {
      StandardError.warn("\(option): only BuildKit has this; the images are built without it")
    }
  }

  private static func json(_ result: ImageBuilds.Outcome) -> ComposeValue {
    var fields = ComposeMap([
      ("image", .string(result.reference)), ("service", .string(result.service)),
      ("result", .string(result.failure == nil ? "built" : "failed")),
    ])
    if let failure = result.failure { fields["reason"] = .string(failure) } else { fields["id"] = .string(result.imageID) }
    return .map(fields)
  }
}
