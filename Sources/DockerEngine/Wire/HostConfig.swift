/// How the host runs a container: limits, mounts, ports, rights.
///
/// A property at its default is left out of what is sent.
package struct HostConfig: WireValue, Sendable {
  /// `source:target[:options]`.
  @OrDefault package var binds: [String]
  @OrDefault package var containerIDFile: String
  @OrDefault package var logConfig: LogConfig
  @OrDefault package var networkMode: String
  /// Keyed `80/tcp`.
  @AlwaysSent package var portBindings: [String: [PortBinding]]
  @OrDefault package var restartPolicy: HostRestartPolicy
  @OrDefault package var removesItself: Bool
  @OrDefault package var volumeDriver: String
  @OrDefault package var volumesFrom: [String]
  @OrDefault package var mounts: [MountSpec]
  /// API 1.43.
  @OrDefault package var annotations: [String: String]
  @OrDefault package var addedCapabilities: [String]
  @OrDefault package var droppedCapabilities: [String]
  @OrDefault package var cgroupNamespaceMode: String
  @OrDefault package var dns: [String]
  @OrDefault package var dnsOptions: [String]
  @OrDefault package var dnsSearch: [String]
  @AlwaysSent package var extraHosts: [String]
  @OrDefault package var addedGroups: [String]
  @OrDefault package var ipcMode: String
  @OrDefault package var cgroup: String
  @OrDefault package var links: [String]
  @OrDefault package var oomScoreAdjustment: Int
  @OrDefault package var pidMode: String
  @OrDefault package var isPrivileged: Bool
  @OrDefault package var publishesAllPorts: Bool
  @OrDefault package var hasReadOnlyRoot: Bool
  @OrDefault package var securityOptions: [String]
  @OrDefault package var storageOptions: [String: String]
  /// Path to mount options.
  @OrDefault package var tmpfs: [String: String]
  @OrDefault package var utsMode: String
  @OrDefault package var userNamespaceMode: String
  @OrDefault package var sharedMemoryBytes: Int64
  @OrDefault package var sysctls: [String: String]
  @OrDefault package var runtime: String
  @OrDefault package var isolation: String
  package var maskedPaths: [String]?
  package var readOnlyPaths: [String]?
  @OrDefault package var cpuShares: Int64
  @OrDefault package var memoryBytes: Int64
  /// Billionths of a processor.
  @OrDefault package var nanoCPUs: Int64
  @OrDefault package var cgroupParent: String
  @OrDefault package var blockIOWeight: Int
  @OrDefault package var blockIOWeightDevices: [WeightDevice]
  @OrDefault package var blockIOReadRates: [ThrottleDevice]
  @OrDefault package var blockIOWriteRates: [ThrottleDevice]
  @OrDefault package var blockIOReadOperations: [ThrottleDevice]
  @OrDefault package var blockIOWriteOperations: [ThrottleDevice]
  @OrDefault package var cpuPeriodMicroseconds: Int64
  @OrDefault package var cpuQuotaMicroseconds: Int64
  @OrDefault package var cpuRealtimePeriodMicroseconds: Int64
  @OrDefault package var cpuRealtimeRuntimeMicroseconds: Int64
  @OrDefault package var cpusetCPUs: String
  @OrDefault package var cpusetMemoryNodes: String
  @OrDefault package var devices: [DeviceMapping]
  @OrDefault package var deviceCgroupRules: [String]
  @OrDefault package var deviceRequests: [DeviceRequestSpec]
  @OrDefault package var memoryReservationBytes: Int64
  /// Memory and swap together; -1 is unlimited.
  @OrDefault package var memorySwapBytes: Int64
  package var memorySwappiness: Int64?
  package var isOOMKillDisabled: Bool?
  package var usesInit: Bool?
  package var pidsLimit: Int64?
  @OrDefault package var ulimits: [UlimitSpec]
  @OrDefault package var cpuCount: Int64
  @OrDefault package var cpuPercent: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case binds = "Binds"
    case containerIDFile = "ContainerIDFile"
    case logConfig = "LogConfig"
    case networkMode = "NetworkMode"
    case portBindings = "PortBindings"
    case restartPolicy = "RestartPolicy"
    case removesItself = "AutoRemove"
    case volumeDriver = "VolumeDriver"
    case volumesFrom = "VolumesFrom"
    case mounts = "Mounts"
    case annotations = "Annotations"
    case addedCapabilities = "CapAdd"
    case droppedCapabilities = "CapDrop"
    case cgroupNamespaceMode = "CgroupnsMode"
    case dns = "Dns"
    case dnsOptions = "DnsOptions"
    case dnsSearch = "DnsSearch"
    case extraHosts = "ExtraHosts"
    case addedGroups = "GroupAdd"
    case ipcMode = "IpcMode"
    case cgroup = "Cgroup"
    case links = "Links"
    case oomScoreAdjustment = "OomScoreAdj"
    case pidMode = "PidMode"
    case isPrivileged = "Privileged"
    case publishesAllPorts = "PublishAllPorts"
    case hasReadOnlyRoot = "ReadonlyRootfs"
    case securityOptions = "SecurityOpt"
    case storageOptions = "StorageOpt"
    case tmpfs = "Tmpfs"
    case utsMode = "UTSMode"
    case userNamespaceMode = "UsernsMode"
    case sharedMemoryBytes = "ShmSize"
    case sysctls = "Sysctls"
    case runtime = "Runtime"
    case isolation = "Isolation"
    case maskedPaths = "MaskedPaths"
    case readOnlyPaths = "ReadonlyPaths"
    case cpuShares = "CpuShares"
    case memoryBytes = "Memory"
    case nanoCPUs = "NanoCpus"
    case cgroupParent = "CgroupParent"
    case blockIOWeight = "BlkioWeight"
    case blockIOWeightDevices = "BlkioWeightDevice"
    case blockIOReadRates = "BlkioDeviceReadBps"
    case blockIOWriteRates = "BlkioDeviceWriteBps"
    case blockIOReadOperations = "BlkioDeviceReadIOps"
    case blockIOWriteOperations = "BlkioDeviceWriteIOps"
    case cpuPeriodMicroseconds = "CpuPeriod"
    case cpuQuotaMicroseconds = "CpuQuota"
    case cpuRealtimePeriodMicroseconds = "CpuRealtimePeriod"
    case cpuRealtimeRuntimeMicroseconds = "CpuRealtimeRuntime"
    case cpusetCPUs = "CpusetCpus"
    case cpusetMemoryNodes = "CpusetMems"
    case devices = "Devices"
    case deviceCgroupRules = "DeviceCgroupRules"
    case deviceRequests = "DeviceRequests"
    case memoryReservationBytes = "MemoryReservation"
    case memorySwapBytes = "MemorySwap"
    case memorySwappiness = "MemorySwappiness"
    case isOOMKillDisabled = "OomKillDisable"
    case usesInit = "Init"
    case pidsLimit = "PidsLimit"
    case ulimits = "Ulimits"
    case cpuCount = "CpuCount"
    case cpuPercent = "CpuPercent"
  }
}

