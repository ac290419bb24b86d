package import Orchestration
package import SlipwayAPI
package import StackPlanning

/// The choices of a deploy on the wire; both directions stand together, so that neither forgets what the other says.
extension DeployBody {
  package init(_ request: DeployRequest) {
    self.init(message: request.message)
    let options = request.options
    services = options.services
    profiles = request.profiles
    pull = options.pull?.rawValue
    recreate =
      switch options.recreate {
      case .diverged: "diverged"
      case .force: "force"
      case .never: "never"
      }
    removeOrphans = options.removesOrphans
    build = options.build == .always
    skipBuild = options.build == .never
    plan = request.planHash
    rollback = request.revertsOnFailure
    timeoutSeconds = Int(request.waits.condition.components.seconds)
    takeOver = request.takesOver
    skipDependencies = options.skipsDependencies
    recreateDependencies = options.alwaysRecreatesDependencies
    renewAnonymousVolumes = options.renewsAnonymousVolumes
    ignoreOrphans = options.ignoresOrphans
    scale = options.scale
    stopTimeoutSeconds = options.stopTimeoutSeconds
    start = options.startsContainers
    gate = options.gate == .ready ? "ready" : "started"
    replaceOnContent = options.replacesOnContent
    settleSeconds = Int(request.waits.settle.components.seconds)
    engineWaitSeconds = Int(request.waits.engine.components.seconds)
    allow = request.allowed.isEmpty ? nil : request.allowed.map(\.rawValue).sorted()
  }

  /// Sets what was said; what was left out stays as it is.
  package func apply(to request: inout DeployRequest) {
    request.message = message ?? ""
    request.planHash = plan
    request.revertsOnFailure = rollback ?? true
    request.takesOver = takeOver ?? false
    if let profiles { request.profiles = profiles }
    request.options.services = services ?? []
    request.options.pull = pull.flatMap { PlanOptions.Pull(rawValue: $0) }
    request.options.recreate = recreate == "force" ? .force : recreate == "never" ? .never : .diverged
    request.options.removesOrphans = removeOrphans ?? false
    if build == true { request.options.build = .always }
    if skipBuild == true { request.options.build = .never }
    request.options.skipsDependencies = skipDependencies ?? false
    request.options.alwaysRecreatesDependencies = recreateDependencies ?? false
    request.options.renewsAnonymousVolumes = renewAnonymousVolumes ?? false
    request.options.ignoresOrphans = ignoreOrphans ?? false
    request.options.scale = scale ?? [:]
    request.options.stopTimeoutSeconds = stopTimeoutSeconds
    request.options.startsContainers = start ?? true
    if let gate { request.options.gate = gate == "started" ? .started : .ready }
    if let replaceOnContent { request.options.replacesOnContent = replaceOnContent }
    if let timeoutSeconds { request.waits.condition = .seconds(timeoutSeconds) }
    if let settleSeconds { request.waits.settle = .seconds(settleSeconds) }
    request.allowed = Set(allow: allow)
    if let engineWaitSeconds { request.waits.engine = .seconds(engineWaitSeconds) }
  }
}

extension DownBody {
  package init(_ options: DownOptions, takesOver: Bool) {
    self.init()
    services = options.services
    volumes = options.removesVolumes
    removeOrphans = options.removesOrphans
    images = options.images?.rawValue
    timeoutSeconds = options.stopTimeoutSeconds
    takeOver = takesOver
  }

  package var options: DownOptions {
    var options = DownOptions()
    options.services = services ?? []
    options.removesVolumes = volumes ?? false
    options.removesOrphans = removeOrphans ?? false
    options.images = images.flatMap { DownOptions.Images(rawValue: $0) }
    options.stopTimeoutSeconds = timeoutSeconds
    return options
  }
}

extension ControlBody {
  package init(_ command: ServiceCommand, _ scope: ServiceScope, confirmed: Set<String>?, waits: WaitLimits) {
    self.init()
    services = scope.services
    orphans = scope.includesOrphans
    containers = confirmed?.sorted()
    waitSeconds = Int(waits.condition.components.seconds)
    switch command {
    case .start(let waits): wait = waits
    case .stop(let graceSeconds): timeoutSeconds = graceSeconds
    case .restart(let graceSeconds, let withDependents):
      timeoutSeconds = graceSeconds
      dependents = withDependents
    case .kill(let signal): self.signal = signal
    case .pause, .unpause: break
    case .remove(let stopsFirst, let withAnonymousVolumes):
      stop = stopsFirst
      volumes = withAnonymousVolumes
    }
  }

  package func command(_ verb: String) -> ServiceCommand {
    switch verb {
    case "start": .start(waits: wait ?? true)
    case "stop": .stop(graceSeconds: timeoutSeconds)
    case "restart": .restart(graceSeconds: timeoutSeconds, withDependents: dependents ?? true)
    case "kill": .kill(signal: signal)
    case "pause": .pause
    case "unpause": .unpause
    default: .remove(stopsFirst: stop ?? false, withAnonymousVolumes: volumes ?? false)
    }
  }
}
