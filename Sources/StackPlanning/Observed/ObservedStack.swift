/// What the engine has of one project at one moment: the planner's only view of the world.
///
/// Made by one observation (lists, no inspect per object) and kept with the operation's journal, so that a failed
/// deploy can be undone to exactly this.
package struct ObservedStack: Hashable, Sendable, Codable {
  package var project: String
  /// Containers with the project's label, one-off ones included, by name.
  package var containers: [ObservedContainer]
  /// All networks of the engine by name; which belong to the project tell their labels.
  package var networks: [String: ObservedNetwork]
  package var volumes: [String: ObservedVolume]
  /// Image ID by reference as written in the model; absent when the engine does not have the image.
  package var images: [String: ObservedImage]

  package init(
    project: String, containers: [ObservedContainer] = [], networks: [String: ObservedNetwork] = [:],
    volumes: [String: ObservedVolume] = [:], images: [String: ObservedImage] = [:]
  ) {
    self.project = project
    self.containers = containers
    self.networks = networks
    self.volumes = volumes
    self.images = images
  }

  /// Containers of a service that `up` manages, lowest number first.
  package func replicas(of service: String) -> [ObservedContainer] {
    containers.filter { $0.service == service && !$0.isOneOff && !$0.isHook && !$0.isLeftover }.sorted {
      ($0.number, $0.name) < ($1.number, $1.name)
    }
  }

  /// Replaced containers of a service that an earlier deploy could not remove.
  func leftovers(of service: String) -> [ObservedContainer] {
    containers.filter { $0.service == service && $0.isLeftover }
  }
}

package struct ObservedImage: Hashable, Sendable, Codable {
  package var id: String
  /// `name@sha256:…`, as registries know it.
  package var repoDigests: [String]
  /// When it was last pulled or tagged, in seconds since 1970 (`Metadata.LastTagTime` of the image inspection); nil: unknown
  /// or never. Only needed for images whose pull policy has an interval.
  package var pulledAtSeconds: Int?

  package init(id: String, repoDigests: [String] = [], pulledAtSeconds: Int? = nil) {
    self.id = id
    self.repoDigests = repoDigests
    self.pulledAtSeconds = pulledAtSeconds
  }
}

package struct ObservedContainer: Hashable, Sendable, Codable {
  /// The engine's container states (Engine API, `State.Status`).
  package enum State: String, Sendable, Codable {
    case created, running, paused, restarting, removing, exited, dead
  }
  package enum Health: String, Sendable, Codable { case starting, healthy, unhealthy }

  package struct Mount: Hashable, Sendable, Codable {
    /// Volume name or host path.
    package var source: String
    package var target: String
    package var isVolume: Bool

    package init(source: String, target: String, isVolume: Bool) {
      self.source = source
      self.target = target
      self.isVolume = isVolume
    }
  }

  package struct Endpoint: Hashable, Sendable, Codable {
    package var networkID: String
    package var aliases: [String]
    package var ipv4Address: String?
    package var ipv6Address: String?
    package var macAddress: String?

    package init(
      networkID: String, aliases: [String] = [], ipv4Address: String? = nil, ipv6Address: String? = nil,
      macAddress: String? = nil
    ) {
      self.networkID = networkID
      self.aliases = aliases
      self.ipv4Address = ipv4Address
      self.ipv6Address = ipv6Address
      self.macAddress = macAddress
    }
  }

  package var id: String
  /// Without the leading slash.
  package var name: String
  package var service: String
  package var number: Int
  /// Label `com.docker.compose.config-hash`.
  package var configHash: String
  /// Label `com.docker.compose.image`; nil when absent.
  package var imageLabel: String?
  /// The image that it runs.
  package var imageID: String
  package var state: State
  package var health: Health?
  /// Of an ended container, where the engine tells it.
  package var exitCode: Int?
  package var isOneOff = false
  package var isHook = false
  /// Label `com.docker.compose.depends_on`, names only.
  package var dependsOn: [String] = []
  /// By network name.
  package var networks: [String: Endpoint] = [:]
  package var mounts: [Mount] = []
  /// Host ports that it holds.
  package var publicPorts: [Int] = []
  /// Label `slipway.op`: the operation that made it.
  package var operation: String?
  /// Label `slipway.contents`: a keyed hash of the configs and secrets that were copied into it.
  package var contents: String?

  package init(
    id: String, name: String, service: String, number: Int, configHash: String, imageID: String, state: State
  ) {
    self.id = id
    self.name = name
    self.service = service
    self.number = number
    self.configHash = configHash
    self.imageID = imageID
    self.state = state
  }

  /// Whether it still has the name that a replaced container gets: it is never taken into service again.
  package var isLeftover: Bool { name.hasSuffix("-replaced-\(id.prefix(12))") }

  package var isUp: Bool { state == .running || state == .restarting || state == .paused }
}

package struct ObservedNetwork: Hashable, Sendable, Codable {
  package struct Subnet: Hashable, Sendable, Codable {
    package var subnet: String?
    package var gateway: String?
    package var ipRange: String?
    package var auxiliaryAddresses: [String: String]

    package init(subnet: String?, gateway: String?, ipRange: String?, auxiliaryAddresses: [String: String] = [:]) {
      self.subnet = subnet
      self.gateway = gateway
      self.ipRange = ipRange
      self.auxiliaryAddresses = auxiliaryAddresses
    }
  }
  package var id: String
  package var name: String
  package var labels: [String: String]
  package var driver: String
  package var driverOptions: [String: String] = [:]
  package var ipamDriver: String?
  package var ipamOptions: [String: String] = [:]
  package var subnets: [Subnet] = []
  package var isInternal = false
  package var isAttachable = false
  /// nil: the engine does not tell (API before 1.47).
  package var enablesIPv4: Bool?
  package var enablesIPv6 = false

  package init(id: String, name: String, labels: [String: String] = [:], driver: String = "bridge") {
    self.id = id
    self.name = name
    self.labels = labels
    self.driver = driver
  }

  package var project: String? { labels["com.docker.compose.project"] }
  package var key: String? { labels["com.docker.compose.network"] }
  package var configHash: String? { labels["com.docker.compose.config-hash"] }
  package var operation: String? { labels["slipway.op"] }
}

package struct ObservedVolume: Hashable, Sendable, Codable {
  package var name: String
  package var labels: [String: String]
  package var driver: String

  package init(name: String, labels: [String: String] = [:], driver: String = "local") {
    self.name = name
    self.labels = labels
    self.driver = driver
  }

  package var project: String? { labels["com.docker.compose.project"] }
  package var key: String? { labels["com.docker.compose.volume"] }
  package var configHash: String? { labels["com.docker.compose.config-hash"] }
}
