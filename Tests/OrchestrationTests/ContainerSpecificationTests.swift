import ComposeFile
import DockerEngine
import SlipwayTesting
import Testing

@testable import Orchestration

/// What the engine is asked to create; the expected values are what Docker Compose 5.6.1 asks for.
@Suite struct ContainerSpecificationTests {
  private func spec(
    _ service: String, of yaml: String, api: Int = 51, neighbours: Neighbours = Neighbours(), forgetsDependencies: Bool = false
  ) throws -> ContainerSpec {
    let project = try ComposeLoader.load(
      LoadRequest(environment: ["COMPOSE_PROJECT_NAME": "p"], currentDirectory: "/p"),
      from: MemoryFiles(files: ["/p/compose.yaml": yaml])
    ).project
    return ContainerSpecification(
      project: project, service: try #require(project.service(service)), number: 1, name: "p-\(service)-1", image: "x",
      imageID: "sha256:1", apiVersion: APIVersion(major: 1, minor: api), operation: "o", revision: 1, neighbours: neighbours,
      replaced: nil, forgetsDependencies: forgetsDependencies
    ).spec()
  }

  @Test func `Capabilities have their full names, each once, in order`() throws {
    let host = try spec("a", of: "services: {a: {image: x, cap_add: [net_admin, CAP_CHOWN], cap_drop: [MKNOD, ALL]}}").hostConfig
    #expect(host.addedCapabilities == ["CAP_CHOWN", "CAP_NET_ADMIN"])
    #expect(host.droppedCapabilities == ["ALL"])
  }

  @Test(arguments: [
    ("80", ["80/tcp"]), ("80/udp", ["80/udp"]), ("80-82", ["80/tcp", "81/tcp", "82/tcp"]), ("80-81/udp", ["80/udp", "81/udp"]),
    ("82-80", ["82-80/tcp"]), ("1-99999", ["1-99999/tcp"]),
  ])
  func `A range of exposed ports is each port of it`(text: String, ports: [String]) {
    #expect(ContainerSpecification.exposedPorts(text) == ports)
  }

  @Test func `Every container of a linked service has three names`() throws {
    var neighbours = Neighbours()
    for number in [2, 1] { neighbours.add(.init(id: "id\(number)", name: "p-db-\(number)", number: number), of: "db") }
    let spec = try spec(
      "a", of: "services: {a: {image: x, links: ['db:data']}, db: {image: x, scale: 2}}", neighbours: neighbours)
    #expect(
      spec.networkingConfig.endpoints["p_default"]?.links == [
        "p-db-1:data", "p-db-1:db-1", "p-db-1:p-db-1", "p-db-2:data", "p-db-2:db-2", "p-db-2:p-db-2",
      ])
  }

  @Test func `An attachment with words has addresses to fill, a plain one none`() throws {
    let yaml = "services: {a: {image: x, networks: {n: {aliases: [b]}, m: }}}\nnetworks: {n: {}, m: {}}"
    let endpoints = try spec("a", of: yaml).networkingConfig.endpoints
    #expect(endpoints["p_n"]?.ipam != nil && endpoints["p_m"]?.ipam == nil)
    #expect(endpoints["p_n"]?.aliases == ["p-a-1", "a", "b"])
    // Older engines take one network at the creation.
    #expect(try spec("a", of: yaml, api: 43).networkingConfig.endpoints.keys.sorted() == ["p_m"])
  }

  @Test func `Without its dependencies a container does not name them`() throws {
    let yaml = "services: {a: {image: x, depends_on: [b]}, b: {image: x}}"
    #expect(try spec("a", of: yaml).config.labels[ComposeLabel.dependsOn] == "b:service_started:false")
    #expect(try spec("a", of: yaml, forgetsDependencies: true).config.labels[ComposeLabel.dependsOn] == "")
  }

  @Test func `An entrypoint that is cleared is sent as an empty list`() throws {
    #expect(try spec("a", of: "services: {a: {image: x, entrypoint: []}}").config.entrypoint == [])
    #expect(try spec("a", of: "services: {a: {image: x}}").config.entrypoint == nil)
  }

  @Test func `Secrets are bound with options, configs without`() throws {
    let yaml = """
      services: {a: {image: x, secrets: [s], configs: [c]}}
      secrets: {s: {file: ./s}}
      configs: {c: {file: ./c}}
      """
    let mounts = try spec("a", of: yaml).hostConfig.mounts
    #expect(mounts.map(\.source) == ["/p/s", "/p/c"] && mounts.map { $0.bindOptions != nil } == [true, false])
  }
}
