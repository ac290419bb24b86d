import ComposeFile
import DockerEngine

extension ContainerReading {
  /// Modes that are no network of a project.
  private static let ownModes: Set<String> = ["host", "none", "bridge", "default"]

  func addNetworks(to map: inout ComposeMap) {
    let mode = host.networkMode
    if Self.ownModes.contains(mode) && names.networks[mode] == nil || mode.hasPrefix("container:") {
      map["network_mode"] = .string(mode == "default" ? "bridge" : names.joined(mode))
    } else {
      addEndpoints(to: &map)
    }
    // Before API 1.44 only; later engines do not tell which addresses were asked for.
    map.set("mac_address", config.macAddress)
    map.set("dns", host.dns)
    map.set("dns_search", host.dnsSearch)
    map.set("dns_opt", host.dnsOptions)
    map.set(
      "extra_hosts",
      host.extraHosts.map { entry -> String in
        guard let colon = entry.firstIndex(of: ":") else { return entry }
        return entry[..<colon] + "=" + entry[entry.index(after: colon)...]
      }.sorted())
    let links = links
    map.set("links", links.own)
    map.set("external_links", links.external)
  }

  private func addEndpoints(to map: inout ComposeMap) {
    let endpoints = container.networkSettings.networks.map {
      (name: $0.key, key: names.networks[$0.key] ?? $0.key, endpoint: $0.value)
    }
    .sorted { $0.key < $1.key }
    var networks = ComposeMap()
    for (name, key, endpoint) in endpoints {
      var own = ComposeMap()
      own.set("aliases", aliases(endpoint))
      own.set("ipv4_address", endpoint.ipam?.ipv4Address ?? "")
      own.set("ipv6_address", endpoint.ipam?.ipv6Address ?? "")
      own.set("link_local_ips", endpoint.ipam?.linkLocalIPs ?? [])
      own.set("driver_opts", endpoint.driverOptions)
      if endpoint.gatewayPriority != 0 { own["gw_priority"] = .int(endpoint.gatewayPriority) }
      // The container is made on its first network: that is the first by name, or has priority.
      if form == .file, name == host.networkMode, key != endpoints.first?.key { own["priority"] = .int(1) }
      networks[key] = own.isEmpty ? (form == .file ? .null : .map(own)) : .map(own)
    }
    // What a service gets that names no network.
    if form == .file, networks.keys == ["default"], networks["default"] == .null { return }
    map.set("networks", networks)
  }

  /// The names that were asked for: not the short id and the host name, which the engine adds.
  private func aliases(_ endpoint: EndpointSettings) -> [String] {
    var added: Set<String> = [String(container.id.prefix(12)), config.hostname]
    if form == .file { added.formUnion([container.name, container.service]) }
    var aliases: [String] = []
    for alias in endpoint.aliases where !added.contains(alias) && !isTemporaryName(alias) && !aliases.contains(alias) {
      aliases.append(alias)
    }
    return form == .comparison ? aliases.sorted() : aliases
  }

  /// The name that a replacement has until its predecessor is gone (Docker Compose, recreate).
  private func isTemporaryName(_ alias: String) -> Bool {
    alias.hasSuffix("_" + container.name) && alias.prefix { $0.isHexDigit }.count == 12
  }

  /// Docker Compose adds more names to each link; these are of no file.
  private var links: (own: [String], external: [String]) {
    var own: [String] = []
    var external: [String] = []
    for link in container.networkSettings.networks.sorted(by: { $0.key < $1.key }).flatMap(\.value.links) {
      let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
      guard let target = parts.first, let alias = parts.last else { continue }
      if let service = names.service(of: target) {
        if alias != service, alias == target || isNumbered(alias, of: service) { continue }
        let text = alias == service ? service : "\(service):\(alias)"
        if !own.contains(text) { own.append(text) }
      } else if !external.contains(link) {
        external.append(link)
      }
    }
    return form == .comparison ? (own.sorted(), external.sorted()) : (own, external)
  }

  /// `db-1` or `shop-db-1`: with several containers Docker Compose gives the number of the one that links, not of the target.
  private func isNumbered(_ alias: String, of service: String) -> Bool {
    let whole = "\(names.project)-\(service)-"
    let start = alias.hasPrefix(whole) ? whole : "\(service)-"
    let number = alias.dropFirst(start.count)
    return alias.hasPrefix(start) && !number.isEmpty && number.utf8.allSatisfy { (48...57).contains($0) }
  }

  // MARK: Ports

  func addPorts(to map: inout ComposeMap) {
    let bindings = host.portBindings.sorted { Self.port($0.key) < Self.port($1.key) }
    if form == .comparison {
      map.set(
        "ports",
        ComposeMap(
          bindings.map { key, bindings in
            (
              key,
              .list(bindings.map { "\($0.hostIP.isEmpty ? "" : $0.hostIP + ":")\($0.hostPort)" }.sorted().map { .string($0) })
            )
          }))
    } else {
      map.set("ports", bindings.flatMap { key, bindings in bindings.map { Self.entry(key, $0) } })
    }
    let published = Set(host.portBindings.keys)
    let exposed = config.exposedPorts.keys.filter { !published.contains($0) && image?.exposedPorts[$0] == nil }
    map.set("expose", exposed.sorted { Self.port($0) < Self.port($1) }.map { $0.hasSuffix("/tcp") ? String($0.dropLast(4)) : $0 })
  }

  private static func entry(_ key: String, _ binding: PortBinding) -> ComposeValue {
    let (number, transport) = port(key)
    var entry = ComposeMap([("mode", .string("ingress"))])
    entry.set("host_ip", binding.hostIP)
    entry["target"] = .int(number)
    entry.set("published", binding.hostPort)
    entry["protocol"] = .string(transport)
    return .map(entry)
  }

  /// `80/tcp`
  private static func port(_ key: String) -> (Int, String) {
    let parts = key.split(separator: "/").map(String.init)
    return (parts.first.flatMap { Int($0) } ?? 0, parts.count > 1 ? parts[1] : "tcp")
  }
}
