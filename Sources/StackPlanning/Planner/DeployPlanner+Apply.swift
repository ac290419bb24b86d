import ComposeFile

extension DeployPlanner {
  /// What the apply phase knows while it grows.
  private struct Progress {
    /// Last steps that bring a service's containers up.
    var started: [String: [Int]] = [:]
    /// Steps that end containers whose host ports another service wants.
    var freedPorts: [Int: [Int]] = [:]
    /// Waits already planned, by service and condition.
    var awaited: [String: Int] = [:]
    /// Early stops of kept dependents (`depends_on.restart`) by the service that is replaced.
    var stoppedDependents: [String: [Int]] = [:]
    /// Stops that were planned ahead of their service's turn, by container id.
    var stopped: [String: Int] = [:]
  }

  /// Old containers give way to new ones, service by service in dependency order; services without an order between
  /// them run side by side.
  mutating func planApply(_ services: [Service], movedNetworks: [Network]) {
    var progress = Progress()
    stopSurplus(services, &progress)
    stopPortHolders(services, &progress)
    let restarted = stopDependents(services, &progress)
    for service in services {
      guard var decisions = decided[service.name] else { continue }
      for container in decisions.kept where needsReconnect(container, movedNetworks) || restarted[container.id] != nil {
        let cause = restarted[container.id] ?? "its network changed"
        decisions.started.append(.init(container: container, cause: cause))
      }
      apply(decisions, of: service, movedNetworks: movedNetworks, &progress)
    }
  }

  private func needsReconnect(_ container: ObservedContainer, _ moved: [Network]) -> Bool {
    container.isUp && moved.contains { container.networks[$0.name] != nil }
  }

  // MARK: Stops ahead of turn

  /// Containers that end for good stop first; they are removed at the commit.
  private mutating func stopSurplus(_ services: [Service], _ progress: inout Progress) {
    var ending: [(ObservedContainer, String)] = []
    for service in services {
      for container in decided[service.name]?.surplus ?? [] {
        ending.append((container, surplusCause(container, of: service)))
      }
    }
    if options.removesOrphans {
      for container in orphans { ending.append((container, "orphan: service \(container.service) is not in the files")) }
    }
    for (container, cause) in ending where container.isUp {
      stop(container, cause: cause, after: [], downtime: false, &progress)
    }
  }

  /// A container that is to be replaced stops early when another service wants its host port.
  private mutating func stopPortHolders(_ services: [Service], _ progress: inout Progress) {
    var holders: [Int: ObservedContainer] = [:]
    for service in services {
      for change in decided[service.name]?.replaced ?? [] where change.container.isUp {
        for port in change.container.publicPorts { holders[port] = change.container }
      }
    }
    guard !holders.isEmpty else { return }
    for service in services where decided[service.name]?.changesWhatRuns == true {
      for port in Self.publishedPorts(of: service) {
        guard let holder = holders[port], holder.service != service.name, progress.stopped[holder.id] == nil else { continue }
        stop(
          holder, cause: "port \(port) goes to \(service.name)", after: [], downtime: true, &progress)
      }
    }
  }

  /// `depends_on.restart`: containers that stay, but whose dependency is replaced, stop before it and start after it.
  private mutating func stopDependents(_ services: [Service], _ progress: inout Progress) -> [String: String] {
    var restarted: [String: String] = [:]
    for service in services.reversed() {
      let causes = service.dependsOn.filter { $0.value.restarts && replacedServices.contains($0.key) }.keys.sorted()
      guard let cause = causes.first else { continue }
      for container in decided[service.name]?.kept ?? [] where container.isUp {
        let step = stop(container, cause: "restarts with \(cause)", after: [], downtime: true, &progress)
        for dependency in causes { progress.stoppedDependents[dependency, default: []].append(step) }
        restarted[container.id] = "restarts with \(cause)"
      }
    }
    return restarted
  }

  @discardableResult
  private mutating func stop(
    _ container: ObservedContainer, cause: String, after: [Int], downtime: Bool, _ progress: inout Progress
  ) -> Int {
    if let step = progress.stopped[container.id] { return step }
    var dependencies = after
    if container.state == .running, let service = project.service(container.service) {
      for index in service.preStop.indices {
        dependencies = [
          builder.add(
            .apply, .preStopHook(container.reference, index: index), cause: cause, after: dependencies)
        ]
      }
    }
    let step = builder.add(
      .apply, .stop(container.reference, timeoutSeconds: options.stopTimeoutSeconds), cause: cause, after: dependencies,
      downtime: downtime)
    progress.stopped[container.id] = step
    for port in container.publicPorts { progress.freedPorts[port, default: []].append(step) }
    return step
  }

  // MARK: One service

  private mutating func apply(
    _ decisions: ReplicaDecisions, of service: Service, movedNetworks: [Network], _ progress: inout Progress
  ) {
    guard decisions.changesWhatRuns else { return }
    let conditions = options.startsContainers ? awaitConditions(of: service, &progress) : []
    let ports = Self.publishedPorts(of: service).flatMap { progress.freedPorts[$0] ?? [] }
    let before = conditions + ports
    var last: [Int] = []
    for change in decisions.replaced {
      last.append(
        replace(change, of: service, after: before + (progress.stoppedDependents[service.name] ?? []), &progress))
    }
    for number in decisions.created where options.startsContainers {
      last.append(start(planned(service, number), of: service, cause: decisions.createdCause, after: before))
    }
    for change in decisions.started where options.startsContainers {
      last.append(restart(change, of: service, movedNetworks: movedNetworks, after: before, &progress))
    }
    progress.started[service.name] = last
  }

