/// One row of the container list (`GET /containers/json`).
package struct ContainerSummary: WireValue, Sendable {
  @OrDefault package var id: String
  /// With a leading slash, as the engine gives them; see `name`.
  @OrDefault package var names: [String]
  /// As written at creation, or the image's Id once its tag has moved.
  @OrDefault package var image: String
  @OrDefault package var imageID: String
  @OrDefault package var command: String
  /// Seconds since 1970.
  @OrDefault package var createdAtSeconds: Int64
  @OrDefault package var ports: [PublishedPort]
  @OrDefault package var labels: [String: String]
  @OrDefault package var state: ContainerStatus
  /// For people: `Up 3 minutes (healthy)`.
  @OrDefault package var status: String
  @OrDefault package var hostConfig: SummaryHostConfig
  @OrDefault package var networkSettings: SummaryNetworkSettings
  @OrDefault package var mounts: [MountPoint]
  /// Only when sizes were asked for.
  package var sizeReadWriteBytes: Int64?
  package var sizeRootBytes: Int64?

  package init() {}

  /// The first name, without its leading slash.
  package var name: String { names.first.map(unslashed) ?? "" }

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case names = "Names"
    case image = "Image"
    case imageID = "ImageID"
    case command = "Command"
    case createdAtSeconds = "Created"
    case ports = "Ports"
    case labels = "Labels"
    case state = "State"
    case status = "Status"
    case hostConfig = "HostConfig"
    case networkSettings = "NetworkSettings"
    case mounts = "Mounts"
    case sizeReadWriteBytes = "SizeRw"
    case sizeRootBytes = "SizeRootFs"
  }
}

/// The part of a container's host settings that the list shows.
package struct SummaryHostConfig: WireValue, Sendable {
  @OrDefault package var networkMode: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case networkMode = "NetworkMode"
  }
}

/// The networks of a container in the list.
package struct SummaryNetworkSettings: WireValue, Sendable {
  @OrDefault package var networks: [String: EndpointSettings]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case networks = "Networks"
  }
}

/// A port of a container in the list; `publicPort` is nil when it is only exposed.
package struct PublishedPort: WireValue, Sendable {
  @OrDefault package var ip: String
  @OrDefault package var privatePort: Int
  package var publicPort: Int?
  /// `tcp`, `udp` or `sctp`.
  @OrDefault package var kind: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case ip = "IP"
    case privatePort = "PrivatePort"
    case publicPort = "PublicPort"
    case kind = "Type"
  }
}

/// Something mounted into a container, as the engine reports it.
package struct MountPoint: WireValue, Sendable {
  /// `bind`, `volume`, `tmpfs`, `npipe`, `cluster` or `image`.
  @OrDefault package var kind: String
  /// The volume's name.
  @OrDefault package var name: String
  @OrDefault package var source: String
  @OrDefault package var destination: String
  @OrDefault package var driver: String
  @OrDefault package var mode: String
  @OrDefault package var isWritable: Bool
  @OrDefault package var propagation: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case kind = "Type"
    case name = "Name"
    case source = "Source"
    case destination = "Destination"
    case driver = "Driver"
    case mode = "Mode"
    case isWritable = "RW"
    case propagation = "Propagation"
  }
}
