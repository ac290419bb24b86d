import DockerEngine
import RevisionStore
import StackPlanning
import Synchronization

/// How the data of a stack gets to the engine that the stack comes to.
struct StackArrival: Sendable {
  /// Volumes of the stack that are filled. Each is fresh when `fill` is called.
  var volumes: Set<String>
  /// Stops the stack where it was, and fills the volumes; gives the anonymous ones by the name of the container that gets them.
  ///
  /// What it makes here carries the label `slipway.op` with the given value. After a failure the stack runs again where it was.
  var fill: @Sendable (_ operation: String) async throws -> [String: [ObservedContainer.Mount]]
}

extension StackOperations {
  /// The prepare phase of a stack that comes with its data.
  ///
  /// A container that is created puts its image's files into an empty volume: so containers are made after the data has come.
  /// They are made once before as well, and removed again: what the engine refuses shows before the stack is stopped.
  func prepare(
    _ plan: Plan, _ arrival: StackArrival, _ runner: StepRunner, _ operation: JournaledOperation, _ store: RevisionStore,
    patience: Duration
  ) async throws {
    let journal = StoreJournal(store: store, operation: operation.handle)
    let label = Self.label(of: operation)
    try await executor(runner, journal, patience: patience).run(plan.part(of: .prepare, \.isBesideContainers), phase: .prepare)
    let containers = plan.part(of: .prepare) { !$0.isBesideContainers }
    var quiet = self
    quiet.progress = { _ in }
    let rehearsal = StepRunner(engine: engine, writes: runner.writes, context: runner.context)
    try await quiet.executor(rehearsal, NoJournal(), patience: patience).run(containers, phase: .prepare)
    try await removeContainers(labelled: [ComposeLabel.operation: label])
    for volume in arrival.volumes.sorted() { try await engine.renewVolume(volume, of: label) }
    let filled = try await arrival.fill(label)
    runner.arrived.withLock { $0 = filled }
    try await executor(runner, journal, patience: patience).run(containers, phase: .prepare)
  }

  func removeContainers(labelled labels: [String: String?]) async throws {
    for container in try await engine.listContainers(all: true, filters: .labels(labels)) {
      do {
        try await engine.removeContainer(container.id, force: true, volumes: true)
      } catch EngineError.notFound {
        // Somebody removed it already: the aim is reached.
      }
    }
  }

  /// Removes the volumes that an arrival which failed has made: they may be half full.
  func removeArrived(_ operation: JournaledOperation, patience: Duration) async throws {
    guard operation.kind == .arrival else { return }
    let label = Self.label(of: operation)
    try await EnginePatience(engine: engine, limit: patience, progress: progress).patiently { _ in
      try await removeContainers(labelled: [ComposeLabel.operation: label])
      for volume in try await engine.listVolumes(filters: .labels([ComposeLabel.operation: label])) {
        do {
          try await engine.removeVolume(volume.name)
        } catch EngineError.notFound {
          // As above.
        }
      }
    }
  }
}

extension EngineClient {
  /// Makes a volume anew, empty; only one that this operation has made.
  ///
  /// - Parameter known: how it was, where an attempt was cut off that may have removed it.
  /// - Returns: how it is.
  @discardableResult
  func renewVolume(_ name: String, of operation: String, known: VolumeSpec? = nil) async throws -> VolumeSpec {
    var spec = VolumeSpec()
    spec.name = name
    do {
      let old = try await inspectVolume(name)
      guard old.labels[ComposeLabel.operation] == operation else {
        throw OperationRefused(
          description:
            "volume \(name) was made by somebody else meanwhile\n  fix: see what is in it, and remove or rename it")
      }
      (spec.driver, spec.options, spec.labels) = (old.driver, old.options, old.labels)
      try await removeVolume(name)
    } catch EngineError.notFound {
      guard let known else {
        throw OperationRefused(description: "volume \(name) was removed by somebody else meanwhile\n  fix: try again")
      }
      spec = known
    }
    _ = try await createVolume(spec)
    return spec
  }

  func volumeSpec(of name: String) async throws -> VolumeSpec {
    let volume = try await inspectVolume(name)
    var spec = VolumeSpec()
    (spec.name, spec.driver, spec.options, spec.labels) = (name, volume.driver, volume.options, volume.labels)
    return spec
  }
}

extension Plan {
  /// The steps of a phase that `belongs` chooses, in the order that the whole has: what waits for a step that is left out waits
  /// for what that one waits for.
  func part(of phase: PlanPhase, _ belongs: (PlanAction) -> Bool) -> Plan {
    var part = self
    part.steps = []
    var needed: [Int: Set<Int>] = [:]
    // Steps are numbered in an order in which they could be done one by one.
    for var step in steps(in: phase) {
      let dependencies = step.dependencies.reduce(into: Set<Int>()) { $0.formUnion(needed[$1] ?? []) }
      let isPart = belongs(step.action)
      needed[step.number] = isPart ? [step.number] : dependencies
      guard isPart else { continue }
      step.dependencies = dependencies.sorted()
      part.steps.append(step)
    }
    return part
  }
}

extension PlanAction {
  /// What containers use and are not.
  fileprivate var isBesideContainers: Bool {
    switch self {
    case .createNetwork, .removeNetwork, .restoreNetwork, .createVolume, .sendFiles: true
    default: false
    }
  }
}
