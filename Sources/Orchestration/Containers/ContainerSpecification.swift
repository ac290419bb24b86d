import ComposeFile
import DockerEngine
import StackPlanning

/// Turns a service of the model into what the engine is asked to create, as Docker Compose does (observed with 5.6.1).
struct ContainerSpecification {
  let project: Project
  let service: Service
  let number: Int
  /// The name in the end; also an alias on every network.
  let name: String
  /// What the engine shall run: the reference as written, or an image ID or digest that is pinned.
  let image: String
  /// For the label `com.docker.compose.image`.
  let imageID: String
  let apiVersion: APIVersion
  let operation: String
  let revision: Int
  /// The containers of the other services, for `network_mode: service:…`, links and the like.
  let neighbours: Neighbours
  /// The container that this one takes the place of.
  let replaced: ObservedContainer?
  /// For the label `slipway.contents`.
  var contents: String?
  /// `--no-deps`: the container forgets its dependencies, as with Docker Compose.
  var forgetsDependencies = false
  /// Volumes that go over from it.
  var carriedVolumes: [ObservedContainer.Mount] = []
  /// Where files of this machine are for the engine, by their path here; what is not named is at the same path.
  var enginePaths: [String: String] = [:]
  /// A container of `run`.
  var oneOff: OneOff?

  struct OneOff {
    /// 64 hexadecimal digits, for the label.
    var slug: String
    /// It is known by the service's names too.
    var usesAliases: Bool
    var attachesStdin: Bool
    /// The engine removes it when it ends.
    var removesItself: Bool
  }

  /// API 1.44 takes several networks, and addresses of each, in the create call.
  private var createsAllEndpoints: Bool { apiVersion >= APIVersion(major: 1, minor: 44) }

  func spec() -> ContainerSpec {
    var spec = ContainerSpec()
    spec.config = config()
    spec.hostConfig = hostConfig()
    let networks = orderedNetworks
    if let primary = networks.first, service.networkMode == nil {
      spec.hostConfig.networkMode = primary.name
      for network in createsAllEndpoints ? networks : [primary] {
        spec.networkingConfig.endpoints[network.name] = endpoint(on: network.key)
      }
    }
    return spec
  }

  /// Networks that must be joined between create and start.
  var laterNetworks: [Network] {
    guard service.networkMode == nil, !createsAllEndpoints else { return [] }
    return Array(orderedNetworks.dropFirst())
  }

  /// Highest priority first, then by name.
  private var orderedNetworks: [Network] {
    service.networks.sorted { a, b in
      a.value.priority == b.value.priority ? a.key < b.key : a.value.priority > b.value.priority
    }.compactMap { project.networks[$0.key] }
  }

  // MARK: Config

  private func config() -> ContainerConfig {
    var config = ContainerConfig()
    config.hostname = service.hostname ?? ""
    config.domainname = service.domainname ?? ""
    config.user = service.user ?? ""
    config.attachesStdout = true
    config.attachesStderr = true
    config.hasTTY = service.isTTY
    config.opensStdin = service.isStdinOpen
    if let oneOff {
      config.attachesStdin = oneOff.attachesStdin
      config.closesStdinOnce = oneOff.attachesStdin && service.isStdinOpen
    }
    config.environment = service.environment.sorted { $0.key < $1.key }.map { key, value in
      value.map { "\(key)=\($0)" } ?? key
    }
    config.command = service.command
    config.entrypoint = service.entrypoint
    config.image = image
    config.workingDirectory = service.workingDirectory ?? ""
    config.labels = labels()
    config.stopSignal = service.stopSignal ?? ""
    config.stopTimeoutSeconds = service.stopGracePeriod.map { Int($0.components.seconds) }
    config.healthcheck = service.healthcheck.map(healthConfig)
    for port in service.ports { config.exposedPorts["\(port.target)/\(port.transport)"] = EmptyObject() }
    for port in service.expose.flatMap(Self.exposedPorts) { config.exposedPorts[port] = EmptyObject() }
    if let address = service.macAddress, !createsAllEndpoints { config.macAddress = address }
    return config
  }

