import DockerEngine
import SlipwayTesting
import Testing

@Suite(.needsEngine, .timeLimit(.minutes(2)))
struct ContainerCallTests {
  @Test func `A container goes through its whole life`() async throws {
    try await EngineFixture.with { engine in
      let client = engine.client
      let id = try await engine.createContainer("life") { spec in
        spec.config.environment = ["A=1", "B=zwei"]
        spec.hostConfig.memoryBytes = 64 << 20
        spec.hostConfig.restartPolicy.name = "unless-stopped"
        spec.hostConfig.tmpfs = ["/scratch": "size=1m"]
        spec.config.exposedPorts = ["80/tcp": EmptyObject()]
        spec.config.stopTimeoutSeconds = 3
      }
      let created = try await client.inspectContainer(id)
      #expect(created.name == engine.name("life"))
      #expect(created.state.status == .created)
      #expect(created.hostConfig.memoryBytes == 64 << 20)
      #expect(created.config.environment.contains("B=zwei"))
      #expect(created.config.stopTimeoutSeconds == 3)
      #expect(created.state.startedAt == .never)
      #expect(created.createdAt.seconds > 1_700_000_000)

      #expect(try await client.startContainer(id))
      #expect(try await client.startContainer(id) == false)
      do {
        try await client.pauseContainer(id)
      } catch EngineError.api(_, 500, let message) where message.contains("unable to freeze") {
        // runc gives up on cgroup v1 freezers when the machine is busy.
        try await client.pauseContainer(id)
      }
      #expect(try await client.inspectContainer(id).state.isPaused)
      try await client.unpauseContainer(id)
      #expect(try await client.topContainer(id).rows.count >= 1)
      var update = ContainerUpdate()
      update.cpuShares = 512
      // Podman 4 has no updates through this API.
      if try await !client.identity().isPodman { try await client.updateContainer(id, update) }
      try await client.renameContainer(id, to: engine.name("renamed"))
      let listed = try await client.listContainers(filters: .labels([EngineFixture.label: engine.id]))
      #expect(listed.map(\.name) == [engine.name("renamed")])
      #expect(listed.first?.state == .running)
      try await client.restartContainer(id, graceSeconds: 1)
      #expect(try await client.stopContainer(id, graceSeconds: 5))
      #expect(try await client.stopContainer(id) == false)
      try await client.removeContainer(id, volumes: true)
      await #expect { try await client.inspectContainer(id) } throws: { error in
        if case EngineError.notFound = error { true } else { false }
      }
    }
  }

  @Test func `A taken name is a conflict and a missing image is not found`() async throws {
    try await EngineFixture.with { engine in
      _ = try await engine.createContainer("twice")
      await #expect { try await engine.createContainer("twice") } throws: { error in
        if case EngineError.conflict(let call, _) = error { call.path == "/containers/create" } else { false }
      }
      await #expect { try await engine.createContainer("none", image: "slipway/nothing:0") } throws: { error in
        if case EngineError.notFound(_, let message) = error { message.contains("slipway/nothing") } else { false }
      }
    }
  }

  @Test func `A container joins several networks with aliases and mounts a volume`() async throws {
    try await EngineFixture.with { engine in
      let client = engine.client
      for suffix in ["front", "back"] {
        var network = NetworkSpec()
        network.name = engine.name(suffix)
        network.checksDuplicate = true
        network.labels = engine.labels
        _ = try await client.createNetwork(network)
      }
      var volume = VolumeSpec()
      volume.name = engine.name("data")
      volume.labels = engine.labels
      #expect(try await client.createVolume(volume).name == engine.name("data"))
      let id = try await engine.createContainer("joined") { spec in
        var endpoint = EndpointSettings()
        endpoint.aliases = ["web"]
        spec.hostConfig.networkMode = engine.name("front")
        spec.networkingConfig.endpoints = [engine.name("front"): endpoint]
        var mount = MountSpec()
        mount.kind = "volume"
        mount.source = engine.name("data")
        mount.target = "/data"
        spec.hostConfig.mounts = [mount]
      }
      var back = EndpointSettings()
      back.aliases = ["behind"]
      try await client.connectNetwork(engine.name("back"), container: id, back)
      try await client.startContainer(id)
      let inspection = try await client.inspectContainer(id)
      #expect(Set(inspection.networkSettings.networks.keys) == [engine.name("front"), engine.name("back")])
      #expect(inspection.networkSettings.networks[engine.name("back")]?.aliases.contains("behind") == true)
      #expect(inspection.mounts.map(\.destination) == ["/data"])
      #expect(inspection.mounts.first?.isWritable == true)
      #expect(try await client.inspectNetwork(engine.name("back")).containers[id] != nil)
      await #expect { try await client.removeVolume(engine.name("data")) } throws: { error in
        if case EngineError.conflict = error { true } else { false }
      }
      try await client.disconnectNetwork(engine.name("back"), container: id, force: true)
      #expect(try await client.inspectContainer(id).networkSettings.networks.count == 1)
    }
  }

  @Test func `From API 1.44 on a container is created in several networks at once`() async throws {
    try await EngineFixture.with { engine in
      let client = engine.client
      guard try await client.identity().apiVersion >= APIVersion(major: 1, minor: 44) else { return }
      for (index, suffix) in ["one", "two"].enumerated() {
        var network = NetworkSpec()
        network.name = engine.name(suffix)
        network.labels = engine.labels
        var pool = IPAMPool()
        pool.subnet = "172.29.\(index + 40).0/24"
        var ipam = IPAMConfig()
        ipam.pools = [pool]
        network.ipam = ipam
        _ = try await client.createNetwork(network)
      }
      let id = try await engine.runContainer("both") { spec in
        var one = EndpointSettings()
        one.ipam = EndpointIPAM()
        one.ipam?.ipv4Address = "172.29.40.77"
        var two = EndpointSettings()
        two.aliases = ["second"]
        spec.networkingConfig.endpoints = [engine.name("one"): one, engine.name("two"): two]
        spec.hostConfig.networkMode = engine.name("one")
      }
      let networks = try await client.inspectContainer(id).networkSettings.networks
      #expect(networks[engine.name("one")]?.ipAddress == "172.29.40.77")
      #expect(networks[engine.name("two")]?.aliases == ["second"])
      #expect(try await client.inspectNetwork(engine.name("one")).ipam.pools.first?.subnet == "172.29.40.0/24")
    }
  }

  @Test func `Waiting tells the exit code, also of a container started later`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.createContainer("exits", command: ["/bin/sh", "-c", "exit 7"])
      let wait = try await engine.client.startWaiting(id, for: .nextExit)
      try await engine.client.startContainer(id)
      #expect(try await wait.result(limit: .seconds(20)).statusCode == 7)
      #expect(try await engine.client.waitContainer(id, limit: .seconds(5)).statusCode == 7)
    }
  }

  @Test func `A wait that takes too long is timed out`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer("stays")
      await #expect { try await engine.client.waitContainer(id, limit: .milliseconds(200)) } throws: { error in
        if case EngineError.timedOut = error { true } else { false }
      }
    }
  }

  @Test func `A hundred calls at once all succeed over at most 32 connections`() async throws {
    try await EngineFixture.with { engine in
      let id = try await engine.runContainer("busy")
      try await withThrowingTaskGroup { group in
        for _ in 0..<100 {
          group.addTask { try await engine.client.inspectContainer(id).name }
        }
        for try await name in group { #expect(name == engine.name("busy")) }
      }
    }
  }

  @Test func `The engine tells about itself`() async throws {
    try await EngineFixture.with { engine in
      let identity = try await engine.client.identity()
      #expect(identity.apiVersion >= .oldest && identity.apiVersion <= .newest)
      let version = try await engine.client.version()
      #expect(APIVersion(version.apiVersion) == identity.servedVersion)
      #expect(try await engine.client.info().processorCount > 0)
      // Podman's fails while containers of other tests go away.
      if !identity.isPodman { #expect(try await engine.client.diskUsage().images.isEmpty == false) }
      _ = try await engine.client.listVolumes()
      _ = try await engine.client.listNetworks()
    }
  }
}
