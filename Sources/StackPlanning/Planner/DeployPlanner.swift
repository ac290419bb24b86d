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
    let targets = targetServices()
    let ordered = StartOrder.of(project.services).filter { targets.contains($0.name) }
    for service in ordered {
      checkScale(of: service)
      let decisions = decisions(for: service)
      decided[service.name] = decisions
      if !decisions.replaced.isEmpty { replacedServices.insert(service.name) }
    }
    planPulls(ordered)
    let movedNetworks = planNetworks(ordered)
    planVolumes(ordered)
    guard problems.isEmpty else { throw PlanProblems(problems) }
    planCreates(ordered)
    planApply(ordered, movedNetworks: movedNetworks)
    if options.startsContainers, options.gate == .ready { planGate(ordered) }
    planRemovals(ordered)
    return Plan(project: project.name, steps: builder.numbered(), warnings: warnings)
  }

  private func targetServices() -> Set<String> {
    if options.services.isEmpty { return Set(project.services.map(\.name)) }
    if options.skipsDependencies { return Set(options.services) }
    return StartOrder.closure(of: options.services, in: project.services)
  }

  private mutating func checkScale(of service: Service) {
    if service.containerName != nil, replicas(of: service) > 1 {
      problems.append(
        PlanProblem(
          "service \(service.name) has container_name \(service.containerName ?? "") and cannot have \(replicas(of: service)) containers",
          fix: "remove container_name, or scale it to 1"))
    }
    if service.isProvider {
      problems.append(
        PlanProblem(
          "service \(service.name) is run by a provider, which Slipway does not start",
          fix: "put it in a profile and start it with docker compose"))
    }
  }

  // MARK: Images

  private mutating func planPulls(_ services: [Service]) {
    var wanted: [String: (services: [String], cause: String)] = [:]
    for service in services where replicas(of: service) > 0 && !service.isProvider {
      let reference = imageReference(of: service)
      let isHere = observed.images[reference] != nil
      if options.pinnedImages[service.name] != nil || options.builtServices.contains(service.name) { continue }
      switch (options.pull?.rawValue ?? service.pullPolicy ?? "missing", isHere) {
      case ("always", _) where service.build == nil || service.image != nil && options.pull == .always:
        wanted[reference, default: ([], "pull policy always")].services.append(service.name)
      case ("never", false):
        problems.append(
          PlanProblem(
            "image \(reference) of service \(service.name) is not on the engine, and the pull policy is never",
            fix: "pull or build the image, or change pull_policy"))
      case (_, true): continue
      case (_, false) where service.build != nil:
        problems.append(
          PlanProblem(
            "image \(reference) of service \(service.name) is not on the engine and must be built",
            fix: "build it first: docker compose build \(service.name)"))
      case (_, false):
        wanted[reference, default: ([], "not on the engine")].services.append(service.name)
      }
    }
    for (reference, entry) in wanted.sorted(by: { $0.key < $1.key }) {
      builder.add(.pull, .pullImage(reference: reference, services: entry.services.sorted()), cause: entry.cause)
    }
  }

  // MARK: Networks and volumes

  /// Keys of the networks that the services use.
  private func usedNetworks(_ services: [Service]) -> [Network] {
    var keys: Set<String> = []
    for service in services where service.networkMode == nil { keys.formUnion(service.networks.keys) }
    return keys.sorted().compactMap { project.networks[$0] }
  }

  /// Plans networks; returns those that are made anew under their old name.
  private mutating func planNetworks(_ services: [Service]) -> [Network] {
    var moved: [Network] = []
    for network in usedNetworks(services) {
      guard let existing = observed.networks[network.name] else {
        if network.isExternal {
          problems.append(
            PlanProblem(
              "network \(network.name) is declared external and does not exist",
              fix: "create it: docker network create \(network.name)"))
        } else {
          builder.add(.prepare, .createNetwork(key: network.key, name: network.name), cause: "does not exist")
        }
        continue
      }
      if network.isExternal { continue }
      guard existing.project == project.name, existing.key == network.key else {
        warnings.append(
          "network \(network.name) exists and was not made for this project; it is used as it is (set external: true to say so)")
        continue
      }
      guard let hash = existing.configHash, hash != network.configHash else { continue }
      moved.append(network)
      recreate(network, existing)
    }
    return moved
  }

  /// Compose's way for a changed network: its containers of this project are stopped and disconnected first.
  private mutating func recreate(_ network: Network, _ existing: ObservedNetwork) {
    let cause = "network \(network.key) changed"
    var freed: [Int] = []
    for container in observed.containers where container.networks[network.name] != nil {
      let reference = container.reference
      var after: [Int] = []
      if container.isUp {
        after = [
          builder.add(
            .prepare, .stop(reference, timeoutSeconds: options.stopTimeoutSeconds), cause: cause, downtime: true)
        ]
      }
      freed.append(
        builder.add(.prepare, .disconnect(reference, networkName: network.name), cause: cause, after: after))
    }
    let removed = builder.add(
      .prepare, .removeNetwork(id: existing.id, name: network.name), cause: cause, after: freed)
    builder.add(.prepare, .createNetwork(key: network.key, name: network.name), cause: cause, after: [removed])
  }

  private mutating func planVolumes(_ services: [Service]) {
    var keys: Set<String> = []
    for service in services {
      for mount in service.volumes where mount.kind == .volume {
        if let source = mount.source { keys.insert(source) }
      }
    }
    for volume in keys.sorted().compactMap({ project.volumes[$0] }) {
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
      } else if let hash = existing.configHash, hash != volume.configHash {
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
      let parentCreates = parents(of: service).flatMap { createOf[$0] ?? [] }
      let after = needs(of: service, among: prepared) + parentCreates
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
        let number = builder.add(
          .prepare,
          .createContainer(
            service: service.name, number: replica, name: finalName(service, replica), temporaryName: nil, replaces: nil),
          cause: decisions.createdCause, after: after)
        creates.append(number)
        copyFiles(into: service, replica, after: number, cause: decisions.createdCause)
      }
      createOf[service.name] = creates
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

  /// Containers of services that the project does not know.
  var orphans: [ObservedContainer] {
    let known = Set(project.services.map(\.name)).union(project.inactiveServices)
    return observed.containers.filter { !$0.isOneOff && !$0.isHook && !known.contains($0.service) }
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
            cause: "replaced", dataLoss: options.renewsAnonymousVolumes))
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
            cause: "orphan: service \(container.service) is not in the files"))
      }
    } else if !orphans.isEmpty {
      let names = orphans.map(\.name).sorted().joined(separator: ", ")
      warnings.append("orphan containers of services that are not in the files: \(names) (remove them with --remove-orphans)")
    }
    for network in usedNetworks(services) where !network.isExternal {
      for old in observed.networks.values.sorted(by: { $0.name < $1.name })
      where old.project == project.name && old.key == network.key && old.name != network.name {
        builder.add(
          .commit, .removeNetwork(id: old.id, name: old.name), cause: "network \(network.key) is now \(network.name)",
          after: removed)
      }
    }
  }
}

extension ObservedContainer {
  package var reference: ContainerReference { .existing(id: id, name: name, service: service) }
}
