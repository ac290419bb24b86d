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
    let known = project.map { Set($0.services.map(\.name)).union($0.inactiveServices) }
    let mine = observed.containers.filter { container in
      guard options.services.isEmpty || options.services.contains(container.service) else { return false }
      return options.removesOrphans || (known?.contains(container.service) ?? true)
    }
    let left = observed.containers.filter { !mine.contains($0) && options.services.isEmpty }
    if !left.isEmpty {
      warnings.append(
        "orphan containers of services that are not in the files: \(left.map(\.name).sorted().joined(separator: ", ")) (remove them with --remove-orphans)"
      )
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
          let hooks = project?.service(service)?.preStop.indices ?? 0..<0
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
    guard options.services.isEmpty else { return Plan(project: observed.project, steps: builder.numbered(), warnings: warnings) }
    removeNetworks(project, observed, &builder)
    if options.removesVolumes { removeVolumes(project, observed, &builder) }
    if let images = options.images { removeImages(project, images, &builder) }
    return Plan(project: observed.project, steps: builder.numbered(), warnings: warnings)
  }

  private static func removeNetworks(_ project: Project?, _ observed: ObservedStack, _ builder: inout PlanBuilder) {
    for network in observed.networks.values.sorted(by: { $0.name < $1.name }) where network.project == observed.project {
      if let project, let key = network.key, project.networks[key]?.isExternal ?? (key != "default") { continue }
      builder.add(.commit, .removeNetwork(id: network.id, name: network.name), cause: "down")
    }
  }

  private static func removeVolumes(_ project: Project?, _ observed: ObservedStack, _ builder: inout PlanBuilder) {
    for volume in observed.volumes.values.sorted(by: { $0.name < $1.name }) where volume.project == observed.project {
      if let project, let key = volume.key, project.volumes[key]?.isExternal ?? true { continue }
      builder.add(.commit, .removeVolume(name: volume.name), cause: "down with volumes", dataLoss: true)
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
