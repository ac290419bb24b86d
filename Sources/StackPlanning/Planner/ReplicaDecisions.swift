package import ComposeFile

/// What becomes of the containers of one service.
struct ReplicaDecisions {
  struct Change {
    var container: ObservedContainer
    var cause: String
  }
  /// Stay as they are and run already.
  var kept: [ObservedContainer] = []
  /// Stay, and must be started (or unpaused).
  var started: [Change] = []
  var replaced: [Change] = []
  /// Numbers of replicas that are missing.
  var created: [Int] = []
  var createdCause = ""
  /// More than wanted.
  var surplus: [ObservedContainer] = []

  /// All that exist.
  var containers: [ObservedContainer] { kept + started.map(\.container) + replaced.map(\.container) + surplus }

  var changesWhatRuns: Bool { !started.isEmpty || !replaced.isEmpty || !created.isEmpty }
}

extension DeployPlanner {
  /// Decides as Docker Compose converges (observed with 5.6.1): diverged surplus containers go first, then the highest
  /// numbers; missing replicas get the numbers after the highest.
  func decisions(for service: Service) -> ReplicaDecisions {
    var result = ReplicaDecisions()
    let wanted = replicas(of: service)
    let existing = observed.replicas(of: service.name)
    let judged = existing.map { (container: $0, cause: divergence(of: $0, from: service)) }
    let sorted = judged.sorted { a, b in
      if (a.cause == nil) != (b.cause == nil) { return a.cause == nil }
      return a.container.number < b.container.number
    }
    result.surplus = sorted.dropFirst(wanted).map(\.container) + observed.leftovers(of: service.name)
    for (container, cause) in sorted.prefix(wanted).sorted(by: { $0.container.number < $1.container.number }) {
      if let cause {
        result.replaced.append(.init(container: container, cause: cause))
      } else if let cause = startCause(of: container) {
        result.started.append(.init(container: container, cause: cause))
      } else {
        result.kept.append(container)
      }
    }
    let missing = wanted - min(wanted, existing.count)
    if missing > 0 {
      let highest = existing.map(\.number).max() ?? 0
      result.created = (1...missing).map { highest + $0 }
      result.createdCause = existing.isEmpty ? "not running" : "scale \(existing.count) to \(wanted)"
    }
    return result
  }

  func replicas(of service: Service) -> Int { options.scale[service.name] ?? service.replicas }

  private func startCause(of container: ObservedContainer) -> String? {
    switch container.state {
    case .running, .restarting, .removing, .dead: nil
    case .created: "was never started"
    case .exited: container.exitCode.map { "exited with \($0)" } ?? "exited"
    case .paused: "paused"
    }
  }

  /// Why a container must be replaced; nil when it may stay.
  private func divergence(of container: ObservedContainer, from service: Service) -> String? {
    // The engine never starts such a container again.
    if container.state == .dead { return "dead" }
    if container.state == .removing { return "is being removed" }
    if options.recreate == .never { return nil }
    let isNamed = options.services.isEmpty || options.services.contains(service.name)
    if options.recreate == .force, isNamed { return "forced" }
    if options.alwaysRecreatesDependencies, !isNamed { return "forced for a dependency" }
    for parent in parents(of: service) where replacedServices.contains(parent) { return "\(parent) is replaced" }
    let causes = [
      isMade(container, from: service) ? nil : configCause(service), imageCause(container, service),
      mountedFilesCause(container, service),
      options.replacesOnContent && hasOldContents(container, service) ? "the content of its configs or secrets changed" : nil,
    ].compactMap { $0 }
    if !causes.isEmpty { return causes.joined(separator: "; ") }
    if service.networkMode == nil, let cause = networkDivergence(of: container, from: service) { return cause }
    for mount in service.volumes where mount.kind == .volume {
      guard let key = mount.source, let volume = project.volumes[key] else { continue }
      // By name only: the engine writes targets in its own way.
      if !container.mounts.contains(where: { $0.isVolume && $0.source == volume.name }) {
        return "volume \(volume.name) is not mounted"
      }
    }
    return nil
  }

  private func isMade(_ container: ObservedContainer, from service: Service) -> Bool {
    let expected = expectedHash(of: service)
    return container.configHash == expected
      || options.adopted.accepts(container.configHash, for: .service, service.name, model: expected)
  }

  /// The container mounts another folder of the server than the one with the wanted content: the kernel has found it when the
  /// container started, so that only a new container sees the new one.
  private func mountedFilesCause(_ container: ObservedContainer, _ service: Service) -> String? {
    guard !options.mountedFiles.isEmpty else { return nil }
    let sources = Set(container.mounts.filter { !$0.isVolume }.map(\.source))
    let other = files(of: service).filter { !sources.contains($0.path) }
    guard !other.isEmpty else { return nil }
    return "mounted files changed: " + other.map { $0.change ?? $0.name }.joined(separator: "; ")
  }

  /// What a service mounts of what is brought to the server.
  func files(of service: Service) -> [MountedFile] {
    Self.fileSources(of: service, in: project).compactMap { options.mountedFiles[$0] }
  }

