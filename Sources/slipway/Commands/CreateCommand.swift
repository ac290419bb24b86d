import ArgumentParser
import Orchestration
import StackPlanning

/// `slipway create`: as `docker compose create`; it takes all of `up`'s options that make containers.
struct CreateCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make the containers of a stack, and start none.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: UpOptions

  @Flag(name: .customLong("quiet-pull"), help: "Pull without showing progress.")
  var pullsQuietly = false

  @Flag(name: [.customShort("y"), .customLong("yes")], help: "Answer all questions with yes; nothing is asked so far.")
  var agrees = false

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  func run() async throws {
    let session = StackSession(global: global)
    var request = try options.request(session, isGated: false, settles: false)
    request.options.startsContainers = false
    if isDryRun {
      try await PlanPrinter.print(request, session)
      return
    }
    try await DeployRunner.run(request, session, hiding: pullsQuietly ? .pulls : [])
  }
}
