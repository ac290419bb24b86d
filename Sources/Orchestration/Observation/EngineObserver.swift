package import DockerEngine
package import StackPlanning

/// Looks at the engine once and says what is there of a project.
///
/// Four list calls side by side, whatever the number of services; no inspect per object.
package struct EngineObserver: Sendable {
  let engine: EngineClient

  package init(_ engine: EngineClient) { self.engine = engine }

  /// - Parameters:
  ///   - references: images of the model, as written; only these are looked up.
  ///   - dated: those among them of which the time of the last pull is wanted: one more call each.
  package func observe(project: String, references: [String], dated: [String] = []) async throws -> ObservedStack {
    async let containers = engine.listContainers(
      all: true, filters: .labels([ComposeLabel.project: project]))
    async let networks = engine.listNetworks()
    async let volumes = engine.listVolumes()
    async let images = images(references)
    var stack = ObservedStack(project: project)
    stack.containers = try await containers.compactMap(Self.container).sorted { $0.name < $1.name }
    for network in try await networks { stack.networks[network.name] = Self.network(network) }
    for volume in try await volumes {
      stack.volumes[volume.name] = ObservedVolume(name: volume.name, labels: volume.labels, driver: volume.driver)
    }
    stack.images = try await images
    for reference in dated where stack.images[reference] != nil {
      let pulled = try await engine.inspectImage(reference).metadata.lastTagTime
      if pulled != .never { stack.images[reference]?.pulledAtSeconds = Int(pulled.seconds) }
    }
    return stack
  }

  func images(_ references: [String]) async throws -> [String: ObservedImage] {
    guard !references.isEmpty else { return [:] }
    let wanted = Dictionary(references.map { ($0, Self.comparable($0)) }, uniquingKeysWith: { first, _ in first })
    var byName: [String: ObservedImage] = [:]
    for image in try await engine.listImages() {
      let observed = ObservedImage(id: image.id, repoDigests: image.digests.sorted())
      for name in image.tags + image.digests { byName[Self.comparable(name)] = observed }
      byName[image.id] = observed
    }
    return wanted.compactMapValues { byName[$0] ?? byName["localhost/" + $0] }
  }

  /// One spelling for all spellings of a reference: without Docker Hub's defaults, with a tag.
  static func comparable(_ reference: String) -> String {
    var text = reference
    for prefix in ["docker.io/library/", "docker.io/", "index.docker.io/", "library/"] where text.hasPrefix(prefix) {
      text = String(text.dropFirst(prefix.count))
      break
    }
    if let at = text.firstIndex(of: "@") {
      // name:tag@digest is looked up by name@digest.
      let name = text[..<at]
      let path = name.lastIndex(of: "/").map { name[$0...] } ?? name
      guard let colon = path.firstIndex(of: ":") else { return text }
      return String(name[..<colon]) + text[at...]
    }
    if text.hasPrefix("sha256:") { return text }
    let path = text.lastIndex(of: "/").map { text[$0...] } ?? text[...]
    return path.contains(":") ? text : text + ":latest"
  }

  private static func container(_ summary: ContainerSummary) -> ObservedContainer? {
    let labels = summary.labels
    // Containers of hooks have no hash.
    guard let service = labels[ComposeLabel.service],
      let hash = labels[ComposeLabel.configHash] ?? labels[ComposeLabel.hook].map({ _ in "" })
    else { return nil }
    var container = ObservedContainer(
      id: summary.id, name: summary.name, service: service, number: ComposeLabel.replica(labels),
      configHash: hash, imageID: summary.imageID,
      state: ObservedContainer.State(rawValue: summary.state.rawValue) ?? .dead)
    container.imageLabel = labels[ComposeLabel.image]
    container.isOneOff = labels[ComposeLabel.oneOff]?.lowercased() == "true"
    container.isHook = labels[ComposeLabel.hook] != nil
    container.dependsOn = (labels[ComposeLabel.dependsOn] ?? "").split(separator: ",").map { entry in
      String(entry.prefix { $0 != ":" })
    }
    container.operation = labels[ComposeLabel.operation]
    container.contents = labels[ComposeLabel.contents]
    if summary.status.contains("(unhealthy)") {
      container.health = .unhealthy
    } else if summary.status.contains("(healthy)") {
      container.health = .healthy
    } else if summary.status.contains("(health: starting)") {
      container.health = .starting
    }
    if summary.status.hasPrefix("Exited ("), let end = summary.status.firstIndex(of: ")") {
      container.exitCode = Int(summary.status[summary.status.index(summary.status.startIndex, offsetBy: 8)..<end])
    }
    for (name, endpoint) in summary.networkSettings.networks {
      container.networks[name] = ObservedContainer.Endpoint(
        networkID: endpoint.networkID, aliases: endpoint.aliases, ipv4Address: endpoint.ipam?.ipv4Address.nonEmpty,
        ipv6Address: endpoint.ipam?.ipv6Address.nonEmpty, macAddress: nil)
    }
    container.mounts = summary.mounts.map { mount in
      ObservedContainer.Mount(
        source: mount.kind == "volume" ? mount.name : mount.source, target: mount.destination, isVolume: mount.kind == "volume")
    }
    container.publicPorts = Array(Set(summary.ports.compactMap(\.publicPort))).sorted()
    return container
  }

  private static func network(_ inspection: NetworkInspection) -> ObservedNetwork {
    var network = ObservedNetwork(
      id: inspection.id, name: inspection.name, labels: inspection.labels, driver: inspection.driver)
    network.driverOptions = inspection.options
    network.subnets = inspection.ipam.pools.map { pool in
      .init(
        subnet: pool.subnet.nonEmpty, gateway: pool.gateway.nonEmpty, ipRange: pool.ipRange.nonEmpty,
        auxiliaryAddresses: pool.auxiliaryAddresses)
    }
    network.ipamDriver = inspection.ipam.driver.nonEmpty
    network.ipamOptions = inspection.ipam.options
    network.enablesIPv4 = inspection.hasIPv4
    network.isInternal = inspection.isInternal
    network.isAttachable = inspection.isAttachable
    network.enablesIPv6 = inspection.hasIPv6
    return network
  }
}

extension String {
  var nonEmpty: String? { isEmpty ? nil : self }
}
