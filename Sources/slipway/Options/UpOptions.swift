import ArgumentParser
import ComposeFile
import Orchestration
import StackPlanning

/// What `up`, `deploy` and `plan` have in common.
struct UpOptions: ParsableArguments {
  @Flag(name: .customLong("force-recreate"), help: "Replace containers even when nothing changed.")
  var forcesRecreate = false

  @Flag(name: .customLong("no-recreate"), help: "Do not replace containers that exist.")
  var skipsRecreate = false

  @Flag(name: .customLong("always-recreate-deps"), help: "Replace the dependencies too.")
  var recreatesDependencies = false

  @Flag(name: .customLong("no-deps"), help: "Do not start dependencies.")
  var skipsDependencies = false

  @Flag(name: .customLong("no-start"), help: "Create, but do not start.")
  var skipsStart = false

  @Flag(name: .customLong("remove-orphans"), help: "Remove containers of services that are not in the files.")
  var removesOrphans = false

  @Flag(name: [.customShort("V"), .customLong("renew-anon-volumes")], help: "Make anonymous volumes anew.")
  var renewsAnonymousVolumes = false

  @Option(name: .customLong("scale"), help: ArgumentHelp("Number of containers of a service.", valueName: "service=n"))
  var scale: [String] = []

  @Option(name: .customLong("pull"), help: "always, missing or never.")
  var pull: String?

  @Flag(name: .customLong("build"), help: "Build the images of services that have a build section, also when they are there.")
  var buildsAlways = false

  @Flag(name: .customLong("no-build"), help: "Build nothing, even when an image is missing.")
  var skipsBuild = false

  @Option(name: [.short, .customLong("timeout")], help: ArgumentHelp("Grace period for stopping.", valueName: "seconds"))
  var timeout: Int?

  @Option(name: .customLong("wait-timeout"), help: ArgumentHelp("Longest wait for health.", valueName: "seconds"))
  var waitTimeout: Int?

  @Flag(name: .customLong("no-rollback"), help: "Leave a failed deploy as it is, for inspection.")
  var skipsRollback = false

  @Option(
    name: .customLong("plan"),
    help: ArgumentHelp("Deploy only when the plan is still the one of this hash (slipway plan prints it).", valueName: "hash"))
  var planHash: String?

  @Flag(name: .customLong("take-over"), help: "Change the stack although another Slipway instance deployed it.")
  var takesOver = false

  @Option(
    name: .customLong("allow"),
    help: ArgumentHelp("On a server: confirm what a rule of its policy finds, as an admin.", valueName: "rule"))
  var allowed: [String] = []

  @Option(name: [.short, .customLong("message")], help: "Why; kept with the revision.")
  var message: String?

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func planOptions(isGated: Bool) throws -> PlanOptions {
    var options = PlanOptions()
    options.services = services
    options.skipsDependencies = skipsDependencies
    if forcesRecreate, skipsRecreate { throw CommandFailure("--force-recreate and --no-recreate exclude each other") }
    options.recreate = forcesRecreate ? .force : skipsRecreate ? .never : .diverged
    options.alwaysRecreatesDependencies = recreatesDependencies
    options.renewsAnonymousVolumes = renewsAnonymousVolumes
    options.removesOrphans = removesOrphans
    options.startsContainers = !skipsStart
    options.stopTimeoutSeconds = try ServiceRunner.checked(graceSeconds: timeout)
    options.gate = isGated ? .ready : .started
    options.scale = try Self.scales(scale, option: "--scale ")
    if buildsAlways, skipsBuild { throw CommandFailure("--build and --no-build exclude each other") }
    options.build = buildsAlways ? .always : skipsBuild ? .never : .asNeeded
    options.pull = try Self.pullChoice(pull)
    return options
  }

  /// Reads `SERVICE=NUMBER` entries.
  static func scales(_ entries: [String], option: String) throws -> [String: Int] {
    var scale: [String: Int] = [:]
    for entry in entries {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let count = Int(parts[1]), count >= 0 else {
        throw CommandFailure("\(option)\(entry) is not SERVICE=NUMBER")
      }
      guard count <= ScaleLimits.service else {
        throw CommandFailure(
          "\(option)\(entry): more than \(ScaleLimits.service) containers of one service\n  fix: give \(ScaleLimits.service) or less"
        )
      }
      scale[parts[0]] = count
    }
    return scale
  }

  /// Refuses numbers for services that are not there, and more containers than a project may have.
  static func checkScale(of request: DeployRequest, option: String) throws {
    let known = Set(request.project.services.map(\.name))
    if let missing = request.options.scale.keys.sorted().first(where: { !known.contains($0) }) {
      throw CommandFailure("\(option)\(missing): no such service\n  fix: name one of \(known.sorted().joined(separator: ", "))")
    }
    let total = request.project.services.reduce(0) { $0 + (request.options.scale[$1.name] ?? $1.replicas) }
    guard total <= ScaleLimits.project else {
      throw CommandFailure("\(total) containers are more than \(ScaleLimits.project) in one project\n  fix: scale less")
    }
  }

  /// `--pull`; `policy` is each service's own, as without the option.
  static func pullChoice(_ pull: String?) throws -> PlanOptions.Pull? {
    guard let pull, pull != "policy" else { return nil }
    guard let choice = PlanOptions.Pull(rawValue: pull) else {
      throw CommandFailure("--pull \(pull) is not always, missing or never")
    }
    return choice
  }

  func request(_ session: StackSession, isGated: Bool, settles: Bool) throws -> DeployRequest {
    let loaded = try session.load(activating: services)
    // An empty stack would be a revision of nothing, and its deploy a `down`.
    guard !loaded.project.services.isEmpty else { throw Self.nothingSelected(loaded.project) }
    var request = DeployRequest(project: loaded.project, inputs: loaded.inputs, variables: loaded.usedVariables)
    request.places = loaded.places
    request.allowed = try PolicyOption.rules(allowed)
    request.profiles = session.global.profiles
    request.options = try planOptions(isGated: isGated)
    // Ours, not Docker Compose's: `up` only tells of changed contents.
    request.options.replacesOnContent = settles
    try Self.checkScale(of: request, option: "--scale ")
    request.waits = try session.settings().waits(
      isGated: settles, timeoutSeconds: ServiceRunner.checked(waitSeconds: waitTimeout))
    request.takesOver = takesOver
    if let planHash {
      let isHash = planHash.count >= 8 && planHash.allSatisfy { $0.isHexDigit && !$0.isUppercase }
      guard isHash else { throw CommandFailure("--plan \(planHash) is not a plan's hash, or less than 8 digits of one") }
      request.planHash = planHash
    }
    request.revertsOnFailure = !skipsRollback
    request.message = message ?? ""
    return request
  }

  private static func nothingSelected(_ project: Project) -> CommandFailure {
    let (reason, fix) =
      project.inactiveServices.isEmpty
      ? ("the compose files have none", "define services")
      : ("no active profile has one", "name a profile with --profile, or a service")
    return CommandFailure("no service selected: \(reason)\n  fix: \(fix); slipway down takes the stack down")
  }
}
