import ArgumentParser
import Orchestration

/// `slipway deploy`: `up` for production: detached, health-gated, reverted on failure.
struct DeployCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Deploy a stack: prove the new containers, or bring the old ones back.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: UpOptions

  @Flag(name: .customLong("wait"), help: "Always on: a deploy waits for health.")
  var waits = false

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  func run() async throws {
    let session = StackSession(global: global)
    let request = try options.request(session, isGated: true, settles: true)
    if isDryRun {
      try await PlanPrinter.print(request, session)
      return
    }
    try await DeployRunner.run(request, session)
  }
}
