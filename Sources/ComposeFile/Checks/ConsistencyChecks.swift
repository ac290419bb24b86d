/// Checks of one active service against itself and the rest of the project.
struct ConsistencyChecks {
  /// All active services by name.
  let services: [String: ServiceDraft]
  /// Names of services that are in the files, active or not.
  let known: Set<String>
  let networks: Set<String>
  let volumes: Set<String>
  let secrets: Set<String>
  let configs: Set<String>
  let models: Set<String>
  private(set) var problems: [ComposeProblem] = []

  init(
    services: [String: ServiceDraft], known: Set<String>, networks: Set<String>, volumes: Set<String>,
    secrets: Set<String>, configs: Set<String>, models: Set<String>
  ) {
    self.services = services
    self.known = known
    self.networks = networks
    self.volumes = volumes
    self.secrets = secrets
    self.configs = configs
    self.models = models
  }

  mutating func check(_ service: ServiceDraft) {
    checkSource(service)
    checkReferences(service)
    checkDependencies(service)
    checkScale(service)
    checkLimits(service)
    checkMounts(service)
    checkHealth(service)
    checkWatch(service)
  }

  /// No two services may claim the same container name.
  mutating func checkContainerNames(_ ordered: [ServiceDraft]) {
    var owners: [String: String] = [:]
    for service in ordered {
      guard let name = service.canonical["container_name"]?.string else { continue }
      if let owner = owners.updateValue(service.name, forKey: name) {
        report(
          .conflictingValues, at: service.position(of: "container_name"),
          "\(service.path).container_name: `\(name)` is already the container name of service `\(owner)`",
          fix: "give one of them another name, or remove `container_name`")
      }
    }
  }

  private mutating func checkSource(_ service: ServiceDraft) {
    let build = service.canonical["build"]
    if build == nil, service.canonical["image"] == nil, service.canonical["provider"] == nil {
      report(
        .missingValue, at: service.position, "\(service.path): has neither `image` nor `build`",
        fix: "add an `image`, or a `build` with the folder of a Dockerfile")
    }
    guard let build else { return }
    if build["dockerfile"] != nil, build["dockerfile_inline"] != nil {
      report(
        .conflictingValues, at: service.position(of: "build", "dockerfile_inline"),
        "\(service.path).build: `dockerfile` and `dockerfile_inline` exclude each other", fix: "remove one of them")
    }
    for (key, value) in build["additional_contexts"]?.map?.pairs ?? [] {
      guard let text = value.string, text.hasPrefix("service:") else { continue }
      let target = String(text.dropFirst(8))
      let position = service.position(of: "build", "additional_contexts", key)
      if let other = services[target] {
        guard other.canonical["build"] == nil else { continue }
        report(
          .conflictingValues, at: position,
          "\(service.path).build.additional_contexts.\(key): service `\(target)` is not built here",
          fix: "give `\(target)` a `build`, or name another service")
      } else {
        reportUndefined(.undefinedService, "service", target, "\(service.path).build.additional_contexts.\(key)", position, known)
      }
    }
    let platforms = build["platforms"]?.list?.compactMap(\.string) ?? []
    if let platform = service.canonical["platform"]?.string, !platforms.isEmpty, !platforms.contains(platform) {
      report(
        .conflictingValues, at: service.position(of: "build", "platforms"),
        "\(service.path).build.platforms: does not list the service's platform `\(platform)`",
        fix: "add `\(platform)` to the list")
    }
  }

  private mutating func checkReferences(_ service: ServiceDraft) {
    let attached = service.canonical["networks"]?.map ?? ComposeMap()
    if let mode = service.canonical["network_mode"]?.string, !attached.isEmpty {
      report(
        .conflictingValues, at: service.position(of: "network_mode"),
        "\(service.path): `network_mode: \(mode)` and `networks` exclude each other", fix: "remove one of them")
    }
    for key in attached.keys where !networks.contains(key) {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      reportUndefined(
        .undefinedNetwork, "network", key, "\(service.path).networks", keyOrItem(service, "networks", key), networks)
    }
    for (index, mount) in (service.canonical["volumes"]?.list ?? []).enumerated() where mount["type"]?.string == "volume" {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      guard let source = mount["source"]?.string, !volumes.contains(source) else { continue }
      reportUndefined(
        .undefinedVolume, "volume", source, "\(service.path).volumes[\(index)]",
        service.position(ofItem: index, in: "volumes"), volumes)
    }
    checkFiles(service, "secrets", among: secrets, .undefinedSecret)
    checkFiles(service, "configs", among: configs, .undefinedConfig)
    for secret in service.canonical["build"]?["secrets"]?.list ?? [] {
      guard let source = secret["source"]?.string, !secrets.contains(source) else { continue }
      reportUndefined(
        .undefinedSecret, "secret", source, "\(service.path).build.secrets",
        service.position(of: "build", "secrets"), secrets)
    }
    for key in service.canonical["models"]?.map?.keys ?? [] where !models.contains(key) {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      reportUndefined(.undefinedModel, "model", key, "\(service.path).models", keyOrItem(service, "models", key), models)
    }
  }

  private func keyOrItem(_ service: ServiceDraft, _ attribute: String, _ key: String) -> SourcePosition {
    service.keyPosition(of: key, in: attribute)
  }