/// A container's log driver and its options.
package struct LogConfig: WireValue, Sendable {
  @OrDefault package var driver: String
  @OrDefault package var options: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case driver = "Type"
    case options = "Config"
  }
}

/// When the engine starts a container again.
package struct HostRestartPolicy: WireValue, Sendable {
  /// Empty or `no`, `always`, `unless-stopped`, `on-failure`.
  @OrDefault package var name: String
  @OrDefault package var maximumRetryCount: Int

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case maximumRetryCount = "MaximumRetryCount"
  }
}

/// A port of the host; `hostPort` may be empty or a range.
package struct PortBinding: WireValue, Sendable {
  @OrDefault package var hostIP: String
  @OrDefault package var hostPort: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case hostIP = "HostIp"
    case hostPort = "HostPort"
  }
}

/// A block device's share.
package struct WeightDevice: WireValue, Sendable {
  @OrDefault package var path: String
  @OrDefault package var weight: Int

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case path = "Path"
    case weight = "Weight"
  }
}

/// A block device's limit, in bytes or operations a second.
package struct ThrottleDevice: WireValue, Sendable {
  @OrDefault package var path: String
  @OrDefault package var rate: UInt64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case path = "Path"
    case rate = "Rate"
  }
}

/// A device of the host inside a container.
package struct DeviceMapping: WireValue, Sendable {
  @OrDefault package var pathOnHost: String
  @OrDefault package var pathInContainer: String
  @OrDefault package var permissions: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case pathOnHost = "PathOnHost"
    case pathInContainer = "PathInContainer"
    case permissions = "CgroupPermissions"
  }
}

