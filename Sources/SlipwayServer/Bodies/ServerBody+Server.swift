package import DockerEngine
package import Orchestration
import RevisionStore
import SSHTransport
package import SlipwayAPI

extension ServerBody {
  /// - Parameters:
  ///   - server: nil: this machine's engine.
  ///   - isWhole: the caller may see all of the server, and so how it is reached.
  ///   - isVisible: whether the caller may see a stack of it.
  init(
    _ server: Server?, _ states: FleetStates, _ identity: EngineIdentity?, isWhole: Bool, isVisible: (String) -> Bool
  ) {
    let name = server?.name ?? ServerName.local
    let state = states.state(of: name)
    let mine = states.stacks.filter { $0.server == name && isVisible($0.name) }
    let (link, reason): (String, String?) =
      switch state?.link {
      case .up?: ("up", nil)
      case .connecting?: ("connecting", nil)
      case .away(let reason)?: ("away", reason)
      case nil: (server?.isJumpOnly == true ? "none" : "away", nil)
      }
    let ssh = isWhole ? server?.ssh : nil
    let login = server.map { $0.ssh?.credential.rawValue ?? "certificate" }
    self.init(
      name: name, kind: Self.kind(server), link: link, reason: isWhole ? reason : nil,
      address: isWhole ? server.map { Self.address($0) } : nil, jumpOnly: server?.isJumpOnly ?? false,
      jumps: isWhole ? server?.jumps ?? [] : [], login: isWhole ? login : nil, socket: ssh?.socket,
      dial: isWhole ? server.flatMap { $0.ssh == nil ? "tls" : $0.ssh?.dial } : nil, hostKeyType: ssh?.hostKeyType,
      fingerprint: ssh.flatMap { HostKey(blob: $0.hostKey)?.fingerprint }, stacks: mine.count,
      containers: mine.reduce(0) { $0 + $1.containers }, running: mine.reduce(0) { $0 + $1.running },
      engine: identity?.server, apiVersion: identity.map { "\($0.servedVersion)" }, createdAt: server?.createdAt.text,
      seenAt: states.lastSeen(name)?.text)
  }

  static func kind(_ server: Server?) -> String {
    switch server?.way {
    case nil: "local"
    case .ssh?: "ssh"
    case .tls?: "tls"
    }
  }

  private static func address(_ server: Server) -> String {
    switch server.way {
    case .ssh(let ssh):
      let host = ssh.host.contains(":") ? "[\(ssh.host)]" : ssh.host
      return "ssh://\(ssh.user)@\(host)" + (ssh.port == SSHAddress.standardPort ? "" : ":\(ssh.port)")
    case .tls(let tls): return TCPAddress(host: tls.host, port: Int(tls.port)).description
    }
  }
}

extension ServerInfoBody {
  package init(_ info: SystemInfo, _ usage: DiskUsage?) {
    self.init(
      engineVersion: info.engineVersion, apiVersion: info.apiVersion, podman: info.isPodman,
      operatingSystem: info.operatingSystem,
      kernelVersion: info.kernelVersion, architecture: info.architecture, processors: info.processors,
      memoryBytes: info.memoryBytes, availableMemoryBytes: info.availableMemoryBytes, load: info.load,
      uptimeSeconds: info.uptimeSeconds, storageDriver: info.storageDriver, cgroupVersion: info.cgroupVersion,
      cgroupDriver: info.cgroupDriver, rootDisk: info.rootDisk.map { Disk($0) }, filesDisk: info.filesDisk.map { Disk($0) },
      clockSkewMilliseconds: info.clockSkewMilliseconds, containers: info.containers, containersRunning: info.containersRunning,
      images: info.images, usage: usage.map { Usage($0) })
  }
}

extension ServerInfoBody.Disk {
  init(_ disk: SystemInfo.Disk) {
    self.init(path: disk.path, sizeBytes: disk.sizeBytes, freeBytes: disk.freeBytes)
  }
}

extension ServerInfoBody.Usage {
  init(_ usage: DiskUsage) {
    self.init(
      imagesBytes: usage.layersSizeBytes,
      containersBytes: usage.containers.map { max(0, $0.sizeReadWriteBytes ?? 0) }.clampedSum(),
      volumesBytes: usage.volumes.map { max(0, $0.usage?.sizeBytes ?? 0) }.clampedSum(),
      // What is shared is counted with what it is shared with.
      buildCacheBytes: usage.buildCache.map { $0.isShared ? 0 : max(0, $0.sizeBytes) }.clampedSum())
  }
}

extension ServerTestBody {
  package init(_ name: String, _ test: ServerTest) {
    self.init(
      server: name, ok: test.failure == nil, dial: test.dial?.rawValue,
      steps: test.steps.map { step in
        Step(
          name: step.name, host: step.hop, outcome: step.outcome == .notTried ? "not_tried" : step.outcome.rawValue,
          message: step.message, remedy: step.remedy, milliseconds: step.milliseconds)
      })
  }
}
