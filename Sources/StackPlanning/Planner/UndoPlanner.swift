/// Makes the way back: from what an unfinished operation left to exactly what was there before it.
///
/// Old containers are not made anew, they are given their names and their life back: an operation removes nothing that
/// it replaced before its commit phase. Pure, and idempotent by observation: planning again after a part of it was done gives
/// the rest.
package struct UndoPlanner {
  /// - Parameters:
  ///   - before: what was observed when the operation began.
  ///   - now: what is there.
  ///   - operation: the value of the label `slipway.op` on everything that the operation made.
  package static func plan(before: ObservedStack, now: ObservedStack, operation: String) -> Plan {
    var builder = PlanBuilder()
    var warnings: [String] = []
    let cause = "undo"

    // 1. What the operation made goes.
    var gone: [Int] = []
    let known = Set(before.containers.map(\.id))
    let made = now.containers.filter { $0.operation == operation && !known.contains($0.id) }
    for container in made {
      var after: [Int] = []
      if container.isUp {
        after = [builder.add(.apply, .stop(container.reference, timeoutSeconds: nil), cause: cause)]
      }
      gone.append(
        builder.add(.apply, .remove(container.reference, withAnonymousVolumes: true), cause: cause, after: after))
    }

    // 2. Networks become what they were.
    let current = Dictionary(now.containers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var networks: [Int] = []
    for network in now.networks.values.sorted(by: { $0.name < $1.name })
    where network.operation == operation && before.networks[network.name]?.id != network.id {
      var after = gone
      for container in now.containers
      where container.operation != operation && container.networks[network.name]?.networkID == network.id {
        after.append(
          builder.add(.apply, .disconnect(container.reference, networkName: network.name), cause: cause, after: gone))
      }
      networks.append(
        builder.add(.apply, .removeNetwork(id: network.id, name: network.name), cause: cause, after: after))
    }
    for network in before.networks.values.sorted(by: { $0.name < $1.name }) where network.project == before.project {
      if let same = now.networks[network.name], same.operation != operation { continue }
      if now.networks[network.name]?.id == network.id { continue }
      networks.append(builder.add(.apply, .restoreNetwork(network), cause: cause, after: gone + networks))
    }

    // 3. Names, connections and life of the old ones.
    var restored: [String: [Int]] = [:]
    var dependencies: [String: [String]] = [:]
    for container in before.containers { dependencies[container.service, default: []] += container.dependsOn }
    for service in StartOrder.names(dependencies) {
      for old in before.containers where old.service == service && !old.isHook {
        guard let live = current[old.id] else {
          warnings.append("container \(old.name) was removed by someone else and cannot be brought back")
          continue
        }
        var after = gone + networks
        if live.name != old.name {
          after = [builder.add(.apply, .rename(live.reference, to: old.name), cause: cause, after: after)]
        }
        for (name, endpoint) in old.networks.sorted(by: { $0.key < $1.key }) {
          // It was on a network that was gone already: there is nothing to come back to.
          guard endpoint.networkID.isEmpty || endpoint.networkID == before.networks[name]?.id else { continue }
          let isAttached = live.networks[name].map { $0.networkID.isEmpty || $0.networkID == now.networks[name]?.id } ?? false
          let isRemade = now.networks[name]?.operation == operation && before.networks[name]?.id != now.networks[name]?.id
          if isAttached, !isRemade { continue }
          after.append(
            builder.add(
              .apply, .reconnect(old.reference, networkName: name, endpoint: endpoint), cause: cause, after: after))
        }
        let needed = (dependencies[service] ?? []).flatMap { restored[$0] ?? [] }
        if old.isUp, !live.isUp {
          after = [builder.add(.apply, .start(old.reference), cause: cause, after: after + needed)]
        }
        if old.state == .paused, live.state != .paused {
          after = [builder.add(.apply, .pause(old.reference), cause: cause, after: after)]
        } else if !old.isUp, live.isUp {
          after = [builder.add(.apply, .stop(old.reference, timeoutSeconds: nil), cause: cause, after: after)]
        }
        restored[service, default: []] += after
      }
    }
    return Plan(project: before.project, steps: builder.numbered(), warnings: warnings)
  }

  /// The end of an operation whose new containers have proved themselves: what it replaced is removed.
  ///
  /// - Parameter plan: the plan of the operation.
  package static func finish(_ plan: Plan, now: ObservedStack) -> Plan {
    let live = Set(now.containers.map(\.id))
    let networks = Set(now.networks.values.map(\.id))
    var builder = PlanBuilder()
    for step in plan.steps(in: .commit) {
      switch step.action {
      case .remove(.existing(let id, _, _), _) where !live.contains(id): continue
      case .removeNetwork(let id, _) where !networks.contains(id): continue
      default: builder.add(.commit, step.action, cause: step.cause)
      }
    }
    return Plan(project: plan.project, steps: builder.numbered())
  }
}
