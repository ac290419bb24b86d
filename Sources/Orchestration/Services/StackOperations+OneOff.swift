import ComposeFile
import DockerEngine
import RevisionStore
import StackPlanning

extension StackOperations {
  /// Makes a one-off container, and before it what it needs: its dependencies up, its image, networks and volumes there.
  ///
  /// What the service's own containers are is left alone. When it throws, no such container is left.
  package func makeOneOff(_ request: OneOffRequest) async throws -> OneOffContainer {
    try await recover()
    try await startDependencies(request)
    let observed = try await prepare(request)
    if request.dependencies != nil { try await awaitDependencies(request) }
    let enginePaths = projectFiles == nil ? [:] : try await sendForRun(Self.alone(request))
    let specification = try await specification(request, observed, enginePaths)
    let made: CreatedContainer
    let writes = try await writes(for: request.project.name)
    do {
      // WHY: a call that is cut off would leave a container that nobody knows of. A task of its own is not cancelled with this one.
      made = try await Task {
        try await writes.createContainer(
          named: specification.name, specification.spec(), platform: request.service.platform, of: request.service.name,
          enginePaths: enginePaths)
      }.value
    } catch {
      guard case .conflict(_, let message)? = error as? EngineError else { throw error }
      throw OperationRefused(
        description: "\(message)\n  fix: remove that container, or choose another name with --name")
    }
    for warning in made.warnings { progress(.warning(warning)) }
    do {
      try Task.checkCancellation()
      for network in specification.laterNetworks {
        try await engine.connectNetwork(network.name, container: made.id, specification.endpoint(on: network.key))
      }
      let archive = try FileArchive.bytes(of: request.service, in: request.project)
      if archive.count > FileArchive.emptyBytes { try await engine.putArchive(OneChunk(bytes: archive), to: "/", in: made.id) }
    } catch {
      await removeOneOff(made.id)
      throw error
    }
    return OneOffContainer(
      id: made.id, name: specification.name, service: request.service, removesItself: request.removesItself)
  }

  /// Removes a one-off container whatever it does, also when this task was cancelled; its absence is fine.
  package func removeOneOff(_ id: String) async {
    // WHY: a task of its own is not cancelled with this one.
    await Task {
      do {
        try await engine.removeContainer(id, force: true, volumes: true)
      } catch EngineError.notFound {
      } catch EngineError.conflict {
        // The engine removes it already.
      } catch {
        progress(.warning("container \(id.prefix(12)) could not be removed: \(Self.reason(error))"))
      }
    }.value
  }

  /// Sends a signal to a container, also when this task was cancelled; one that does not run any more is left alone.
  package func signal(_ id: String, _ signal: String) async {
    // WHY: a task of its own is not cancelled with this one.
    await Task {
      do {
        try await engine.killContainer(id, signal: signal)
      } catch EngineError.notFound {
      } catch EngineError.conflict {
      } catch {
        progress(.warning("container \(id.prefix(12)) goes on: it could not be told to end: \(Self.reason(error))"))
      }
    }.value
  }

  // MARK: Dependencies

  private func startDependencies(_ request: OneOffRequest) async throws {
    guard let dependencies = request.dependencies, !dependencies.options.services.isEmpty else {
      if request.removesOrphans { try await removeOrphans(of: request.project) }
      return
    }
    guard try await !plan(dependencies).isEmpty else { return }
    switch try await deploy(dependencies) {
    case .unchanged, .deployed: return
    case .failed(_, let reason, let state):
      throw OperationRefused(description: "what \(request.service.name) depends on could not be started: \(reason)\n\(state)")
    case .cancelled: throw CancellationError()
    }
  }

  private func removeOrphans(of project: Project) async throws {
    let known = Set(project.services.map(\.name)).union(project.inactiveServices)
    let orphans = Set(
      try await engine.serviceContainers(of: project.name).filter { !$0.isOneOff && !known.contains($0.service) }.map(\.service))
    guard !orphans.isEmpty else { return }
    _ = try await control(
      .remove(stopsFirst: true, withAnonymousVolumes: false), ServiceScope(project: project.name, services: orphans.sorted()),
      progress: { _ in })
  }

  private func awaitDependencies(_ request: OneOffRequest) async throws {
    let waited = request.service.dependsOn.filter { $0.value.condition != .started }.sorted { $0.key < $1.key }
    guard !waited.isEmpty else { return }
    let containers = try await engine.serviceContainers(of: request.project.name).filter { !$0.isOneOff }
    let watch = ConditionWatch(engine: engine, limits: request.waits)
    for (name, dependency) in waited {
      guard let target = request.project.service(name), target.replicas > 0, !target.isProvider else { continue }
      do {
        let mine = containers.filter { $0.service == name }.map(\.reference)
        guard !mine.isEmpty else { throw ServiceRefusal(description: "service \(name) has no container") }
        try await watch.wait(for: name, dependency.condition == .healthy ? .healthy : .completed, mine)
      } catch {
        guard let refusal = error as? ServiceRefusal else { throw error }
        guard !dependency.isRequired else {
          throw ServiceRefusal(description: "\(request.service.name) depends on \(name): \(refusal.description)")
        }
        progress(.warning("optional dependency \(name): \(refusal.description)"))
      }
    }
  }

