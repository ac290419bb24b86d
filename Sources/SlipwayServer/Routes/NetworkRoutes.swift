import Accounts
import DockerEngine
import HTTPTypes
import NIOCore
import Orchestration
import RevisionStore
import SlipwayAPI

/// Networks of a server (H1): those of a stack by the rights on it, the others by those on the server.
extension ServerParts {
  private static let networkPath = "/api/v1/servers/{server}/networks/{network}"

  var networkRoutes: [Route] {
    let path = "/api/v1/servers/{server}/networks"
    return [
      Route(
        method: .get, path: path, access: .may(.networkRead, .within), tag: "networks", summary: "Networks of a server",
        query: Paging.parameters + [.optional("stack", .text(limit: 63), "only of this stack")],
        answers: [.json(.page(of: NetworkBody.schema), "A page of networks by name.")], refusals: Self.engineRefusals,
        handle: listNetworks),
      Route(
        method: .get, path: Self.networkPath, access: .may(.networkRead, .object(.network)), tag: "networks",
        summary: "A network",
        answers: [.json(NetworkDetailBody.schema, "The network with what is in it.")], refusals: Self.engineRefusals,
        handle: { call in try .json(await detail(of: try network(call), call)) }),
      Route(
        method: .post, path: path, access: .may(.networkWrite, .server), tag: "networks", summary: "Make a network",
        body: .json(NewNetworkBody.schema),
        answers: [.json(NetworkDetailBody.schema, "The network.", status: .created)], refusals: Self.engineRefusals,
        isIdempotent: true, handle: createNetwork),
      Route(
        method: .delete, path: Self.networkPath, access: .may(.networkWrite, .object(.network)), tag: "networks",
        summary: "Remove a network", details: "One that containers are in is refused.", answers: [.empty("It is gone.")],
        refusals: Self.engineRefusals, handle: removeNetwork),
      Route(
        method: .post, path: Self.networkPath + "/connect", access: .may(.networkWrite, .object(.network)), tag: "networks",
        summary: "Join a container to it", details: "It takes the right on the container too. It holds until that is made anew.",
        body: .json(ConnectionBody.schema), answers: [.empty("It is in it.")], refusals: Self.engineRefusals, handle: connect),
      Route(
        method: .post, path: Self.networkPath + "/disconnect", access: .may(.networkWrite, .object(.network)), tag: "networks",
        summary: "Take a container out of it", body: .json(DisconnectionBody.schema), answers: [.empty("It is out.")],
        refusals: Self.engineRefusals, handle: disconnect),
    ]
  }

  @Sendable private func listNetworks(_ call: APICall) async throws -> APIAnswer {
    let (caller, server) = (try call.caller(), try call.parameter("server"))
    let filters: EngineFilters = call.value("stack").map { .labels([ComposeLabel.project: $0]) } ?? [:]
    let networks = try await engine(call).listNetworks(filters: filters).filter { network in
      isAllowed(caller, .networkRead, server, stack: EngineObject.stackName(network.labels))
    }
    // Old engines may have two of one name.
    func key(_ network: NetworkInspection) -> String { network.name + " " + network.id }
    return try .json(Paging(call).page(networks, key: key) { NetworkBody($0) })
  }

  private func network(_ call: APICall) throws -> NetworkInspection {
    guard case .network(let network) = try call.engineObject().found else { throw Problem.notFound("network") }
    return network
  }

  private func detail(of network: NetworkInspection, _ call: APICall) async throws -> NetworkDetailBody {
    let (caller, server) = (try call.caller(), try call.parameter("server"))
    // The network tells names; whose they are the containers tell.
    var filters: EngineFilters = [:]
    filters.values["network"] = [network.id]
    let containers = try await engine(call).listContainers(all: true, filters: filters)
    let labels = Dictionary(containers.map { ($0.id, $0.labels) }, uniquingKeysWith: { first, _ in first })
    let visible = network.containers.filter { id, _ in
      isAllowed(caller, .containerRead, server, stack: EngineObject.stackName(labels[id] ?? [:]))
    }
    let mask = try await stacks.mask(
      EngineObject.stackName(network.labels).map { StackKey(server: server, project: $0) },
      labels: network.labels.merging(network.options) { $1 })
    return NetworkDetailBody(
      network: NetworkBody(network),
      options: Dictionary(uniqueKeysWithValues: mask.labels(network.options).map { ($0.name, $0.value) }),
      labels: mask.labels(network.labels).map { ContainerDetailBody.Entry($0) },
      endpoints: visible.sorted { ($0.value.name, $0.key) < ($1.value.name, $1.key) }.map { id, end in
        NetworkDetailBody.Endpoint(
          container: id, name: end.name, stack: EngineObject.stackName(labels[id] ?? [:]),
          service: labels[id]?[ComposeLabel.service], ipv4: end.ipv4Address.nonEmpty, ipv6: end.ipv6Address.nonEmpty,
          mac: end.macAddress.nonEmpty)
      }, hiddenEndpoints: network.containers.count - visible.count)
  }

