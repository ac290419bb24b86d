import ComposeFile

/// The rules POL-1 to POL-7 on one container.
struct ContainerJudgement {
  let policy: ComposePolicy
  let container: JudgedContainer
  let places: SourcePlaces?
  private(set) var findings: [PolicyFinding] = []

  init(policy: ComposePolicy, container: JudgedContainer, places: SourcePlaces?) {
    self.policy = policy
    self.container = container
    self.places = places
  }

  private var context: PolicyContext { policy.context }
  private var name: String { container.service }
  private func key(_ name: String) -> String { container.keys[name] ?? name }
  private var prefix: String { container.part.isEmpty ? "" : "\(container.part) " }

  mutating func judge() {
    judgeTakeover()
    judgePaths()
    judgeNamespaces()
    judgeOwners()
    judgeCapabilities()
    judgeDevices()
    judgeConfinement()
    judgeExtensions()
  }

  /// - Parameters:
  ///   - subject: what of the attribute; left out: the attribute has only one value.
  ///   - kind: what the subject is, where the attribute does not say it: an engine request knows mounts, and not whether they
  ///     come from `volumes` or `secrets`.
  ///   - item: what finds it in the file, where that is another word.
  private mutating func add(
    _ rule: PolicyRule, by weight: PolicyWeight = .usual, at attribute: String, of subject: String? = nil,
    as kind: String? = nil, item: String? = nil, _ message: String, fix remedy: String
  ) {
    guard let severity = weight[policy.level] else { return }
    var path: [SourcePlaces.Step] = [.key("services"), .key(name)]
    path += attribute.split(separator: ".").map { SourcePlaces.Step.key(String($0)) }
    if let item = item ?? subject, !item.isEmpty { path.append(.item(item)) }
    findings.append(
      PolicyFinding(
        rule: rule, severity: severity, service: name, attribute: "services.\(name).\(attribute)",
        subject: prefix + (subject.map { "\(kind ?? attribute) \($0)" } ?? attribute),
        place: places?.position(of: path).map { "\($0)" } ?? "", message: message, remedy: remedy))
  }

  // MARK: POL-1 and POL-2

  private mutating func judgeTakeover() {
    if container.isPrivileged {
      add(
        .hostTakeover, at: "privileged", "\(name) is privileged: whoever gets into it is root on the host",
        fix: "take privileged out, and give the one capability or device that is needed")
    }
    for hook in container.privilegedHooks {
      add(.hostTakeover, at: hook, "a hook of \(name) runs privileged", fix: "take privileged out of it")
    }
  }

  private mutating func judgePaths() {
    for bind in container.binds {
      switch HostPath(context: context).reach(of: bind.source) {
      case nil: break
      case .engine(let socket):
        add(
          .hostTakeover, at: bind.attribute, of: bind.source, as: "mount", item: bind.item,
          "\(name) mounts \(bind.source), which gives the socket of an engine (\(socket)): whoever has it is root on the host, also by `:ro`",
          fix: "use a proxy that passes on only what is needed")
      case .outside(let reason):
        add(
          .hostPaths, at: bind.attribute, of: bind.source, as: "mount", item: bind.item,
          "\(name) mounts \(bind.source), which \(reason)",
          fix: "mount a folder of the stack's own, or a named volume")
      }
    }
    for volume in container.volumes {
      guard let held = context.volumes[volume] else { continue }
      for judged in VolumeJudgement(policy: policy).findings(volume, held.driver, held.options) {
        add(judged.rule, at: "volumes", of: judged.subject, item: key(volume), judged.message, fix: judged.remedy)
        // It is the volume's own, whoever mounts it, and the same before the engine has it.
        if let last = findings.indices.last, findings[last].rule == judged.rule {
          findings[last].service = nil
          findings[last].subject = judged.subject
        }
      }
    }
  }

  // MARK: POL-3

