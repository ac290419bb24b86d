import ArgumentParser
import Orchestration

/// `slipway kill`: as `docker compose kill`.
struct KillCommand: StackCommand {
  static let serverUse = ServerUse.backwardRollout
  static let configuration = CommandConfiguration(
    commandName: "kill", abstract: "End the containers of a stack at once, or send them a signal.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  @Option(
    name: [.customShort("s", allowingJoined: true), .customLong("signal")],
    help: ArgumentHelp("Signal to send; SIGKILL.", valueName: "signal"))
  var signal: String?

  @Flag(name: .customLong("remove-orphans"), help: "Also containers of services that are not in the files.")
  var includesOrphans = false

  func run() async throws {
    let session = StackSession(global: global)
    var scope = try session.scope(services: options.services)
    scope.includesOrphans = includesOrphans
    try await ServiceRunner(session, options).run(.kill(signal: signal), scope, nothing: "No container to kill")
  }
}
