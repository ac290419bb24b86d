import ArgumentParser
import Orchestration

/// `slipway watch`: as `docker compose watch`.
struct WatchCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Act on changes of files by the rules of develop.watch, until Ctrl-C.",
    discussion: "Brings the stack up first, with the images of its services built, unless --no-up is given.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: .customLong("no-up"), help: "Do not build and start the services first.")
  var skipsUp = false

  @Flag(name: .customLong("prune"), inversion: .prefixedNo, help: "Remove images that a rebuild leaves without a name.")
  var prunes = true

  @Flag(name: .customLong("quiet"), help: "Do not show what builds print.")
  var isQuiet = false

  @Flag(name: .customLong("dry-run"), help: "Check the rules, and print what would be watched.")
  var isDryRun = false

  @Argument(help: "Services; none: all that have rules.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    var options = try UpOptions.parse([])
    options.services = services
    options.buildsAlways = !skipsUp
    let request = try options.request(session, isGated: false, settles: false)
    let plan = try WatchPlan(request.project, services: services)
    if isDryRun { return StandardOutput.list(plan.paths, isJSON: global.isJSON) }
    if !skipsUp { try await DeployRunner.run(request, session, hiding: isQuiet ? .builds : []) }
    var run = WatchRun(session: session, plan: plan, request: request)
    run.prunes = prunes
    run.hidden = isQuiet ? .builds : []
    try await run.run()
  }
}
