import ComposeFile
import DockerEngine
import RevisionStore
import StackPlanning

/// Finds what differs between a model and what runs, down to the field.
///
/// What should be there is what a deploy would ask the engine for (`ContainerSpecification`), with what the image gives; both sides
/// are then read in the words of a compose file.
struct StackComparison {
  let project: Project
  let scale: [String: Int]
  /// By service: what should run.
  let images: [String: ImageRecord]
  let live: LiveStack
  let adopted: AdoptedHashes
  /// Containers that had ended, or had not been started, by then were accepted so.
  var accepted: Accepted?
  /// Where files of this machine are for the engine.
  var enginePaths: [String: String] = [:]

  struct Accepted {
    var until: EngineTimestamp
    /// Also containers that had ended with another code than 0.
    var takesFailures: Bool
  }

  private let names: ObjectNames

  init(
    _ project: Project, scale: [String: Int] = [:], images: [String: ImageRecord] = [:], live: LiveStack,
    adopted: AdoptedHashes = AdoptedHashes()
  ) {
    self.project = project
    self.scale = scale
    self.images = images
    self.live = live
    self.adopted = adopted
    var names = ObjectNames(live)
    for network in project.networks.values { names.networks[network.name] = network.key }
    for volume in project.volumes.values { names.volumes[volume.name] = volume.key }
    self.names = names
  }

  func replicas(of service: Service) -> Int { scale[service.name] ?? service.replicas }

  // MARK: Containers

  /// Containers that are missing, too many or different.
  func containerEntries() -> [ProjectDifference.Entry] {
    var entries: [ProjectDifference.Entry] = []
    for service in project.services where !service.isProvider {
      let present = live.replicas(of: service.name)
      let wanted = replicas(of: service)
      for (index, container) in present.enumerated() {
        guard index < wanted else {
          entries.append(.init(section: "container", name: container.name, kind: .added, changes: []))
          continue
        }
        let changes = stateChanges(of: container, service) + changes(of: container, from: service)
        guard !changes.isEmpty else { continue }
        entries.append(.init(section: "container", name: container.name, kind: .changed, changes: changes))
      }
      for number in Self.missingNumbers(wanted - present.count, besides: Set(present.map(\.number))) {
        entries.append(.init(section: "container", name: name(of: service, number), kind: .removed, changes: []))
      }
    }
    let known = Set(project.services.map(\.name))
    for container in live.containers where !known.contains(container.service) {
      entries.append(.init(section: "container", name: container.name, kind: .added, changes: []))
    }
    return entries
  }

  private static func missingNumbers(_ count: Int, besides present: Set<Int>) -> [Int] {
    guard count > 0 else { return [] }
    return Array((1...(count + present.count)).lazy.filter { !present.contains($0) }.prefix(count))
  }

  private func name(of service: Service, _ number: Int) -> String {
    service.containerName ?? "\(project.name)-\(service.name)-\(number)"
  }

  private func stateChanges(of container: ContainerInspection, _ service: Service) -> [AttributeChange] {
    let state = container.state
    func change(_ word: String) -> [AttributeChange] { [AttributeChange(path: "state", before: "running", after: word)] }
    switch state.status {
    case .running:
      guard state.health?.status == .unhealthy else { return [] }
      return [AttributeChange(path: "health", before: "healthy", after: "unhealthy")]
    case .exited:
      let isJob = project.services.contains { $0.dependsOn[service.name]?.condition == .completedSuccessfully }
      if state.exitCode == 0, isJob { return [] }
      if let accepted, state.finishedAt <= accepted.until, state.exitCode == 0 || accepted.takesFailures { return [] }
      return change("exited with \(state.exitCode)")
    case .created:
      if let accepted, container.createdAt <= accepted.until { return [] }
      return change("created, not started")
    default: return change(state.status.rawValue)
    }
  }

  /// The fields of a container that are not as the service has them.
  func changes(of container: ContainerInspection, from service: Service) -> [AttributeChange] {
    var changes = imageChanges(of: container, service)
    let expected = expectedContainer(service, container)
    let (before, after) = Self.comparable(
      reading(expected.container, image: expected.image), reading(container, image: image(of: container)),
      hasImage: expected.image != nil && image(of: container) != nil)
    changes += ValueDifference.between(.map(before), .map(after))
    changes += lostNetworks(of: container)
    guard changes.isEmpty else { return changes }
    let hash = expectedHash(of: service)
    guard hash != container.configHash, !adopted.accepts(container.configHash, for: .service, service.name, model: hash) else {
      return []
    }
    return [AttributeChange(path: "config hash", before: short(hash), after: short(container.configHash))]
  }

  private func short(_ hash: String) -> String { String(hash.prefix(12)) }

