extension Service {
  /// Decodes the canonical mapping of one service; `report` takes what cannot be used.
  init(name: String, decoding value: ComposeValue, report: (String) -> Void) {
    self.init(name: name, canonical: value, configHash: ConfigHash.service(value))
    let read = CanonicalReader(value, at: "services.\(name)")
    decodeWhatRuns(read)
    decodeHowMany(read, report)
    decodeNetworks(read, report)
    decodeFiles(read, report)
    decodeRights(read)
    decodeResources(read)
  }

  /// A pre_start hook as the service that its container is made from; nil when there is no hook of that index.
  package func preStartService(_ index: Int) -> Service? {
    guard preStart.indices.contains(index) else { return nil }
    return Service(name: name, decoding: preStart[index]) { _ in }
  }

  private mutating func decodeWhatRuns(_ read: CanonicalReader) {
    image = read.text("image")
    build = read["build"]
    pullPolicy = read.text("pull_policy")
    platform = read.text("platform")
    command = read.words("command")
    entrypoint = read.words("entrypoint")
    workingDirectory = read.text("working_dir")
    user = read.text("user")
    environment = read.environment("environment")
    isInitEnabled = read.flagIfGiven("init")
    isTTY = read.flag("tty")
    isStdinOpen = read.flag("stdin_open")
    stopSignal = read.text("stop_signal")
    stopGracePeriod = read.duration("stop_grace_period")
    healthcheck = read.object("healthcheck").map(Healthcheck.init(decoding:))
    postStart = read.objects("post_start").map(Hook.init(decoding:))
    preStop = read.objects("pre_stop").map(Hook.init(decoding:))
    preStart = read["pre_start"]?.list ?? []
    isProvider = read["provider"] != nil
    labels = read.textMap("labels")
    annotations = read.textMap("annotations")
    logging = read.object("logging").map { Logging(driver: $0.text("driver"), options: $0.textMap("options")) }
  }

  private mutating func decodeHowMany(_ read: CanonicalReader, _ report: (String) -> Void) {
    containerName = read.text("container_name")
    profiles = read.texts("profiles")
    restart = read.text("restart")
    isAttached = read.flagIfGiven("attach") ?? true
    deploy = read.object("deploy").map(Deploy.init(decoding:))
    replicas = read.integer("scale") ?? read.object("deploy")?.integer("replicas") ?? 1
    for (key, dependency) in read.entries("depends_on") {
      guard let condition = Dependency.Condition(rawValue: dependency.text("condition") ?? "service_started") else {
        report("\(dependency.path).condition: is not a known condition")
        continue
      }
      dependsOn[key] = Dependency(
        condition: condition, restarts: dependency.flag("restart"),
        isRequired: dependency.flagIfGiven("required") ?? true)
    }
  }

  private mutating func decodeNetworks(_ read: CanonicalReader, _ report: (String) -> Void) {
    hostname = read.text("hostname")
    domainname = read.text("domainname")
    networkMode = read.text("network_mode")
    macAddress = read.text("mac_address")
    expose = read.texts("expose")
    links = read.texts("links")
    externalLinks = read.texts("external_links")
    extraHosts = read.texts("extra_hosts")
    dns = read.texts("dns")
    dnsSearch = read.texts("dns_search")
    dnsOptions = read.texts("dns_opt")
    for (key, attachment) in read.entries("networks") { networks[key] = NetworkAttachment(decoding: attachment) }
    for port in read.objects("ports") {
      guard let target = port.integer("target"), (1...65535).contains(target) else {
        report("\(port.path).target: must be a port from 1 to 65535")
        continue
      }
      ports.append(
        Port(
          name: port.text("name"), target: target, published: port.text("published"), hostIP: port.text("host_ip"),
          transport: port.text("protocol") ?? "tcp", mode: port.text("mode")))
    }
  }

  private mutating func decodeFiles(_ read: CanonicalReader, _ report: (String) -> Void) {
    for mount in read.objects("volumes") {
      guard let kind = VolumeMount.Kind(rawValue: mount.text("type") ?? "volume") else {
        report("\(mount.path).type: is not a known type")
        continue
      }
      volumes.append(VolumeMount(kind: kind, decoding: mount))
    }
    volumesFrom = read.texts("volumes_from")
    tmpfs = read.texts("tmpfs")
    secrets = read.objects("secrets").map(FileMount.init(decoding:))
    configs = read.objects("configs").map(FileMount.init(decoding:))
    isReadOnly = read.flag("read_only")
    shmSizeBytes = read.integer("shm_size")
  }

  private mutating func decodeRights(_ read: CanonicalReader) {
    isPrivileged = read.flag("privileged")
    capAdd = read.texts("cap_add")
    capDrop = read.texts("cap_drop")
    securityOptions = read.texts("security_opt")
    groupAdd = read.texts("group_add")
    usernsMode = read.text("userns_mode")
    pid = read.text("pid")
    ipc = read.text("ipc")
    uts = read.text("uts")
    cgroup = read.text("cgroup")
    cgroupParent = read.text("cgroup_parent")
    isolation = read.text("isolation")
    runtime = read.text("runtime")
    credentialSpec = read["credential_spec"]
    useAPISocket = read.flag("use_api_socket")
  }

