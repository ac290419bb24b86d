import ArgumentParser
import Orchestration

/// `slipway unpause`: as `docker compose unpause`; what is not paused is left alone.
struct UnpauseCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "unpause", abstract: "Let paused containers of a stack go on.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  func run() async throws {
    let session = StackSession(global: global)
    try await ServiceRunner(session, options).run(.unpause, try session.scope(services: options.services))
  }
}
