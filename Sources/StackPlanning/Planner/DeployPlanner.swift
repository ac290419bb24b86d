package import ComposeFile

/// Makes the plan of an `up`, a deploy or a rollback.
///
/// Pure: the same input gives the same plan. What it decides follows Docker Compose's convergence; how it gets there
/// differs in one point: nothing that runs is stopped before everything new is made, and what is replaced is kept,
/// stopped, until the new containers have proved themselves.
package struct DeployPlanner {
  let project: Project
  let observed: ObservedStack
  let previous: Project?
  let options: PlanOptions
  var builder = PlanBuilder()
  var warnings: [String] = []
  var problems: [PlanProblem] = []
  /// Services of which at least one container is replaced; filled in start order.
  var replacedServices: Set<String> = []
  var decided: [String: ReplicaDecisions] = [:]
  /// The step that brings files to the server.
  var sentFiles: Int?
  /// Stops in the prepare phase, by container id.
  var earlyStops: [String: Int] = [:]

  /// Plans the way from `observed` to `project`.
  ///
  /// - Parameter previous: the project that was deployed last, to name what changed; nil when unknown.
  /// - Throws: `PlanProblems` with all reasons why there is no way.
  package static func plan(
    _ project: Project, observed: ObservedStack, previous: Project? = nil, options: PlanOptions = PlanOptions()
  ) throws(PlanProblems) -> Plan {
    var planner = DeployPlanner(project: project, observed: observed, previous: previous, options: options)
    return try planner.plan()
  }

  private init(project: Project, observed: ObservedStack, previous: Project?, options: PlanOptions) {
    self.project = project
    self.observed = observed
    self.previous = previous
    self.options = options
  }

  private mutating func plan() throws(PlanProblems) -> Plan {
    checkServices()
    let targets = Self.targets(project, options)
    let ordered = StartOrder.of(project.services).filter { targets.contains($0.name) }
    for service in ordered {
      checkScale(of: service)
      let decisions = decisions(for: service)
      decided[service.name] = decisions
      if !decisions.replaced.isEmpty { replacedServices.insert(service.name) }
    }
    checkNames(ordered)
    warnOfHeldPorts(ordered)
    warnOfOldContents(ordered)
    planPulls(ordered)
    planBuilds(ordered)
    let movedNetworks = planNetworks(ordered)
    planVolumes(ordered)
    guard problems.isEmpty else { throw PlanProblems(problems) }
    planFiles(ordered)
    planCreates(ordered)
    planApply(ordered, movedNetworks: movedNetworks)
    if options.startsContainers, options.gate == .ready { planGate(ordered) }
    planRemovals(ordered)
    return Plan(project: project.name, steps: builder.numbered(), warnings: warnings, inputs: inputs(of: ordered))
  }

  /// What a plan depends on beyond what its steps say; see `Plan.hash`.
  private func inputs(of services: [Service]) -> [String] {
    services.map { "service \($0.name) \($0.configHash) \(wantedImageID(of: $0) ?? "")" }
      + contentInputs(services)
      + services.flatMap(files(of:)).map { "files \($0.name) \($0.digest ?? $0.change ?? "")" }
      + usedNetworks(services).map { "network \($0.key) \($0.configHash)" }
      + usedVolumes(services).map { "volume \($0.key) \($0.configHash)" }
  }

  /// Inline contents, which no other hash covers. What comes from the environment stays out: a hash could tell a short secret.
  private func contentInputs(_ services: [Service]) -> [String] {
    let used = Set(services.flatMap { service in service.configs.map(\.source) })
    return used.sorted().compactMap { key in
      guard case .content(let text)? = project.configs[key]?.source else { return nil }
      return "config \(key) \(ContentHash.hexadecimal(Array(text.utf8)))"
    }
  }

  /// Services that a deploy with these options looks at: those named and what they depend on, or all.
  package static func targets(_ project: Project, _ options: PlanOptions) -> Set<String> {
    if options.services.isEmpty { return Set(project.services.map(\.name)) }
    if options.skipsDependencies { return Set(options.services) }
    return StartOrder.closure(of: options.services, in: project.services)
  }

  private mutating func checkServices() {
    for name in Set(options.services).union(options.scale.keys).sorted() where project.service(name) == nil {
      problems.append(PlanProblem("there is no service \(name)", fix: "see the services with: slipway config --services"))
    }
  }

  /// An orphan that stays keeps its host ports.
  private mutating func warnOfHeldPorts(_ services: [Service]) {
    guard !options.removesOrphans, options.startsContainers else { return }
    for service in services where decided[service.name]?.changesWhatRuns == true {
      let wanted = Set(Self.publishedPorts(of: service))
      for orphan in orphans where orphan.isUp {
        for port in orphan.publicPorts where wanted.contains(port) {
          warnings.append("port \(port) of service \(service.name) is held by \(orphan.name), which --remove-orphans removes")
        }
      }
    }
  }

  /// What was copied into a container stays as it was until it is replaced.
  private mutating func warnOfOldContents(_ services: [Service]) {
    for service in services where !options.replacesOnContent {
      let old = (decided[service.name]?.kept ?? []).filter { hasOldContents($0, service) }
      guard !old.isEmpty else { continue }
      warnings.append(
        "configs or secrets of \(service.name) have changed, and its containers keep the old ones (slipway deploy or --force-recreate renews them)"
      )
    }
  }

  func hasOldContents(_ container: ObservedContainer, _ service: Service) -> Bool {
    guard let wanted = options.contents[service.name], let current = container.contents else { return false }
    return wanted != current
  }

  private mutating func checkScale(of service: Service) {
    if service.containerName != nil, replicas(of: service) > 1 {
      problems.append(
        PlanProblem(
          "service \(service.name) has container_name \(service.containerName ?? "") and cannot have \(replicas(of: service)) containers",
          fix: "remove container_name, or scale it to 1"))
    }
    for (index, hook) in service.preStart.enumerated() where hook.map?["per_replica"]?.bool == true {
      problems.append(
        PlanProblem(
          "service \(service.name) has per_replica in pre_start[\(index)], which is not supported",
          fix: "remove per_replica: the hook runs once for the service"))
    }
    if service.isProvider {
      problems.append(
        PlanProblem(
          "service \(service.name) is run by a provider, which Slipway does not start",
          fix: "put it in a profile and start it with docker compose"))
    }
  }

  // MARK: Volumes

  private func usedVolumes(_ services: [Service]) -> [Volume] {
    var keys: Set<String> = []
    for service in services.flatMap(Self.withHooks) {
      for mount in service.volumes where mount.kind == .volume {
        if let source = mount.source { keys.insert(source) }
      }
    }
    return keys.sorted().compactMap { project.volumes[$0] }
  }

  private mutating func planVolumes(_ services: [Service]) {
    for volume in usedVolumes(services) {
      guard let existing = observed.volumes[volume.name] else {
        if volume.isExternal {
          problems.append(
            PlanProblem(
              "volume \(volume.name) is declared external and does not exist",
              fix: "create it: docker volume create \(volume.name)"))
        } else {
          builder.add(.prepare, .createVolume(key: volume.key, name: volume.name), cause: "does not exist")
        }
        continue
      }
      if volume.isExternal { continue }
      if existing.project != project.name {
        warnings.append(
          "volume \(volume.name) exists and was not made for this project; it is used as it is (set external: true to say so)")
      } else if let hash = existing.configHash, hash != volume.configHash,
        !options.adopted.accepts(hash, for: .volume, volume.key, model: volume.configHash)
      {
        warnings.append(
          "volume \(volume.name) exists with other options than the file says; it is kept as it is, with its data")
      }
    }
  }

  // MARK: Containers

  func finalName(_ service: Service, _ number: Int) -> String {
    service.containerName ?? "\(project.name)-\(service.name)-\(number)"
  }

  /// The name that a replaced container has until it is removed.
  package static func backupName(of name: String, id: String) -> String { "\(name)-replaced-\(id.prefix(12))" }

  private mutating func planCreates(_ services: [Service]) {
    let prepared = builder.steps.filter { $0.phase == .prepare }
    var createOf: [String: [Int]] = [:]
    for service in services {
      guard let decisions = decided[service.name] else { continue }
      let parentCreates = (parents(of: service) + linked(by: service)).flatMap { createOf[$0] ?? [] }
      let after = needs(of: service, among: prepared) + parentCreates + [sentFiles].compactMap { $0 }
      var creates: [Int] = []
      for change in decisions.replaced {
        let old = change.container
        let name = finalName(service, old.number)
        let number = builder.add(
          .prepare,
          .createContainer(
            service: service.name, number: old.number, name: name,
            temporaryName: "\(old.id.prefix(12))_\(name)", replaces: old.id),
          cause: change.cause, after: after)
        creates.append(number)
        copyFiles(into: service, old.number, after: number, cause: change.cause)
      }
      for replica in decisions.created {
        let name = finalName(service, replica)
        let number = builder.add(
          .prepare,
          .createContainer(
            service: service.name, number: replica, name: name,
            temporaryName: holder(of: name).map { "\($0.id.prefix(12))_\(name)" }, replaces: nil),
          cause: decisions.createdCause, after: after)
        creates.append(number)
        copyFiles(into: service, replica, after: number, cause: decisions.createdCause)
      }
      createOf[service.name] = creates
    }
  }

  /// The container that has a name now.
  func holder(of name: String) -> ObservedContainer? { observed.containers.first { $0.name == name } }

  /// A name can only be taken from a container that goes.
  private mutating func checkNames(_ services: [Service]) {
    let going = goingContainers
    for service in services {
      guard let decisions = decided[service.name] else { continue }
      for number in decisions.created + decisions.replaced.map(\.container.number) {
        let name = finalName(service, number)
        guard let holder = holder(of: name), !going.contains(holder.id) else { continue }
        problems.append(
          PlanProblem(
            "the container name \(name) of service \(service.name) is taken by a container of service \(holder.service)",
            fix: orphans.contains(holder)
              ? "remove it with --remove-orphans, or choose another container_name" : "choose another container_name"))
      }
    }
  }

  private func needs(of service: Service, among prepared: [PlanStep]) -> [Int] {
    let volumes = Set(service.volumes.compactMap { $0.kind == .volume ? $0.source : nil })
    return prepared.filter { step in
      switch step.action {
      case .createNetwork(let key, _): service.networks[key] != nil
      case .createVolume(let key, _): volumes.contains(key)
      default: false
      }
    }.map(\.number)
  }

  private mutating func copyFiles(into service: Service, _ number: Int, after: Int, cause: String) {
    let uses = service.secrets.map { project.secrets[$0.source] } + service.configs.map { project.configs[$0.source] }
    let isCopied = uses.contains { object in
      switch object?.source {
      case .environment, .content: true
      case .file, .external, nil: false
      }
    }
    guard isCopied else { return }
    builder.add(.prepare, .copyFiles(planned(service, number)), cause: cause, after: [after])
  }

  func planned(_ service: Service, _ number: Int) -> ContainerReference {
    .planned(service: service.name, number: number, name: finalName(service, number))
  }

  // MARK: Removal

  func surplusCause(_ container: ObservedContainer, of service: Service) -> String {
    if container.isLeftover { return "left by an earlier deploy" }
    return "scale \(observed.replicas(of: service.name).count) to \(replicas(of: service))"
  }

  /// Containers of services that the project does not know, and one-off containers that have ended.
  var orphans: [ObservedContainer] {
    let known = Set(project.services.map(\.name)).union(project.inactiveServices)
    return observed.containers.filter { container in
      if container.isHook { return false }
      if container.isOneOff { return container.state == .exited || container.state == .dead }
      return !known.contains(container.service)
    }
  }

  func orphanCause(_ container: ObservedContainer) -> String {
    container.isOneOff ? "one-off container that has ended" : "orphan: service \(container.service) is not in the files"
  }

  private mutating func planRemovals(_ services: [Service]) {
    var removed: [Int] = []
    for service in services {
      guard let decisions = decided[service.name] else { continue }
      for change in decisions.replaced {
        removed.append(
          builder.add(
            .commit,
            .remove(change.container.reference, withAnonymousVolumes: options.renewsAnonymousVolumes),
            cause: "replaced", dataLoss: options.renewsAnonymousVolumes && change.container.hasAnonymousVolumes))
      }
      for container in decisions.surplus {
        removed.append(
          builder.add(
            .commit, .remove(container.reference, withAnonymousVolumes: false),
            cause: surplusCause(container, of: service)))
      }
    }
    if options.removesOrphans {
      for container in orphans {
        removed.append(
          builder.add(
            .commit, .remove(container.reference, withAnonymousVolumes: false),
            cause: orphanCause(container)))
      }
    } else if !orphans.isEmpty, !options.ignoresOrphans {
      let names = orphans.map(\.name).sorted().joined(separator: ", ")
      warnings.append("orphan containers: \(names) (remove them with --remove-orphans)")
    }
    removeOldNetworks(services, after: removed)
  }

  /// A network that has another name now leaves its old one behind.
  private mutating func removeOldNetworks(_ services: [Service], after removed: [Int]) {
    let going = goingContainers
    for network in usedNetworks(services) where !network.isExternal {
      for old in observed.networks.values.sorted(by: { $0.name < $1.name })
      where old.project == project.name && old.key == network.key && old.name != network.name {
        let users = observed.containers.filter { $0.isUp && $0.networks[old.name] != nil && !going.contains($0.id) }
        if users.isEmpty {
          builder.add(
            .commit, .removeNetwork(id: old.id, name: old.name), cause: "network \(network.key) is now \(network.name)",
            after: removed)
        } else {
          warnings.append("network \(old.name) stays: it is used by \(users.map(\.name).sorted().joined(separator: ", "))")
        }
      }
    }
  }

  /// Ids of the containers that the plan removes.
  private var goingContainers: Set<String> {
    Set(decided.values.flatMap { $0.replaced.map(\.container.id) + $0.surplus.map(\.id) })
      .union(options.removesOrphans ? orphans.map(\.id) : [])
  }
}

extension ObservedContainer {
  package var reference: ContainerReference { .existing(id: id, name: name, service: service) }

  /// The engine names anonymous volumes by 64 hexadecimal digits.
  var hasAnonymousVolumes: Bool {
    mounts.contains { $0.isVolume && VolumeName.isAnonymous($0.source) }
  }
}
