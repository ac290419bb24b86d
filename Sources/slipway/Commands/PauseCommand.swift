import ArgumentParser
import Orchestration

/// `slipway pause`: as `docker compose pause`; what is paused already is left alone.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pause", abstract: "Freeze the containers of a stack.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    try await ServiceRunner.run(.pause, try session.scope(services: services), session)
  }
}
