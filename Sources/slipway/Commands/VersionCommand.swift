import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway version`: as `docker compose version`.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Show the version of Slipway.")

  @OptionGroup var global: GlobalOptions

  @Option(name: [.short, .customLong("format")], help: "pretty or json.")
  var format = "pretty"

  @Flag(name: .customLong("short"), help: "Only the number.")
  var isShort = false

  func run() throws {
    guard ["pretty", "json"].contains(format) else {
      throw CommandFailure("--format \(format) is not known\n  fix: use pretty or json")
    }
    let text: String
    if isShort, !global.isJSON {
      text = SlipwayVersion.text
    } else if global.isJSON || format == "json" {
      let fields = ComposeMap([
        ("version", .string("v\(SlipwayVersion.text)")), ("composeVersion", .string("v\(ComposeLabel.composeVersion)")),
        ("oldestAPI", .string("\(APIVersion.oldest)")), ("newestAPI", .string("\(APIVersion.newest)")),
      ])
      text = ComposeValue.map(fields).json(indented: false)
    } else {
      text = "Slipway version v\(SlipwayVersion.text)"
    }
    StandardOutput.write(text + "\n")
  }
}
