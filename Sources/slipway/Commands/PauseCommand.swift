import ArgumentParser
import Orchestration

/// `slipway pause`: as `docker compose pause`; what is paused already is left alone.
struct PauseCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(commandName: "pause", abstract: "Freeze the containers of a stack.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  func run() async throws {
    let session = StackSession(global: global)
    try await ServiceRunner(session, options).run(.pause, try session.scope(services: options.services))
  }
}