  @Sendable private func createNetwork(_ call: APICall) async throws -> APIAnswer {
    let server = try call.parameter("server")
    let body = try call.body(NewNetworkBody.self)
    var spec = NetworkSpec()
    spec.name = body.name
    spec.checksDuplicate = true
    spec.driver = body.driver ?? "bridge"
    spec.isInternal = body.isInternal ?? false
    spec.isAttachable = body.attachable ?? false
    spec.hasIPv6 = body.ipv6 ?? false
    spec.options = body.options ?? [:]
    spec.labels = try Self.ownLabels(body.labels)
    if let pools = body.pools, !pools.isEmpty {
      var ipam = IPAMConfig()
      ipam.pools = try pools.enumerated().map { index, pool in
        try Self.check(pool, at: "/pools/\(index)")
        var one = IPAMPool()
        one.subnet = pool.subnet
        one.gateway = pool.gateway ?? ""
        one.ipRange = pool.range ?? ""
        return one
      }
      spec.ipam = ipam
    }
    let wanted = spec
    let engine = try await engine(call)
    let id = try await audited(
      call, .networkWrite, "network:\(server)/\(body.name)", detail: ["what": "create", "driver": wanted.driver]
    ) {
      do {
        return try await engine.createNetwork(wanted).id
      } catch {
        // Addresses that are taken, or a driver's option that it does not take: engines answer with 403 and with 500.
        guard case EngineError.api(_, _, let message) = error else { throw error }
        throw Problem(.unprocessable, "engine_refused", message)
      }
    }
    networksChanged(server, nil)
    return try .json(await detail(of: try await engine.inspectNetwork(id), call), status: .created).with(
      .location, "/api/v1/servers/\(server)/networks/\(id)")
  }

  private static func check(_ pool: NewNetworkBody.Pool, at pointer: String) throws {
    let parts = [("subnet", pool.subnet, true), ("range", pool.range, true), ("gateway", pool.gateway, false)]
    let faults = parts.compactMap { name, text, isRange -> ProblemBody.Fault? in
      guard let text, !AddressText.isUsable(text, asRange: isRange) else { return nil }
      return ProblemBody.Fault(
        place: "\(pointer)/\(name)", message: isRange ? "is no range of addresses, such as 10.1.0.0/16" : "is no address")
    }
    if !faults.isEmpty {
      throw Problem(.unprocessable, "invalid_body", "the body is not as this call takes it", faults: faults)
    }
  }

  /// Labels that a client may choose: none by which something would belong to a stack that it is not of.
  static func ownLabels(_ labels: [String: String]?) throws -> [String: String] {
    guard let labels else { return [:] }
    if let taken = labels.keys.first(where: { $0.hasPrefix("com.docker.compose.") || $0.hasPrefix("slipway.") }) {
      throw Problem(
        .unprocessable, "invalid_body", "the label \(taken.prefix(100)) says what belongs to a stack",
        remedy: "leave it out, or make it by the stack's files")
    }
    return labels
  }

  @Sendable private func removeNetwork(_ call: APICall) async throws -> APIAnswer {
    let object = try call.engineObject()
    guard !["bridge", "host", "none"].contains(object.name) else {
      throw Problem(.conflict, "refused", "\(object.name) is the engine's own network")
    }
    let engine = try await engine(call)
    try await audited(call, .networkWrite, object.target, detail: ["what": "remove"]) {
      do {
        try await engine.removeNetwork(object.id)
      } catch {
        // The engine says 403 for one in use.
        guard case EngineError.api(_, 403, let message) = error else { throw error }
        throw Problem(.conflict, "network_in_use", message, remedy: "take its containers out first")
      }
    }
    networksChanged(object.server, object.stackName)
    return .empty
  }

