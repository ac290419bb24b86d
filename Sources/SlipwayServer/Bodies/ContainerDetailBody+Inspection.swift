import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI

extension ContainerDetailBody {
  /// What an inspection tells, with its secret values hidden.
  init(_ object: ContainerInspection, _ mask: InspectionMask, server: String) {
    let (config, host, state) = (object.config, object.hostConfig, object.state)
    self.init(
      container: ContainerBody(object, server: server), imageId: object.imageID,
      command: mask.arguments(config.command ?? []), entrypoint: mask.arguments(config.entrypoint ?? []),
      workingDirectory: config.workingDirectory.nonEmpty, user: config.user.nonEmpty, hostname: config.hostname.nonEmpty,
      environment: mask.environment(config.environment).map { Entry($0) }, labels: mask.labels(config.labels).map { Entry($0) },
      startedAt: state.startedAt.wire, finishedAt: state.finishedAt.wire,
      exitCode: state.isRunning || state.status == .created ? nil : state.exitCode, outOfMemory: state.wasOutOfMemory,
      error: state.error.nonEmpty.map { mask.text($0) }, restartCount: object.restartCount, resources: Resources(host),
      mounts: object.mounts.map { mount in
        Mount(
          kind: mount.kind, name: mount.name.nonEmpty, source: mount.source, target: mount.destination, writable: mount.isWritable
        )
      },
      networks: object.networkSettings.networks.sorted { $0.key < $1.key }.map { name, end in
        Network(
          name: name, id: end.networkID, address: end.ipAddress.nonEmpty, ipv6Address: end.globalIPv6Address.nonEmpty,
          gateway: end.gateway.nonEmpty, mac: end.macAddress.nonEmpty, aliases: end.aliases)
      }, networkMode: host.networkMode, privileged: host.isPrivileged, readOnlyRoot: host.hasReadOnlyRoot,
      addedCapabilities: host.addedCapabilities, droppedCapabilities: host.droppedCapabilities, logDriver: host.logConfig.driver,
      probes: (state.health?.log ?? []).map { probe in
        Probe(
          startedAt: probe.start.wire, endedAt: probe.end.wire, exitCode: probe.exitCode, output: mask.text(probe.output))
      }, revision: config.labels[ComposeLabel.revision].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil })
  }
}

extension ContainerDetailBody.Entry {
  init(_ entry: InspectionMask.Entry) { self.init(name: entry.name, value: entry.value, masked: entry.isMasked) }
}

extension ContainerDetailBody.Resources {
  init(_ host: HostConfig) {
    // A quota of time is a number of processors too.
    let quota =
      host.cpuQuotaMicroseconds > 0
      ? Double(host.cpuQuotaMicroseconds) / Double(host.cpuPeriodMicroseconds > 0 ? host.cpuPeriodMicroseconds : 100_000) : nil
    self.init(
      cpus: host.nanoCPUs > 0 ? Double(host.nanoCPUs) / 1e9 : quota, memoryBytes: host.memoryBytes > 0 ? host.memoryBytes : nil,
      memorySwapBytes: host.memorySwapBytes != 0 ? host.memorySwapBytes : nil,
      pids: host.pidsLimit.flatMap { $0 > 0 ? $0 : nil },
      restart: host.restartPolicy.name.nonEmpty ?? "no", restartRetries: max(0, host.restartPolicy.maximumRetryCount))
  }
}

extension ContainerBody {
  /// As in lists, of an inspection.
  init(_ object: ContainerInspection, server: String) {
    let labels = object.config.labels
    let health = object.state.health?.status
    let ports = object.networkSettings.ports.sorted { $0.key < $1.key }.flatMap { key, bindings -> [Port] in
      let parts = key.split(separator: "/")
      let (target, transport) = (parts.first.flatMap { Int($0) } ?? 0, parts.count > 1 ? String(parts[1]) : "tcp")
      guard let bindings, !bindings.isEmpty else {
        return [Port(address: nil, published: nil, target: target, transport: transport)]
      }
      return bindings.map {
        Port(address: $0.hostIP.nonEmpty, published: Int($0.hostPort), target: target, transport: transport)
      }
    }
    self.init(
      id: object.id, name: object.name, server: server, stack: labels[ComposeLabel.project],
      service: labels[ComposeLabel.service],
      number: labels[ComposeLabel.number].flatMap { Int($0) }, image: object.config.image, status: object.state.status.rawValue,
      health: health == nil || health == HealthStatus.none ? nil : health?.rawValue, text: object.state.status.rawValue,
      createdAt: object.createdAt.wire ?? Timestamp(milliseconds: 0).secondsText, ports: ports)
  }
}

extension StatsBody {
  init(_ stats: ContainerStats) {
    func sum(_ operation: String) -> Int {
      stats.blockIO.serviceBytes.map { $0.operation.lowercased() == operation ? Int(clamping: $0.value) : 0 }.clampedSum()
    }
    self.init(
      at: stats.readAt.wire ?? Timestamp.systemNow().text, cpuPercent: stats.cpuPercent,
      memoryBytes: Int(clamping: stats.memory.workingSetBytes), memoryLimitBytes: Int(clamping: stats.memory.limitBytes),
      receivedBytes: stats.networks.values.map { Int(clamping: $0.receivedBytes) }.clampedSum(),
      sentBytes: stats.networks.values.map { Int(clamping: $0.sentBytes) }.clampedSum(), readBytes: sum("read"),
      writtenBytes: sum("write"), pids: Int(clamping: stats.processes.current))
  }
}

extension String {
  /// Nil: nothing stands there.
  var nonEmpty: String? { isEmpty ? nil : self }
}

extension EngineTimestamp {
  /// As the API writes it; nil for one that never was.
  var wire: String? {
    seconds <= 0 ? nil : Timestamp(milliseconds: seconds * 1000 + Int64(nanoseconds) / 1_000_000).text
  }
}
