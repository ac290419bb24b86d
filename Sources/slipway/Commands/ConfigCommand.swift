import ArgumentParser
import ComposeFile
import Glibc
import Orchestration

/// `slipway config`: the canonical model, as `docker compose config` prints it.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check the compose files and print the canonical model.", aliases: ["convert"])

  enum Format: String, ExpressibleByArgument { case yaml, json }

  @OptionGroup var global: GlobalOptions

  @Option(help: "yaml or json.")
  var format = Format.yaml

  @Flag(help: "Print the names of the services, one a line.")
  var listsServices = false
  @Flag(name: .customLong("volumes"), help: "Print the names of the volumes, one a line.")
  var listsVolumes = false

  @Argument(help: "Services to keep, with what they depend on.")
  var services: [String] = []

  func run() async throws {
    let loaded: LoadedProject
    do {
      loaded = try ComposeLoader.load(global.loadRequest(services: services), from: DiskFiles())
    } catch {
      StandardError.write(error.description)
      throw ExitCode.failure
    }
    print(CanonicalOutput.json(loaded.project), terminator: "")
  }
}