  private mutating func judgeNamespaces() {
    if container.networkMode == "host" {
      add(
        .namespaces, by: .lenient, at: "network_mode", "\(name) is in the host's network", fix: "publish the ports that it needs")
    }
    if container.networks.contains("host") {
      add(
        .namespaces, by: .lenient, at: "networks", of: "host", item: key("host"), "\(name) is in the host's network",
        fix: "use a network of the stack's own")
    }
    for (attribute, mode, weight) in [
      ("pid", container.pid, PolicyWeight.usual), ("ipc", container.ipc, .usual),
      ("userns_mode", container.userNamespace, .usual),
      ("uts", container.uts, .lenient), ("cgroup", container.cgroupNamespace, .lenient),
    ] where mode == "host" {
      add(
        .namespaces, by: weight, at: attribute, "\(name) shares the host's \(attribute) namespace", fix: "take \(attribute) out")
    }
    for (attribute, mode, weight) in [
      ("network_mode", container.networkMode, PolicyWeight.lenient), ("pid", container.pid, .usual),
      ("ipc", container.ipc, .usual),
    ] {
      guard mode.hasPrefix("container:") else { continue }
      let other = String(mode.dropFirst(10))
      guard context.containerOwners[other] != container.stack else { continue }
      add(
        .namespaces, by: weight, at: attribute, of: other, item: mode,
        "\(name) joins \(other), a container that is not of this stack",
        fix: "use service:NAME with a service of this stack")
    }
  }

  private mutating func judgeOwners() {
    let modes: Set<String> = ["", "host", "none", "bridge", "default", "nat"]
    var networks = container.networks.map { ($0, "networks") }
    if !modes.contains(container.networkMode), !container.networkMode.contains(":") {
      networks.append((container.networkMode, "network_mode"))
    }
    for (network, attribute) in networks {
      guard let owner = context.networkOwners[network], owner != container.stack else { continue }
      add(
        .namespaces, by: .lenient, at: attribute, of: network, as: "networks", item: attribute == "networks" ? key(network) : "",
        "\(name) joins \(network), a network of the stack \(owner)", fix: "use a network that belongs to no stack")
    }
    for volume in container.volumes {
      guard let owner = context.volumes[volume]?.owner, owner != container.stack else { continue }
      add(
        .namespaces, by: .lenient, at: "volumes", of: "\(volume) of \(owner)", item: key(volume),
        "\(name) mounts \(volume), a volume of the stack \(owner)", fix: "use a volume that belongs to no stack")
    }
  }

  // MARK: POL-4

  /// Of S-POL, POL-4, and what is as good as one of them on a host (capabilities(7)).
  private static let mighty: Set<String> = [
    "ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH", "NET_ADMIN", "BPF", "SYS_RAWIO", "SYS_BOOT", "SYS_TIME",
    "SYSLOG", "PERFMON", "MAC_ADMIN", "MAC_OVERRIDE", "CHECKPOINT_RESTORE", "LINUX_IMMUTABLE", "AUDIT_CONTROL", "SYS_PACCT",
  ]

  private mutating func judgeCapabilities() {
    for written in container.capabilities {
      let upper = written.uppercased()
      let capability = upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
      let weight = Self.mighty.contains(capability) ? PolicyWeight.usual : .strictOnly
      add(
        .capabilities, by: weight, at: "cap_add", of: capability, item: written, "\(name) has the capability \(capability)",
        fix: "take it out of cap_add")
    }
  }

  // MARK: POL-5

  /// Kernel settings of which each container has its own (Docker documentation, "docker run --sysctl").
  private static let ownSettings: Set<String> = [
    "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni",
    "kernel.shm_rmid_forced", "kernel.domainname", "kernel.hostname",
  ]

