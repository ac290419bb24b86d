/// Everything the engine knows of one container (`GET /containers/ID/json`).
package struct ContainerInspection: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var createdAt: EngineTimestamp
  @OrDefault package var path: String
  @OrDefault package var arguments: [String]
  @OrDefault package var state: ContainerState
  /// The image's Id (`config.image` is the reference it was made from).
  @OrDefault package var imageID: String
  /// With a leading slash; see `name`.
  @OrDefault package var slashedName: String
  @OrDefault package var restartCount: Int
  @OrDefault package var driver: String
  @OrDefault package var platform: String
  @OrDefault package var logPath: String
  @OrDefault package var execIDs: [String]
  @OrDefault package var hostConfig: HostConfig
  @OrDefault package var mounts: [MountPoint]
  @OrDefault package var config: ContainerConfig
  @OrDefault package var networkSettings: NetworkSettings
  package var sizeReadWriteBytes: Int64?
  package var sizeRootBytes: Int64?

  package init() {}

  /// The name without its leading slash.
  package var name: String { unslashed(slashedName) }

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case createdAt = "Created"
    case path = "Path"
    case arguments = "Args"
    case state = "State"
    case imageID = "Image"
    case slashedName = "Name"
    case restartCount = "RestartCount"
    case driver = "Driver"
    case platform = "Platform"
    case logPath = "LogPath"
    case execIDs = "ExecIDs"
    case hostConfig = "HostConfig"
    case mounts = "Mounts"
    case config = "Config"
    case networkSettings = "NetworkSettings"
    case sizeReadWriteBytes = "SizeRw"
    case sizeRootBytes = "SizeRootFs"
  }
}

/// How a container is right now.
package struct ContainerState: WireValue, Sendable {
  @OrDefault package var status: ContainerStatus
  @OrDefault package var isRunning: Bool
  @OrDefault package var isPaused: Bool
  @OrDefault package var isRestarting: Bool
  @OrDefault package var wasOutOfMemory: Bool
  @OrDefault package var isDead: Bool
  @OrDefault package var pid: Int
  @OrDefault package var exitCode: Int
  @OrDefault package var error: String
  /// Zero when it never started.
  @OrDefault package var startedAt: EngineTimestamp
  @OrDefault package var finishedAt: EngineTimestamp
  /// Nil when the container has no health check.
  package var health: Health?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case status = "Status"
    case isRunning = "Running"
    case isPaused = "Paused"
    case isRestarting = "Restarting"
    case wasOutOfMemory = "OOMKilled"
    case isDead = "Dead"
    case pid = "Pid"
    case exitCode = "ExitCode"
    case error = "Error"
    case startedAt = "StartedAt"
    case finishedAt = "FinishedAt"
    case health = "Health"
  }
}

/// What a container's health check says.
package struct Health: WireValue, Sendable {
  @OrDefault package var status: HealthStatus
  @OrDefault package var failingStreak: Int
  /// The last five probes, oldest first.
  @OrDefault package var log: [HealthProbeResult]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case status = "Status"
    case failingStreak = "FailingStreak"
    case log = "Log"
  }
}

/// One run of a health check.
package struct HealthProbeResult: WireValue, Sendable {
  @OrDefault package var start: EngineTimestamp
  @OrDefault package var end: EngineTimestamp
  @OrDefault package var exitCode: Int
  /// At most 4096 bytes, cut by the engine.
  @OrDefault package var output: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case start = "Start"
    case end = "End"
    case exitCode = "ExitCode"
    case output = "Output"
  }
}

/// The network side of a running container.
package struct NetworkSettings: WireValue, Sendable {
  @OrDefault package var sandboxID: String
  @OrDefault package var sandboxKey: String
  @OrDefault package var ipAddress: String
  /// Keyed `80/tcp`; nil for a port that is exposed only.
  @OrDefault package var ports: [String: [PortBinding]?]
  @OrDefault package var networks: [String: EndpointSettings]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case sandboxID = "SandboxID"
    case sandboxKey = "SandboxKey"
    case ipAddress = "IPAddress"
    case ports = "Ports"
    case networks = "Networks"
  }
}
