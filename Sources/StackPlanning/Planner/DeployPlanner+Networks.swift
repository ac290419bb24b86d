import ComposeFile

extension DeployPlanner {
  /// Networks that the services and their hooks use, by key.
  func usedNetworks(_ services: [Service]) -> [Network] {
    var keys: Set<String> = []
    for service in services.flatMap(Self.withHooks) where service.networkMode == nil { keys.formUnion(service.networks.keys) }
    return keys.sorted().compactMap { project.networks[$0] }
  }

  /// A service, and its `pre_start` hooks as the services that they run as.
  static func withHooks(_ service: Service) -> [Service] {
    [service] + service.preStart.indices.compactMap(service.preStartService)
  }

  /// Plans networks; returns those that are made anew under their old name.
  mutating func planNetworks(_ services: [Service]) -> [Network] {
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
      guard let hash = existing.configHash, hash != network.configHash,
        !options.adopted.accepts(hash, for: .network, network.key, model: network.configHash)
      else { continue }
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
      let after = container.isUp ? [stopEarly(container, cause: cause)] : []
      freed.append(
        builder.add(.prepare, .disconnect(container.reference, networkName: network.name), cause: cause, after: after))
    }
    let removed = builder.add(
      .prepare, .removeNetwork(id: existing.id, name: network.name), cause: cause, after: freed)
    builder.add(.prepare, .createNetwork(key: network.key, name: network.name), cause: cause, after: [removed])
  }

  /// Stops a container once, however many of its networks are made anew.
  private mutating func stopEarly(_ container: ObservedContainer, cause: String) -> Int {
    if let step = earlyStops[container.id] { return step }
    let hooks = preStopHooks(of: container, in: .prepare, cause: cause, after: [])
    let step = builder.add(
      .prepare, .stop(container.reference, timeoutSeconds: options.stopTimeoutSeconds), cause: cause, after: hooks,
      downtime: true)
    earlyStops[container.id] = step
    return step
  }

  /// Containers of other services and one-off ones that had to leave a network come back to it.
  mutating func returnBystanders(to networks: [Network], after started: [String: [Int]]) {
    guard !networks.isEmpty else { return }
    let judged = Set(decided.values.flatMap(\.containers).map(\.id))
    let removed = options.removesOrphans ? Set(orphans.map(\.id)) : []
    for container in observed.containers where !judged.contains(container.id) && !removed.contains(container.id) {
      var after: [Int] = []
      for network in networks {
        guard let endpoint = container.networks[network.name] else { continue }
        // Its address may be outside of what the network has now.
        let kept = ObservedContainer.Endpoint(networkID: "", aliases: endpoint.aliases)
        after.append(
          builder.add(
            .apply, .reconnect(container.reference, networkName: network.name, endpoint: kept),
            cause: "network \(network.key) changed"))
      }
      guard !after.isEmpty, earlyStops[container.id] != nil else { continue }
      after += container.dependsOn.flatMap { started[$0] ?? [] }
      builder.add(.apply, .start(container.reference), cause: "its network changed", after: after)
    }
  }
}
