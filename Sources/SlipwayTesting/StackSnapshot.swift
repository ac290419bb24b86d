import DockerEngine

/// What an engine has of one project, as far as a user could tell two moments apart.
package struct StackSnapshot: Hashable, Sendable {
  package struct Container: Hashable, Sendable {
    package var id: String
    package var name: String
    package var service: String
    package var image: String
    package var environment: Set<String>
    /// The engine's word: running, exited, created…
    package var state: String
    /// Names under which others find it, by network; only networks that exist.
    package var aliases: [String: Set<String>]
  }

  package var containers: [Container] = []
  /// Definition by name; without the id, which changes when a network is made again.
  package var networks: [String: String] = [:]
  package var volumes: Set<String> = []
  /// Values of `slipway.op` on containers and networks.
  package var operations: Set<String> = []

  /// Nothing at all.
  package init() {}

  /// Looks at everything that carries the project's label; `address` nil: on the engine of `SLIPWAY_TEST_ENGINE`.
  package static func of(_ project: String, at address: String? = nil) async throws -> StackSnapshot {
    try await withPatientEngine(address) { engine in
      try await of(project, on: engine)
    }
  }

  private static func of(_ project: String, on engine: EngineClient) async throws -> StackSnapshot {
    var snapshot = StackSnapshot()
    let mine = EngineFilters.labels(["com.docker.compose.project": project])
    var ids: Set<String> = []
    for network in try await engine.listNetworks() {
      ids.insert(network.id)
      guard network.labels["com.docker.compose.project"] == project else { continue }
      let options = network.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      snapshot.networks[network.name] =
        "\(network.driver) \(options) \(Self.text(network.ipam)) \(network.labels["com.docker.compose.config-hash"] ?? "no hash")"
      if let operation = network.labels["slipway.op"] { snapshot.operations.insert(operation) }
    }
    for summary in try await engine.listContainers(all: true, filters: mine) {
      let seen = try await engine.inspectContainer(summary.id)
      var aliases: [String: Set<String>] = [:]
      for (name, endpoint) in seen.networkSettings.networks where ids.contains(endpoint.networkID) {
        aliases[name] = Set(endpoint.aliases.filter { $0 != summary.id.prefix(12) })
      }
      snapshot.containers.append(
        Container(
          id: summary.id, name: summary.name, service: summary.labels["com.docker.compose.service"] ?? "",
          image: seen.config.image, environment: Set(seen.config.environment), state: summary.state.rawValue, aliases: aliases))
      if let operation = summary.labels["slipway.op"] { snapshot.operations.insert(operation) }
    }
    snapshot.containers.sort { $0.name < $1.name }
    snapshot.volumes = Set(try await engine.listVolumes(filters: mine).map(\.name))
    return snapshot
  }

  package var isEmpty: Bool { containers.isEmpty && networks.isEmpty }

  package var ids: Set<String> { Set(containers.map(\.id)) }

  /// What differs from an earlier look, one line each; empty: nothing.
  package func differences(from before: StackSnapshot) -> [String] {
    var lines: [String] = []
    let old = Dictionary(before.containers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for container in containers {
      guard let was = old[container.id] else {
        lines.append("container \(container.name) (\(container.state)) is there and was not")
        continue
      }
      if container.name != was.name { lines.append("container \(was.name) is named \(container.name)") }
      if container.state != was.state { lines.append("container \(was.name) was \(was.state) and is \(container.state)") }
      for name in Set(container.aliases.keys).union(was.aliases.keys) where container.aliases[name] != was.aliases[name] {
        lines.append(
          "container \(was.name) was on \(name) as \(Self.text(was.aliases[name])) and is as \(Self.text(container.aliases[name]))"
        )
      }
    }
    for was in before.containers where !ids.contains(was.id) { lines.append("container \(was.name) is gone") }
    for name in Set(networks.keys).union(before.networks.keys).sorted() where networks[name] != before.networks[name] {
      lines.append("network \(name) was \(before.networks[name] ?? "absent") and is \(networks[name] ?? "absent")")
    }
    for volume in before.volumes.subtracting(volumes).sorted() { lines.append("volume \(volume) is gone") }
    for operation in operations.subtracting(before.operations).sorted() {
      lines.append("objects of operation \(operation) are left")
    }
    return lines
  }

  /// Without the address ranges, which the engine may choose anew.
  private static func text(_ ipam: IPAMConfig) -> String {
    let options = ipam.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "ipam \(ipam.driver) \(options.joined(separator: " "))"
  }

  private static func text(_ aliases: Set<String>?) -> String { aliases.map { $0.sorted().description } ?? "not attached" }
}

/// Removes all that carries the project's label, volumes included; `address` nil: on the engine of `SLIPWAY_TEST_ENGINE`.
package func removeStack(_ project: String, at address: String? = nil) async throws {
  try await withPatientEngine(address) { engine in
    let mine = EngineFilters.labels(["com.docker.compose.project": project])
    for container in try await engine.listContainers(all: true, filters: mine) {
      try await engine.removeContainer(container.id, force: true, volumes: true)
    }
    for network in try await engine.listNetworks(filters: mine) {
      // Engines before 23 keep a network busy for a moment after its last container is gone.
      for _ in 0..<50 {
        do {
          try await engine.removeNetwork(network.id)
          break
        } catch EngineError.api(_, 403, _) {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    }
    for volume in try await engine.listVolumes(filters: mine) { try await engine.removeVolume(volume.name) }
  }
}

/// An engine under the load of many tests may take its time for a ping.
private func withPatientEngine<Value>(
  _ address: String?, _ body: (EngineClient) async throws -> Value
) async throws -> Value {
  var limits = EngineLimits()
  limits.ping = .seconds(60)
  limits.read = .seconds(60)
  return try await withEngine(try EngineEndpoint(parsing: address ?? EngineFixture.address ?? ""), limits: limits, body)
}
