extension EngineClient {
  /// All networks, without their containers.
  package func listNetworks(filters: EngineFilters = [:]) async throws(EngineError) -> [NetworkInspection] {
    var request = EngineRequest(.GET, "/networks", limit: limits.read, answerBytes: limits.listBytes)
    request.query.add(filters)
    return try await decoded([NetworkInspection].self, request)
  }

  /// One network with its containers, by Id or name; `notFound` when there is none.
  package func inspectNetwork(_ network: String) async throws(EngineError) -> NetworkInspection {
    try await decoded(
      NetworkInspection.self,
      EngineRequest(
        .GET, "/networks/\(try segment(network, "network"))", limit: limits.read, answerBytes: limits.objectBytes))
  }

  /// Creates a network. A taken name is `conflict`, before API 1.44 only with `checksDuplicate`.
  package func createNetwork(_ spec: NetworkSpec) async throws(EngineError) -> CreatedNetwork {
    var request = try write(.POST, "/networks/create")
    request.subject = spec.name
    request.body = .json(try encodedJSON(spec))
    return try await decoded(CreatedNetwork.self, request)
  }

  /// Joins a container to a network, with aliases and addresses of `endpoint`.
  package func connectNetwork(
    _ network: String, container: String, _ endpoint: EndpointSettings? = nil
  ) async throws(EngineError) {
    var connection = NetworkConnection()
    connection.container = container
    connection.endpoint = endpoint
    var request = try write(.POST, "/networks/\(try segment(network, "network"))/connect")
    request.body = .json(try encodedJSON(connection))
    _ = try await perform(request)
  }

  /// Takes a container out of a network; by force also one that is not there any more.
  package func disconnectNetwork(
    _ network: String, container: String, force: Bool = false
  ) async throws(EngineError) {
    var disconnection = NetworkDisconnection()
    disconnection.container = container
    disconnection.isForced = force
    var request = try write(.POST, "/networks/\(try segment(network, "network"))/disconnect")
    request.body = .json(try encodedJSON(disconnection))
    _ = try await perform(request)
  }

  /// Removes a network; one with running containers is refused with status 403.
  package func removeNetwork(_ network: String) async throws(EngineError) {
    _ = try await perform(try write(.DELETE, "/networks/\(try segment(network, "network"))"))
  }

  /// Removes all networks without containers.
  package func pruneNetworks(filters: EngineFilters = [:]) async throws(EngineError) -> NetworksPruned {
    var request = EngineRequest(.POST, "/networks/prune", limit: limits.removal, answerBytes: limits.listBytes)
    request.query.add(filters)
    return try await decoded(NetworksPruned.self, request)
  }
}
