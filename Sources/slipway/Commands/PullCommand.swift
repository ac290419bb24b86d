import ArgumentParser
import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import SlipwayServer
import StackPlanning

/// `slipway pull`: as `docker compose pull`.
struct PullCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(commandName: "pull", abstract: "Pull the images of a stack.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("ignore-buildable"), help: "Leave out services that have a build section.")
  var skipsBuildable = false

  @Flag(name: .customLong("ignore-pull-failures"), help: "Go on when an image cannot be pulled, and end well.")
  var toleratesFailures = false

  @Flag(name: .customLong("include-deps"), help: "Also what the services depend on.")
  var includesDependencies = false

  @Option(name: .customLong("policy"), help: "missing or always.")
  var policy: String?

  @Flag(name: .shortAndLong, help: "No progress.")
  var quiet = false

  @Flag(name: .customLong("dry-run"), help: "Print what would be pulled, and pull nothing.")
  var isDryRun = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let scope = try session.scope(services: services)
    guard let project = scope.model else {
      // WHY again: pulling needs the files, and their problems are the reason that there is no model.
      return _ = try session.load()
    }
    var request = ImagePulls.Request(project: project)
    request.services = services
    request.includesDependencies = includesDependencies
    request.skipsBuildable = skipsBuildable
    if let policy {
      guard let choice = ImagePulls.Policy(rawValue: policy) else {
        throw CommandFailure("--policy \(policy) is not known\n  fix: use missing or always")
      }
      request.policy = choice
    }
    let wanted = try ImagePulls.plan(request)
    if isDryRun { return StandardOutput.list(wanted.map(Self.line), isJSON: global.isJSON) }
    let results = try await pull(wanted, request, session)
    if global.isJSON {
      StandardOutput.write(ComposeValue.list(results.map(Self.json)).json(indented: true) + "\n")
    }
    let failed = results.filter { $0.failure != nil }
    if !quiet, !global.isJSON {
      for result in results where result.isSkipped { StandardError.write(" image \(result.reference)  skipped: \(result.note)") }
    }
    guard !failed.isEmpty else { return }
    let text = failed.map { "could not pull image \($0.reference): \($0.failure ?? "")" }.joined(separator: "\n")
    if toleratesFailures { return StandardError.warn("\(text)") }
    throw CommandFailure("\(text)\n  fix: check the name and the tag, and that this machine may pull it (docker login)")
  }

  private static let notice = "cancelling: whole layers stay on the engine"

  private func pull(
    _ wanted: [ImagePulls.Wanted], _ request: ImagePulls.Request, _ session: StackSession
  ) async throws -> [ImagePulls.Outcome] {
    guard case .remote(let connection) = try await session.place() else {
      return try await session.withProgress(isQuiet: quiet, notice: Self.notice) { try await $0.pull(wanted) }
    }
    let loaded = try session.load(naming: services, quiet: true)
    let deploy = DeployRequest(project: loaded.project, inputs: loaded.inputs, variables: loaded.usedVariables)
    let bundle = try ProjectBundle(deploy, session)
    var body = StackPullBody()
    body.services = services
    body.includeDependencies = includesDependencies
    body.skipBuildable = skipsBuildable
    body.policy = request.policy?.rawValue
    body.profiles = global.profiles
    body.files = bundle.contents
    body.variables = bundle.variables
    let operation = try await session.operate(
      connection, session.served(loaded.project.name, connection).path("pull"), body, isQuiet: quiet, notice: Self.notice)
    try operation.requireDone(connection)
    guard let outcomes: [ImagePulls.Outcome] = JobNotice.decoded(operation.result?.value["images"]) else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a pull without what became of it")
    }
    return outcomes
  }

  private static func line(_ wanted: ImagePulls.Wanted) -> String {
    let name = TerminalText.line(wanted.reference)
    if let reason = wanted.reasonToSkip { return "leave out image \(name): \(reason)" }
    return "pull image \(name)\(wanted.onlyIfMissing ? ", unless it is there" : "")"
  }

  private static func json(_ result: ImagePulls.Outcome) -> ComposeValue {
    var fields = ComposeMap([
      ("image", .string(result.reference)), ("services", .list(result.services.map { .string($0) })),
      ("result", .string(result.failure != nil ? "failed" : result.isSkipped ? "skipped" : "pulled")),
    ])
    if let failure = result.failure { fields["reason"] = .string(failure) }
    if result.isSkipped { fields["reason"] = .string(result.note) }
    return .map(fields)
  }
}
