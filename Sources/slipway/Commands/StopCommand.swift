import ArgumentParser
import Orchestration

/// `slipway stop`: as `docker compose stop`.
struct StopCommand: StackCommand {
  static let serverUse = ServerUse.backwardRollout
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop the containers of a stack, what depends on others first.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  @Option(
    name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
    help: ArgumentHelp("Grace period.", valueName: "seconds"))
  var timeout: Int?

  func run() async throws {
    let session = StackSession(global: global)
    let grace = try ServiceRunner.checked(graceSeconds: timeout)
    try await ServiceRunner(session, options).run(.stop(graceSeconds: grace), try session.scope(services: options.services))
  }
}
