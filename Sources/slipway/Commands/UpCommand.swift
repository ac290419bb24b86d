import ArgumentParser
import Orchestration

/// `slipway up`: as `docker compose up`.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "up", abstract: "Create and start a stack.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: UpOptions

  @Flag(name: [.customShort("d"), .customLong("detach")], help: "Run in the background.")
  var isDetached = false

  @Flag(name: .customLong("wait"), help: "Wait until the services run and are healthy.")
  var waits = false

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  func run() async throws {
    let session = StackSession(global: global)
    let request = try options.request(session, isGated: waits, settles: false)
    if isDryRun { return try await PlanPrinter.print(request, session) }
    try await DeployRunner.run(request, session)
  }
}
