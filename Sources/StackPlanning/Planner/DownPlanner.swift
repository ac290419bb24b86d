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
  /// Volumes and networks that are known not to be the stack's own although they carry its label, such as external ones of the
  /// last revision. They stay; needed only without a project, which says so itself.
  package var foreignNames: Set<String> = []

  package init() {}
}

/// Makes the plan of a `down`, by the rules of Docker Compose 5.6.
///
/// With a project, what it names goes: its services' containers, its networks and volumes by their names. Without (there are no
/// files), all that carries the project's label. What does not carry that label never goes.
package struct DownPlanner {
  package static func plan(
    project: Project?, observed: ObservedStack, options: DownOptions = DownOptions()
  ) -> Plan {
    var builder = PlanBuilder()
    var warnings: [String] = []
    let mine = observed.containers.filter { goes($0, project, options) }
    let left = observed.containers.filter { !mine.contains($0) }
    if options.services.isEmpty { warnings += remarks(on: left, project, options) }

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
    let remains = Remains(mine: mine, left: left, isPart: !options.services.isEmpty)
    removeNetworks(project, observed, options, remains, &builder, &warnings)
    if options.removesVolumes { removeVolumes(project, observed, options, remains, &builder, &warnings) }
    if options.services.isEmpty, let images = options.images { removeImages(project, images, &builder) }
    return Plan(project: observed.project, steps: builder.numbered(), warnings: warnings)
  }

  private static func goes(_ container: ObservedContainer, _ project: Project?, _ options: DownOptions) -> Bool {
    guard options.services.isEmpty || options.services.contains(container.service) else { return false }
    guard let project else {
      // Without the files a one-off container cannot be told from work that somebody has just begun.
      return !container.isOneOff || options.removesOrphans && !container.isUp
    }
    if container.isOneOff { return options.removesOrphans }
    if project.service(container.service) != nil { return true }
    // One of an inactive profile is no orphan: it stays even then.
    return options.removesOrphans && !project.inactiveServices.contains(container.service)
  }

  /// Why containers stay that a user may have wanted to go; those of inactive profiles are no news, as with Compose.
  private static func remarks(on left: [ObservedContainer], _ project: Project?, _ options: DownOptions) -> [String] {
    let others = left.filter { $0.isOneOff || project?.inactiveServices.contains($0.service) != true }
    guard !others.isEmpty else { return [] }
    let names = others.map(\.name).sorted().joined(separator: ", ")
    return [
      options.removesOrphans
        ? "one-off containers stay while they run: \(names)"
        : "orphan containers: \(names) (remove them with --remove-orphans)"
    ]
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
    _ project: Project?, _ observed: ObservedStack, _ options: DownOptions, _ remains: Remains, _ builder: inout PlanBuilder,
    _ warnings: inout [String]
  ) {
    for network in observed.networks.values.sorted(by: { $0.name < $1.name }) where network.project == observed.project {
      if let project {
        // As Compose: the key and the name must both be those of the model.
        guard let key = network.key, let wanted = project.networks[key], !wanted.isExternal, wanted.name == network.name else {
          continue
        }
      } else if options.foreignNames.contains(network.name) {
        continue
      }
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
    _ project: Project?, _ observed: ObservedStack, _ options: DownOptions, _ remains: Remains, _ builder: inout PlanBuilder,
    _ warnings: inout [String]
  ) {
    // As Compose: what the model names goes, under whatever key it was made. A volume of a name that the files no longer have
    // stays: it may hold what nobody has copied yet.
    let declared = project.map { project in Set(project.volumes.values.filter { !$0.isExternal }.map(\.name)) }
    let external = Set((project?.volumes.values.filter(\.isExternal) ?? []).map(\.name)).union(options.foreignNames)
    for volume in observed.volumes.values.sorted(by: { $0.name < $1.name }) {
      if external.contains(volume.name) { continue }
      if let declared, !declared.contains(volume.name) { continue }
      guard volume.project == observed.project else {
        if declared != nil, !remains.isPart {
          warnings.append("volume \(volume.name) stays: it was not made for \(observed.project)")
        }
        continue
      }
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
