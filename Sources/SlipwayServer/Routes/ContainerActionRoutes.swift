import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// What is done with one container: as an operation, in turn with those of its stack and under its lock (R-LOCK-1).
extension ServerParts {
  var containerActionRoutes: [Route] {
    let later: [HTTPResponse.Status: String] = [
      .tooManyRequests: "Too many operations wait for the stack; Retry-After tells when.",
      .conflict: "The state does not allow it, or the key was used for another call.",
      .badGateway: "The engine cannot be reached.",
      .gatewayTimeout: "The engine has not answered in time.", .unprocessable: "What was sent is wrong; each fault is told.",
    ]
    let verbs = [
      ("start", "Start it"), ("stop", "Stop it"), ("restart", "Restart it"), ("kill", "Send it a signal"), ("pause", "Pause it"),
      ("unpause", "Let it go on"),
    ]
    return verbs.map { verb, about in
      Route(
        method: .post, path: Self.containerPath + "/" + verb, access: .may(.containerControl, .object(.container)),
        tag: "containers", summary: about, body: .optionalJSON(ContainerCommandBody.schema), answers: [.accepted],
        refusals: later, isIdempotent: true, handle: { call in try await command(call, verb) })
    } + [
      Route(
        method: .delete, path: Self.containerPath, access: .may(.containerControl, .object(.container)), tag: "containers",
        summary: "Remove it",
        query: [
          .optional("force", .boolean, "also when it runs: it is stopped first"),
          .optional("volumes", .boolean, "its anonymous volumes too, which needs the right to remove volumes"),
        ], answers: [.accepted], refusals: later, handle: { call in try await command(call, "rm") }),
      Route(
        method: .patch, path: Self.containerPath + "/resources", access: .may(.containerUpdate, .object(.container)),
        tag: "containers", summary: "Change its limits in place",
        details: "They hold until the container is made anew; to keep them, change the stack's files.",
        body: .json(ResourcesBody.schema), answers: [.json(ContainerDetailBody.schema, "The container.")], refusals: later,
        handle: changeResources),
    ]
  }

  private func command(_ call: APICall, _ verb: String) async throws -> APIAnswer {
    let object = try call.engineObject()
    let container = try container(call)
    let body = try call.body(ContainerCommandBody.self)
    let (force, volumes) = (call.flag("force"), call.flag("volumes"))
    if volumes {
      try await accounts.require(
        try call.caller(), .volumeRemove, on: EngineObject.resource(object.server, object.stackName))
    }
    if verb == "rm", container.state.isRunning, !force {
      throw Problem(.conflict, "container_runs", "\(object.name) runs", remedy: "stop it first, or send force=true")
    }
    let command: ServiceCommand =
      switch verb {
      case "start": .start(waits: false)
      case "stop": .stop(graceSeconds: body.timeoutSeconds)
      case "restart": .restart(graceSeconds: body.timeoutSeconds, withDependents: false)
      case "kill": .kill(signal: body.signal)
      case "pause": .pause
      case "unpause": .unpause
      default: .remove(stopsFirst: force, withAnonymousVolumes: volumes)
      }
    let author = try call.caller().name
    return try await accept(
      call, "container.\(verb)", .containerControl, on: object.server, stack: object.stack, target: object.target,
      title: "\(verb) \(object.name)"
    ) { progress in
      progress.reach(.applying)
      let changed = try await perform(command, container, object, author, progress)
      return JobRunner.Outcome(.done, [("changed", .list(changed.map { .string($0) }))])
    }
  }

  /// Gives the names of what was changed.
  private func perform(
    _ command: ServiceCommand, _ container: ContainerInspection, _ object: EngineObject, _ author: String, _ progress: JobProgress
  ) async throws -> [String] {
    let labels = container.config.labels
    let isOneOff = labels[ComposeLabel.oneOff]?.lowercased() == "true"
    guard let key = object.stack, let service = labels[ComposeLabel.service], !isOneOff else {
      return try await performAlone(command, container, try await fleet.member(object.server).engine)
    }
    let operations = try await stacks.operations(on: key.server, stack: key, author: author, progress: progress.sink)
    var scope = ServiceScope(project: key.project, services: [service])
    // WHY try?: hooks are known only where the files are; the container is controlled all the same.
    let model = try? await stacks.load(key).project.project
    // One that the files do not have any more is controlled too.
    scope.model = model?.service(service) == nil ? nil : model
    scope.includesOrphans = true
    let steps = try await operations.control(command, scope, confirmed: [container.id], waits: stacks.waits) { progress.tell($0) }
    // Stopping and removing it are two steps on the one.
    return Set(steps.compactMap { $0.action.changed?.name }).sorted()
  }

