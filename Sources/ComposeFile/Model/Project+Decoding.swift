extension Project {
  /// Decodes a project from its canonical model, e.g. of a stored revision.
  ///
  /// Values of secrets and configs that come from the environment are not in the canonical model: they are nil here, and the
  /// caller sets them. Throws every problem, with the path of the attribute, when `canonical` is not such a model.
  package init(
    canonical: ComposeValue, workingDirectory: String, configFiles: [String], environmentFiles: [String],
    inactiveServices: [String]
  ) throws(ComposeProblems) {
    var problems: [ComposeProblem] = []
    func report(_ message: String) {
      problems.append(
        ComposeProblem(
          .wrongType, at: SourcePosition(file: configFiles.first ?? workingDirectory, line: 0, column: 0), message,
          fix: "load the project from its files again"))
    }

    let root = CanonicalReader(canonical, at: "")
    let name = root.text("name") ?? ""
    if name.isEmpty { report("name: is missing in the canonical model") }

    var services: [Service] = []
    for (key, value) in canonical["services"]?.map?.pairs ?? [] {
      guard value.map != nil else {
        report("services.\(key): must be a mapping")
        continue
      }
      services.append(Service(name: key, decoding: value, report: report))
    }
    // An optional dependency may be in no active profile: nothing waits for it then.
    let names = Set(services.map(\.name))
    for index in services.indices { services[index].dependsOn = services[index].dependsOn.filter { names.contains($0.key) } }
    services.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }

    func named<Value>(_ section: String, _ make: (String, ComposeValue) -> Value) -> [String: Value] {
      Dictionary((canonical[section]?.map?.pairs ?? []).map { ($0.key, make($0.key, $0.value)) }) { $1 }
    }
    self.name = name
    self.workingDirectory = workingDirectory
    self.configFiles = configFiles
    self.environmentFiles = environmentFiles
    self.inactiveServices = inactiveServices
    self.services = services
    self.networks = named("networks") { Network(key: $0, decoding: $1) }
    self.volumes = named("volumes") { Volume(key: $0, decoding: $1) }
    self.secrets = named("secrets") { FileObject(key: $0, decoding: $1) }
    self.configs = named("configs") { FileObject(key: $0, decoding: $1) }
    self.canonical = canonical
    if !problems.isEmpty { throw ComposeProblems(problems) }
  }
}

extension Network {
  init(key: String, decoding value: ComposeValue) {
    let read = CanonicalReader(value, at: "networks.\(key)")
    let ipam = read.object("ipam")
    self.init(
      key: key, name: read.text("name") ?? key, isExternal: read.flag("external"), driver: read.text("driver"),
      driverOptions: read.textMap("driver_opts"), ipamDriver: ipam?.text("driver"),
      ipamOptions: ipam?.textMap("options") ?? [:],
      subnets: (ipam?.objects("config") ?? []).map { config in
        Subnet(
          subnet: config.text("subnet"), gateway: config.text("gateway"), ipRange: config.text("ip_range"),
          auxiliaryAddresses: config.textMap("aux_addresses"))
      },
      isInternal: read.flag("internal"), isAttachable: read.flag("attachable"),
      enablesIPv4: read.flagIfGiven("enable_ipv4"), enablesIPv6: read.flagIfGiven("enable_ipv6"),
      labels: read.textMap("labels"), configHash: ConfigHash.network(value))
  }
}

extension Volume {
  init(key: String, decoding value: ComposeValue) {
    let read = CanonicalReader(value, at: "volumes.\(key)")
    self.init(
      key: key, name: read.text("name") ?? key, isExternal: read.flag("external"), driver: read.text("driver"),
      driverOptions: read.textMap("driver_opts"), labels: read.textMap("labels"), configHash: ConfigHash.volume(value))
  }
}

extension FileObject {
  init(key: String, decoding value: ComposeValue) {
    let read = CanonicalReader(value, at: key)
    let source: Source =
      if read.flag("external") {
        .external
      } else if let path = read.text("file") {
        .file(path)
      } else if let variable = read.text("environment") {
        .environment(name: variable, value: nil)
      } else {
        .content(read.text("content") ?? "")
      }
    self.init(key: key, name: read.text("name") ?? key, source: source)
  }
}
