import ComposeFile
import DockerEngine
import Foundation
import RevisionStore
import SlipwayTesting
import StackPlanning
import Testing

@testable import Orchestration

/// The recorded stack against its own file, with one thing changed.
@Suite struct StackComparisonTests {
  private func project() throws -> Project {
    var request = LoadRequest(environment: ["WORD": "w"], currentDirectory: "/srv/shop")
    request.files = [RecordedStack.folder.appendingPathComponent("shop.yaml").path]
    request.projectDirectory = "/srv/shop"
    return try ComposeLoader.load(request, from: DiskFiles()).project
  }

  /// Each entry, one line a change.
  private func differences(_ change: (inout LiveStack) -> Void = { _ in }) throws -> [String] {
    var live = try RecordedStack.live()
    change(&live)
    let project = try project()
    var comparison = StackComparison(project, live: live)
    comparison.accepted = nil
    let entries = comparison.containerEntries() + comparison.resourceEntries()
    return entries.flatMap { entry -> [String] in
      let head = "\(entry.kind.rawValue) \(entry.section) \(entry.name)"
      return entry.changes.isEmpty ? [head] : entry.changes.map { "\(head): \($0.text)" }
    }
  }

  private func web(_ change: (inout ContainerInspection) -> Void) throws -> [String] {
    try differences { live in
      for index in live.containers.indices where live.containers[index].service == "web" { change(&live.containers[index]) }
    }.map { $0.replacingOccurrences(of: "changed container shop-web-1: ", with: "") }
  }

  @Test func `What Docker Compose has made of the file does not differ from it`() throws {
    #expect(try differences() == [])
  }

  @Test func `Limits changed by docker update are told`() throws {
    let found = try web { web in
      web.hostConfig.memoryBytes = 128 << 20
      web.hostConfig.memorySwapBytes = 256 << 20
      web.hostConfig.restartPolicy.name = "always"
      web.hostConfig.nanoCPUs = 750_000_000
    }
    #expect(found == ["cpus: 0.5 -> 0.75", "mem_limit: 67108864 -> 134217728", "restart: unless-stopped -> always"])
  }

  @Test func `A log driver that was not chosen is the engine's`() throws {
    var live = try RecordedStack.live()
    let index = try #require(live.containers.firstIndex { $0.service == "db" })
    var request = LoadRequest(environment: [:], currentDirectory: "/srv/shop")
    request.files = ["-"]
    let text = "name: shop\nservices: {db: {image: slipway/base:1, logging: {options: {max-size: 1m}}}}"
    let service = try #require(ComposeLoader.load(request, from: MemoryFiles(files: ["-": text])).project.service("db"))
    live.containers[index].hostConfig.logConfig.options = ["max-size": "1m"]
    let changes = StackComparison(try project(), live: live).changes(of: live.containers[index], from: service)
    #expect(!changes.contains { $0.path.hasPrefix("logging") }, "\(changes.map(\.text))")
  }

  @Test func `A network that was left by hand is told, and one that was joined`() throws {
    let found = try web { web in
      web.networkSettings.networks["shop_default"] = nil
      web.networkSettings.networks["elsewhere"] = EndpointSettings()
    }
    #expect(found == ["networks.default: - {aliases: [shop-web-1, web, www]}", "networks.elsewhere: + {}"])
  }

  @Test func `An alias that is gone is told`() throws {
    let found = try web { $0.networkSettings.networks["shop_default"]?.aliases = ["shop-web-1", "www", "box"] }
    #expect(found == ["networks.default.aliases: [shop-web-1, web, www] -> [shop-web-1, www]"])
  }

  @Test func `Values of the environment are not told, only that they changed`() throws {
    let found = try web { web in
      web.config.environment = ["A=other", "EMPTY=", "NULLED", "VERSION=1.0", "PATH=/bin", "NEW=1"]
    }
    #expect(found == ["environment.A changed", "environment.DB_PASSWORD: - •••", "environment.NEW: + •••"])
  }

