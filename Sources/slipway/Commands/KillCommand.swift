import ArgumentParser
import Orchestration

/// `slipway kill`: as `docker compose kill`.
struct KillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill", abstract: "End the containers of a stack at once, or send them a signal.")

  @OptionGroup var global: GlobalOptions

  @Option(name: [.short, .customLong("signal")], help: ArgumentHelp("Signal to send; SIGKILL.", valueName: "signal"))
  var signal: String?

  @Flag(name: .customLong("remove-orphans"), help: "Also containers of services that are not in the files.")
  var includesOrphans = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    var scope = try session.scope(services: services)
    scope.includesOrphans = includesOrphans
    try await ServiceRunner.run(.kill(signal: signal), scope, session, nothing: "No container to kill")
  }
}