  /// The container that a body names, which the caller must have the right on too (S-AZ-2).
  func member(_ name: String, _ call: APICall) async throws -> EngineObject {
    try await EngineObjectLookup(fleet: fleet, accounts: accounts).resolve(
      .container, name, on: try call.parameter("server"), for: try call.caller(), .networkWrite)
  }

  @Sendable private func connect(_ call: APICall) async throws -> APIAnswer {
    let network = try call.engineObject()
    let body = try call.body(ConnectionBody.self)
    let faults = [("/ipv4", body.ipv4), ("/ipv6", body.ipv6)].filter {
      $1.map { !AddressText.isUsable($0, asRange: false) } ?? false
    }
    guard faults.isEmpty else {
      throw Problem(
        .unprocessable, "invalid_body", "the body is not as this call takes it",
        faults: faults.map { ProblemBody.Fault(place: $0.0, message: "is no address") })
    }
    let container = try await member(body.container, call)
    var end = EndpointSettings()
    end.aliases = body.aliases ?? []
    if body.ipv4 != nil || body.ipv6 != nil {
      var ipam = EndpointIPAM()
      ipam.ipv4Address = body.ipv4 ?? ""
      ipam.ipv6Address = body.ipv6 ?? ""
      end.ipam = ipam
    }
    let engine = try await engine(call)
    let wanted = end
    try await audited(call, .networkWrite, network.target, detail: ["what": "connect", "container": container.name]) {
      do {
        try await engine.connectNetwork(network.id, container: container.id, wanted)
      } catch {
        // One that is in it already, or an address that it cannot have: engines answer with 403 and with 500.
        guard case EngineError.api(_, _, let message) = error else { throw error }
        throw Problem(.conflict, "engine_conflict", message)
      }
    }
    networksChanged(network.server, network.stackName)
    return .empty
  }

  @Sendable private func disconnect(_ call: APICall) async throws -> APIAnswer {
    let network = try call.engineObject()
    let body = try call.body(DisconnectionBody.self)
    let container = try await member(body.container, call)
    let engine = try await engine(call)
    try await audited(call, .networkWrite, network.target, detail: ["what": "disconnect", "container": container.name]) {
      do {
        try await engine.disconnectNetwork(network.id, container: container.id, force: body.force ?? false)
      } catch {
        // One that is not in it.
        guard case EngineError.api(_, _, let message) = error else { throw error }
        throw Problem(.conflict, "engine_conflict", message)
      }
    }
    networksChanged(network.server, network.stackName)
    return .empty
  }

  /// Without the name of one that is of no stack: whoever sees a stack of the server is told.
  private func networksChanged(_ server: String, _ stack: String?) {
    events.publish("networks.changed", server: server, stack: stack)
  }
}

extension NetworkBody {
  init(_ network: NetworkInspection) {
    self.init(
      id: network.id, name: network.name, driver: network.driver, scope: network.scope, isInternal: network.isInternal,
      attachable: network.isAttachable, ipv6: network.hasIPv6, stack: EngineObject.stackName(network.labels),
      pools: network.ipam.pools.map { Pool(subnet: $0.subnet, gateway: $0.gateway.nonEmpty, range: $0.ipRange.nonEmpty) },
      createdAt: network.createdAt.wire)
  }
}

/// Addresses as text.
enum AddressText {
  /// - Parameter asRange: with the length of its prefix behind a slash (RFC 4632, 3.1; RFC 4291, 2.3).
  static func isUsable(_ text: String, asRange: Bool) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == (asRange ? 2 : 1), let address = try? SocketAddress(ipAddress: String(parts[0]), port: 0) else {
      return false
    }
    guard asRange else { return true }
    let most = address.protocol == .inet ? 32 : 128
    return parts[1].utf8.count <= 3 && parts[1].utf8.allSatisfy { (48...57).contains($0) }
      && Int(parts[1]).map { (0...most).contains($0) } ?? false
  }
}