  private mutating func decodeResources(_ read: CanonicalReader) {
    cpuCount = read.integer("cpu_count")
    cpuPercent = read.fraction("cpu_percent")
    cpuPeriodMicroseconds = read.integer("cpu_period")
    cpuQuotaMicroseconds = read.integer("cpu_quota")
    cpuRealtimePeriodMicroseconds = read.integer("cpu_rt_period")
    cpuRealtimeRuntimeMicroseconds = read.integer("cpu_rt_runtime")
    cpuShares = read.integer("cpu_shares")
    cpus = read.fraction("cpus")
    cpuset = read.text("cpuset")
    memoryLimitBytes = read.integer("mem_limit")
    memoryReservationBytes = read.integer("mem_reservation")
    memorySwapLimitBytes = read.integer("memswap_limit")
    memorySwappiness = read.integer("mem_swappiness")
    isOOMKillDisabled = read.flag("oom_kill_disable")
    oomScoreAdjust = read.integer("oom_score_adj")
    pidsLimit = read.integer("pids_limit")
    ulimits = read.ulimits()
    sysctls = read.textMap("sysctls")
    storageOptions = read.textMap("storage_opt")
    blkio = read.object("blkio_config").map(BlkioConfig.init(decoding:))
    devices = read.objects("devices").map { device in
      let source = device.text("source") ?? ""
      return Device(
        source: source, target: device.text("target") ?? source, permissions: device.text("permissions") ?? "rwm")
    }
    deviceCgroupRules = read.texts("device_cgroup_rules")
    gpus = read.objects("gpus").map(DeviceRequest.init(decoding:))
  }
}

extension Healthcheck {
  fileprivate init(decoding read: CanonicalReader) {
    self.init(
      test: read.words("test"), isDisabled: read.flag("disable"), interval: read.duration("interval"),
      timeout: read.duration("timeout"), startPeriod: read.duration("start_period"),
      startInterval: read.duration("start_interval"), retries: read.integer("retries"))
  }
}

extension Hook {
  init(decoding read: CanonicalReader) {
    self.init(
      command: read.texts("command"), user: read.text("user"), isPrivileged: read.flag("privileged"),
      workingDirectory: read.text("working_dir"), environment: read.environment("environment"))
  }
}

extension NetworkAttachment {
  fileprivate init(decoding read: CanonicalReader) {
    self.init(
      aliases: read.texts("aliases"), ipv4Address: read.text("ipv4_address"), ipv6Address: read.text("ipv6_address"),
      linkLocalAddresses: read.texts("link_local_ips"), macAddress: read.text("mac_address"),
      driverOptions: read.textMap("driver_opts"), interfaceName: read.text("interface_name"),
      priority: read.integer("priority") ?? 0, gatewayPriority: read.integer("gw_priority") ?? 0)
  }
}

extension VolumeMount {
  fileprivate init(kind: Kind, decoding read: CanonicalReader) {
    self.init(
      kind: kind, source: read.text("source"), target: read.text("target") ?? "", isReadOnly: read.flag("read_only"),
      consistency: read.text("consistency"),
      bind: read.object("bind").map { bind in
        BindOptions(
          propagation: bind.text("propagation"), createsHostPath: bind.flagIfGiven("create_host_path") ?? true,
          selinux: bind.text("selinux"), recursive: bind.text("recursive"))
      },
      volume: read.object("volume").map { volume in
        VolumeOptions(isNoCopy: volume.flag("nocopy"), subpath: volume.text("subpath"), labels: volume.textMap("labels"))
      },
      tmpfs: read.object("tmpfs").map { TmpfsOptions(sizeBytes: $0.integer("size"), mode: $0.integer("mode")) },
      imageSubpath: read.object("image")?.text("subpath"))
  }
}

extension FileMount {
  fileprivate init(decoding read: CanonicalReader) {
    self.init(
      source: read.text("source") ?? "", target: read.text("target"), uid: read.text("uid"), gid: read.text("gid"),
      mode: read.octal("mode"))
  }
}

extension DeviceRequest {
  fileprivate init(decoding read: CanonicalReader) {
    self.init(
      capabilities: read.texts("capabilities"), driver: read.text("driver"), count: read.integer("count"),
      deviceIDs: read.texts("device_ids"), options: read.textMap("options"))
  }
}

extension BlkioConfig {
  fileprivate init(decoding read: CanonicalReader) {
    func rates(_ key: String) -> [Rate] {
      read.objects(key).map { Rate(path: $0.text("Path") ?? "", rate: $0.integer("Rate") ?? 0) }
    }
    self.init(
      weight: read.integer("weight"),
      weightDevices: read.objects("weight_device").map {
        Weight(path: $0.text("Path") ?? "", weight: $0.integer("Weight") ?? 0)
      },
      readBytesPerSecond: rates("device_read_bps"), readOperationsPerSecond: rates("device_read_iops"),
      writeBytesPerSecond: rates("device_write_bps"), writeOperationsPerSecond: rates("device_write_iops"))
  }
}

extension Deploy {
  fileprivate init(decoding read: CanonicalReader) {
    let resources = read.object("resources")
    func limits(_ key: String) -> Limits? {
      resources?.object(key).map { part in
        Limits(
          cpus: part.fraction("cpus"), memoryBytes: part.integer("memory"), pids: part.integer("pids"),
          devices: part.objects("devices").map(DeviceRequest.init(decoding:)))
      }
    }
    self.init(
      mode: read.text("mode"), limits: limits("limits"), reservations: limits("reservations"),
      restartPolicy: read.object("restart_policy").map { policy in
        RestartPolicy(
          condition: policy.text("condition"), delay: policy.duration("delay"),
          maxAttempts: policy.integer("max_attempts"), window: policy.duration("window"))
      }, labels: read.textMap("labels"))
  }
}