  private mutating func judgeDevices() {
    for device in container.devices {
      add(.devices, at: "devices", of: device, "\(name) has the device \(device)", fix: "take it out of devices")
    }
    for rule in container.deviceCgroupRules {
      add(.devices, at: "device_cgroup_rules", of: rule, "\(name) may use devices by the rule \(rule)", fix: "take it out")
    }
    if container.hasDeviceRequests {
      add(.devices, by: .lenient, at: "gpus", "\(name) asks for GPUs", fix: "take gpus and the devices of deploy.resources out")
    }
    for setting in container.sysctls {
      let isOwn =
        Self.ownSettings.contains(setting) || setting.hasPrefix("fs.mqueue.")
        || setting.hasPrefix("net.") && container.networkMode != "host"
      guard !isOwn else { continue }
      add(
        .devices, by: .lenient, at: "sysctls", of: setting, "\(name) sets \(setting), which holds for the whole host",
        fix: "take it out of sysctls")
    }
  }

  // MARK: POL-6

  private mutating func judgeConfinement() {
    for option in container.securityOptions {
      guard let why = Self.objection(to: option) else { continue }
      // A profile may be long.
      let shown = String(option.prefix(80))
      add(
        .confinement, at: "security_opt", of: shown, item: option, "\(name) has security_opt \(shown), which \(why)",
        fix: "take it out of security_opt")
    }
    if !container.cgroupParent.isEmpty {
      add(.confinement, at: "cgroup_parent", "\(name) is in a cgroup of the host", fix: "take cgroup_parent out")
    }
    if container.isOOMKillDisabled {
      add(
        .confinement, at: "oom_kill_disable", "\(name) is not ended when it takes too much memory: the host may be instead",
        fix: "take oom_kill_disable out")
    }
  }

  /// The engine takes `key=value` and, of old, `key:value`.
  private static func objection(to option: String) -> String? {
    guard let cut = option.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
    let (key, value) = (option[..<cut].lowercased(), option[option.index(after: cut)...].lowercased())
    switch (key, value) {
    case ("seccomp", "builtin"): return nil
    case ("seccomp", "unconfined"), ("apparmor", "unconfined"), ("systempaths", "unconfined"): return "takes that protection away"
    case ("seccomp", _): return "puts another filter in the place of the engine's own"
    case ("label", "disable"), ("label", "type:spc_t"), ("label", "type:unconfined_t"): return "takes that protection away"
    case ("writable-cgroups", "true"), ("writable-cgroups", "1"): return "lets it change its own limits"
    default: return nil
    }
  }

  // MARK: POL-7

  /// Log drivers that Docker brings (Docker documentation, "Supported logging drivers").
  private static let logDrivers: Set<String> = [
    "", "none", "local", "json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "etwlogs", "gcplogs",
  ]

  private mutating func judgeExtensions() {
    for source in container.volumesFrom {
      let container = source.hasPrefix("container:") ? String(source.dropFirst(10)) : source
      let other = String(container.prefix { $0 != ":" })
      // Of services of the stack itself the request has only ids.
      let isOwn = !source.hasPrefix("container:") || context.containerOwners[other] == self.container.stack
      add(
        .extensions, at: "volumes_from", of: isOwn ? "its own stack" : other, item: source,
        "\(name) gets all volumes of \(other)",
        fix: "name the volumes that it needs")
    }
    if !["", "runc", "io.containerd.runc.v2"].contains(container.runtime) {
      add(
        .extensions, at: "runtime", of: container.runtime, item: "", "\(name) asks for the runtime \(container.runtime)",
        fix: "take runtime out")
    }
    if !Self.logDrivers.contains(container.logDriver) {
      add(
        .extensions, at: "logging.driver", of: container.logDriver, item: "",
        "\(name) has a log driver that Docker does not bring: \(container.logDriver)",
        fix: "use one of Docker's own, such as local")
    }
    for carrier in container.carriers {
      add(
        .extensions, at: carrier, "\(name) has \(carrier), which brings rights or programs from elsewhere", fix: "take it out")
    }
  }
}
