import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Logging
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// What commands on this host do through the server while it owns the store (decision 15): with projects in the user's own
/// folders, which nobody else may name.
extension ServerParts {
  var projectRoutes: [Route] {
    let later: [HTTPResponse.Status: String] = [
      .tooManyRequests: "Too many operations wait for the stack; Retry-After tells when.",
      .forbidden: "Only for commands on the server's own host.", .unprocessable: "The project cannot be used.",
    ]
    func route(
      _ verb: String, _ action: Action, _ summary: String, _ body: Schema, _ answer: Route.Answer = .accepted,
      _ handle: @escaping @Sendable (APICall) async throws -> APIAnswer
    ) -> Route {
      Route(
        method: .post, path: "/api/v1/projects/\(verb)", access: .may(action, .all), tag: "projects", summary: summary,
        details: "Only by the unix socket of the data directory.", body: .json(body), answers: [answer], refusals: later,
        takesBundle: true, handle: handle)
    }
    return [
      route("deploy", .stackDeploy, "Deploy a project of this host", ProjectDeployBody.schema, .accepted, deployProject),
      route(
        "plan", .stackDeploy, "What that would do", ProjectDeployBody.schema,
        .json(PlanBody.schema, "The steps with the cause of each."), planProject),
      route("down", .stackDown, "Take a project of this host down", ProjectDownBody.schema, .accepted, takeProjectDown),
      route(
        "control", .stackControl, "Start, stop or remove containers of a project", ProjectControlBody.schema, .accepted,
        controlProject),
      route(
        "servers", .serverWrite, "Change the servers of the store", ServerChangeBody.schema,
        .empty("It is written."), changeServers),
      route("adopt", .stackAdopt, "Take over a project of this host", ProjectAdoptBody.schema, .accepted, adoptProject),
      route(
        "run", .stackDeploy, "Make a container for one run of a service of a project of this host", ProjectRunBody.schema,
        .accepted,
        runProject),
      route(
        "unlock", .stackDeploy, "Free a stack whose operation cannot end", ProjectUnlockBody.schema,
        .json(UnlockedBody.schema, "What was freed."), unlockProject),
    ]
  }

  /// Paths of this host are for its own user alone: whoever comes over the network has no folder here.
  static func requireLocal(_ call: APICall) throws {
    guard try call.caller().credential == .local else {
      throw Problem(
        .forbidden, "local_only", "this is for commands on the server's own host",
        remedy: "use POST /api/v1/stacks and POST /api/v1/stacks/{stack}/deploy")
    }
  }

  // MARK: Calls

