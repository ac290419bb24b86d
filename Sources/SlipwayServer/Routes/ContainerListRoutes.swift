import Accounts
import DockerEngine
import FoundationEssentials
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Containers as the engine lists them, for clients that show them as this program does.
extension ServerParts {
  var containerListRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/containers", access: .may(.containerRead, .all), tag: "containers",
        summary: "Containers of stacks, as the engine lists them",
        query: [
          .optional("server", .text(limit: 63, minimum: 1), "local when left out"),
          .optional("stack", .text(limit: 63, minimum: 1), "all stacks when left out"),
          .optional("all", .boolean, "also those that do not run"),
        ],
        answers: [
          .json(
            .object([.required("items", .array(of: .anything))]),
            "In the form of the Docker Engine API's GET /containers/json; secret values are hidden.")
        ], refusals: Self.engineRefusals, handle: listContainersOfStacks)
    ]
  }

  @Sendable private func listContainersOfStacks(_ call: APICall) async throws -> APIAnswer {
    let server = call.value("server") ?? ServerName.local
    let (caller, now) = (try call.caller(), Timestamp.systemNow())
    try await accounts.require(caller, .serverRead, on: .server(server))
    let engine = try await fleet.member(server).engine
    let found = try await engine.listContainers(
      all: call.flag("all"), filters: .labels([ComposeLabel.project: call.value("stack")]))
    let visible = settled(found, on: server).filter { container in
      guard let stack = container.labels[ComposeLabel.project], call.flag("all") || container.state != .exited else {
        return false
      }
      return authorize(caller, .containerRead, on: .stack(server: server, name: stack), now: now) == .allowed
    }
    var shown: [ContainerSummary] = []
    for container in visible {
      let key = EngineObject.stackName(container.labels).map { StackKey(server: server, project: $0) }
      shown.append(container.hiding(try await stacks.mask(key, labels: container.labels)))
    }
    // The engine's own names, not those of our wire.
    let items = try JSONEncoder().encode(["items": shown])
    return APIAnswer(status: .ok, content: .bytes(Array(items), type: "application/json"))
  }
}

extension ContainerSummary {
  /// Without the secret values that its command and labels have (S-SEC-5).
  fileprivate func hiding(_ mask: InspectionMask) -> ContainerSummary {
    var summary = self
    summary.command = mask.commandLine(command)
    summary.labels = Dictionary(mask.labels(labels).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    return summary
  }
}