/// Devices asked from a driver, such as GPUs.
package struct DeviceRequestSpec: WireValue, Sendable {
  @OrDefault package var driver: String
  /// -1 is all of them.
  @OrDefault package var count: Int
  @OrDefault package var deviceIDs: [String]
  @OrDefault package var capabilities: [[String]]
  @OrDefault package var options: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case driver = "Driver"
    case count = "Count"
    case deviceIDs = "DeviceIDs"
    case capabilities = "Capabilities"
    case options = "Options"
  }
}

/// A resource limit of a container's processes.
package struct UlimitSpec: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var soft: Int64
  @OrDefault package var hard: Int64

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case soft = "Soft"
    case hard = "Hard"
  }
}

/// A mount asked for at creation, in its long form.
package struct MountSpec: WireValue, Sendable {
  /// `bind`, `volume`, `tmpfs`, `npipe`, `cluster` or `image`.
  @OrDefault package var kind: String
  @OrDefault package var source: String
  @OrDefault package var target: String
  @OrDefault package var isReadOnly: Bool
  @OrDefault package var consistency: String
  package var bindOptions: MountBindOptions?
  package var volumeOptions: MountVolumeOptions?
  package var tmpfsOptions: MountTmpfsOptions?
  package var imageOptions: MountImageOptions?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case kind = "Type"
    case source = "Source"
    case target = "Target"
    case isReadOnly = "ReadOnly"
    case consistency = "Consistency"
    case bindOptions = "BindOptions"
    case volumeOptions = "VolumeOptions"
    case tmpfsOptions = "TmpfsOptions"
    case imageOptions = "ImageOptions"
  }
}

/// Options of a bind mount.
package struct MountBindOptions: WireValue, Sendable {
  @OrDefault package var propagation: String
  @OrDefault package var isNonRecursive: Bool
  /// API 1.43.
  @OrDefault package var createsMountpoint: Bool
  @OrDefault package var isReadOnlyNonRecursive: Bool
  @OrDefault package var isReadOnlyForceRecursive: Bool

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case propagation = "Propagation"
    case isNonRecursive = "NonRecursive"
    case createsMountpoint = "CreateMountpoint"
    case isReadOnlyNonRecursive = "ReadOnlyNonRecursive"
    case isReadOnlyForceRecursive = "ReadOnlyForceRecursive"
  }
}

/// Options of a volume mount.
package struct MountVolumeOptions: WireValue, Sendable {
  @OrDefault package var skipsCopy: Bool
  @OrDefault package var labels: [String: String]
  package var driverConfig: MountDriverConfig?
  /// API 1.45.
  @OrDefault package var subpath: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case skipsCopy = "NoCopy"
    case labels = "Labels"
    case driverConfig = "DriverConfig"
    case subpath = "Subpath"
  }
}

/// The driver of a volume made by a mount.
package struct MountDriverConfig: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var options: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case options = "Options"
  }
}

/// Options of a tmpfs mount.
package struct MountTmpfsOptions: WireValue, Sendable {
  @OrDefault package var sizeBytes: Int64
  /// Permission bits.
  @OrDefault package var mode: Int

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case sizeBytes = "SizeBytes"
    case mode = "Mode"
  }
}

/// Options of an image mount (API 1.48).
package struct MountImageOptions: WireValue, Sendable {
  @OrDefault package var subpath: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case subpath = "Subpath"
  }
}