  @Sendable private func deployProject(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectDeployBody.self)
    let request = try body.request()
    let files: FileRestoration = body.rollbackFrom == nil ? .none : body.restoreFiles == true ? .all : .missing
    let kind = body.rollbackFrom == nil ? "deploy" : "rollback"
    return try await accept(
      call, kind, .stackDeploy, body.place, request.project.name, title: request.message.isEmpty ? kind : request.message
    ) { operations, _ in
      Self.outcome(try await operations.deploy(try await operations.restoring(request, files)))
    }
  }

  @Sendable private func planProject(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectDeployBody.self)
    let request = try body.request()
    let plan = try await withOperations(body.place) { try await $0.plan(request) }
    return Self.answer(plan, withModel: true)
  }

  /// - Parameter withModel: for clients that show it as this program does.
  /// - Parameter secrets: what nothing in it has.
  static func answer(
    _ plan: Plan, withModel: Bool, difference: ProjectDifference? = nil, _ secrets: KnownSecrets = KnownSecrets()
  ) -> APIAnswer {
    var record = plan.record.map ?? ComposeMap()
    record["differences"] = difference?.record
    if withModel { record["model"] = JobNotice.model(plan, limitBytes: 8 << 20) }
    record = secrets.map(record)
    let text = ComposeValue.map(record).json(indented: false)
    return APIAnswer(status: .ok, content: .bytes(Array(text.utf8), type: "application/json"))
  }

  @Sendable private func takeProjectDown(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectDownBody.self)
    let name = try Self.stackName(body.name)
    let project = try body.project?.project(in: body.place.environment)
    return try await accept(call, "down", .stackDown, body.place, name, title: "down") { operations, _ in
      let plan = try await operations.down(
        name: name, project: project, options: body.options.options, takesOver: body.options.takeOver ?? false)
      return JobRunner.Outcome(.done, [("steps", .int(plan.steps.count))])
    }
  }

  @Sendable private func controlProject(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectControlBody.self)
    let name = try Self.stackName(body.name)
    let project = try body.project?.project(in: body.place.environment)
    let title = ([body.verb] + (body.options.services ?? [])).joined(separator: " ")
    return try await accept(call, body.verb, .stackControl, body.place, name, title: title) { operations, progress in
      try await Self.control(operations, progress, body.verb, body.options, project: name, model: project, WaitLimits())
    }
  }

  @Sendable private func unlockProject(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectUnlockBody.self)
    let operation = try await noted(call, .operationCancel, "lock:\(body.lock)", detail: ["lock": body.lock]) { entry in
      try await store.unlock(lockID: body.lock) { freed in
        var entry = entry
        entry.target = "\(freed.stack)"
        return entry
      }
    }
    return try .json(UnlockedBody(stack: "\(operation.stack)", title: operation.title))
  }

  @Sendable private func changeServers(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    guard let change = ServerChange(record: try call.body(ServerChangeBody.self).change.value) else {
      throw Problem(.unprocessable, "invalid_change", "the change is none that this version knows")
    }
    let names = change.changedServers.joined(separator: " ")
    try await noted(call, .serverWrite, "server:\(names)", detail: change.auditDetail) { entry in
      try await change.apply(to: store, entry)
    }
    for name in change.changedServers { await fleet.forget(name) }
    for name in change.openedServers {
      do {
        _ = try await fleet.member(name)
      } catch {
        logger.info("a server cannot be used", metadata: ["server": "\(name)", "error": "\(error)"])
      }
    }
    catalog.refresh()
    return .empty
  }

  // MARK: Work

  /// Does a command on the containers of a stack; the result has what a command of this program shows of it.
  static func control(
    _ operations: StackOperations, _ progress: JobProgress, _ verb: String, _ options: ControlBody, project: String,
    model: Project?, _ waits: WaitLimits
  ) async throws -> JobRunner.Outcome {
    var scope = ServiceScope(project: project, services: options.services ?? [], model: model)
    scope.includesOrphans = options.orphans ?? false
    var waits = waits
    if let seconds = options.waitSeconds { waits.condition = .seconds(seconds) }
    progress.reach(.applying)
    let steps = try await operations.control(
      options.command(verb), scope, confirmed: options.containers.map { Set($0) }, waits: waits
    ) { progress.tell($0) }
    let others = steps.isEmpty ? try await operations.leftAlone(scope) : []
    return JobRunner.Outcome(
      .done,
      [
        ("changed", .list(steps.compactMap { $0.action.changed.map { .string($0.name) } })),
        ("steps", JobNotice.model(steps)), ("left_alone", .list(others.prefix(1000).map { .string($0) })),
      ])
  }

  static func stackName(_ text: String) throws -> String {
    guard let name = StackName(text) else { throw Problem(.unprocessable, "invalid_name", "\"\(text)\" is no stack's name") }
    return name.text
  }

  func accept(
    _ call: APICall, _ kind: String, _ action: Action, _ place: LocalPlaceBody, _ project: String, title: String,
    _ work: @escaping @Sendable (StackOperations, JobProgress) async throws -> JobRunner.Outcome
  ) async throws -> APIAnswer {
    let (key, caller) = (StackKey(server: place.server, project: project), try call.caller())
    let request = JobRunner.Request(
      kind: kind, stack: key, title: title, requestedBy: caller.name, way: caller.origin.way)
    let job = try await jobs.submit(request, audit: try audit(call, action, "\(key)")) { progress in
      try await withOperations(place, progress: progress.sink) { try await work($0, progress) }
    }
    return try .json(OperationBody(job), status: .accepted).with(.location, "/api/v1/operations/\(job.id)")
  }

  /// The operations as the command itself would have them: its engine, its credentials, its name.
  private func withOperations<Value: Sendable>(
    _ place: LocalPlaceBody, progress: @escaping ProgressSink = { _ in },
    _ body: @Sendable (StackOperations) async throws -> Value
  ) async throws -> Value {
    let credentials = try place.credentials.map { path in
      try RegistryCredentials(configPath: path, searchPath: stacks.credentials.searchPath)
    }
    func operations(_ engine: EngineClient, _ files: ProjectFilesServer?) -> StackOperations {
      StackOperations(
        engine: engine, server: place.server, dataDirectory: stacks.dataDirectory,
        credentials: credentials ?? stacks.credentials, environment: place.environment, author: place.author,
        projectFiles: files, store: .shared(store), progress: progress)
    }
    func shared(_ target: EngineTarget) -> ProjectFilesServer? {
      if let link = target.link { return ProjectFilesServer(link, name: target.storeName) }
      guard target.socketPath != nil, let folder = place.projectFiles.flatMap({ SharedFolder($0) }) else { return nil }
      return ProjectFilesServer(folder, name: target.storeName)
    }
    guard place.server.hasPrefix("unix://") else {
      guard place.server == ServerName.local || ServerName(place.server) != nil else {
        throw Problem(
          .unprocessable, "unknown_engine", "the server works on no engine that only has an address: \(place.server.prefix(200))",
          remedy: "add it with slipway server add, and name it with --server")
      }
      let member = try await fleet.member(place.server)
      // An engine of another address would be another `local` for a command that was started elsewhere.
      guard place.server != ServerName.local || member.target.storeName == ServerName.local else {
        return try await onSocket(EngineTarget(.standard)) { try await body(operations($0, shared($1))) }
      }
      return try await body(operations(member.engine, shared(member.target)))
    }
    let target = EngineTarget(try EngineEndpoint(parsing: place.server))
    return try await onSocket(target) { try await body(operations($0, shared($1))) }
  }

  private func onSocket<Value: Sendable>(
    _ target: EngineTarget, _ body: (EngineClient, EngineTarget) async throws -> Value
  ) async throws -> Value {
    let engine = EngineClient(connector: target.connector, limits: EngineLimits())
    do {
      let value = try await body(engine, target)
      await engine.shutdown()
      return value
    } catch {
      await engine.shutdown()
      throw error
    }
  }
}
