import ComposeFile
import DockerEngine

/// A container in the words of a compose file: what it was asked to be, without what its image and the engine give by themselves.
///
/// The reverse of `ContainerSpecification`. What cannot be told from an inspection, such as hooks, contents that were copied in,
/// `build` or `platform`, is absent.
struct ContainerReading {
  enum Form {
    /// Attributes as a compose file has them.
    case file
    /// The same attributes in one form each, with keys in place of positions, to find differences by their path.
    case comparison
  }

  let container: ContainerInspection
  /// What its image gives; nil: the engine has lost the image.
  let image: ContainerConfig?
  let names: ObjectNames
  let defaults: EngineDefaults
  let form: Form

  var config: ContainerConfig { container.config }
  var host: HostConfig { container.hostConfig }

  func attributes() -> ComposeMap {
    var map = ComposeMap()
    if form == .file, !config.image.isEmpty { map["image"] = .string(config.image) }
    addName(to: &map)
    addProcess(to: &map)
    addHealthcheck(to: &map)
    addLabels(to: &map)
    addNetworks(to: &map)
    addPorts(to: &map)
    addVolumes(to: &map)
    addRights(to: &map)
    addNamespaces(to: &map)
    addResources(to: &map)
    if form == .file { addDependencies(to: &map) }
    return map
  }

  // MARK: Names

  private func addName(to map: inout ComposeMap) {
    let usual = "\(names.project)-\(container.service)-\(container.number)"
    // Of `--compatibility`, and of Docker Compose before version 2.
    let older = "\(names.project)_\(container.service)_\(container.number)"
    if container.name != usual, container.name != older { map["container_name"] = .string(container.name) }
    // The first digits of the id are the engine's choice; in a namespace of somebody else it is theirs.
    let isChosen = config.hostname != container.id.prefix(12)
    let isShared = host.networkMode == "host" || host.networkMode.hasPrefix("container:") || host.utsMode == "host"
    if isChosen, !isShared { map.set("hostname", config.hostname) }
    if !isShared { map.set("domainname", config.domainname) }
  }

  // MARK: Process

  private func addProcess(to map: inout ComposeMap) {
    if config.user != image?.user ?? "" { map.set("user", config.user) }
    if config.workingDirectory != image?.workingDirectory ?? "" { map.set("working_dir", config.workingDirectory) }
    if config.hasTTY { map["tty"] = .bool(true) }
    if config.opensStdin { map["stdin_open"] = .bool(true) }
    if let usesInit = host.usesInit { map["init"] = .bool(usesInit) }
    addCommand(to: &map)
    let given = Set(image?.environment ?? [])
    let own = config.environment.filter { !given.contains($0) }
    map.set(
      "environment",
      ComposeMap(
        own.map { entry -> (String, ComposeValue) in
          let name = ContainerConfig.variable(entry)
          return (name, entry.utf8.count == name.utf8.count ? .null : .string(String(entry.dropFirst(name.count + 1))))
        }.sorted { $0.0 < $1.0 }))
    // Engines before 23 write out the signal that they would send anyway.
    let usual = image.map { $0.stopSignal.isEmpty ? "SIGTERM" : $0.stopSignal } ?? "SIGTERM"
    if !config.stopSignal.isEmpty, config.stopSignal != usual { map["stop_signal"] = .string(config.stopSignal) }
    if let seconds = config.stopTimeoutSeconds {
      map["stop_grace_period"] = .string(Self.duration(Int64(min(max(seconds, 0), 1_000_000_000)) * 1_000_000_000))
    }
    if let restart = restart { map["restart"] = .string(restart) }
  }

  private func addCommand(to map: inout ComposeMap) {
    let command = config.command ?? []
    let entrypoint = config.entrypoint ?? []
    let usualCommand = image?.command ?? []
    let usualEntrypoint = image?.entrypoint ?? []
    // An entrypoint of one's own does without the image's command.
    let hasOwnEntrypoint = entrypoint != usualEntrypoint || (command.isEmpty && !usualCommand.isEmpty)
    if hasOwnEntrypoint { map["entrypoint"] = .list(entrypoint.map { .string($0) }) }
    if hasOwnEntrypoint ? !command.isEmpty : command != usualCommand { map["command"] = .list(command.map { .string($0) }) }
  }

  private var restart: String? {
    switch host.restartPolicy.name {
    case "", "no": nil
    case "on-failure" where host.restartPolicy.maximumRetryCount > 0: "on-failure:\(host.restartPolicy.maximumRetryCount)"
    default: host.restartPolicy.name
    }
  }

  private func addHealthcheck(to map: inout ComposeMap) {
    guard let check = config.healthcheck, check != image?.healthcheck else { return }
    var own = ComposeMap()
    if check.test == ["NONE"] {
      own["disable"] = .bool(true)
    } else {
      let usual = image?.healthcheck ?? HealthConfig()
      if check.test != usual.test { own["test"] = .list(check.test.map { .string($0) }) }
      let durations: [(String, KeyPath<HealthConfig, Int64>)] = [
        ("interval", \.intervalNanoseconds), ("timeout", \.timeoutNanoseconds), ("start_period", \.startPeriodNanoseconds),
        ("start_interval", \.startIntervalNanoseconds),
      ]
      for (key, path) in durations where check[keyPath: path] != usual[keyPath: path] {
        own[key] = .string(Self.duration(check[keyPath: path]))
      }
      if check.retries != usual.retries { own["retries"] = .int(check.retries) }
    }
    map.set("healthcheck", own)
  }

  static func duration(_ nanoseconds: Int64) -> String { GoDuration.text(Int(nanoseconds)) }

  // MARK: Labels

  /// The user's own: neither those of the two tools, nor the image's, nor what Docker Desktop adds.
  private func addLabels(to map: inout ComposeMap) {
    let own = config.labels.filter { name, value in
      image?.labels[name] != value && !Self.isToolLabel(name)
    }
    map.set("labels", own)
  }

  static func isToolLabel(_ name: String) -> Bool {
    name.hasPrefix("com.docker.compose.") || name.hasPrefix("desktop.docker.io/")
      || [ComposeLabel.operation, ComposeLabel.revision, ComposeLabel.contents].contains(name)
  }

  // MARK: Dependencies

  private func addDependencies(to map: inout ComposeMap) {
    let text = config.labels[ComposeLabel.dependsOn] ?? ""
    var dependencies = ComposeMap()
    for entry in text.split(separator: ",").sorted() {
      let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      var dependency = ComposeMap([("condition", .string(parts.count > 1 ? parts[1] : "service_started"))])
      if parts.count > 2, parts[2] == "true" { dependency["restart"] = .bool(true) }
      dependencies[parts[0]] = .map(dependency)
    }
    map.set("depends_on", dependencies)
  }
}

extension ComposeMap {
  /// Sets what is not empty.
  mutating func set(_ key: String, _ text: String) {
    if !text.isEmpty { self[key] = .string(text) }
  }

  mutating func set(_ key: String, _ texts: [String]) {
    if !texts.isEmpty { self[key] = .list(texts.map { .string($0) }) }
  }

  mutating func set(_ key: String, _ map: ComposeMap) {
    if !map.isEmpty { self[key] = .map(map) }
  }

  mutating func set(_ key: String, _ texts: [String: String]) {
    set(key, ComposeMap(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
  }

  mutating func set(_ key: String, _ number: Int64) {
    if number != 0 { self[key] = .int(Int(number)) }
  }

  mutating func set(_ key: String, _ items: [ComposeValue]) {
    if !items.isEmpty { self[key] = .list(items) }
  }
}
