import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// What is done with a stack: checks and plans at once, everything else as an operation.
extension ServerParts {
  var stackActionRoutes: [Route] {
    let later: [HTTPResponse.Status: String] = [
      .tooManyRequests: "Too many operations wait for the stack; Retry-After tells when.",
      .conflict: "The state does not allow it, or the key was used for another call.",
    ]
    let other: [HTTPResponse.Status: String] = [.conflict: "The plan is another now, or the engine is in another state."]
    let checked = Self.engineRefusals.merging(other) { $1 }
    var routes = [
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/validate", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "Check the files", details: "Those that are saved, or a draft of who may edit them.",
        body: .optionalJSON(DraftBody.schema),
        answers: [.json(ValidationBody.schema, "All that is wrong with them.")], takesBundle: true, handle: validate),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/plan", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "What a deploy would do", details: "Nothing is changed. Drafts and variables are for who may edit the stack.",
        query: [Self.withModel, .optional("differences", .boolean, "what differs from the revision that runs, too")],
        body: .optionalJSON(DeployBody.schema),
        answers: [.json(PlanBody.schema, "The steps with the cause of each.")], refusals: checked, takesBundle: true,
        handle: plan),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/deploy", access: .may(.stackDeploy, .stack), tag: "stacks",
        summary: "Deploy", body: .optionalJSON(DeployBody.schema), answers: [.accepted], refusals: later, isIdempotent: true,
        handle: deploy),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/rollback", access: .may(.stackRollback, .stack), tag: "stacks",
        summary: "Go back to an earlier revision", details: "Its files, its environment and its images, as a new revision.",
        body: .optionalJSON(RollbackBody.schema), answers: [.accepted], refusals: later, isIdempotent: true, handle: rollBack),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/rollback/plan", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "What going back would do", details: "Nothing is changed.", query: [Self.withModel],
        body: .optionalJSON(RollbackBody.schema), answers: [.json(PlanBody.schema, "The steps with the cause of each.")],
        refusals: checked, handle: planRollback),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/down/plan", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "What stopping and removing would do", details: "Nothing is changed.", query: [Self.withModel],
        body: .optionalJSON(DownBody.schema), answers: [.json(PlanBody.schema, "The steps with the cause of each.")],
        refusals: checked, handle: planDown),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/down", access: .may(.stackDown, .stack), tag: "stacks",
        summary: "Stop and remove", details: "Removing volumes with it needs the right to.", body: .optionalJSON(DownBody.schema),
        answers: [.accepted], refusals: later, isIdempotent: true, handle: down),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/drift", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "What runs otherwise than it was deployed",
        answers: [
          .json(
            .object([
              .required("project", .text), .required("revision", .count), .required("drifted", .boolean),
              .required("differences", .array(of: .anything)),
            ]), "The differences.")
        ], refusals: Self.engineRefusals, handle: drift),
    ]
    for (verb, about) in Self.controls {
      routes.append(
        Route(
          method: .post, path: "/api/v1/stacks/{stack}/\(verb)", access: .may(.stackControl, .stack), tag: "stacks",
          summary: about, body: .optionalJSON(ControlBody.schema), answers: [.accepted], refusals: later, isIdempotent: true,
          handle: { call in try await control(call, verb) }))
    }
    return routes
  }

  private static let controls = [
    ("start", "Start what is stopped"), ("stop", "Stop"), ("restart", "Restart"), ("kill", "Send a signal"), ("pause", "Pause"),
    ("unpause", "Go on"), ("rm", "Remove stopped containers"),
  ]

  static let withModel = Route.Parameter.optional(
    "model", .boolean, "the plan whole, too, for Slipway's own clients")

  // MARK: At once

  @Sendable private func validate(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(DraftBody.self)
    let draft = try await draft(call, body.files, absent: body.absent, variables: nil)
    let key = try call.stackKey()
    let root = folders.path(of: try await stacks.folder(of: key)) + "/"
    return try await hiding(key) { secrets in
      do {
        let loaded = try await stacks.load(key, draft: draft, profiles: body.profiles ?? []).project
        return try .json(
          ValidationBody(
            problems: [], warnings: loaded.warnings.map { secrets.text("\($0)".replacing(root, with: "")) },
            services: loaded.project.services.map(\.name)))
      } catch let problems as ComposeProblems {
        let faults = Problem(problems).hiding(secrets).faults.map { $0.below(root) }
        return try .json(ValidationBody(problems: faults, warnings: [], services: []))
      }
    }
  }

  /// Runs what tells of a stack with what is secret of it; a refusal gives none of that away either (S-SEC-4).
  func hiding<Value>(_ key: StackKey, _ body: (KnownSecrets) async throws -> Value) async throws -> Value {
    let secrets = try await stacks.known(of: key)
    do {
      return try await body(secrets)
    } catch {
      let problem = Problem(error)
      // What is a fault of ours is told by its log only, which needs the error itself.
      if problem.status == .internalServerError { throw error }
      throw problem.hiding(secrets)
    }
  }

  /// Files and variables of the caller's own: they say what is read and shown, which is for who may edit the stack.
  func draft(
    _ call: APICall, _ files: [FileContentBody]?, absent: [String]? = nil, variables: [String: String]?
  ) async throws -> [String: [UInt8]?] {
    if files?.isEmpty == false || absent?.isEmpty == false || variables?.isEmpty == false {
      let key = try call.stackKey()
      try await accounts.require(call.caller(), .stackEdit, on: .stack(server: key.server, name: key.project))
    }
    return try Self.draft(files, absent)
  }

  private static func draft(_ files: [FileContentBody]?, _ absent: [String]?) throws -> [String: [UInt8]?] {
    var draft: [String: [UInt8]?] = [:]
    for text in absent ?? [] {
      guard let path = FolderPath(text) else {
        throw Problem(.unprocessable, "invalid_path", "\"\(text.prefix(200))\" is no path within the stack's folder")
      }
      draft.updateValue(nil, forKey: path.text)
    }
    for file in files ?? [] {
      let file = try FileText.content(file)
      let (path, bytes) = (file.path, file.bytes)
      draft[path.text] = bytes
    }
    return draft
  }

  private func request(
    _ key: StackKey, _ body: DeployBody, _ contexts: CallerContexts? = nil
  ) async throws -> DeployRequest {
    let loaded = try await stacks.load(
      key, draft: try Self.draft(body.files, body.absent), profiles: body.profiles ?? [], variables: body.variables ?? [:])
    var request = stacks.request(loaded, profiles: body.profiles ?? [])
    body.apply(to: &request)
    request.builds.defaultPlatform = body.contexts?.defaultPlatform
    if let contexts { request.builds.contexts = .caller(contexts) }
    let known = Set(request.project.services.map(\.name))
    let missing = request.options.services.filter { !known.contains($0) }
    guard missing.isEmpty else {
      throw Problem(
        .unprocessable, "no_such_service", "the stack has no service \(missing.joined(separator: ", "))",
        remedy: "name some of \(known.sorted().joined(separator: ", "))")
    }
    return request
  }

  @Sendable private func plan(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(DeployBody.self)
    _ = try await draft(call, body.files, absent: body.absent, variables: body.variables)
    let rights = buildRights(try call.caller(), key)
    return try await hiding(key) { secrets in
      let request = try await request(key, body, body.contexts.map { CallerContexts($0.announced, rights) { _ in } })
      let operations = try await stacks.operations(
        on: key.server, stack: key, author: try call.caller().name, asked: try asker(call))
      let difference = call.flag("differences") ? try await operations.difference(ofDeploying: request) : nil
      return Self.answer(try await operations.plan(request), withModel: call.flag("model"), difference: difference, secrets)
    }
  }

  @Sendable private func drift(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    return try await hiding(key) { secrets in
      let operations = try await stacks.operations(on: key.server, stack: key, author: try call.caller().name)
      let state = try await catalog.row(key)?.driftState
      let drift = try await operations.drift(of: key.project)
      if let state { drifts.take(!drift.isEmpty, of: key, in: state) }
      let record = ComposeMap([
        ("project", .string(drift.project)), ("revision", .int(drift.revision)), ("drifted", .bool(!drift.isEmpty)),
        ("differences", secrets.value(drift.difference.record)),
      ])
      return APIAnswer(
        status: .ok, content: .bytes(Array(ComposeValue.map(record).json(indented: false).utf8), type: "application/json"))
    }
  }

  // MARK: Operations

  /// Takes a job on and answers with it.
  func accept(
    _ call: APICall, _ kind: String, _ action: Action, title: String, sameAs: String? = nil, _ work: @escaping JobRunner.Work
  ) async throws -> APIAnswer {
    let (key, caller) = (try call.stackKey(), try call.caller())
    let request = JobRunner.Request(
      kind: kind, stack: key, title: title, requestedBy: caller.name, way: caller.origin.way, sameAs: sameAs)
    let job = try await jobs.submit(request, audit: try audit(call, action, "\(key)"), work)
    return try .json(OperationBody(job), status: .accepted).with(.location, "/api/v1/operations/\(job.id)")
  }

  @Sendable private func deploy(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(DeployBody.self)
    guard body.files == nil else {
      throw Problem(
        .unprocessable, "files_of_a_plan", "a deploy takes the files that are saved",
        remedy: "send them to PATCH /api/v1/stacks/{stack}/files first")
    }
    _ = try await draft(call, nil, absent: body.absent, variables: body.variables)
    // What is wrong with the files is told at once, not by an operation that fails.
    try await hiding(key) { _ in
      let request = try await request(key, body)
      try await requirePolicy(call, key, request)
      try await requirePlan(call, key, body)
    }
    let caller = try call.caller()
    let author = caller.name
    let asked = try asker(call)
    let rights = buildRights(caller, key)
    let entry = try audit(call, .stackDeploy, "\(key)", detail: Self.settles)
    let same = "deploy \(author) \(String(decoding: call.bytes, as: UTF8.self))"
    return try await accept(
      call, "deploy", .stackDeploy, title: body.message.flatMap { $0.isEmpty ? nil : $0 } ?? "deploy",
      sameAs: body.contexts == nil ? same : nil
    ) { progress in
      try await withContexts(body.contexts, rights, of: key, by: caller, progress) { contexts in
        // The files as they are when its turn has come.
        var request = try await request(key, body, contexts)
        request.message = try await revisionMessage(request.message, key)
        let operations = try await stacks.operations(
          on: key.server, stack: key, author: author, asked: asked, progress: progress.sink)
        return try await settling(key, entry) {
          let result = try await operations.deploy(request)
          if body.pruneBuilt == true, result.runsAsAsked { try await operations.pruneBuilt(of: key.project) }
          return Self.outcome(result)
        }
      }
    }
  }

  /// Refuses a plan that is not the one that was confirmed; the operation asks once more, of what is then (R-PLAN-1).
  private func requirePlan(_ call: APICall, _ key: StackKey, _ body: DeployBody) async throws {
    guard let wanted = body.plan else { return }
    let rights = buildRights(try call.caller(), key)
    var request = try await request(key, body, body.contexts.map { CallerContexts($0.announced, rights) { _ in } })
    request.planHash = nil
    let operations = try await stacks.operations(
      on: key.server, stack: key, author: try call.caller().name, asked: try asker(call))
    do {
      let plan = try await operations.plan(request)
      guard !plan.isCalled(wanted) else { return }
      throw Problem(
        .conflict, "stale_plan", "the plan is not \(wanted) any more: the files or what runs have changed since",
        remedy: "look at the new plan, and deploy that one")
    } catch {
      // The operation says itself that the engine is away.
      guard error is EngineError else { throw error }
    }
  }

  /// As `requirePolicy` of a deploy, about what an earlier revision has.
  private func requirePolicy(_ call: APICall, _ key: StackKey, toRevision body: RollbackBody) async throws {
    let operations = try await stacks.operations(on: key.server, stack: key, author: try call.caller().name)
    do {
      var request = try await operations.rollbackSubject(of: key.project, to: body.to)
      request.message = body.message ?? request.message
      request.allowed = Set(allow: body.allow)
      try await requirePolicy(call, key, request)
    } catch {
      // That there is nothing to go back to is said by the operation.
      guard error is OperationRefused else { throw error }
    }
  }

  static func outcome(_ result: DeployResult) -> JobRunner.Outcome {
    switch result {
    case .unchanged(let revision):
      JobRunner.Outcome(.done, revision: revision, [("outcome", .string("unchanged"))])
    case .deployed(let revision): JobRunner.Outcome(.done, revision: revision, [("outcome", .string("deployed"))])
    case .failed(let revision, let reason, let state):
      JobRunner.Outcome(
        .failed, revision: revision, [("outcome", .string("failed")), ("reason", .string(reason)), ("state", .string(state))])
    case .cancelled(let revision, let state):
      JobRunner.Outcome(.cancelled, revision: revision, [("outcome", .string("cancelled")), ("state", .string(state))])
    }
  }

  @Sendable private func rollBack(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(RollbackBody.self)
    let author = try call.caller().name
    let stacks = stacks
    try await requireRevision(body.to, of: key)
    try await requirePolicy(call, key, toRevision: body)
    let asked = try asker(call)
    let entry = try audit(call, .stackRollback, "\(key)", detail: Self.settles)
    let title = body.to.map { "rollback to revision \($0)" } ?? "rollback"
    return try await accept(call, "rollback", .stackRollback, title: title) { progress in
      let operations = try await stacks.operations(
        on: key.server, stack: key, author: author, asked: asked, progress: progress.sink)
      let request = try await request(body, of: key, operations, files: body.restoreFiles == true ? .all : .missing)
      return try await settling(key, entry) { Self.outcome(try await operations.deploy(request)) }
    }
  }

  /// What was fetched and is not deployed yet is not tried again.
  private static let settles = ["what": "what was fetched is settled"]

  @Sendable private func down(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(DownBody.self)
    if body.volumes == true {
      try await accounts.require(call.caller(), .volumeRemove, on: .stack(server: key.server, name: key.project))
    }
    // An image may be anybody's; what is `local` was built for this stack.
    if body.images == "all" { try await accounts.require(call.caller(), .imageRemove, on: .server(key.server)) }
    let author = try call.caller().name
    let entry = try audit(call, .stackDown, "\(key)", detail: Self.settles)
    let stacks = stacks
    return try await accept(call, "down", .stackDown, title: "down") { progress in
      let operations = try await stacks.operations(on: key.server, stack: key, author: author, progress: progress.sink)
      // WHY try?: where the files are gone or wrong, all that carries the stack's label goes.
      let project = try? await stacks.load(key).project.project
      let plan = try await operations.down(
        name: key.project, project: project, options: body.options, takesOver: body.takeOver ?? false)
      // Else a deploy of the repository that has failed would be tried again, and bring the stack back.
      try await settleGit(key, entry)
      return JobRunner.Outcome(.done, [("steps", .int(plan.steps.count))])
    }
  }

  private func control(_ call: APICall, _ verb: String) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(ControlBody.self)
    if body.volumes == true {
      try await accounts.require(call.caller(), .volumeRemove, on: .stack(server: key.server, name: key.project))
    }
    let author = try call.caller().name
    let (stacks, waits) = (stacks, stacks.waits)
    return try await accept(call, verb, .stackControl, title: ([verb] + (body.services ?? [])).joined(separator: " ")) {
      progress in
      let operations = try await stacks.operations(on: key.server, stack: key, author: author, progress: progress.sink)
      // WHY try?: what has containers is controlled also where the files are gone or wrong.
      let model = try? await stacks.load(key).project.project
      return try await Self.control(operations, progress, verb, body, project: key.project, model: model, waits)
    }
  }
}

extension ProblemBody.Fault {
  /// With its file as it is called within the stack's folder.
  func below(_ root: String) -> ProblemBody.Fault {
    ProblemBody.Fault(
      place: place.hasPrefix(root) ? String(place.dropFirst(root.utf8.count)) : place,
      message: message.replacing(root, with: ""), remedy: remedy, rule: rule)
  }
}
