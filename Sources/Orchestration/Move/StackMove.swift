import ComposeFile
import DockerEngine
import RevisionStore
import StackPlanning

/// How a move ended.
package enum MoveResult: Sendable {
  /// `staying` says what was left on the source.
  case moved(revision: Int, staying: [String])
  /// `state` says what runs now, and where.
  case failed(reason: String, state: String)
  case cancelled(state: String)
}

/// Moves a stack with its current revision and its data from one engine to another.
///
/// The stack stops only for the copy of its volumes, and runs again on the source when anything fails before it is healthy on the
/// target. Volumes of the source are read and kept.
package struct StackMove: Sendable {
  let source: StackOperations
  let target: StackOperations
  let project: String
  let options: MoveOptions
  let waits: WaitLimits
  private let freeBytesThere: @Sendable () async -> Int64?

  /// - Parameter freeBytesThere: what the disk of the target's engine has free; nil where that cannot be known.
  package init(
    _ project: String, from source: StackOperations, to target: StackOperations, options: MoveOptions, waits: WaitLimits,
    freeBytesThere: @escaping @Sendable () async -> Int64?
  ) {
    self.source = source
    self.target = target
    self.project = project
    self.options = options
    self.waits = waits
    self.freeBytesThere = freeBytesThere
  }

  /// What a move would do now; nothing is changed.
  ///
  /// - Throws: `OperationRefused`, or `PlanProblems` with all reasons why it cannot be done.
  package func plan() async throws -> MovePlan { try await preview().plan }

  /// The same, with what it would deploy on the target: for the policy there.
  package func preview() async throws -> (plan: MovePlan, request: DeployRequest) {
    let look = try await look()
    return (try MovePlanner.plan(look.facts), look.request)
  }

  // MARK: Looking

  struct Look: Sendable {
    var request: DeployRequest
    var facts: MoveFacts
  }

  func look() async throws -> Look {
    guard source.server != target.server else {
      throw OperationRefused(description: "\(project) is on \(source.server) already\n  fix: name another server with --to")
    }
    guard let store = try source.readingStore(), let current = try await store.currentRevision(of: source.key(project)) else {
      throw OperationRefused(
        description:
          "no revision of \(project) on \(source.server) is known in \(source.dataDirectory)\n  fix: take what runs there over with slipway adopt, or name the server that it is on with --server"
      )
    }
    var choices = PlanOptions()
    choices.gate = .ready
    choices.stopTimeoutSeconds = options.stopTimeoutSeconds
    var request = try await source.request(of: current, in: store, options: choices, waits: waits)
    request.message = "moved from \(source.server)"
    request.restoration = try await source.restorationPlan(of: current, in: store, .missing)
    let model = request.project
    let running = try await EngineObserver(source.engine).observe(project: project, references: [])
    try await source.requireOwnership(of: running, takesOver: false, in: store)
    let there = try await EngineObserver(target.engine).observe(project: project, references: [])
    let images = try await images(of: current, model, running)
    for image in images { for service in image.services { request.options.pinnedImages[service] = image.id } }
    var facts = MoveFacts(
      project: model, revision: current.number, source: source.server, target: target.server, running: running, there: there,
      deploy: try await deployPlan(request))
    facts.options = options
    facts.images = images
    facts.volumes = try await volumes(model, running, facts.deploy)
    facts.containersThere = try await target.engine.listContainers(all: true).map { container in
      MoveFacts.Container(
        name: container.name, project: container.labels[ComposeLabel.project], ports: container.ports.compactMap(\.publicPort),
        isUp: container.state == .running || container.state == .paused || container.state == .restarting)
    }
    facts.architectureThere = try await target.engine.info().architecture
    facts.freeBytesThere = await freeBytesThere()
    return Look(request: request, facts: facts)
  }

  private func deployPlan(_ request: DeployRequest) async throws -> Result<Plan, PlanProblems> {
    do {
      return .success(try await target.plan(request))
    } catch let problems as PlanProblems {
      return .failure(problems)
    }
  }

  private func images(of revision: Revision, _ model: Project, _ running: ObservedStack) async throws -> [MoveFacts.Image] {
    var found: [String: MoveFacts.Image] = [:]
    for service in model.services where !service.isProvider {
      let record = revision.images[service.name]
      let id = record?.imageID.nonEmpty ?? running.replicas(of: service.name).first?.imageID ?? ""
      guard !id.isEmpty else { continue }
      let reference = model.imageReference(of: service)
      if found[id + " " + reference] != nil {
        found[id + " " + reference]?.services.append(service.name)
        continue
      }
      var image = MoveFacts.Image(reference: reference, services: [service.name], id: id, digest: record?.digest)
      if let here = try await source.engine.imageIfPresent(id) {
        (image.sizeBytes, image.architecture) = (here.sizeBytes, here.architecture)
      }
      image.isOnTarget = try await idOnTarget(image) != nil
      found[id + " " + reference] = image
    }
    return found.values.sorted { ($0.reference, $0.id) < ($1.reference, $1.id) }
  }

  /// The image's id on the target; an engine with another image store has another one.
  func idOnTarget(_ image: MoveFacts.Image) async throws -> String? {
    if let there = try await target.engine.imageIfPresent(image.id) { return there.id }
    guard let digest = image.digest else { return nil }
    return try await target.engine.imageIfPresent(digest)?.id
  }

  private func volumes(
    _ model: Project, _ running: ObservedStack, _ deploy: Result<Plan, PlanProblems>
  ) async throws -> [MoveFacts.Volume] {
    let all = try await source.engine.listContainers(all: true)
    let listed = Dictionary(
      try await source.engine.listVolumes().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let named = model.volumes.values.filter { !$0.isExternal && listed[$0.name] != nil }
    var volumes = named.map { MoveFacts.Volume(name: $0.name, key: $0.key) }
    let known = Set(model.volumes.values.map(\.name))
    let own = running.containers.filter { !$0.isOneOff && !$0.isHook && model.service($0.service) != nil }
    for container in own {
      for mount in container.mounts where mount.isVolume && !known.contains(mount.source) && VolumeName.isAnonymous(mount.source)
      {
        // One that several containers share comes once.
        let index = volumes.firstIndex { $0.name == mount.source } ?? volumes.endIndex
        if index == volumes.endIndex { volumes.append(MoveFacts.Volume(name: mount.source, key: nil)) }
        guard let name = Self.name(of: container, in: deploy) else { continue }
        volumes[index].mounts.append(MoveFacts.Volume.Mount(container: name, path: mount.target))
      }
    }
    guard !volumes.isEmpty else { return [] }
    // WHY try?: sizes are for the plan only, and some engines take long to count them.
    let sizes = (try? await source.engine.diskUsage().volumes) ?? []
    let ids = Set(own.map(\.id))
    for index in volumes.indices {
      let name = volumes[index].name
      volumes[index].driver = listed[name]?.driver ?? "local"
      volumes[index].driverOptions = listed[name]?.options ?? [:]
      volumes[index].sizeBytes = sizes.first { $0.name == name }?.usage.flatMap { $0.sizeBytes < 0 ? nil : $0.sizeBytes }
      volumes[index].otherUsers = all.filter { container in
        container.state == .running && !ids.contains(container.id) && container.mounts.contains { $0.name == name }
      }.map(\.name).sorted()
    }
    return volumes.sorted { ($0.key == nil ? 1 : 0, $0.name) < ($1.key == nil ? 1 : 0, $1.name) }
  }

  /// What the container of the same service and number will be called on the target.
  private static func name(of container: ObservedContainer, in deploy: Result<Plan, PlanProblems>) -> String? {
    guard case .success(let plan) = deploy else { return nil }
    for step in plan.steps {
      if case .createContainer(container.service, container.number, let name, _, _) = step.action { return name }
    }
    return nil
  }
}

extension EngineClient {
  func imageIfPresent(_ reference: String) async throws -> ImageInspection? {
    try await unlessAbsent { try await inspectImage(reference) }
  }
}
