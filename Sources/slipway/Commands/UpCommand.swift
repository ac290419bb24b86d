import ArgumentParser
import ComposeFile
import Orchestration
import SlipwayClient
import StackPlanning

/// `slipway up`: as `docker compose up`.
struct UpCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Create and start a stack, and show its logs until Ctrl-C stops it.",
    discussion: "With -d or --wait it returns when the stack is up.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: UpOptions

  @Flag(name: [.customShort("d"), .customLong("detach")], help: "Run in the background.")
  var isDetached = false

  @Flag(name: .customLong("wait"), help: "Wait until the services run and are healthy, then detach.")
  var waits = false

  @Flag(name: .customLong("abort-on-container-exit"), help: "Stop all containers when one has ended.")
  var abortsOnEnd = false

  @Flag(name: .customLong("abort-on-container-failure"), help: "Stop all containers when one has failed.")
  var abortsOnFailure = false

  @Option(
    name: .customLong("exit-code-from"),
    help: ArgumentHelp("Exit with the code of this service's container; stops all when one has ended.", valueName: "service"))
  var codeService: String?

  @Option(
    name: .customLong("attach"), help: ArgumentHelp("Show only the logs of this service; may be repeated.", valueName: "service"))
  var attached: [String] = []

  @Option(
    name: .customLong("no-attach"),
    help: ArgumentHelp("Do not show the logs of this service; may be repeated.", valueName: "service"))
  var unattached: [String] = []

  @Flag(name: .customLong("attach-dependencies"), help: "Show the logs of dependencies too.")
  var attachesDependencies = false

  @Flag(name: .customLong("no-log-prefix"), help: "Do not show the container's name.")
  var isBare = false

  @Flag(name: .customLong("timestamps"), help: "Show the time of each line.")
  var hasTimestamps = false

  @Flag(name: .customLong("quiet-pull"), help: "Pull without showing progress.")
  var pullsQuietly = false

  @Flag(name: .customLong("quiet-build"), help: "Build without showing what the builds print.")
  var buildsQuietly = false

  @Flag(name: [.customShort("w"), .customLong("watch")], help: "Act on changes of files by the rules of develop.watch.")
  var watches = false

  @Flag(name: [.customShort("y"), .customLong("yes")], help: "Answer all questions with yes; nothing is asked so far.")
  var agrees = false

  @Flag(name: .customLong("menu"), help: "Taken for Docker Compose's sake: there is no menu.")
  var wantsMenu = false

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  private var hidden: ProgressParts { .quiet(pulls: pullsQuietly, builds: buildsQuietly) }
  private var staysAttached: Bool { !isDetached && !waits && !options.skipsStart }
  var objectionToSeveral: String? {
    staysAttached && !isDryRun ? "up shows the logs of one server\n  fix: add -d, and see them with slipway logs -f" : nil
  }
  private var needsAttachment: Bool { abortsOnEnd || abortsOnFailure || codeService != nil || !attached.isEmpty }

  func run() async throws {
    if needsAttachment, !staysAttached {
      throw CommandFailure("--abort-on-container-exit, --exit-code-from and --attach do not go with -d, --wait or --no-start")
    }
    if watches, !staysAttached { throw CommandFailure("--watch does not go with -d, --wait or --no-start") }
    if attachesDependencies, !attached.isEmpty { throw CommandFailure("--attach and --attach-dependencies exclude each other") }
    let session = StackSession(global: global)
    var wanted = try options.request(session, isGated: waits, settles: false)
    if session.isOn("COMPOSE_REMOVE_ORPHANS", wanted.inputs) { wanted.options.removesOrphans = true }
    wanted.options.ignoresOrphans = session.isOn("COMPOSE_IGNORE_ORPHANS", wanted.inputs)
    if wanted.options.ignoresOrphans, wanted.options.removesOrphans {
      throw CommandFailure("COMPOSE_IGNORE_ORPHANS and --remove-orphans exclude each other\n  fix: unset one of them")
    }
    let request = wanted
    let known = Set(request.project.services.map(\.name))
    for name in attached + unattached + [codeService].compactMap({ $0 }) where !known.contains(name) {
      throw CommandFailure("no such service: \"\(name)\"\n  fix: name one of \(known.sorted().joined(separator: ", "))")
    }
    let plan = watches ? try WatchPlan(request.project, services: options.services) : nil
    if isDryRun {
      try await PlanPrinter.print(request, session)
      return
    }
    guard staysAttached else {
      return try await DeployRunner.run(request, session, hiding: hidden)
    }

    var run = AttachedRun(session: session, project: request.project, services: options.services)
    run.shown = Self.shown(of: request.project, options.services, attached, unattached, attachesDependencies)
    run.style = try LogPrinter.Style(global, session, hasPrefix: !isBare, hasTimestamps: hasTimestamps)
    run.abort = abortsOnEnd || codeService != nil ? .onEnd : abortsOnFailure ? .onFailure : .never
    run.codeService = codeService
    run.graceSeconds = options.timeout
    let before = try await run.running()
    try await DeployRunner.run(request, session, hiding: hidden)
    if let plan {
      run.watch = WatchRun(session: session, plan: plan, request: request)
      run.watch?.hidden = hidden
    }
    let code = try await run.follow(before: before)
    if code != 0 { throw ExitCode(code) }
  }
}