  /// The hash as the label of a container has it.
  func expectedHash(of service: Service) -> String {
    let neighbours = live.neighbours
    return service.configHash(replacing: DeployPlanner.resolvedReferences(of: service) { neighbours.firstID(of: $0) })
  }

  private func imageChanges(of container: ContainerInspection, _ service: Service) -> [AttributeChange] {
    guard let wanted = images[service.name], !wanted.imageID.isEmpty, wanted.imageID != container.imageID else { return [] }
    func text(_ reference: String, _ id: String) -> String {
      "\(reference) (\(id.hasPrefix("sha256:") ? String(id.dropFirst(7).prefix(12)) : id))"
    }
    return [
      AttributeChange(
        path: "image", before: text(wanted.reference, wanted.imageID), after: text(container.config.image, container.imageID))
    ]
  }

  /// A container may still name a network that was removed, and another be there in its name.
  private func lostNetworks(of container: ContainerInspection) -> [AttributeChange] {
    container.networkSettings.networks.sorted { $0.key < $1.key }.compactMap { name, endpoint in
      guard let key = names.networks[name], !endpoint.networkID.isEmpty, endpoint.networkID != live.networks[name]?.id else {
        return nil
      }
      return AttributeChange(path: "networks.\(key)", before: "attached", after: "its network was removed")
    }
  }

  // MARK: Reading

  private func image(of container: ContainerInspection) -> ContainerConfig? { live.images[container.imageID]?.config }

  /// What a deploy would make in the place of a container, as the engine would tell it.
  private func expectedContainer(
    _ service: Service, _ container: ContainerInspection
  ) -> (container: ContainerInspection, image: ContainerConfig?) {
    let wanted = images[service.name]
    let image = wanted.flatMap { live.images[$0.imageID]?.config } ?? image(of: container)
    let name = name(of: service, container.number)
    let specification = ContainerSpecification(
      project: project, service: service, number: container.number, name: name,
      image: project.imageReference(of: service), imageID: wanted?.imageID ?? "", apiVersion: live.apiVersion, operation: "",
      revision: 0, neighbours: live.neighbours, replaced: nil, enginePaths: enginePaths)
    let spec = specification.spec()
    var expected = ContainerInspection()
    expected.id = container.id
    expected.slashedName = "/" + name
    expected.config = image.map { spec.config.merged(over: $0) } ?? spec.config
    expected.hostConfig = spec.hostConfig
    expected.networkSettings.networks = spec.networkingConfig.endpoints
    for network in specification.laterNetworks {
      expected.networkSettings.networks[network.name] = specification.endpoint(on: network.key)
    }
    return (expected, image)
  }

  private func reading(_ container: ContainerInspection, image: ContainerConfig?) -> ComposeMap {
    ContainerReading(container: container, image: image, names: names, defaults: live.defaults, form: .comparison).attributes()
  }

  /// Attributes for which the engine has a value of its own, which a daemon may be told to choose otherwise.
  private static let chosenByEngine = [
    "ipc", "cgroup", "runtime", "shm_size", "logging", "mac_address", "memswap_limit", "isolation",
  ]
  /// Attributes that an engine leaves out where it, or its kernel, does not have them.
  private static let leftOut = [
    "annotations", "blkio_config", "memswap_limit", "mem_swappiness", "oom_kill_disable", "mac_address",
  ]
  /// Attributes that an image may give.
  private static let givenByImage = [
    "environment", "labels", "command", "entrypoint", "healthcheck", "expose", "user", "working_dir", "stop_signal", "volumes",
  ]

  /// Takes out what says nothing about a change.
  ///
  /// - Parameter hasImage: false: the engine has lost an image, and what it gave cannot be told from what was asked for.
  private static func comparable(_ expected: ComposeMap, _ live: ComposeMap, hasImage: Bool) -> (ComposeMap, ComposeMap) {
    var (expected, live) = (expected, live)
    for key in chosenByEngine where expected[key] == nil { live[key] = nil }
    for key in leftOut where live[key] == nil { expected[key] = nil }
    // The engine tells the id of a container that was named; another name makes another config hash.
    for key in ["network_mode", "pid", "ipc"] {
      guard let wanted = expected[key]?.string, let seen = live[key]?.string else { continue }
      if wanted.hasPrefix("container:"), seen.hasPrefix("container:") { live[key] = expected[key] }
    }
    if expected["logging"]?["options"] == nil, expected["logging"]?["driver"] == live["logging"]?["driver"] {
      expected["logging"] = live["logging"]
    }
    if !hasImage {
      for key in givenByImage {
        if let own = expected[key]?.map, let seen = live[key]?.map {
          live[key] = .map(ComposeMap(seen.pairs.filter { own[$0.key] != nil }.map { ($0.key, $0.value) }))
        } else if expected[key] == nil {
          live[key] = nil
        }
      }
    }
    return (expected, live)
  }

