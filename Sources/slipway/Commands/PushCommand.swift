import ArgumentParser
import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import SlipwayServer
import StackPlanning

/// `slipway push`: as `docker compose push`.
struct PushCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Push the images that a stack builds to their registries.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("ignore-push-failures"), help: "Go on when an image cannot be pushed, and end well.")
  var toleratesFailures = false

  @Flag(name: .customLong("include-deps"), help: "Also what the services depend on.")
  var includesDependencies = false

  @Flag(name: .shortAndLong, help: "No progress.")
  var quiet = false

  @Flag(name: .customLong("dry-run"), help: "Print the images and push nothing.")
  var isDryRun = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let loaded = try session.load(naming: services)
    let project = loaded.project
    let wanted = try ImagePushes.plan(project, services: services, includesDependencies: includesDependencies)
    if isDryRun {
      return StandardOutput.list(wanted.filter { $0.reasonToSkip == nil }.map(\.reference), isJSON: global.isJSON)
    }
    let deploy = DeployRequest(project: project, inputs: loaded.inputs, variables: loaded.usedVariables)
    try await Self.push(
      wanted, of: deploy, services, session, includesDependencies: includesDependencies, isQuiet: quiet,
      toleratesFailures: toleratesFailures)
  }

  static func push(
    _ wanted: [ImagePushes.Wanted], of deploy: DeployRequest, _ services: [String], _ session: StackSession,
    includesDependencies: Bool, isQuiet: Bool, toleratesFailures: Bool
  ) async throws {
    let notice = "cancelling: whole layers stay at the registry"
    let results: [ImagePushes.Outcome]
    if case .remote(let connection) = try await session.place() {
      let bundle = try ProjectBundle(deploy, session)
      var body = StackPushBody()
      body.services = services
      body.includeDependencies = includesDependencies
      body.profiles = session.global.profiles
      body.files = bundle.contents
      body.variables = bundle.variables
      let operation = try await session.operate(
        connection, session.served(deploy.project.name, connection).path("push"), body, isQuiet: isQuiet, notice: notice)
      try operation.requireDone(connection)
      guard let outcomes: [ImagePushes.Outcome] = JobNotice.decoded(operation.result?.value["images"]) else {
        throw ConnectionFailure.unreadable(server: connection.name, reason: "a push without what became of it")
      }
      results = outcomes
    } else {
      results = try await session.withProgress(isQuiet: isQuiet, notice: notice) { try await $0.push(wanted) }
    }
    if session.global.isJSON {
      StandardOutput.write(ComposeValue.list(results.map(json)).json(indented: true) + "\n")
    } else if !isQuiet {
      for result in results {
        if let note = result.note { StandardError.write(" image \(result.reference)  skipped: \(note)") }
      }
    }
    let failed = results.filter { $0.failure != nil }
    guard !failed.isEmpty else { return }
    let text = failed.map { "could not push image \($0.reference): \($0.failure ?? "")" }.joined(separator: "\n")
    if toleratesFailures { return StandardError.warn(text) }
    throw CommandFailure("\(text)\n  fix: check the name, and that this machine may push to its registry (docker login)")
  }

  private static func json(_ result: ImagePushes.Outcome) -> ComposeValue {
    var fields = ComposeMap([
      ("image", .string(result.reference)), ("service", .string(result.service)),
      ("result", .string(result.failure != nil ? "failed" : result.note != nil ? "skipped" : "pushed")),
    ])
    if let reason = result.failure ?? result.note { fields["reason"] = .string(reason) }
    if !result.digest.isEmpty { fields["digest"] = .string(result.digest) }
    return .map(fields)
  }
}
