import ArgumentParser
import ComposeFile
import Orchestration
import StackPlanning

/// `slipway scale`: as `docker compose scale`.
struct ScaleCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "scale", abstract: "Change how many containers services have, until the next up.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("no-deps"), help: "Do not start dependencies.")
  var skipsDependencies = false

  @Option(
    name: .customLong("allow"),
    help: ArgumentHelp("On a server: confirm what a rule of its policy finds, as an admin.", valueName: "rule"))
  var allowed: [String] = []

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  @Argument(help: ArgumentHelp("Services with their numbers.", valueName: "service=n"))
  var scales: [String] = []

  func validate() throws {
    if scales.isEmpty { throw ValidationError("Name a service and a number, as in web=3") }
  }

  func run() async throws {
    let session = StackSession(global: global)
    let wanted = try UpOptions.scales(scales, option: "")
    let loaded = try session.load(activating: wanted.keys.sorted())
    var request = DeployRequest(project: loaded.project, inputs: loaded.inputs, variables: loaded.usedVariables)
    request.places = loaded.places
    request.allowed = try PolicyOption.rules(allowed)
    request.profiles = global.profiles
    request.options.services = wanted.keys.sorted()
    request.options.skipsDependencies = skipsDependencies
    request.options.scale = wanted
    try UpOptions.checkScale(of: request, option: "")
    request.waits = try session.settings().waits(isGated: false, timeoutSeconds: nil)
    request.message = "scale \(scales.joined(separator: " "))"
    if isDryRun {
      try await PlanPrinter.print(request, session)
      return
    }
    try await DeployRunner.run(request, session)
  }
}
