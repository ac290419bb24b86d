/// The answer of `GET /version`.
package struct EngineVersion: WireValue, Sendable {
  @OrDefault package var version: String
  @OrDefault package var apiVersion: String
  @OrDefault package var minimumAPIVersion: String
  @OrDefault package var os: String
  @OrDefault package var architecture: String
  @OrDefault package var kernelVersion: String
  @OrDefault package var components: [EngineComponent]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case version = "Version"
    case apiVersion = "ApiVersion"
    case minimumAPIVersion = "MinAPIVersion"
    case os = "Os"
    case architecture = "Arch"
    case kernelVersion = "KernelVersion"
    case components = "Components"
  }
}

/// A part of the engine, such as containerd.
package struct EngineComponent: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var version: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case version = "Version"
  }
}

/// The answer of `GET /info`, as far as it is used.
package struct EngineInfo: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var name: String
  @OrDefault package var serverVersion: String
  @OrDefault package var containers: Int
  @OrDefault package var containersRunning: Int
  @OrDefault package var containersPaused: Int
  @OrDefault package var containersStopped: Int
  @OrDefault package var images: Int
  @OrDefault package var driver: String
  @OrDefault package var driverStatus: [[String]]
  @OrDefault package var loggingDriver: String
  @OrDefault package var cgroupDriver: String
  @OrDefault package var cgroupVersion: String
  @OrDefault package var kernelVersion: String
  @OrDefault package var operatingSystem: String
  @OrDefault package var osType: String
  @OrDefault package var architecture: String
  @OrDefault package var processorCount: Int
  @OrDefault package var memoryBytes: Int64
  @OrDefault package var rootFolder: String
  @OrDefault package var defaultRuntime: String
  @OrDefault package var isLiveRestoreEnabled: Bool
  @OrDefault package var hasMemoryLimit: Bool
  @OrDefault package var hasSwapLimit: Bool
  @OrDefault package var securityOptions: [String]
  @OrDefault package var warnings: [String]
  @OrDefault package var labels: [String]
  /// The engine's clock.
  @OrDefault package var systemTime: EngineTimestamp
  @OrDefault package var swarm: SwarmInfo

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "ID"
    case name = "Name"
    case serverVersion = "ServerVersion"
    case containers = "Containers"
    case containersRunning = "ContainersRunning"
    case containersPaused = "ContainersPaused"
    case containersStopped = "ContainersStopped"
    case images = "Images"
    case driver = "Driver"
    case driverStatus = "DriverStatus"
    case loggingDriver = "LoggingDriver"
    case cgroupDriver = "CgroupDriver"
    case cgroupVersion = "CgroupVersion"
    case kernelVersion = "KernelVersion"
    case operatingSystem = "OperatingSystem"
    case osType = "OSType"
    case architecture = "Architecture"
    case processorCount = "NCPU"
    case memoryBytes = "MemTotal"
    case rootFolder = "DockerRootDir"
    case defaultRuntime = "DefaultRuntime"
    case isLiveRestoreEnabled = "LiveRestoreEnabled"
    case hasMemoryLimit = "MemoryLimit"
    case hasSwapLimit = "SwapLimit"
    case securityOptions = "SecurityOptions"
    case warnings = "Warnings"
    case labels = "Labels"
    case systemTime = "SystemTime"
    case swarm = "Swarm"
  }
}

/// Whether the engine is part of a swarm.
package struct SwarmInfo: WireValue, Sendable {
  /// `inactive`, `pending`, `active`, `error` or `locked`.
  @OrDefault package var state: String
  @OrDefault package var isManager: Bool
  @OrDefault package var nodeID: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case state = "LocalNodeState"
    case isManager = "ControlAvailable"
    case nodeID = "NodeID"
  }
}

/// The answer of `GET /system/df`.
package struct DiskUsage: WireValue, Sendable {
  @OrDefault package var layersSizeBytes: Int64
  @OrDefault package var images: [ImageSummary]
  @OrDefault package var containers: [ContainerSummary]
  @OrDefault package var volumes: [VolumeInspection]
  @OrDefault package var buildCache: [BuildCacheRecord]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case layersSizeBytes = "LayersSize"
    case images = "Images"
    case containers = "Containers"
    case volumes = "Volumes"
    case buildCache = "BuildCache"
  }
}

/// One record of the build cache.
package struct BuildCacheRecord: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var kind: String
  @OrDefault package var description: String
  @OrDefault package var isInUse: Bool
  @OrDefault package var isShared: Bool
  @OrDefault package var sizeBytes: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "ID"
    case kind = "Type"
    case description = "Description"
    case isInUse = "InUse"
    case isShared = "Shared"
    case sizeBytes = "Size"
  }
}

/// Something that happened on the engine (`GET /events`).
package struct EngineEvent: WireValue, Sendable {
  /// `container`, `network`, `volume`, `image`, `daemon` …
  @OrDefault package var kind: String
  /// `start`, `die`, `health_status: healthy` …
  @OrDefault package var action: String
  @OrDefault package var actor: EngineEventActor
  @OrDefault package var scope: String
  @OrDefault package var timeSeconds: Int64
  /// Since 1970; the whole time, not the fraction.
  @OrDefault package var timeNanoseconds: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case kind = "Type"
    case action = "Action"
    case actor = "Actor"
    case scope = "scope"
    case timeSeconds = "time"
    case timeNanoseconds = "timeNano"
  }
}

/// What an event is about.
package struct EngineEventActor: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var attributes: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "ID"
    case attributes = "Attributes"
  }
}
