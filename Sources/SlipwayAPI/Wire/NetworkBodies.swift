/// A network on a server.
package struct NetworkBody: WireType, Hashable {
  /// A range of addresses.
  package struct Pool: Codable, Hashable, Sendable {
    package var subnet: String
    package var gateway: String?
    package var range: String?

    package init(
      subnet: String, gateway: String?, range: String?
    ) {
      self.subnet = subnet
      self.gateway = gateway
      self.range = range
    }

    static let schema = Schema.object([
      .required("subnet", .text),
      .optional("gateway", .nullable(.text)),
      .optional("range", .nullable(.text)),
    ])
  }

  package var id: String
  package var name: String
  package var driver: String
  package var scope: String
  package var isInternal: Bool
  package var attachable: Bool
  package var ipv6: Bool
  package var stack: String?
  /// Where its addresses come from.
  package var pools: [Pool]
  package var createdAt: String?

  package init(
    id: String, name: String, driver: String, scope: String, isInternal: Bool, attachable: Bool, ipv6: Bool, stack: String?,
    pools: [Pool], createdAt: String?
  ) {
    self.id = id
    self.name = name
    self.driver = driver
    self.scope = scope
    self.isInternal = isInternal
    self.attachable = attachable
    self.ipv6 = ipv6
    self.stack = stack
    self.pools = pools
    self.createdAt = createdAt
  }

  private enum CodingKeys: String, CodingKey {
    case id, name, driver, scope, attachable, ipv6, stack, pools, createdAt
    case isInternal = "internal"
  }

  package static let schema = Schema.named("Network") {
    .object([
      .required("id", .text),
      .required("name", .text),
      .required("driver", .text),
      .required("scope", .text),
      .required("internal", .boolean),
      .required("attachable", .boolean),
      .required("ipv6", .boolean),
      .optional("stack", .nullable(.text)),
      .required("pools", .array(of: Pool.schema), "where its addresses come from"),
      .optional("created_at", .nullable(.time)),
    ])
  }
}

/// A network with what is in it.
package struct NetworkDetailBody: WireType, Hashable {
  /// A container's end of it.
  package struct Endpoint: Codable, Hashable, Sendable {
    package var container: String
    package var name: String
    package var stack: String?
    package var service: String?
    package var ipv4: String?
    package var ipv6: String?
    package var mac: String?

    package init(
      container: String, name: String, stack: String?, service: String?, ipv4: String?, ipv6: String?, mac: String?
    ) {
      self.container = container
      self.name = name
      self.stack = stack
      self.service = service
      self.ipv4 = ipv4
      self.ipv6 = ipv6
      self.mac = mac
    }

    static let schema = Schema.object([
      .required("container", .text),
      .required("name", .text),
      .optional("stack", .nullable(.text)),
      .optional("service", .nullable(.text)),
      .optional("ipv4", .nullable(.text)),
      .optional("ipv6", .nullable(.text)),
      .optional("mac", .nullable(.text)),
    ])
  }

  package var network: NetworkBody
  package var options: [String: String]
  package var labels: [ContainerDetailBody.Entry]
  /// Containers that the caller may see.
  package var endpoints: [Endpoint]
  /// Containers of stacks that the caller may not see.
  package var hiddenEndpoints: Int

  package init(
    network: NetworkBody, options: [String: String], labels: [ContainerDetailBody.Entry], endpoints: [Endpoint],
    hiddenEndpoints: Int
  ) {
    self.network = network
    self.options = options
    self.labels = labels
    self.endpoints = endpoints
    self.hiddenEndpoints = hiddenEndpoints
  }

  package static let schema = Schema.named("NetworkDetail") {
    .object([
      .required("network", NetworkBody.schema),
      .required("options", .map(.text, limit: nil)),
      .required("labels", .array(of: ContainerDetailBody.Entry.schema)),
      .required("endpoints", .array(of: Endpoint.schema), "containers that the caller may see"),
      .required("hidden_endpoints", .count, "containers of stacks that the caller may not see"),
    ])
  }
}

/// A network to be made.
package struct NewNetworkBody: WireType {
  package struct Pool: Codable, Sendable {
    package var subnet: String
    package var gateway: String?
    package var range: String?

    static let schema = Schema.object([
      .required("subnet", .text(limit: 64, minimum: 1), "as 10.1.0.0/16"), .optional("gateway", .nullable(.text(limit: 64))),
      .optional("range", .nullable(.text(limit: 64))),
    ])
  }

  package var name: String
  package var driver: String?
  package var isInternal: Bool?
  package var attachable: Bool?
  package var ipv6: Bool?
  package var pools: [Pool]?
  package var options: [String: String]?
  package var labels: [String: String]?

  private enum CodingKeys: String, CodingKey {
    case name, driver, attachable, ipv6, pools, options, labels
    case isInternal = "internal"
  }

  package static let schema = Schema.named("NewNetwork") {
    .object([
      .required("name", .text("^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$", limit: 128, EngineName.isUsable)),
      .optional(
        "driver", .nullable(.words(["bridge", "overlay", "macvlan", "ipvlan"])), "bridge when left out; no plug-ins (POL-7)"),
      .optional("internal", .nullable(.boolean), "without a way out of the machine"),
      .optional("attachable", .nullable(.boolean)), .optional("ipv6", .nullable(.boolean)),
      .optional("pools", .nullable(.array(Pool.schema, limit: 8))),
      .optional("options", .nullable(.map(.text(limit: 1024), limit: 64)), "of the driver"),
      .optional("labels", .nullable(.map(.text(limit: 4096), limit: 64))),
    ])
  }
}

/// A container to join to a network.
package struct ConnectionBody: WireType {
  package var container: String
  package var aliases: [String]?
  package var ipv4: String?
  package var ipv6: String?

  package static let schema = Schema.named("Connection") {
    .object([
      .required("container", EngineName.schema, "its id or name"),
      .optional("aliases", .nullable(.array(EngineName.schema, limit: 32)), "further names of it there"),
      .optional("ipv4", .nullable(.text(limit: 64))), .optional("ipv6", .nullable(.text(limit: 64))),
    ])
  }
}

/// A container to take out of a network.
package struct DisconnectionBody: WireType {
  package var container: String
  package var force: Bool?

  package static let schema = Schema.named("Disconnection") {
    .object([
      .required("container", EngineName.schema, "its id or name"),
      .optional("force", .nullable(.boolean)),
    ])
  }
}

/// Names of what an engine keeps (S-IN-1).
package enum EngineName {
  package static let schema = Schema.text("^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$", limit: 255, isUsable)

  @Sendable package static func isUsable(_ text: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
    guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 255 else { return false }
    return text.utf8.allSatisfy { isPlain($0) || $0 == 46 || $0 == 95 || $0 == 45 }
  }
}