  /// For what is no service's container: there is no lock to hold, and there are no hooks.
  private func performAlone(
    _ command: ServiceCommand, _ container: ContainerInspection, _ engine: EngineClient
  ) async throws -> [String] {
    let isChanged: Bool
    switch command {
    case .start: isChanged = try await engine.startContainer(container.id)
    case .stop(let grace): isChanged = try await engine.stopContainer(container.id, graceSeconds: grace)
    case .restart(let grace, _):
      try await engine.restartContainer(container.id, graceSeconds: grace)
      isChanged = true
    case .kill(let signal):
      try await engine.killContainer(container.id, signal: signal)
      isChanged = true
    case .pause:
      try await engine.pauseContainer(container.id)
      isChanged = true
    case .unpause:
      try await engine.unpauseContainer(container.id)
      isChanged = true
    case .remove(let stopsFirst, let volumes):
      if stopsFirst { try await engine.stopContainer(container.id) }
      try await engine.removeContainer(container.id, volumes: volumes)
      isChanged = true
    }
    return isChanged ? [container.name] : []
  }

  @Sendable private func changeResources(_ call: APICall) async throws -> APIAnswer {
    let object = try call.engineObject()
    let container = try container(call)
    let body = try call.body(ResourcesBody.self)
    let update = try ContainerUpdate(body, container.hostConfig)
    let engine = try await engine(call)
    let author = try call.caller().name
    try await audited(call, .containerUpdate, object.target, detail: ["changes": update.words]) {
      guard let key = object.stack else {
        try await engine.updateContainer(container.id, update)
        return
      }
      let operations = try await stacks.operations(on: key.server, stack: key, author: author)
      _ = try await operations.holding(key.project, verb: "resources") { try await engine.updateContainer(container.id, update) }
    }
    events.publish(
      "container.resources", server: object.server, stack: object.stackName,
      [("container", .string(object.id)), ("name", .string(object.name))])
    return try .json(await detail(try await engine.inspectContainer(container.id), call))
  }
}

extension ContainerUpdate {
  /// What the engine is to change of a container with these limits now.
  ///
  /// - Throws: a `Problem` for what cannot be changed in place, or changes nothing.
  init(_ body: ResourcesBody, _ now: HostConfig) throws {
    func invalid(_ pointer: String, _ message: String) -> Problem {
      Problem(
        .unprocessable, "invalid_body", "the body is not as this call takes it",
        faults: [ProblemBody.Fault(place: pointer, message: message)])
    }
    self.init()
    if let cpus = body.cpus {
      // The engine counts billionths of a processor; 0 would leave what there is.
      guard cpus.isFinite, cpus >= 0.01, cpus <= 4096 else { throw invalid("/cpus", "is not from 0.01 to 4096") }
      guard now.cpuQuotaMicroseconds == 0 else {
        throw invalid("/cpus", "cannot be changed in place: the container has a quota of time instead")
      }
      nanoCPUs = Int64((cpus * 1e9).rounded())
    }
    memoryBytes = body.memoryBytes
    memorySwapBytes = body.memorySwapBytes
    if let memory = body.memoryBytes {
      // The engine refuses a memory above the swap limit that was there; twice the memory is its own default.
      if body.memorySwapBytes == nil, now.memorySwapBytes != -1 { memorySwapBytes = memory * 2 }
      if let swap = body.memorySwapBytes, swap != -1, swap < memory {
        throw invalid("/memory_swap_bytes", "is less than the memory, which it includes")
      }
    }
    pidsLimit = body.pids
    if let restart = body.restart {
      var policy = HostRestartPolicy()
      policy.name = restart
      policy.maximumRetryCount = restart == "on-failure" ? body.restartRetries ?? 0 : 0
      restartPolicy = policy
    } else if body.restartRetries != nil {
      throw invalid("/restart_retries", "is for restart: on-failure")
    }
    guard self != ContainerUpdate() else { throw invalid("/", "changes nothing") }
  }

  /// For the audit log.
  var words: String {
    var words: [String] = []
    if let nanoCPUs { words.append("cpus=\(Double(nanoCPUs) / 1e9)") }
    if let memoryBytes { words.append("memory=\(memoryBytes)") }
    if let memorySwapBytes { words.append("memory_swap=\(memorySwapBytes)") }
    if let pidsLimit { words.append("pids=\(pidsLimit)") }
    if let restartPolicy { words.append("restart=\(restartPolicy.name)") }
    return words.joined(separator: " ")
  }
}