  // MARK: Networks and volumes

  /// Networks and volumes that are missing or defined otherwise.
  func resourceEntries() -> [ProjectDifference.Entry] {
    let networks = project.networks.values.sorted { $0.key < $1.key }.compactMap(entry)
    return networks + project.volumes.values.sorted { $0.key < $1.key }.compactMap(entry)
  }

  private func entry(_ network: Network) -> ProjectDifference.Entry? {
    guard let seen = live.networks[network.name] else {
      return .init(section: "network", name: network.key, kind: .removed, changes: [])
    }
    guard !network.isExternal else { return nil }
    var before = ComposeMap()
    var after = ComposeMap()
    before["driver"] = .string(network.driver ?? "bridge")
    after["driver"] = .string(seen.driver)
    before.set("driver_opts", network.driverOptions)
    after.set("driver_opts", seen.options.filter { network.driverOptions[$0.key] != nil || seen.driver == "bridge" })
    before["internal"] = .bool(network.isInternal)
    after["internal"] = .bool(seen.isInternal)
    before["attachable"] = .bool(network.isAttachable)
    after["attachable"] = .bool(seen.isAttachable)
    if let wanted = network.enablesIPv6 {
      before["enable_ipv6"] = .bool(wanted)
      after["enable_ipv6"] = .bool(seen.hasIPv6)
    }
    before.set("labels", network.labels)
    after.set("labels", seen.labels.filter { !ContainerReading.isToolLabel($0.key) })
    for subnet in network.subnets {
      let pool =
        seen.ipam.pools.first { $0.subnet == subnet.subnet } ?? (network.subnets.count == 1 ? seen.ipam.pools.first : nil)
      let place = "ipam.\(subnet.subnet ?? "config")"
      before.set(place, Self.range(subnet))
      after.set(place, Self.range(pool ?? IPAMPool(), asFarAs: subnet))
    }
    return Self.entry("network", network.key, before, after)
  }

  private static func range(_ subnet: Network.Subnet) -> ComposeMap {
    var map = ComposeMap()
    map.set("subnet", subnet.subnet ?? "")
    map.set("gateway", subnet.gateway ?? "")
    map.set("ip_range", subnet.ipRange ?? "")
    map.set("aux_addresses", subnet.auxiliaryAddresses)
    return map
  }

  /// What the file leaves open is the engine's choice.
  private static func range(_ pool: IPAMPool, asFarAs subnet: Network.Subnet) -> ComposeMap {
    var map = ComposeMap()
    if subnet.subnet != nil { map.set("subnet", pool.subnet) }
    if subnet.gateway != nil { map.set("gateway", pool.gateway) }
    if subnet.ipRange != nil { map.set("ip_range", pool.ipRange) }
    map.set("aux_addresses", pool.auxiliaryAddresses)
    return map
  }

  private func entry(_ volume: Volume) -> ProjectDifference.Entry? {
    guard let seen = live.volumes[volume.name] else {
      return .init(section: "volume", name: volume.key, kind: .removed, changes: [])
    }
    guard !volume.isExternal else { return nil }
    var before = ComposeMap([("driver", .string(volume.driver ?? "local"))])
    var after = ComposeMap([("driver", .string(seen.driver))])
    before.set("driver_opts", volume.driverOptions)
    after.set("driver_opts", seen.options)
    before.set("labels", volume.labels)
    after.set("labels", seen.labels.filter { !ContainerReading.isToolLabel($0.key) })
    return Self.entry("volume", volume.key, before, after)
  }

  private static func entry(
    _ section: String, _ name: String, _ before: ComposeMap, _ after: ComposeMap
  ) -> ProjectDifference.Entry? {
    let changes = ValueDifference.between(.map(before), .map(after))
    return changes.isEmpty ? nil : .init(section: section, name: name, kind: .changed, changes: changes)
  }

  // MARK: Secrets

  /// Knows the secret values of the model and of what runs.
  func redactor(_ variables: [String: String?]) -> Redactor {
    Redactor(
      project: project, variables: variables,
      environments: live.containers.map { container in
        Dictionary(
          container.config.environment.map { entry in
            let name = ContainerConfig.variable(entry)
            return (name, String(entry.dropFirst(name.count + 1)))
          }, uniquingKeysWith: { first, _ in first })
      })
  }
}

extension Redactor {
  func redacted(_ difference: ProjectDifference) -> ProjectDifference {
    var difference = difference
    for entry in difference.entries.indices {
      for change in difference.entries[entry].changes.indices {
        let text = difference.entries[entry].changes[change]
        difference.entries[entry].changes[change].before = text.before.map(redacted)
        difference.entries[entry].changes[change].after = text.after.map(redacted)
      }
    }
    return difference
  }
}
