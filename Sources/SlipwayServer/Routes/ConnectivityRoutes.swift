import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import SlipwayAPI

/// Whether containers of a network reach each other (H1).
extension ServerParts {
  var connectivityRoutes: [Route] {
    [
      Route(
        method: .post, path: "/api/v1/servers/{server}/networks/{network}/connectivity",
        access: .may(.networkWrite, .object(.network)), tag: "networks", summary: "Try whether one container reaches another",
        details: """
          What the engine knows is told first. Then fixed programs are tried in the container `from`: getent or nslookup, ping, nc or \
          bash. Nothing is installed; where its image has none of them, the outcome is unknown. It takes the right on both containers.
          """,
        body: .json(ConnectivityRequestBody.schema), answers: [.json(ConnectivityBody.schema, "What was found.")],
        refusals: Self.engineRefusals, handle: tryConnectivity)
    ]
  }

  @Sendable private func tryConnectivity(_ call: APICall) async throws -> APIAnswer {
    let object = try call.engineObject()
    let body = try call.body(ConnectivityRequestBody.self)
    let (from, to) = (try await member(body.from, call), try await member(body.to, call))
    guard case .network(let network) = object.found, case .container(let first) = from.found,
      case .container(let second) = to.found
    else { throw Problem.notFound("network") }
    let test = ConnectivityTest(try await engine(call))
    let detail = ["what": "connectivity", "from": first.name, "to": second.name]
    let findings = try await audited(call, .networkWrite, object.target, detail: detail) {
      try await test.run(from: first, to: second, network: network, port: body.port)
    }
    return try .json(
      ConnectivityBody(
        network: network.name, from: first.name, to: second.name, address: ConnectivityTest.address(of: second, in: network),
        outcome: ConnectivityTest.outcome(findings).rawValue,
        findings: findings.map { .init(check: $0.check.rawValue, outcome: $0.outcome.rawValue, detail: $0.detail) }))
  }
}