  @Test func `Command, mounts, ports, labels and health check are told by field`() throws {
    let found = try web { web in
      web.config.command = ["sleep", "1"]
      web.config.labels["x"] = "z"
      web.config.healthcheck?.intervalNanoseconds = 5_000_000_000
      web.hostConfig.portBindings["81/udp"]?[0].hostPort = "18099"
      web.hostConfig.binds = web.hostConfig.binds.map {
        $0.replacingOccurrences(of: "shop_data:/data:rw", with: "shop_data:/data:ro")
      }
    }
    #expect(
      found == [
        "command: + [sleep, 1]", "healthcheck.interval: 30s -> 5s", "labels.x: y -> z", "ports.81/udp[0]: 18080 -> 18099",
        "volumes./data.read_only: + true",
      ])
  }

  @Test func `Containers that are missing, too many, stopped or unhealthy are told`() throws {
    let found = try differences { live in
      live.containers.removeAll { $0.service == "user" }
      for index in live.containers.indices where live.containers[index].service == "db" {
        live.containers[index].state.status = .exited
        live.containers[index].state.exitCode = 137
      }
      for index in live.containers.indices where live.containers[index].service == "web" {
        var health = Health()
        health.status = .unhealthy
        live.containers[index].state.health = health
      }
      var stranger = live.containers[0]
      stranger.id = String(repeating: "e", count: 64)
      stranger.slashedName = "/shop-old-1"
      stranger.config.labels[ComposeLabel.service] = "old"
      live.containers.append(stranger)
    }
    #expect(
      found == [
        "changed container shop-db-1: state: running -> exited with 137", "removed container shop-user-1",
        "changed container shop-web-1: health: healthy -> unhealthy", "added container shop-old-1",
      ])
  }

  @Test func `Another image is told by its ID`() throws {
    var live = try RecordedStack.live()
    let project = try project()
    let index = try #require(live.containers.firstIndex { $0.service == "web" })
    let wanted = live.containers[index].imageID
    live.containers[index].imageID = "sha256:" + String(repeating: "0", count: 64)
    live.images[live.containers[index].imageID] = live.images[wanted]
    let comparison = StackComparison(
      project, images: ["web": .init(reference: "slipway/hello:1.0", digest: nil, imageID: wanted)], live: live)
    let changes = comparison.changes(of: live.containers[index], from: try #require(project.service("web")))
    #expect(changes.map(\.path) == ["image"])
    #expect(changes.first?.after == "slipway/hello:1.0 (000000000000)")
  }

  @Test func `A changed definition of a network or volume is told`() throws {
    let found = try differences { live in
      live.networks["shop_back"]?.isInternal = false
      live.networks["shop_back"]?.ipam.pools[0].gateway = "10.213.7.2"
      live.volumes["shop_data"]?.labels["a"] = "c"
      live.volumes["shop-named"] = nil
    }
    #expect(
      found == [
        "changed network back: internal: true -> false",
        "changed network back: ipam.10.213.7.0/24.gateway: 10.213.7.1 -> 10.213.7.2",
        "changed volume data: labels.a: b -> c", "removed volume named",
      ])
  }

  @Test func `A job that has ended well is as it should be, and other ends were accepted with the deploy`() throws {
    var live = try RecordedStack.live()
    let index = try #require(live.containers.firstIndex { $0.service == "user" })
    live.containers[index].state.status = .exited
    live.containers[index].state.finishedAt = EngineTimestamp(seconds: 100)
    let project = try project()
    var comparison = StackComparison(project, live: live)
    #expect(comparison.containerEntries().map(\.name) == ["shop-user-1"])
    comparison.accepted = .init(until: EngineTimestamp(seconds: 101), takesFailures: false)
    #expect(comparison.containerEntries().isEmpty)
  }

  @Test func `Without its image, only what was asked for is compared`() throws {
    #expect(try differences { $0.images = [:] } == [])
  }
}
