package import ComposeFile

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
    /// Steps that gave names up, by container id.
    var renamed: [String: Int] = [:]
  }

  /// Old containers give way to new ones, service by service in dependency order; services without an order between
  /// them run side by side.
  mutating func planApply(_ services: [Service], movedNetworks: [Network]) {
    var progress = Progress(stopped: earlyStops)
    stopSurplus(services, &progress)
    stopPortHolders(services, &progress)
    let restarted = stopDependents(services, &progress)
    for service in services {
      guard var decisions = decided[service.name] else { continue }
      for container in decisions.kept where needsReconnect(container, movedNetworks) || restarted[container.id] != nil {
        let cause = restarted[container.id] ?? "its network changed"
        decisions.started.append(.init(container: container, cause: cause))
        decisions.kept.removeAll { $0.id == container.id }
      }
      apply(decisions, of: service, movedNetworks: movedNetworks, &progress)
    }
    returnBystanders(to: movedNetworks, after: progress.started)
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
      for container in orphans { ending.append((container, orphanCause(container))) }
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
    let hooks = preStopHooks(of: container, in: .apply, cause: cause, after: after)
    let step = builder.add(
      .apply, .stop(container.reference, timeoutSeconds: options.stopTimeoutSeconds), cause: cause, after: hooks,
      downtime: downtime)
    progress.stopped[container.id] = step
    for port in container.publicPorts { progress.freedPorts[port, default: []].append(step) }
    return step
  }

  /// The hooks of a running container, one after the other; gives what its stop comes after.
  mutating func preStopHooks(
    of container: ObservedContainer, in phase: PlanPhase, cause: String, after: [Int]
  ) -> [Int] {
    guard container.state == .running, !container.isOneOff, let service = project.service(container.service) else {
      return after
    }
    var last = after
    for index in service.preStop.indices {
      last = [builder.add(phase, .preStopHook(container.reference, index: index), cause: cause, after: last)]
    }
    return last
  }

  // MARK: One service

  /// A container that can be started, and what must be done before.
  private struct Ready {
    var container: ContainerReference
    var number: Int
    var cause: String
    var after: [Int]
  }

  private mutating func apply(
    _ decisions: ReplicaDecisions, of service: Service, movedNetworks: [Network], _ progress: inout Progress
  ) {
    guard decisions.changesWhatRuns else { return }
    let conditions = options.startsContainers ? awaitConditions(of: service, &progress) : []
    let before = conditions + Self.publishedPorts(of: service).flatMap { progress.freedPorts[$0] ?? [] }
    var ready: [Ready] = []
    var unpaused: [Int] = []
    for change in decisions.replaced {
      let after = replace(change, of: service, after: before + (progress.stoppedDependents[service.name] ?? []), &progress)
      let number = change.container.number
      ready.append(Ready(container: planned(service, number), number: number, cause: change.cause, after: after))
    }
    for number in decisions.created {
      let name = finalName(service, number)
      let named = holder(of: name) == nil ? [] : takeName(name, service, number, after: [], &progress)
      ready.append(
        Ready(container: planned(service, number), number: number, cause: decisions.createdCause, after: before + named))
    }
    for change in decisions.started {
      if change.container.state == .paused, progress.stopped[change.container.id] == nil {
        guard options.startsContainers else { continue }
        unpaused.append(builder.add(.apply, .unpause(change.container.reference), cause: change.cause, after: before))
      } else {
        ready.append(comeBack(change, movedNetworks: movedNetworks, after: before, progress))
      }
    }
    guard options.startsContainers else {
      progress.started[service.name] = ready.flatMap(\.after)
      return
    }
    let runsAlready = !decisions.kept.isEmpty || !unpaused.isEmpty
    let hooks = runsAlready ? [] : runPreStartHooks(of: service, before: ready)
    let started = ready.map { start($0.container, of: service, cause: $0.cause, after: $0.after + hooks) }
    progress.started[service.name] = unpaused + started
  }

  /// Stop the old, give it a backup name, give the new one the name.
  private mutating func replace(
    _ change: ReplicaDecisions.Change, of service: Service, after: [Int], _ progress: inout Progress
  ) -> [Int] {
    let old = change.container
    var after = after
    if old.isUp {
      after = [stop(old, cause: change.cause, after: after, downtime: true, &progress)] + after
    }
    let isEarly = progress.renamed[old.id] != nil
    let backedUp = giveUpName(old, after: after, &progress)
    return takeName(
      finalName(service, old.number), service, old.number, after: isEarly ? after + [backedUp] : [backedUp], &progress)
  }

  /// Once for a service of which nothing runs, before its first container starts (observed with Docker Compose 5.6.1).
  private mutating func runPreStartHooks(of service: Service, before ready: [Ready]) -> [Int] {
    guard !service.preStart.isEmpty, let first = ready.min(by: { $0.number < $1.number }) else { return [] }
    var last = first.after
    for container in observed.containers where container.isHook && container.service == service.name {
      last.append(
        builder.add(
          .apply, .remove(container.reference, withAnonymousVolumes: true), cause: "left by an earlier pre_start"))
    }
    for index in service.preStart.indices {
      last = [builder.add(.apply, .preStartHook(first.container, index: index), cause: "pre_start", after: last)]
    }
    return last
  }

  /// A container that goes gets another name, once.
  private mutating func giveUpName(_ container: ObservedContainer, after: [Int], _ progress: inout Progress) -> Int {
    if let step = progress.renamed[container.id] { return step }
    let step = builder.add(
      .apply, .rename(container.reference, to: Self.backupName(of: container.name, id: container.id)),
      cause: "kept until the new one is proved", after: after)
    progress.renamed[container.id] = step
    return step
  }

  /// Gives a new container the name that it has in the end, when its holder has given it up.
  private mutating func takeName(
    _ name: String, _ service: Service, _ number: Int, after: [Int], _ progress: inout Progress
  ) -> [Int] {
    var after = after
    if let holder = holder(of: name) { after.append(giveUpName(holder, after: [], &progress)) }
    return [builder.add(.apply, .rename(planned(service, number), to: name), cause: "takes the name", after: after)]
  }

  /// A container that stays goes back to its networks.
  private mutating func comeBack(
    _ change: ReplicaDecisions.Change, movedNetworks: [Network], after: [Int], _ progress: Progress
  ) -> Ready {
    let container = change.container
    var after = after
    if let stop = progress.stopped[container.id] { after.append(stop) }
    for network in movedNetworks where container.networks[network.name] != nil {
      after.append(
        builder.add(
          .apply, .connect(container.reference, networkKey: network.key, networkName: network.name),
          cause: "network \(network.key) changed"))
    }
    return Ready(container: container.reference, number: container.number, cause: change.cause, after: after)
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
      let started = endOfStart(of: target, &progress)
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

  /// What must be done before a service is up: its own steps, or for one that stays as it is those of its dependencies.
  private mutating func endOfStart(of service: Service, _ progress: inout Progress) -> [Int] {
    if let steps = progress.started[service.name] { return steps }
    let steps = awaitConditions(of: service, &progress)
    progress.started[service.name] = steps
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
  package static func publishedPorts(of service: Service) -> [Int] {
    service.ports.flatMap { port -> [Int] in
      guard let published = port.published else { return [] }
      let bounds = published.split(separator: "-").compactMap { Int($0) }
      guard let low = bounds.first, let high = bounds.last, low > 0, low <= high, high - low < 10_000 else { return [] }
      return Array(low...high)
    }
  }
}