  /// `80`, `80/udp`, `80-90/tcp`, as ports of the engine.
  static func exposedPorts(_ text: String) -> [String] {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let transport = parts.count > 1 ? parts[1] : "tcp"
    let ends = parts[0].split(separator: "-", maxSplits: 1).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, last <= 65535 else {
      return ["\(parts[0])/\(transport)"]
    }
    return (first...last).map { "\($0)/\(transport)" }
  }

  private func healthConfig(_ check: Healthcheck) -> HealthConfig {
    var config = HealthConfig()
    if check.isDisabled {
      config.test = ["NONE"]
      return config
    }
    config.test = check.test ?? []
    config.intervalNanoseconds = check.interval.map(Self.nanoseconds) ?? 0
    config.timeoutNanoseconds = check.timeout.map(Self.nanoseconds) ?? 0
    config.startPeriodNanoseconds = check.startPeriod.map(Self.nanoseconds) ?? 0
    config.startIntervalNanoseconds = createsAllEndpoints ? check.startInterval.map(Self.nanoseconds) ?? 0 : 0
    config.retries = check.retries ?? 0
    return config
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (whole, overflow) = duration.components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsSum) = whole.addingReportingOverflow(duration.components.attoseconds / 1_000_000_000)
    return overflow || overflowsSum ? .max : sum
  }

  private func labels() -> [String: String] {
    var labels = service.labels
    labels[ComposeLabel.project] = project.name
    labels[ComposeLabel.service] = service.name
    labels[ComposeLabel.version] = ComposeLabel.composeVersion
    labels[ComposeLabel.workingDirectory] = project.workingDirectory
    labels[ComposeLabel.configFiles] = project.configFiles.joined(separator: ",")
    if !project.environmentFiles.isEmpty {
      labels[ComposeLabel.environmentFile] = project.environmentFiles.joined(separator: ",")
    }
    labels[ComposeLabel.oneOff] = oneOff == nil ? "False" : "True"
    labels[ComposeLabel.configHash] = configHash
    labels[ComposeLabel.slug] = oneOff?.slug
    labels[ComposeLabel.image] = imageID
    labels[ComposeLabel.dependsOn] = (forgetsDependencies ? [:] : service.dependsOn).sorted { $0.key < $1.key }
      .map { "\($0.key):\($0.value.condition.rawValue):\($0.value.restarts)" }.joined(separator: ",")
    if replaced != nil { labels[ComposeLabel.replace] = service.containerName ?? "\(service.name)-\(number)" }
    if let contents { labels[ComposeLabel.contents] = contents }
    // No operation and no revision has made a container of `run`, and it has no number.
    guard oneOff == nil else { return labels }
    labels[ComposeLabel.number] = String(number)
    labels[ComposeLabel.operation] = operation
    labels[ComposeLabel.revision] = String(revision)
    return labels
  }

  private var configHash: String {
    let resolved = DeployPlanner.resolvedReferences(of: service) { neighbours.firstID(of: $0) }
    return resolved.isEmpty ? service.configHash : service.configHash(replacing: resolved)
  }

  // MARK: Networks

  /// How the container is known on a network.
  func endpoint(on key: String) -> EndpointSettings {
    let attachment = service.networks[key]
    var endpoint = EndpointSettings()
    var aliases = [name]
    if oneOff?.usesAliases ?? true {
      for alias in [service.name] + (attachment?.aliases ?? []) where !aliases.contains(alias) { aliases.append(alias) }
    }
    endpoint.aliases = aliases
    endpoint.links = links()
    guard let attachment else { return endpoint }
    endpoint.driverOptions = attachment.driverOptions
    if attachment != NetworkAttachment.plain {
      var ipam = EndpointIPAM()
      ipam.ipv4Address = attachment.ipv4Address ?? ""
      ipam.ipv6Address = attachment.ipv6Address ?? ""
      ipam.linkLocalIPs = attachment.linkLocalAddresses
      endpoint.ipam = ipam
    }
    if createsAllEndpoints { endpoint.macAddress = attachment.macAddress ?? service.macAddress ?? "" }
    if apiVersion >= APIVersion(major: 1, minor: 48) { endpoint.gatewayPriority = attachment.gatewayPriority }
    return endpoint
  }

  private func links() -> [String] {
    let own = service.links.flatMap { link -> [String] in
      let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
      // Three names for each container of the service, as Docker Compose gives them (observed with 5.6.1).
      return neighbours.all(of: parts[0]).flatMap { container in
        [parts.last ?? parts[0], "\(parts[0])-\(container.number)", "\(project.name)-\(parts[0])-\(container.number)"]
          .map { "\(container.name):\($0)" }
      }
    }
    let external = service.externalLinks.map { link in
      link.contains(":") ? link : "\(link):\(link)"
    }
    return own + external
  }

  private func resolved(_ mode: String?) -> String {
    guard let mode else { return "" }
    guard mode.hasPrefix("service:"), let id = neighbours.firstID(of: String(mode.dropFirst(8))) else { return mode }
    return "container:\(id)"
  }

  // MARK: Host config

  private func hostConfig() -> HostConfig {
    var host = HostConfig()
    host.networkMode = resolved(service.networkMode)
    // The engine's own network, on which a container has no other names.
    if service.networkMode == "bridge" || service.networkMode == "default" { host.links = links() }
    host.pidMode = resolved(service.pid)
    host.ipcMode = resolved(service.ipc)
    host.utsMode = service.uts ?? ""
    host.cgroupNamespaceMode = service.cgroup ?? ""
    host.userNamespaceMode = service.usernsMode ?? ""
    host.cgroupParent = service.cgroupParent ?? ""
    host.isolation = service.isolation ?? ""
    host.runtime = service.runtime ?? ""
    host.isPrivileged = service.isPrivileged
    host.hasReadOnlyRoot = service.isReadOnly
    host.addedCapabilities = Self.capabilities(service.capAdd)
    host.droppedCapabilities = Self.capabilities(service.capDrop)
    host.securityOptions = service.securityOptions
    host.addedGroups = service.groupAdd
    host.annotations = service.annotations
    host.dns = service.dns
    host.dnsSearch = service.dnsSearch
    host.dnsOptions = service.dnsOptions
    host.extraHosts = service.extraHosts.map { entry in
      // The model has host=address, the engine takes host:address.
      guard let equals = entry.firstIndex(of: "=") else { return entry }
      return entry[..<equals] + ":" + entry[entry.index(after: equals)...]
    }
    host.sysctls = service.sysctls
    host.storageOptions = service.storageOptions
    host.usesInit = service.isInitEnabled
    host.removesItself = oneOff?.removesItself ?? false
    host.sharedMemoryBytes = Int64(service.shmSizeBytes ?? 0)
    host.oomScoreAdjustment = service.oomScoreAdjust ?? 0
    host.restartPolicy = restartPolicy()
    if let logging = service.logging {
      host.logConfig.driver = logging.driver ?? ""
      host.logConfig.options = logging.options
    }
    for path in service.tmpfs {
      let parts = path.split(separator: ":", maxSplits: 1).map(String.init)
      host.tmpfs[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    var bindings: [String: [PortBinding]] = [:]
    for port in service.ports {
      var binding = PortBinding()
      binding.hostIP = port.hostIP ?? ""
      binding.hostPort = port.published ?? ""
      bindings["\(port.target)/\(port.transport)", default: []].append(binding)
    }
    host.portBindings = bindings
    host.volumesFrom = service.volumesFrom.map { source in
      if source.hasPrefix("container:") { return String(source.dropFirst(10)) }
      let parts = source.split(separator: ":", maxSplits: 1).map(String.init)
      let id = neighbours.firstID(of: parts[0]) ?? parts[0]
      return parts.count > 1 ? "\(id):\(parts[1])" : id
    }
    addVolumes(to: &host)
    addResources(to: &host)
    return host
  }

  /// As Docker's own client sends them: upper case, with `CAP_`, sorted, each once; `ALL` stands for all.
  static func capabilities(_ names: [String]) -> [String] {
    let full = Set(names.map { $0.uppercased() }.map { $0 == "ALL" || $0.hasPrefix("CAP_") ? $0 : "CAP_\($0)" })
    return full.contains("ALL") ? ["ALL"] : full.sorted()
  }

  private func restartPolicy() -> HostRestartPolicy {
    var policy = HostRestartPolicy()
    if let restart = service.restart {
      let parts = restart.split(separator: ":", maxSplits: 1).map(String.init)
      policy.name = parts.first ?? ""
      policy.maximumRetryCount = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    } else if let declared = service.deploy?.restartPolicy {
      switch declared.condition ?? "any" {
      case "none": policy.name = "no"
      case "on-failure": policy.name = "on-failure"
      default: policy.name = "always"
      }
      if policy.name == "on-failure" { policy.maximumRetryCount = declared.maxAttempts ?? 0 }
    }
    return policy
  }

  // MARK: Volumes

  private func addVolumes(to host: inout HostConfig) {
    var targets: Set<String> = []
    for mount in service.volumes {
      targets.insert(mount.target)
      switch mount.kind {
      case .bind where mount.bind.map { $0.createsHostPath && $0.propagation == nil && $0.recursive == nil } ?? true:
        host.binds.append(bindText(mount, source: enginePath(mount.source ?? "")))
      case .volume
      where mount.source != nil && mount.volume.map { !$0.isNoCopy && $0.subpath == nil && $0.labels.isEmpty } ?? true:
        let key = mount.source ?? ""
        host.binds.append(bindText(mount, source: project.volumes[key]?.name ?? key))
      case .bind, .volume, .tmpfs, .npipe, .cluster, .image:
        host.mounts.append(mountSpec(mount))
      }
    }
    for mount in carriedVolumes {
      host.mounts.removeAll { $0.kind == "volume" && $0.source.isEmpty && $0.target == mount.target }
      var spec = MountSpec()
      spec.kind = "volume"
      spec.source = mount.source
      spec.target = mount.target
      host.mounts.append(spec)
    }
    for (mount, object, fallback, isSecret) in fileMounts() {
      guard case .file(let path) = object.source else { continue }
      var spec = MountSpec()
      spec.kind = "bind"
      spec.source = enginePath(path)
      spec.target = FileMountTarget.path(mount, fallback: fallback)
      spec.isReadOnly = true
      if isSecret { spec.bindOptions = MountBindOptions() }
      host.mounts.append(spec)
    }
  }

  private func fileMounts() -> [(FileMount, FileObject, String, isSecret: Bool)] {
    service.secrets.compactMap { mount in project.secrets[mount.source].map { (mount, $0, "/run/secrets/", true) } }
      + service.configs.compactMap { mount in project.configs[mount.source].map { (mount, $0, "/", false) } }
  }

  private func enginePath(_ path: String) -> String { enginePaths[path] ?? path }

  private func bindText(_ mount: VolumeMount, source: String) -> String {
    var options = [mount.isReadOnly ? "ro" : "rw"]
    if let selinux = mount.bind?.selinux { options.append(selinux) }
    return "\(source):\(mount.target):\(options.joined(separator: ","))"
  }

  private func mountSpec(_ mount: VolumeMount) -> MountSpec {
    var spec = MountSpec()
    spec.kind = mount.kind.rawValue
    spec.target = mount.target
    spec.isReadOnly = mount.isReadOnly
    spec.consistency = mount.consistency ?? ""
    if let source = mount.source {
      spec.source =
        switch mount.kind {
        case .volume: project.volumes[source]?.name ?? source
        case .bind: enginePath(source)
        case .tmpfs, .npipe, .cluster, .image: source
        }
    }
    if let bind = mount.bind {
      var options = MountBindOptions()
      options.propagation = bind.propagation ?? ""
      options.createsMountpoint = bind.createsHostPath
      switch bind.recursive {
      case "disabled": options.isNonRecursive = true
      case "writable": options.isReadOnlyNonRecursive = true
      case "readonly": options.isReadOnlyForceRecursive = true
      default: break
      }
      spec.bindOptions = options
    }
    if let volume = mount.volume {
      var options = MountVolumeOptions()
      options.skipsCopy = volume.isNoCopy
      options.subpath = volume.subpath ?? ""
      options.labels = volume.labels
      spec.volumeOptions = options
    }
    if let tmpfs = mount.tmpfs {
      var options = MountTmpfsOptions()
      options.sizeBytes = Int64(tmpfs.sizeBytes ?? 0)
      options.mode = tmpfs.mode ?? 0
      spec.tmpfsOptions = options
    }
    if let subpath = mount.imageSubpath {
      var options = MountImageOptions()
      options.subpath = subpath
      spec.imageOptions = options
    }
    return spec
  }

  // MARK: Resources

  /// `NanoCPUs`; a count beyond 64 bits, as only a stored revision could have, becomes the largest, which the engine refuses.
  private static func billionths(_ count: Double) -> Int64 {
    let scaled = (count * 1e9).rounded()
    return Int64(exactly: scaled) ?? (scaled > 0 ? .max : 0)
  }

  private func addResources(to host: inout HostConfig) {
    host.cpuCount = Int64(service.cpuCount ?? 0)
    host.cpuPercent = Int64(service.cpuPercent ?? 0)
    host.cpuPeriodMicroseconds = Int64(service.cpuPeriodMicroseconds ?? 0)
    host.cpuQuotaMicroseconds = Int64(service.cpuQuotaMicroseconds ?? 0)
    host.cpuRealtimePeriodMicroseconds = Int64(service.cpuRealtimePeriodMicroseconds ?? 0)
    host.cpuRealtimeRuntimeMicroseconds = Int64(service.cpuRealtimeRuntimeMicroseconds ?? 0)
    host.cpuShares = Int64(service.cpuShares ?? 0)
    host.cpusetCPUs = service.cpuset ?? ""
    host.nanoCPUs = Self.billionths(service.deploy?.limits?.cpus ?? service.cpus ?? 0)
    host.memoryBytes = Int64(service.deploy?.limits?.memoryBytes ?? service.memoryLimitBytes ?? 0)
    host.memoryReservationBytes = Int64(service.deploy?.reservations?.memoryBytes ?? service.memoryReservationBytes ?? 0)
    host.memorySwapBytes = Int64(service.memorySwapLimitBytes ?? 0)
    host.memorySwappiness = service.memorySwappiness.map { Int64($0) }
    host.pidsLimit = (service.deploy?.limits?.pids ?? service.pidsLimit).map { Int64($0) }
    if service.isOOMKillDisabled { host.isOOMKillDisabled = true }
    host.ulimits = UlimitSpec.all(of: service.ulimits)
    host.devices = service.devices.map { device in
      var mapping = DeviceMapping()
      mapping.pathOnHost = device.source
      mapping.pathInContainer = device.target
      mapping.permissions = device.permissions
      return mapping
    }
    host.deviceCgroupRules = service.deviceCgroupRules
    host.deviceRequests = (service.gpus + (service.deploy?.reservations?.devices ?? [])).map { request in
      var spec = DeviceRequestSpec()
      spec.driver = request.driver ?? ""
      spec.count = request.count ?? 0
      spec.deviceIDs = request.deviceIDs
      spec.capabilities = [request.capabilities.isEmpty ? ["gpu"] : request.capabilities]
      spec.options = request.options
      return spec
    }
    guard let blkio = service.blkio else { return }
    host.blockIOWeight = blkio.weight ?? 0
    host.blockIOWeightDevices = blkio.weightDevices.map { entry in
      var device = WeightDevice()
      device.path = entry.path
      device.weight = entry.weight
      return device
    }
    func throttles(_ rates: [BlkioConfig.Rate]) -> [ThrottleDevice] {
      rates.map { entry in
        var device = ThrottleDevice()
        device.path = entry.path
        device.rate = UInt64(max(0, entry.rate))
        return device
      }
    }
    host.blockIOReadRates = throttles(blkio.readBytesPerSecond)
    host.blockIOWriteRates = throttles(blkio.writeBytesPerSecond)
    host.blockIOReadOperations = throttles(blkio.readOperationsPerSecond)
    host.blockIOWriteOperations = throttles(blkio.writeOperationsPerSecond)
  }
}

/// Where a secret or config appears in a container.
enum FileMountTarget {
  static func path(_ mount: FileMount, fallback: String) -> String {
    let target = mount.target ?? mount.source
    return target.hasPrefix("/") ? target : fallback + target
  }
}

extension UlimitSpec {
  /// By name.
  static func all(of limits: [String: Ulimit]) -> [UlimitSpec] {
    limits.sorted { $0.key < $1.key }.map { name, limit in
      var spec = UlimitSpec()
      spec.name = name
      spec.soft = Int64(limit.soft)
      spec.hard = Int64(limit.hard)
      return spec
    }
  }
}
