import ArgumentParser
import ComposeFile
import Orchestration

/// `slipway config`: the canonical model, as `docker compose config` prints it.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check the compose files and print the canonical model.", aliases: ["convert"])

  @OptionGroup var global: GlobalOptions

  @Option(help: "yaml or json.")
  var format = "yaml"

  @Argument(help: "Services to keep, with what they depend on.")
  var services: [String] = []

  func run() async throws {
  }
}
