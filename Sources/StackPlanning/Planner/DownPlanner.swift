package import ComposeFile

/// What `down` removes besides containers and networks.
package struct DownOptions: Hashable, Sendable {
  package enum Images: String, Sendable { case all, local }

  /// `-v`: named volumes of the project and anonymous ones.
  package var removesVolumes = false
  package var images: Images?
  package var removesOrphans = false
  package var stopTimeoutSeconds: Int?
  /// Services named by the user; empty: the whole project, with its networks.
  package var services: [String] = []

  package init() {}
}

/// Makes the plan of a `down`.
///
/// With a project, what the files name goes; without (the files are gone), all that carries the project's label.
package struct DownPlanner {
  package static func plan(
    project: Project?, observed: ObservedStack, options: DownOptions = DownOptions()
  ) -> Plan {
    var builder = PlanBuilder()
    var warnings: [String] = []
    // Services of inactive profiles are neither part of it nor orphans (as with Docker Compose).
    let inactive = Set(project?.inactiveServices ?? [])
    let known = project.map { Set($0.services.map(\.name)) }
    let mine = observed.containers.filter { container in
      guard options.services.isEmpty || options.services.contains(container.service) else { return false }
      guard let known else { return true }
      if inactive.contains(container.service) { return false }
      return options.removesOrphans || known.contains(container.service) && !container.isOneOff
    }
    let left = observed.containers.filter { !mine.contains($0) }
    let orphans = left.filter { !inactive.contains($0.service) }
    if options.services.isEmpty, !orphans.isEmpty {
      let names = orphans.map(\.name).sorted().joined(separator: ", ")
      warnings.append("orphan containers: \(names) (remove them with --remove-orphans)")
    }

    // A container stops after all that depend on it.
    var dependencies: [String: [String]] = [:]
    for container in mine { dependencies[container.service, default: []] += container.dependsOn }
    for service in project?.services ?? [] where dependencies[service.name] != nil {
      dependencies[service.name, default: []] += service.dependsOn.keys
    }
    var stopped: [String: [Int]] = [:]
    var removed: [Int] = []
    for service in StartOrder.names(dependencies).reversed() {
      let dependents = dependencies.filter { $0.value.contains(service) }.keys.sorted().flatMap { stopped[$0] ?? [] }
      for container in mine where container.service == service {
        var after = dependents
        if container.isUp {
          let isReplica = !container.isOneOff && !container.isHook
          let hooks = isReplica ? project?.service(service)?.preStop.indices ?? 0..<0 : 0..<0
          for index in hooks where container.state == .running {
            after = [builder.add(.apply, .preStopHook(container.reference, index: index), cause: "pre_stop", after: after)]
          }
          after = [
            builder.add(
              .apply, .stop(container.reference, timeoutSeconds: options.stopTimeoutSeconds), cause: "down", after: after,
              downtime: true)
          ]
        }
        let step = builder.add(
          .apply, .remove(container.reference, withAnonymousVolumes: options.removesVolumes), cause: "down", after: after)
        stopped[service, default: []].append(step)
        removed.append(step)
      }
    }
    removeNetworks(project, observed, Remains(mine: mine, left: left, isPart: !options.services.isEmpty), &builder, &warnings)
    if options.removesVolumes {
      removeVolumes(project, observed, Remains(mine: mine, left: left, isPart: !options.services.isEmpty), &builder, &warnings)
    }
    if options.services.isEmpty, let images = options.images { removeImages(project, images, &builder) }
    return Plan(project: observed.project, steps: builder.numbered(), warnings: warnings)
  }

  /// Who used something, and who still does.
  private struct Remains {
    var mine: [ObservedContainer]
    var left: [ObservedContainer]
    /// Only some services go: what they did not use is none of their business.
    var isPart: Bool

    /// Names of the users that stay; nil: it does not go because nobody asked.
    func users(where uses: (ObservedContainer) -> Bool) -> [String]? {
      if isPart, !mine.contains(where: uses) { return nil }
      return left.filter(uses).map(\.name).sorted()
    }
  }

  private static func removeNetworks(
    _ project: Project?, _ observed: ObservedStack, _ remains: Remains, _ builder: inout PlanBuilder,
    _ warnings: inout [String]
  ) {
    for network in observed.networks.values.sorted(by: { $0.name < $1.name }) where network.project == observed.project {
      if let project, let key = network.key, project.networks[key]?.isExternal ?? (key != "default") { continue }
      // A stopped container does not hold a network, but it could not start again without it.
      let users = remains.users { $0.networks[network.name] != nil && ($0.isUp || remains.isPart) }
      guard let users else { continue }
      if users.isEmpty {
        builder.add(.commit, .removeNetwork(id: network.id, name: network.name), cause: "down")
      } else if !remains.isPart {
        warnings.append("network \(network.name) stays: it is used by \(users.joined(separator: ", "))")
      }
    }
  }

  private static func removeVolumes(
    _ project: Project?, _ observed: ObservedStack, _ remains: Remains, _ builder: inout PlanBuilder,
    _ warnings: inout [String]
  ) {
    // By name: one that the files do not name any more may hold what somebody still wants.
    let named = project.map { Set($0.volumes.values.filter { !$0.isExternal }.map(\.name)) }
    for volume in observed.volumes.values.sorted(by: { $0.name < $1.name }) where volume.project == observed.project {
      if let named, !named.contains(volume.name) { continue }
      guard let users = remains.users(where: { $0.mounts.contains { $0.isVolume && $0.source == volume.name } }) else { continue }
      if users.isEmpty {
        builder.add(.commit, .removeVolume(name: volume.name), cause: "down with volumes", dataLoss: true)
      } else if !remains.isPart {
        warnings.append("volume \(volume.name) stays: it is used by \(users.joined(separator: ", "))")
      }
    }
  }

  private static func removeImages(_ project: Project?, _ images: DownOptions.Images, _ builder: inout PlanBuilder) {
    var references: Set<String> = []
    for service in project?.services ?? [] where !service.isProvider {
      switch (images, service.image) {
      case (.all, let image?): references.insert(image)
      case (.local, .some): continue
      case (_, nil): references.insert("\(project?.name ?? "")-\(service.name)")
      }
    }
    for reference in references.sorted() {
      builder.add(.commit, .removeImage(reference: reference), cause: "down with images")
    }
  }
}