  // MARK: Image, networks and volumes

  /// Builds or fetches the image and makes the networks and volumes that are not there; gives what is there then.
  private func prepare(_ request: OneOffRequest) async throws -> ObservedStack {
    var wanted = DeployRequest(project: Self.alone(request), inputs: [], variables: [:])
    wanted.options.services = [request.service.name]
    wanted.options.skipsDependencies = true
    wanted.options.startsContainers = false
    wanted.options.pull = request.pull
    wanted.options.build = request.build
    wanted.builds = request.builds
    wanted.options.nowSeconds = Int(Timestamp.systemNow().milliseconds / 1000)
    let seen = try await observe(wanted)
    let plan = try Self.preparation(wanted, seen)
    for warning in plan.warnings { progress(.warning(warning)) }
    do {
      _ = try await build(plan, wanted)
    } catch {
      guard error is StepFailure else { throw error }
      throw OperationRefused(description: Self.reason(error))
    }
    for step in plan.steps(in: .pull) {
      guard case .pullImage(let reference, _) = step.action else { continue }
      try await pullImage(reference, platform: request.service.platform)
    }
    if !plan.steps(in: .prepare).isEmpty { try await makeResources(wanted, request) }
    return plan.isEmpty ? seen : try await observe(wanted)
  }

  /// Under the stack's lock, so that two do not make the same network.
  private func makeResources(_ wanted: DeployRequest, _ request: OneOffRequest) async throws {
    let store = try writingStore()
    let operation = try await store.beginOperation(
      NewOperation(
        stack: key(request.project.name), kind: OperationKind(rawValue: "run"), title: "run \(request.service.name)",
        author: author))
    do {
      try await store.advance(operation.handle, to: .applying)
      // Looked at again: what was there before the lock may have changed.
      let observed = try await observe(wanted)
      let runner = StepRunner(
        engine: engine, writes: try await writes(for: request.project.name),
        context: StepRunner.Context(
          project: wanted.project, before: observed, operation: Self.label(of: operation), revision: 0,
          limits: request.waits))
      try await executor(runner, NoJournal(), patience: request.waits.engine).run(
        try Self.preparation(wanted, observed), phase: .prepare)
      try await finish(store, operation.handle, .done, .deployed, "run", restored: nil)
    } catch {
      let isCancelled = error is CancellationError || Task.isCancelled
      try await finish(
        store, operation.handle, isCancelled ? .cancelled : .failed, isCancelled ? .cancelled : .failed,
        Self.reason(error), restored: nil)
      throw isCancelled ? CancellationError() : error
    }
  }

  /// The project with the one service, in its changed form.
  private static func alone(_ request: OneOffRequest) -> Project {
    var project = request.project
    var service = request.service
    service.replicas = 1
    project.services = [service]
    return project
  }

  /// The builds and pulls, and the networks and volumes to make, of a deploy of the service: what exists is left as it is.
  private static func preparation(_ request: DeployRequest, _ observed: ObservedStack) throws -> Plan {
    var observed = observed
    observed.containers = []
    var plan = try DeployPlanner.plan(request.project, observed: observed, options: request.options)
    plan.steps = plan.steps.filter { step in
      switch step.action {
      case .buildImage, .pullImage, .createVolume: true
      // One that comes after a removal is a network that would be made anew.
      case .createNetwork: step.dependencies.isEmpty
      default: false
      }
    }
    return plan
  }

  private func specification(
    _ request: OneOffRequest, _ observed: ObservedStack, _ enginePaths: [String: String]
  ) async throws -> ContainerSpecification {
    let image = request.project.imageReference(of: request.service)
    let context = StepRunner.Context(project: request.project, before: observed, operation: "", revision: 0)
    return ContainerSpecification(
      project: request.project, service: request.service, number: 0,
      name: request.service.containerName ?? "", image: image, imageID: observed.images[image]?.id ?? "",
      apiVersion: try await engine.identity().apiVersion, operation: "", revision: 0,
      neighbours: StepRunner(engine: engine, writes: writesOfNothing, context: context).neighbours(), replaced: nil,
      enginePaths: enginePaths,
      oneOff: ContainerSpecification.OneOff(
        slug: request.slug, usesAliases: request.usesAliases, attachesStdin: request.attachesStdin,
        removesItself: request.removesItself))
  }
}
