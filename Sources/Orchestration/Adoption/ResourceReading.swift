import ComposeFile
import DockerEngine

/// Networks and volumes in the words of a compose file.
///
/// The engine does not tell what of a network was asked for and what it has chosen. The label with Docker Compose's hash does:
/// of all texts that may have been in the file, the one with this hash is it.
enum ResourceReading {
  /// A network of the project.
  ///
  /// - Parameter hasFixedAddresses: containers have addresses of their own in it: then its ranges matter.
  static func definition(of network: NetworkInspection, key: String, hasFixedAddresses: Bool) -> ComposeMap {
    let candidates = networkForms(network, hasFixedAddresses: hasFixedAddresses)
    let label = network.labels[ComposeLabel.configHash]
    let exact = candidates.first { form in
      let root = ComposeMap([("name", .string("x")), ("networks", .map(ComposeMap([(key, .map(form))])))])
      return project(root)?.networks[key]?.configHash == label
    }
    return exact ?? candidates.first ?? ComposeMap()
  }

  /// The likeliest first.
  private static func networkForms(_ network: NetworkInspection, hasFixedAddresses: Bool) -> [ComposeMap] {
    let usualDriver = network.driver == "bridge" || network.driver.isEmpty
    let drivers: [String?] = usualDriver ? [nil, "bridge"] : [network.driver]
    let ranges = network.ipam.pools
    let matters =
      hasFixedAddresses || ranges.count > 1 || !network.ipam.options.isEmpty
      || ranges.contains { !$0.ipRange.isEmpty || !$0.auxiliaryAddresses.isEmpty }
    let full = ipam(network.ipam, hasGateways: true)
    let others = [ipam(network.ipam, hasGateways: false), withDriver(full, network.ipam), withDriver(ComposeMap(), network.ipam)]
    let ipams = (matters ? [full, ComposeMap()] : [ComposeMap(), full]) + others
    let ipv6: [Bool?] = network.hasIPv6 ? [true] : [nil, false]
    let ipv4: [Bool?] = network.hasIPv4 == false ? [false] : [nil, true]
    var forms: [ComposeMap] = []
    for driver in drivers {
      for ipam in ipams {
        for six in ipv6 {
          for four in ipv4 {
            var form = ComposeMap([("name", .string(network.name))])
            form.set("driver", driver ?? "")
            form.set("driver_opts", network.options)
            form["ipam"] = .map(ipam)
            if network.isInternal { form["internal"] = .bool(true) }
            if network.isAttachable { form["attachable"] = .bool(true) }
            form.set("labels", network.labels.filter { !ContainerReading.isToolLabel($0.key) })
            if let four { form["enable_ipv4"] = .bool(four) }
            if let six { form["enable_ipv6"] = .bool(six) }
            forms.append(form)
          }
        }
      }
    }
    return forms
  }

  private static func ipam(_ config: IPAMConfig, hasGateways: Bool) -> ComposeMap {
    var map = ComposeMap()
    if config.driver != "default" { map.set("driver", config.driver) }
    map.set(
      "config",
      config.pools.map { pool -> ComposeValue in
        var entry = ComposeMap()
        entry.set("subnet", pool.subnet)
        if hasGateways { entry.set("gateway", pool.gateway) }
        entry.set("ip_range", pool.ipRange)
        entry.set("aux_addresses", pool.auxiliaryAddresses)
        return .map(entry)
      })
    map.set("options", config.options)
    return map
  }

  private static func withDriver(_ map: ComposeMap, _ config: IPAMConfig) -> ComposeMap {
    ComposeMap([("driver", .string(config.driver))] + map.pairs.map { ($0.key, $0.value) })
  }

  /// A volume of the project.
  static func definition(of volume: VolumeInspection) -> ComposeMap {
    var map = ComposeMap([("name", .string(volume.name))])
    if volume.driver != "local" { map.set("driver", volume.driver) }
    map.set("driver_opts", volume.options)
    map.set("labels", volume.labels.filter { !ContainerReading.isToolLabel($0.key) })
    return map
  }

  /// A project of nothing else, for its hashes.
  private static func project(_ root: ComposeMap) -> Project? {
    try? Project(canonical: .map(root), workingDirectory: "/", configFiles: [], environmentFiles: [], inactiveServices: [])
  }
}
