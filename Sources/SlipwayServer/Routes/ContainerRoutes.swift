import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Containers as they are, of stacks and of none; secret values are hidden (S-SEC-5).
extension ServerParts {
  static let containerPath = "/api/v1/servers/{server}/containers/{container}"

  var containerRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/servers/{server}/containers", access: .may(.containerRead, .within), tag: "containers",
        summary: "Containers of a server", details: "Those of no stack need the right on the server.",
        query: Paging.parameters + [
          .optional("stack", .text(limit: 63), "only of this stack"),
          .optional("service", .text(limit: 255), "only of this service"),
          .optional(
            "status", .words(["created", "running", "paused", "restarting", "removing", "exited", "dead"]), "only in this state"),
        ],
        answers: [.json(.page(of: ContainerBody.schema), "A page of containers by name.")], refusals: Self.engineRefusals,
        handle: listContainers),
      Route(
        method: .get, path: Self.containerPath, access: .may(.containerRead, .object(.container)), tag: "containers",
        summary: "A container", answers: [.json(ContainerDetailBody.schema, "The container; secret values are hidden.")],
        refusals: Self.engineRefusals, handle: showContainer),
      Route(
        method: .get, path: Self.containerPath + "/top", access: .may(.containerRead, .object(.container)), tag: "containers",
        summary: "Its processes", answers: [.json(ProcessesBody.schema, "As ps shows them.")], refusals: Self.engineRefusals,
        handle: showProcesses),
      Route(
        method: .get, path: Self.containerPath + "/stats", access: .may(.statsRead, .object(.container)), tag: "containers",
        summary: "What it uses", details: "One look, which takes a second or two.",
        answers: [.json(StatsBody.schema, "What it uses now.")], refusals: Self.engineRefusals, handle: showStats),
    ]
  }

  /// The engine of the server that the path names.
  func engine(_ call: APICall) async throws -> EngineClient { try await fleet.member(try call.parameter("server")).engine }

  @Sendable private func listContainers(_ call: APICall) async throws -> APIAnswer {
    let (caller, server) = (try call.caller(), try call.parameter("server"))
    var filters: EngineFilters = [:]
    let labels = [(ComposeLabel.project, call.value("stack")), (ComposeLabel.service, call.value("service"))]
    for case (let label, let value?) in labels { filters.values["label", default: []].append("\(label)=\(value)") }
    if let status = call.value("status") { filters.values["status"] = [status] }
    let containers = settled(try await engine(call).listContainers(all: true, filters: filters), on: server).filter { container in
      isAllowed(caller, .containerRead, server, stack: EngineObject.stackName(container.labels))
        && call.value("status").map { $0 == container.state.rawValue } ?? true
    }
    // Names are unique on an engine.
    return try .json(Paging(call).page(containers, key: \.name) { ContainerBody($0, server: server) })
  }

  /// The container that the path names.
  func container(_ call: APICall) throws -> ContainerInspection {
    guard case .container(let container) = try call.engineObject().found else { throw Problem.notFound("container") }
    return container
  }

  private func mask(_ container: ContainerInspection, _ object: EngineObject) async throws -> InspectionMask {
    try await stacks.mask(object.stack, environment: container.config.environment, labels: container.config.labels)
  }

  func detail(_ container: ContainerInspection, _ call: APICall) async throws -> ContainerDetailBody {
    let object = try call.engineObject()
    return ContainerDetailBody(container, try await mask(container, object), server: object.server)
  }

  @Sendable private func showContainer(_ call: APICall) async throws -> APIAnswer {
    try .json(await detail(try container(call), call))
  }

  @Sendable private func showProcesses(_ call: APICall) async throws -> APIAnswer {
    let container = try container(call)
    let processes = try await engine(call).topContainer(container.id)
    let mask = try await mask(container, try call.engineObject())
    return try .json(
      ProcessesBody(titles: processes.titles, rows: processes.rows.map { row in row.map { mask.commandLine($0) } }))
  }

  @Sendable private func showStats(_ call: APICall) async throws -> APIAnswer {
    let container = try container(call)
    guard container.state.isRunning else {
      throw Problem(.conflict, "not_running", "\(container.name) does not run", remedy: "start it first")
    }
    return try .json(StatsBody(try await engine(call).statsOnce(of: container.id, waitsForPrevious: true)))
  }
}
