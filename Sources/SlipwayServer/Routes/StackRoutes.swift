import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Stacks as they are: lists, one of them, its services; making and deleting.
extension ServerParts {
  var stackRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/stacks", access: .may(.stackRead, .all), tag: "stacks", summary: "All stacks",
        query: Paging.parameters + [
          .optional("filter", .text(limit: 100), "part of a name"), .optional("server", .text(limit: 63), "only on this server"),
          .optional("status", .words(StackBody.statusWords), "only in this state"),
        ],
        answers: [.json(.page(of: StackBody.schema), "A page of stacks by name.")], handle: listStacks),
      Route(
        method: .post, path: "/api/v1/stacks", access: .may(.stackCreate, .all), tag: "stacks", summary: "Make a stack",
        details:
          "Its files are checked, and kept in a folder of their own; nothing is deployed. It needs the right on the stack.",
        body: .json(NewStackBody.schema),
        answers: [.json(StackBody.schema, "The stack.", status: .created)], refusals: [.conflict: "There is one of this name."],
        isIdempotent: true, takesBundle: true, handle: createStack),
      Route(
        method: .post, path: "/api/v1/validate", access: .may(.stackCreate, .all), tag: "stacks",
        summary: "Check files of a stack that is to be made", details: "Nothing is kept. It needs the right to make the stack.",
        body: .json(NewStackBody.schema), answers: [.json(ValidationBody.schema, "What is wrong with them.")],
        refusals: [.conflict: "There is one of this name."], takesBundle: true, handle: validateNew),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}", access: .may(.stackRead, .stack), tag: "stacks", summary: "A stack",
        answers: [.json(StackBody.schema, "The stack.")], handle: { call in try .json(StackBody(await row(call), drifts)) }),
      Route(
        method: .delete, path: "/api/v1/stacks/{stack}", access: .may(.stackDelete, .stack), tag: "stacks",
        summary: "Delete a stack",
        details: "Only one that is down: its files, secret variables, webhooks, and all rights on it; its revisions stay.",
        answers: [.empty("They are gone.")], refusals: Self.engineRefusals, handle: deleteStack),
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/services", access: .may(.stackRead, .stack), tag: "stacks",
        summary: "Services and their containers",
        answers: [
          .json(.object([.required("items", .array(of: ServiceBody.schema))]), "By name, as the engine has them now.")
        ],
        refusals: Self.engineRefusals, handle: listServices),
    ]
  }

  static let engineRefusals: [HTTPResponse.Status: String] = [
    .badGateway: "The server or its engine cannot be reached, or has failed.",
    .gatewayTimeout: "The engine has not answered in time.",
    .conflict: "The engine or the stack is in another state.", .unprocessable: "The engine refuses it.",
    .notFound: "It is not there, or may not be seen.",
  ]

  @Sendable private func listStacks(_ call: APICall) async throws -> APIAnswer {
    let (filter, server, status) = (call.value("filter")?.lowercased(), call.value("server"), call.value("status"))
    let caller = try call.caller()
    let now = Timestamp.systemNow()
    let rows = try await catalog.rows().filter { row in
      (filter.map { row.key.project.contains($0) } ?? true) && (server.map { row.key.server == $0 } ?? true)
        && (status.map { row.status.rawValue == $0 } ?? true)
        && authorize(caller, .stackRead, on: .stack(server: row.key.server, name: row.key.project), now: now) == .allowed
    }
    // A space comes before all that names have: `web` stands before `web-a`.
    return try .json(Paging(call).page(rows, key: { "\($0.key.project) \($0.key.server)" }) { StackBody($0, drifts) })
  }

  /// The stack that the path names; it must be there.
  func row(_ call: APICall) async throws -> StackCatalog.Row {
    let key = try call.stackKey()
    guard let row = try await catalog.row(key) else { throw Problem.notFound("stack \(key.project)") }
    return row
  }

  @Sendable private func createStack(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(NewStackBody.self)
    guard let name = StackName(body.name) else {
      throw Problem(
        .unprocessable, "invalid_name", "\"\(body.name.prefix(80))\" is no name for a stack",
        remedy: "use lower-case letters, digits, - and _, beginning with a letter or digit, at most 63")
    }
    let server = body.server ?? ServerName.local
    guard server == ServerName.local || ServerName(server) != nil else {
      throw Problem(.unprocessable, "invalid_name", "\"\(server.prefix(80))\" is no server's name")
    }
    let key = StackKey(server: server, project: name.text)
    try await accounts.require(call.caller(), .stackCreate, on: .stack(server: server, name: name.text))
    let secrets = body.secrets ?? [:]
    if !secrets.isEmpty {
      for variable in secrets.keys.sorted() { try Self.requireVariable(variable) }
      try await accounts.require(call.caller(), .secretWrite, on: .stack(server: server, name: name.text))
    }
    if server != ServerName.local { _ = try await fleet.member(server) }
    guard !body.files.isEmpty else {
      throw Problem(.unprocessable, "no_files", "a stack needs a compose file", remedy: "send compose.yaml")
    }
    let files = try body.files.map { try FileText.content($0) }
    try await requireNew(name, files, secrets)
    try await folders.create(name, files)
    do {
      try await store.putStackHome(
        named: name.text, server: server, source: .folder, secrets: secrets.mapValues { Secret($0) },
        try audit(
          call, .stackEdit, "\(key)", detail: ["what": "create", "variables": secrets.keys.sorted().joined(separator: " ")]))
      if body.sent == true {
        let tags = files.map { ($0.path.text, Optional(StackFolders.tag(of: $0.bytes))) }
        try await store.putSentFiles(Dictionary(tags, uniquingKeysWith: { $1 }), ofStack: name.text)
      }
    } catch {
      // WHY try?: the failure itself is what the caller must be told.
      try? await folders.remove(name)
      throw error
    }
    catalog.refresh()
    events.publish("stack.files", server: server, stack: name.text, [("change", .string("created"))])
    guard let row = try await catalog.row(key) else { throw Problem.notFound("stack \(name)") }
    return try .json(StackBody(row, drifts), status: .created).with(.location, "/api/v1/stacks/\(name)@\(server)")
  }

  @Sendable private func validateNew(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(NewStackBody.self)
    guard let name = StackName(body.name) else {
      throw Problem(.unprocessable, "invalid_name", "\"\(body.name.prefix(80))\" is no name for a stack")
    }
    let server = body.server ?? ServerName.local
    try await accounts.require(call.caller(), .stackCreate, on: .stack(server: server, name: name.text))
    // Its files would count as those that are not sent.
    guard !folders.exists(name) else { throw StackFolders.Refusal.stackExists(name.text) }
    let files = try body.files.map { try FileText.content($0) }
    let draft = Dictionary(files.map { ($0.path.text, Optional($0.bytes)) }, uniquingKeysWith: { $1 })
    let root = folders.path(of: name) + "/"
    do {
      let loaded = try await stacks.check(draft, ofNew: name, secrets: body.secrets ?? [:])
      return try .json(
        ValidationBody(
          problems: [], warnings: loaded.warnings.map { "\($0)".replacing(root, with: "") },
          services: loaded.project.services.map(\.name)))
    } catch let problems as ComposeProblems {
      return try .json(
        ValidationBody(problems: Problem(problems).faults.map { $0.below(root) }, warnings: [], services: []))
    }
  }

  /// Nothing is kept of files that are no stack.
  private func requireNew(
    _ name: StackName, _ files: [StackFolders.NewFile], _ secrets: [String: String]
  ) async throws {
    guard !folders.exists(name) else { throw StackFolders.Refusal.stackExists(name.text) }
    guard files.contains(where: { StackFolders.composeNames.contains($0.path.text) }) else {
      throw Problem(
        .unprocessable, "no_compose_file", "none of the files is a compose file", remedy: "call it compose.yaml")
    }
    let draft = Dictionary(files.map { ($0.path.text, Optional($0.bytes)) }, uniquingKeysWith: { $1 })
    do {
      _ = try await stacks.check(draft, ofNew: name, secrets: secrets)
    } catch let problems as ComposeProblems {
      var problem = Problem(problems)
      problem.faults = problem.faults.map { $0.below(folders.path(of: name) + "/") }
      throw problem
    }
  }

  @Sendable private func deleteStack(_ call: APICall) async throws -> APIAnswer {
    let row = try await row(call)
    // Nothing is deployed meanwhile, and what waits is not left without its files.
    return try await jobs.alone(on: row.key) { try await deleteStack(call, row) }
  }

  @Sendable private func deleteStack(_ call: APICall, _ row: StackCatalog.Row) async throws -> APIAnswer {
    try await requireNoContainers(row.key)
    guard row.hasFolder, let name = StackName(row.key.project) else {
      throw Problem(.conflict, "no_files", "the server keeps no files of \(row.key.project)")
    }
    try await store.removeStack(row.key, settings: GitSource.settingKeys(name), try audit(call, .stackDelete, "\(row.key)"))
    try await folders.remove(name)
    git.forgetCopy(of: name)
    catalog.refresh()
    events.publish("stack.files", server: row.key.server, stack: name.text, [("change", .string("deleted"))])
    return .empty
  }

  /// Asks the engine itself: what was seen last, or not at all, says too little.
  private func requireNoContainers(_ key: StackKey) async throws {
    let engine: EngineClient
    do {
      engine = try await fleet.member(key.server).engine
    } catch {
      // A server that was removed is asked no more.
      guard case StoreError.serverUnknown = error else { throw error }
      return
    }
    let found = try await engine.listContainers(all: true, filters: .labels([ComposeLabel.project: key.project]))
    guard found.isEmpty else {
      throw Problem(
        .conflict, "stack_runs", "\(key.project) has containers",
        remedy: "take it down first: POST /api/v1/stacks/{stack}/down")
    }
  }

  /// An engine's list with what its events have told before it.
  func settled(_ containers: [ContainerSummary], on server: String) -> [ContainerSummary] {
    fleet.states.state(of: server)?.settled(containers) ?? containers
  }

  @Sendable private func listServices(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let engine = try await fleet.member(key.server).engine
    let containers = try await engine.listContainers(all: true, filters: .labels([ComposeLabel.project: key.project]))
    let bodies = settled(containers, on: key.server).map { ContainerBody($0, server: key.server) }
    let services = Dictionary(grouping: bodies) { $0.service ?? "" }.sorted { $0.key < $1.key }.map { name, containers in
      ServiceBody(
        name: name, image: containers.first?.image,
        containers: containers.sorted { ($0.number ?? 0, $0.name) < ($1.number ?? 0, $1.name) })
    }
    return try .json(["items": services])
  }
}
