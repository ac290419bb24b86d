/// One service of a project, typed. Absent attributes are nil or empty; `canonical` has the exact printed form.
package struct Service: Hashable, Sendable {
  package var name: String
  /// The service's mapping in the canonical model.
  package var canonical: ComposeValue
  /// SHA-256 in lower-case hex as Docker Compose computes it for `com.docker.compose.config-hash`, of the service as
  /// printed. Services whose hash depends on live ids (`network_mode: service:…`) use `configHash(resolving:)`.
  package var configHash: String

  // What runs
  package var image: String?
  package var build: ComposeValue?
  package var pullPolicy: String?
  package var platform: String?
  /// nil: from the image; empty: cleared.
  package var command: [String]?
  package var entrypoint: [String]?
  package var workingDirectory: String?
  package var user: String?
  /// A nil value: taken from the caller, and not set there.
  package var environment: [String: String?] = [:]
  package var isInitEnabled: Bool?
  package var isTTY = false
  package var isStdinOpen = false
  package var stopSignal: String?
  package var stopGracePeriod: Duration?
  package var healthcheck: Healthcheck?
  package var postStart: [Hook] = []
  package var preStop: [Hook] = []
  /// pre_start hooks are container specs of their own; the canonical form of each.
  package var preStart: [ComposeValue] = []
  package var isProvider = false

  // How many, and when
  package var containerName: String?
  /// `deploy.replicas`, else `scale`, else 1.
  package var replicas = 1
  package var dependsOn: [String: Dependency] = [:]
  package var profiles: [String] = []
  /// `no`, `always`, `unless-stopped`, `on-failure[:n]`; nil when not given.
  package var restart: String?
  package var deploy: Deploy?
  /// `attach: false` keeps its logs out of an attached `up`.
  package var isAttached = true

  // Names and networks
  package var hostname: String?
  package var domainname: String?
  package var networkMode: String?
  /// By network key; empty when `networkMode` is set.
  package var networks: [String: NetworkAttachment] = [:]
  package var macAddress: String?
  package var ports: [Port] = []
  package var expose: [String] = []
  package var links: [String] = []
  package var externalLinks: [String] = []
  /// `host=address`, sorted.
  package var extraHosts: [String] = []
  package var dns: [String] = []
  package var dnsSearch: [String] = []
  package var dnsOptions: [String] = []

  // Files
  package var volumes: [VolumeMount] = []
  package var volumesFrom: [String] = []
  package var tmpfs: [String] = []
  package var secrets: [FileMount] = []
  package var configs: [FileMount] = []
  package var isReadOnly = false
  package var shmSizeBytes: Int?

  // Labels and logs
  package var labels: [String: String] = [:]
  package var annotations: [String: String] = [:]
  package var logging: Logging?

  // Rights
  package var isPrivileged = false
  package var capAdd: [String] = []
  package var capDrop: [String] = []
  package var securityOptions: [String] = []
  package var groupAdd: [String] = []
  package var usernsMode: String?
  package var pid: String?
  package var ipc: String?
  package var uts: String?
  package var cgroup: String?
  package var cgroupParent: String?
  package var isolation: String?
  package var runtime: String?
  package var credentialSpec: ComposeValue?
  package var useAPISocket = false

  // Resources (service level; `deploy.resources` is in `deploy`)
  package var cpuCount: Int?
  package var cpuPercent: Double?
  package var cpuPeriodMicroseconds: Int?
  package var cpuQuotaMicroseconds: Int?
  package var cpuRealtimePeriodMicroseconds: Int?
  package var cpuRealtimeRuntimeMicroseconds: Int?
  package var cpuShares: Int?
  package var cpus: Double?
  package var cpuset: String?
  package var memoryLimitBytes: Int?
  package var memoryReservationBytes: Int?
  /// -1: unlimited swap.
  package var memorySwapLimitBytes: Int?
  package var memorySwappiness: Int?
  package var isOOMKillDisabled = false
  package var oomScoreAdjust: Int?
  package var pidsLimit: Int?
  package var ulimits: [String: Ulimit] = [:]
  package var sysctls: [String: String] = [:]
  package var storageOptions: [String: String] = [:]
  package var blkio: BlkioConfig?
  package var devices: [Device] = []
  package var deviceCgroupRules: [String] = []
  package var gpus: [DeviceRequest] = []

  package init(name: String, canonical: ComposeValue, configHash: String) {
    self.name = name
    self.canonical = canonical
    self.configHash = configHash
  }
}

package struct Dependency: Hashable, Sendable {
  package enum Condition: String, Sendable {
    case started = "service_started"
    case healthy = "service_healthy"
    case completedSuccessfully = "service_completed_successfully"
  }
  package var condition: Condition
  /// Restart this service after the dependency was restarted or recreated by Compose.
  package var restarts: Bool
  package var isRequired: Bool
}

