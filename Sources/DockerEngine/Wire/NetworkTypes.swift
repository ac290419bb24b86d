/// A network, from the list or by name.
package struct NetworkInspection: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var id: String
  @OrDefault package var createdAt: EngineTimestamp
  @OrDefault package var scope: String
  @OrDefault package var driver: String
  /// API 1.47; nil on older engines.
  package var hasIPv4: Bool?
  @OrDefault package var hasIPv6: Bool
  @OrDefault package var ipam: IPAMConfig
  @OrDefault package var isInternal: Bool
  @OrDefault package var isAttachable: Bool
  @OrDefault package var isIngress: Bool
  @OrDefault package var isConfigOnly: Bool
  /// By container Id; only from `inspectNetwork`.
  @OrDefault package var containers: [String: NetworkMember]
  @OrDefault package var options: [String: String]
  @OrDefault package var labels: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case id = "Id"
    case createdAt = "Created"
    case scope = "Scope"
    case driver = "Driver"
    case hasIPv4 = "EnableIPv4"
    case hasIPv6 = "EnableIPv6"
    case ipam = "IPAM"
    case isInternal = "Internal"
    case isAttachable = "Attachable"
    case isIngress = "Ingress"
    case isConfigOnly = "ConfigOnly"
    case containers = "Containers"
    case options = "Options"
    case labels = "Labels"
  }
}

/// A container in a network.
package struct NetworkMember: WireValue, Sendable {
  @OrDefault package var name: String
  @OrDefault package var endpointID: String
  @OrDefault package var macAddress: String
  /// With its prefix length.
  @OrDefault package var ipv4Address: String
  @OrDefault package var ipv6Address: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case endpointID = "EndpointID"
    case macAddress = "MacAddress"
    case ipv4Address = "IPv4Address"
    case ipv6Address = "IPv6Address"
  }
}

/// The body of `POST /networks/create`.
package struct NetworkSpec: WireValue, Sendable {
  @OrDefault package var name: String
  /// Set it before API 1.44: those engines allow two networks of one name.
  @OrDefault package var checksDuplicate: Bool
  @OrDefault package var driver: String
  @OrDefault package var scope: String
  @OrDefault package var isInternal: Bool
  @OrDefault package var isAttachable: Bool
  @OrDefault package var isIngress: Bool
  @OrDefault package var isConfigOnly: Bool
  package var ipam: IPAMConfig?
  package var hasIPv4: Bool?
  @OrDefault package var hasIPv6: Bool
  @OrDefault package var options: [String: String]
  @OrDefault package var labels: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case name = "Name"
    case checksDuplicate = "CheckDuplicate"
    case driver = "Driver"
    case scope = "Scope"
    case isInternal = "Internal"
    case isAttachable = "Attachable"
    case isIngress = "Ingress"
    case isConfigOnly = "ConfigOnly"
    case ipam = "IPAM"
    case hasIPv4 = "EnableIPv4"
    case hasIPv6 = "EnableIPv6"
    case options = "Options"
    case labels = "Labels"
  }
}

/// How addresses are given out.
package struct IPAMConfig: WireValue, Sendable {
  @OrDefault package var driver: String
  @OrDefault package var options: [String: String]
  @OrDefault package var pools: [IPAMPool]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case driver = "Driver"
    case options = "Options"
    case pools = "Config"
  }
}

/// One address range.
package struct IPAMPool: WireValue, Sendable {
  @OrDefault package var subnet: String
  @OrDefault package var ipRange: String
  @OrDefault package var gateway: String
  @OrDefault package var auxiliaryAddresses: [String: String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case subnet = "Subnet"
    case ipRange = "IPRange"
    case gateway = "Gateway"
    case auxiliaryAddresses = "AuxiliaryAddresses"
  }
}

/// A container's end of a network: what was asked for, and what it got.
package struct EndpointSettings: WireValue, Sendable {
  package var ipam: EndpointIPAM?
  @OrDefault package var links: [String]
  @OrDefault package var macAddress: String
  @OrDefault package var aliases: [String]
  @OrDefault package var driverOptions: [String: String]
  /// API 1.48.
  @OrDefault package var gatewayPriority: Int
  @OrDefault package var networkID: String
  @OrDefault package var endpointID: String
  @OrDefault package var gateway: String
  @OrDefault package var ipAddress: String
  @OrDefault package var ipPrefixLength: Int
  @OrDefault package var ipv6Gateway: String
  @OrDefault package var globalIPv6Address: String
  @OrDefault package var globalIPv6PrefixLength: Int
  /// API 1.44.
  @OrDefault package var dnsNames: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case ipam = "IPAMConfig"
    case links = "Links"
    case macAddress = "MacAddress"
    case aliases = "Aliases"
    case driverOptions = "DriverOpts"
    case gatewayPriority = "GwPriority"
    case networkID = "NetworkID"
    case endpointID = "EndpointID"
    case gateway = "Gateway"
    case ipAddress = "IPAddress"
    case ipPrefixLength = "IPPrefixLen"
    case ipv6Gateway = "IPv6Gateway"
    case globalIPv6Address = "GlobalIPv6Address"
    case globalIPv6PrefixLength = "GlobalIPv6PrefixLen"
    case dnsNames = "DNSNames"
  }
}

/// Fixed addresses asked for an endpoint.
package struct EndpointIPAM: WireValue, Sendable {
  @OrDefault package var ipv4Address: String
  @OrDefault package var ipv6Address: String
  @OrDefault package var linkLocalIPs: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case ipv4Address = "IPv4Address"
    case ipv6Address = "IPv6Address"
    case linkLocalIPs = "LinkLocalIPs"
  }
}

/// The answer of `POST /networks/create`.
package struct CreatedNetwork: WireValue, Sendable {
  @OrDefault package var id: String
  @OrDefault package var warning: String

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case id = "Id"
    case warning = "Warning"
  }
}

/// Which networks a prune removed.
package struct NetworksPruned: WireValue, Sendable {
  @OrDefault package var names: [String]

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case names = "NetworksDeleted"
  }
}

/// The body of `POST /networks/ID/connect`.
package struct NetworkConnection: WireValue, Sendable {
  @OrDefault package var container: String
  package var endpoint: EndpointSettings?

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case container = "Container"
    case endpoint = "EndpointConfig"
  }
}

/// The body of `POST /networks/ID/disconnect`.
package struct NetworkDisconnection: WireValue, Sendable {
  @OrDefault package var container: String
  @OrDefault package var isForced: Bool

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case container = "Container"
    case isForced = "Force"
  }
}
