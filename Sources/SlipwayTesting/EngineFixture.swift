package import DockerEngine
import Glibc
package import Testing

extension Trait where Self == ConditionTrait {
  /// Runs only where `SLIPWAY_TEST_ENGINE` names an engine that tests may change.
  package static var needsEngine: Self {
    .enabled("set SLIPWAY_TEST_ENGINE=unix:///path/to/docker.sock") { EngineFixture.address != nil }
  }
}

/// A real engine for a test: names of its own, and a clean-up of all that carries its label.
package struct EngineFixture: Sendable {
  package static let label = "slipway.test"

  package let endpoint: EngineEndpoint
  package let client: EngineClient
  /// Unique to this fixture; a prefix for names, and the value of its label.
  package let id: String

  /// What `SLIPWAY_TEST_ENGINE` holds.
  package static var address: String? {
    guard let value = unsafe getenv("SLIPWAY_TEST_ENGINE") else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Runs `body` with a fixture; what it made is removed afterwards, whatever happened.
  ///
  /// - Parameters:
  ///   - engine: the address of another engine than the one that `SLIPWAY_TEST_ENGINE` names.
  ///   - connector: another way to the same engine; nil: its socket.
  @discardableResult
  package static func with<Value>(
    engine: String? = nil, limits: EngineLimits = EngineLimits(), over connector: (any EngineConnector)? = nil,
    _ body: (EngineFixture) async throws -> Value
  ) async throws -> Value {
    let endpoint = try EngineEndpoint(parsing: engine ?? address ?? "")
    let client = EngineClient(connector: connector ?? UnixSocketConnector(endpoint), limits: limits)
    let fixture = EngineFixture(
      endpoint: endpoint, client: client, id: "t" + String(UInt32.random(in: 0 ... .max), radix: 36))
    do {
      let value = try await body(fixture)
      try await fixture.cleanUp()
      await client.shutdown()
      return value
    } catch {
      // WHY try?: the first failure is the one to show.
      try? await fixture.cleanUp()
      await client.shutdown()
      throw error
    }
  }

  /// A name for a container, network or volume of this test.
  package func name(_ suffix: String) -> String { "\(id)-\(suffix)" }

  package var labels: [String: String] { [Self.label: id] }

  /// A labelled container that runs `command`, created and not started; answers its Id.
  package func createContainer(
    _ suffix: String, image: String = "slipway/base:1",
    command: [String] = ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"],
    configure: (inout ContainerSpec) -> Void = { _ in }
  ) async throws -> String {
    var spec = ContainerSpec()
    spec.config.image = image
    spec.config.command = command
    spec.config.labels = labels
    configure(&spec)
    return try await client.createContainer(named: name(suffix), spec).id
  }

  /// As `createContainer`, and starts it.
  package func runContainer(
    _ suffix: String, image: String = "slipway/base:1",
    command: [String] = ["/bin/sh", "-c", "trap exit TERM; sleep 600 & wait"],
    configure: (inout ContainerSpec) -> Void = { _ in }
  ) async throws -> String {
    let id = try await createContainer(suffix, image: image, command: command, configure: configure)
    try await client.startContainer(id)
    return id
  }

  private func cleanUp() async throws {
    let mine = EngineFilters.labels([Self.label: id])
    for container in try await client.listContainers(all: true, filters: mine) {
      try await client.removeContainer(container.id, force: true, volumes: true)
    }
    for network in try await client.listNetworks(filters: mine) { try await client.removeNetwork(network.id) }
    for volume in try await client.listVolumes(filters: mine) { try await client.removeVolume(volume.name) }
  }
}