  /// Stop the old, give it a backup name, give the new one the name, start it.
  private mutating func replace(
    _ change: ReplicaDecisions.Change, of service: Service, after: [Int], _ progress: inout Progress
  ) -> Int {
    let old = change.container
    let name = finalName(service, old.number)
    var after = after
    if old.isUp {
      after = [stop(old, cause: change.cause, after: after, downtime: true, &progress)] + after
    }
    let backedUp = builder.add(
      .apply, .rename(old.reference, to: Self.backupName(of: old.name, id: old.id)), cause: "kept until the new one is proved",
      after: after)
    let renamed = builder.add(
      .apply, .rename(planned(service, old.number), to: name), cause: "takes the name", after: [backedUp])
    guard options.startsContainers else { return renamed }
    return start(planned(service, old.number), of: service, cause: change.cause, after: [renamed])
  }

  private mutating func restart(
    _ change: ReplicaDecisions.Change, of service: Service, movedNetworks: [Network], after: [Int],
    _ progress: inout Progress
  ) -> Int {
    let container = change.container
    if container.state == .paused {
      return builder.add(.apply, .unpause(container.reference), cause: change.cause, after: after)
    }
    var after = after
    if let stop = progress.stopped[container.id] { after.append(stop) }
    for network in movedNetworks where container.networks[network.name] != nil {
      after.append(
        builder.add(
          .apply, .connect(container.reference, networkKey: network.key, networkName: network.name),
          cause: "network \(network.key) changed"))
    }
    return start(container.reference, of: service, cause: change.cause, after: after)
  }

  private mutating func start(
    _ container: ContainerReference, of service: Service, cause: String, after: [Int]
  ) -> Int {
    var last = builder.add(.apply, .start(container), cause: cause, after: after)
    for index in service.postStart.indices {
      last = builder.add(.apply, .postStartHook(container, index: index), cause: "post_start", after: [last])
    }
    return last
  }

  // MARK: Waiting for dependencies

  private mutating func awaitConditions(of service: Service, _ progress: inout Progress) -> [Int] {
    guard !options.skipsDependencies else { return [] }
    var steps: [Int] = []
    for (name, dependency) in service.dependsOn.sorted(by: { $0.key < $1.key }) {
      guard let target = project.service(name), decided[name] != nil, replicas(of: target) > 0, !target.isProvider else {
        continue
      }
      let started = progress.started[name] ?? []
      switch dependency.condition {
      case .started:
        steps += started
      case .healthy:
        steps += awaited(.healthy, target, dependency, after: started, &progress)
      case .completedSuccessfully:
        steps += awaited(.completed, target, dependency, after: started, &progress)
      }
    }
    return steps
  }

  private mutating func awaited(
    _ condition: AwaitedCondition, _ service: Service, _ dependency: Dependency, after: [Int], _ progress: inout Progress
  ) -> [Int] {
    let key = "\(service.name) \(condition.rawValue) \(dependency.isRequired)"
    if let step = progress.awaited[key] { return [step] }
    if after.isEmpty, isMet(condition, service) { return [] }
    let step = builder.add(
      .apply,
      .await(
        service: service.name, condition: condition, containers: replicaReferences(of: service),
        isRequired: dependency.isRequired),
      cause: "others depend on it", after: after)
    progress.awaited[key] = step
    return [step]
  }

  private func isMet(_ condition: AwaitedCondition, _ service: Service) -> Bool {
    let containers = observed.replicas(of: service.name)
    guard let first = containers.first else { return false }
    switch condition {
    case .healthy: return containers.allSatisfy { $0.state == .running && $0.health == .healthy }
    case .ready: return containers.allSatisfy { $0.state == .running && ($0.health ?? .healthy) == .healthy }
    case .completed: return first.state == .exited && first.exitCode == 0
    }
  }

  /// The containers that the service will have when the plan is done.
  private func replicaReferences(of service: Service) -> [ContainerReference] {
    guard let decisions = decided[service.name] else { return [] }
    return (decisions.kept + decisions.started.map(\.container)).map(\.reference)
      + (decisions.replaced.map(\.container.number) + decisions.created).map { planned(service, $0) }
  }

  // MARK: Gate

  mutating func planGate(_ services: [Service]) {
    let runsToEnd = Set(
      services.flatMap { service in
        service.dependsOn.filter { $0.value.condition == .completedSuccessfully }.map(\.key)
      })
    for service in services where replicas(of: service) > 0 && !service.isProvider {
      let changes = decided[service.name]?.changesWhatRuns ?? false
      let condition: AwaitedCondition = runsToEnd.contains(service.name) ? .completed : .ready
      if !changes, !builder.steps.contains(where: { $0.phase == .apply && $0.action.service == service.name }),
        isMet(condition, service)
      {
        continue
      }
      builder.add(
        .verify,
        .await(
          service: service.name, condition: condition, containers: replicaReferences(of: service), isRequired: true),
        cause: "health gate")
    }
  }

  /// Host ports that a service publishes by number; ranges count whole.
  static func publishedPorts(of service: Service) -> [Int] {
    service.ports.flatMap { port -> [Int] in
      guard let published = port.published else { return [] }
      let bounds = published.split(separator: "-").compactMap { Int($0) }
      guard let low = bounds.first, let high = bounds.last, low > 0, low <= high, high - low < 10_000 else { return [] }
      return Array(low...high)
    }
  }
}
