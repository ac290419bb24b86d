import ArgumentParser
import Orchestration

/// `slipway start`: as `docker compose start`.
struct StartCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start the containers of a stack, what they depend on first.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  @Flag(name: .customLong("wait"), help: "Wait until the services run and are healthy.")
  var waits = false

  @Option(name: .customLong("wait-timeout"), help: ArgumentHelp("Longest wait for health.", valueName: "seconds"))
  var waitTimeout: Int?

  func run() async throws {
    let session = StackSession(global: global)
    var limits = WaitLimits()
    if let waitTimeout = try ServiceRunner.checked(waitSeconds: waitTimeout) { limits.condition = .seconds(waitTimeout) }
    try await ServiceRunner(session, options).run(
      .start(waits: waits), try session.scope(services: options.services), waits: limits)
  }
}