package struct Healthcheck: Hashable, Sendable {
  /// nil: the image's own test.
  package var test: [String]?
  package var isDisabled: Bool
  package var interval: Duration?
  package var timeout: Duration?
  package var startPeriod: Duration?
  package var startInterval: Duration?
  package var retries: Int?
}

/// A post_start or pre_stop command.
package struct Hook: Hashable, Sendable {
  package var command: [String]
  package var user: String?
  package var isPrivileged: Bool
  package var workingDirectory: String?
  package var environment: [String: String?]

  package init(
    command: [String], user: String? = nil, isPrivileged: Bool = false, workingDirectory: String? = nil,
    environment: [String: String?] = [:]
  ) {
    self.command = command
    self.user = user
    self.isPrivileged = isPrivileged
    self.workingDirectory = workingDirectory
    self.environment = environment
  }
}

package struct NetworkAttachment: Hashable, Sendable {
  package var aliases: [String]
  package var ipv4Address: String?
  package var ipv6Address: String?
  package var linkLocalAddresses: [String]
  package var macAddress: String?
  package var driverOptions: [String: String]
  package var interfaceName: String?
  package var priority: Int
  package var gatewayPriority: Int

  /// Nothing but the membership.
  package static let plain = NetworkAttachment(
    aliases: [], linkLocalAddresses: [], driverOptions: [:], priority: 0, gatewayPriority: 0)
}

package struct Port: Hashable, Sendable {
  package var name: String?
  package var target: Int
  /// A port or a range as text ("8000-8010"); nil: the engine chooses.
  package var published: String?
  package var hostIP: String?
  /// `tcp`, `udp` or `sctp`.
  package var transport: String
  package var mode: String?
}

package struct VolumeMount: Hashable, Sendable {
  package enum Kind: String, Sendable { case volume, bind, tmpfs, npipe, cluster, image }
  package var kind: Kind
  /// Volume key, host path or image; nil for an anonymous volume or a tmpfs.
  package var source: String?
  package var target: String
  package var isReadOnly: Bool
  package var consistency: String?
  /// Present only when the canonical form has `bind`.
  package var bind: BindOptions?
  package var volume: VolumeOptions?
  package var tmpfs: TmpfsOptions?
  package var imageSubpath: String?

  package struct BindOptions: Hashable, Sendable {
    package var propagation: String?
    package var createsHostPath: Bool
    /// `z` or `Z`.
    package var selinux: String?
    package var recursive: String?
  }
  package struct VolumeOptions: Hashable, Sendable {
    package var isNoCopy: Bool
    package var subpath: String?
    package var labels: [String: String]
  }
  package struct TmpfsOptions: Hashable, Sendable {
    package var sizeBytes: Int?
    package var mode: Int?
  }
}

/// The use of a secret or config by a service.
package struct FileMount: Hashable, Sendable {
  /// Key of the secret or config.
  package var source: String
  /// As printed; nil for a config without one (then `/<source>`).
  package var target: String?
  package var uid: String?
  package var gid: String?
  /// Permission bits; nil when not given.
  package var mode: Int?
}

package struct Logging: Hashable, Sendable {
  package var driver: String?
  package var options: [String: String]
}

package struct Ulimit: Hashable, Sendable {
  package var soft: Int
  package var hard: Int
}

package struct Device: Hashable, Sendable {
  package var source: String
  package var target: String
  package var permissions: String
}

package struct DeviceRequest: Hashable, Sendable {
  package var capabilities: [String]
  package var driver: String?
  /// -1: all.
  package var count: Int?
  package var deviceIDs: [String]
  package var options: [String: String]
}

package struct BlkioConfig: Hashable, Sendable {
  package struct Weight: Hashable, Sendable {
    package var path: String
    package var weight: Int
  }
  package struct Rate: Hashable, Sendable {
    package var path: String
    package var rate: Int
  }
  package var weight: Int?
  package var weightDevices: [Weight]
  package var readBytesPerSecond: [Rate]
  package var readOperationsPerSecond: [Rate]
  package var writeBytesPerSecond: [Rate]
  package var writeOperationsPerSecond: [Rate]
}

package struct Deploy: Hashable, Sendable {
  package struct Limits: Hashable, Sendable {
    package var cpus: Double?
    package var memoryBytes: Int?
    package var pids: Int?
    package var devices: [DeviceRequest]
  }
  package struct RestartPolicy: Hashable, Sendable {
    /// `none`, `on-failure`, `any`.
    package var condition: String?
    package var delay: Duration?
    package var maxAttempts: Int?
    package var window: Duration?
  }
  package var mode: String?
  package var limits: Limits?
  package var reservations: Limits?
  package var restartPolicy: RestartPolicy?
  package var labels: [String: String]
}