  private mutating func checkFiles(
    _ service: ServiceDraft, _ attribute: String, among defined: Set<String>, _ rule: ComposeProblem.Rule
  ) {
    for (index, file) in (service.canonical[attribute]?.list ?? []).enumerated() {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      let source = file["source"]?.string ?? ""
      guard !defined.contains(source) else { continue }
      reportUndefined(
        rule, String(attribute.dropLast()), source, "\(service.path).\(attribute)[\(index)]",
        service.position(ofItem: index, in: attribute), defined)
    }
  }

  private mutating func checkDependencies(_ service: ServiceDraft) {
    for (name, options) in service.dependencies.pairs where services[name] == nil {
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      let isRequired = options["required"]?.bool ?? true
      if known.contains(name), !isRequired { continue }
      let position = service.keyPosition(of: name, in: "depends_on")
      if known.contains(name) {
        report(
          .undefinedService, at: position,
          "\(service.path): depends on service `\(name)`, which no active profile includes",
          fix: "activate a profile of `\(name)`, or write `required: false`")
      } else {
        reportUndefined(.undefinedService, "service", name, "\(service.path)", position, known)
      }
    }
  }

  private mutating func checkScale(_ service: ServiceDraft) {
    let scale = service.canonical["scale"]?.int
    let replicas = service.canonical["deploy"]?["replicas"]?.int
    if let scale, let replicas, scale != replicas {
      report(
        .conflictingValues, at: service.position(of: "scale"),
        "\(service.path): `scale` is \(scale), but `deploy.replicas` is \(replicas)", fix: "keep one of them")
    }
    if service.replicas > 1, service.canonical["container_name"] != nil {
      let attribute = scale == nil ? "deploy.replicas" : "scale"
      report(
        .conflictingValues, at: service.position(of: "container_name"),
        "\(service.path): `container_name` allows one container, but `\(attribute)` is \(service.replicas)",
        fix: "remove `container_name`, or run one replica")
    }
  }

  private mutating func checkLimits(_ service: ServiceDraft) {
    let resources = service.canonical["deploy"]?["resources"]
    for (own, part, key) in [
      ("cpus", "limits", "cpus"), ("mem_limit", "limits", "memory"), ("pids_limit", "limits", "pids"),
      ("mem_reservation", "reservations", "memory"),
    ] {
      // Where the section is there without the value, it says that there is no limit.
      guard let first = service.canonical[own], let limits = resources?[part]?.map, limits[key] != first else { continue }
      report(
        .conflictingValues, at: service.position(of: own),
        "\(service.path): `\(own)` and `deploy.resources.\(part).\(key)` differ", fix: "keep one of them")
    }
  }

  private mutating func checkMounts(_ service: ServiceDraft) {
    let tmpfs = service.canonical["tmpfs"]?.list ?? []
    let mounts = service.canonical["volumes"]?.list ?? []
    guard !mounts.isEmpty || tmpfs.count > 1 else { return }
    var targets: [String: String] = [:]
    for (index, entry) in tmpfs.enumerated() {
      let target = entry.string?.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
      guard let first = targets.updateValue("tmpfs[\(index)]", forKey: target) else { continue }
      report(
        .conflictingValues, at: service.position(ofItem: index, in: "tmpfs"),
        "\(service.path).tmpfs[\(index)]: `\(target)` is already the target of \(service.path).\(first)",
        fix: "remove one of the two")
    }
    for (index, mount) in mounts.enumerated() {
      let position = service.position(ofItem: index, in: "volumes")
      guard let target = mount["target"]?.string, !target.isEmpty else {
        report(
          .missingValue, at: position, "\(service.path).volumes[\(index)]: `target` is missing",
          fix: "add the path in the container as `target`")
        continue
      }
      guard let first = targets.updateValue("volumes[\(index)]", forKey: target) else { continue }
      report(
        .conflictingValues, at: position,
        "\(service.path).volumes[\(index)]: `\(target)` is already the target of \(service.path).\(first)",
        fix: "give one of them another target")
    }
  }

  private mutating func checkHealth(_ service: ServiceDraft) {
    guard let first = service.canonical["healthcheck"]?["test"]?.list?.first?.string else { return }
    guard !["CMD", "CMD-SHELL", "NONE"].contains(first) else { return }
    report(
      .invalidValue, at: service.position(of: "healthcheck", "test"),
      "\(service.path).healthcheck.test: must start with CMD, CMD-SHELL or NONE, but starts with `\(first)`",
      fix: "put CMD before the command, or write the test as one string")
  }

  private mutating func checkWatch(_ service: ServiceDraft) {
    for (index, rule) in (service.canonical["develop"]?["watch"]?.list ?? []).enumerated() {
      guard let action = rule["action"]?.string, action != "rebuild", action != "restart", rule["target"] == nil else {
        continue
      }
      report(
        .missingValue, at: service.node["develop"]?["watch"]?.items?[index].position ?? service.position,
        "\(service.path).develop.watch[\(index)]: `\(action)` needs a `target`",
        fix: "add the path in the container as `target`")
    }
  }

  private mutating func reportUndefined(
    _ rule: ComposeProblem.Rule, _ what: String, _ name: String, _ path: String, _ position: SourcePosition,
    _ defined: Set<String>
  ) {
    let remedy =
      if let meant = Spelling.nearest(to: name, among: defined) {
        "did you mean `\(meant)`?"
      } else {
        "declare `\(name)` under `\(what)s`, or remove the reference"
      }
    report(rule, at: position, "\(path): \(what) `\(name)` is not defined", fix: remedy)
  }

  private mutating func report(_ rule: ComposeProblem.Rule, at position: SourcePosition, _ message: String, fix: String) {
    problems.append(ComposeProblem(rule, at: position, message, fix: fix))
  }
}
