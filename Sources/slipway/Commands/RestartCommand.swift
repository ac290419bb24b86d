import ArgumentParser
import Orchestration

/// `slipway restart`: as `docker compose restart`.
struct RestartCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Restart the containers of a stack.",
    discussion: "Changes in the compose file do not take effect; use `slipway up` or `slipway deploy` for that.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  @Flag(name: .customLong("no-deps"), help: "Do not restart what depends on the services with restart: true.")
  var skipsDependents = false

  @Option(
    name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
    help: ArgumentHelp("Grace period.", valueName: "seconds"))
  var timeout: Int?

  func run() async throws {
    let session = StackSession(global: global)
    let grace = try ServiceRunner.checked(graceSeconds: timeout)
    try await ServiceRunner(session, options).run(
      .restart(graceSeconds: grace, withDependents: !skipsDependents), try session.scope(services: options.services))
  }
}