  /// Paths of this machine that the containers of a service mount: binds, and secrets and configs that are files.
  static func fileSources(of service: Service, in project: Project) -> [String] {
    let binds = service.volumes.compactMap { $0.kind == .bind ? $0.source : nil }
    return Array(Set(binds + fileObjectSources(of: service, in: project))).sorted()
  }

  /// Files that are secrets and configs of a service.
  package static func fileObjectSources(of service: Service, in project: Project) -> [String] {
    var sources: [String] = []
    for object in service.secrets.map({ project.secrets[$0.source] }) + service.configs.map({ project.configs[$0.source] }) {
      if case .file(let path)? = object?.source { sources.append(path) }
    }
    return sources
  }

  /// The services that a plan is about, with those of their hooks.
  mutating func planFiles(_ services: [Service]) {
    let changed = Set(services.flatMap(Self.withHooks).flatMap(files(of:)).filter { $0.change != nil })
    guard !changed.isEmpty else { return }
    let sorted = changed.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
    sentFiles = builder.add(
      .prepare, .sendFiles(sources: sorted.map(\.name)), cause: sorted.prefix(3).compactMap(\.change).joined(separator: "; "))
  }

  /// The image behind the reference is another one. Nil too where the reference itself changed: the configuration says so.
  private func imageCause(_ container: ObservedContainer, _ service: Service) -> String? {
    guard let wanted = wantedImageID(of: service), let current = container.imageLabel ?? container.imageID.nonEmpty,
      wanted != current
    else { return nil }
    if let before = previous?.service(service.name), before.image != service.image { return nil }
    return "image \(imageReference(of: service)) is now \(Self.short(wanted)), was \(Self.short(current))"
  }

  /// A container that is not on its networks, or on one that has been removed since, cannot work or start.
  private func networkDivergence(of container: ObservedContainer, from service: Service) -> String? {
    for key in service.networks.keys.sorted() {
      guard let network = project.networks[key] else { continue }
      guard let endpoint = container.networks[network.name] else { return "not attached to network \(network.name)" }
      // The engine tells no id for a container that was never started.
      guard !endpoint.networkID.isEmpty, endpoint.networkID != observed.networks[network.name]?.id else { continue }
      return "its network \(network.name) was removed"
    }
    return nil
  }

  private func configCause(_ service: Service) -> String {
    guard let before = previous?.service(service.name) else { return "configuration changed" }
    let changes = ServiceDifference.between(before, service).map(\.text)
    guard !changes.isEmpty else { return "configuration changed" }
    let shown = changes.prefix(3).joined(separator: "; ")
    return changes.count > 3 ? "\(shown); and \(changes.count - 3) more" : shown
  }

  /// Services whose namespaces or volumes this one shares: it is replaced with them.
  func parents(of service: Service) -> [String] {
    var names: [String] = []
    for mode in [service.networkMode, service.ipc, service.pid] {
      if let mode, mode.hasPrefix("service:") { names.append(String(mode.dropFirst(8))) }
    }
    for source in service.volumesFrom where !source.hasPrefix("container:") {
      names.append(String(source.prefix { $0 != ":" }))
    }
    return names
  }

  /// Services whose containers this one's know by names of its own: they are named when these are created.
  func linked(by service: Service) -> [String] { service.links.map { String($0.prefix { $0 != ":" }) } }

  /// The hash as the label has it: with the ids of the containers it refers to (as Compose does at create time).
  private func expectedHash(of service: Service) -> String {
    let replacements = Self.resolvedReferences(of: service) { name in
      observed.replicas(of: name).first?.id
    }
    return replacements.isEmpty ? service.configHash : service.configHash(replacing: replacements)
  }

  /// Attributes of a service that name other services, with the live container's id put in.
  ///
  /// `idOf` gives the id of a service's first container; what it does not know stays as written.
  package static func resolvedReferences(
    of service: Service, idOf: (String) -> String?
  ) -> [String: ComposeValue] {
    var result: [String: ComposeValue] = [:]
    for (key, mode) in [("network_mode", service.networkMode), ("ipc", service.ipc), ("pid", service.pid)] {
      guard let mode, mode.hasPrefix("service:"), let id = idOf(String(mode.dropFirst(8))) else { continue }
      result[key] = .string("container:\(id)")
    }
    if !service.volumesFrom.isEmpty {
      result["volumes_from"] = .list(
        service.volumesFrom.map { source in
          // Docker Compose forgets `:ro` here, in the hash too (observed with 5.6.1); the hash follows it, the mount does not.
          if source.hasPrefix("container:") { return .string(String(source.dropFirst(10).prefix { $0 != ":" })) }
          return idOf(String(source.prefix { $0 != ":" })).map { .string($0) } ?? .string(source)
        })
    }
    return result
  }

  func imageReference(of service: Service) -> String { project.imageReference(of: service) }

  func wantedImageID(of service: Service) -> String? {
    options.pinnedImages[service.name] ?? observed.images[imageReference(of: service)]?.id
  }

  static func short(_ id: String) -> String {
    let digits = id.hasPrefix("sha256:") ? id.dropFirst(7) : id[...]
    return String(digits.prefix(12))
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
