import ComposeFile
import DockerEngine
package import StackPlanning
import Synchronization

/// A step that did not work: which, and why.
package struct StepFailure: Error, Sendable, CustomStringConvertible {
  package var step: PlanStep
  package var reason: String
  package var cause: (any Error)?

  package var description: String { "\(step.action.words.verb) \(step.action.words.object): \(reason)" }
}

/// What a step was to change may stay as it is: that is no failure.
struct LeftAsItIs: Error, CustomStringConvertible {
  var description: String
}

/// Limits of the waits of an operation.
package struct WaitLimits: Sendable {
  /// For a dependency or the health gate.
  package var condition: Duration = .seconds(300)
  /// How long a service without a health check must run without an end or a restart; zero: it must just run.
  package var settle: Duration = .zero
  /// Between two looks.
  package var poll: Duration = .milliseconds(100)
  /// How long an operation waits for an engine that has gone.
  package var engine: Duration = .seconds(60)
  /// Engines before 23 keep a network busy for a moment after its last container is gone.
  package var networkRelease: Duration = .seconds(10)
  /// How long what was asked for before a link was lost may take to be there.
  package var late: Duration = .seconds(1)

  package init() {}
}

/// Turns one step of a plan into engine calls.
final class StepRunner: Sendable {
  struct Context: Sendable {
    /// nil: a plan without a project (undo, down by labels).
    var project: Project?
    var before: ObservedStack
    var operation: String
    var revision: Int
    var pinnedImages: [String: String] = [:]
    var renewsAnonymousVolumes = false
    /// `--no-deps` with services named.
    var forgetsDependencies = false
    /// For the label `slipway.contents`, by service.
    var contents: [String: String] = [:]
    /// Where files of this machine are for the engine.
    var enginePaths: [String: String] = [:]
    /// Does the step that brings files to the server.
    var sendFiles: (@Sendable () async throws -> Void)?
    /// A network, a volume or an image that something else still uses stays, with a warning (`down`, as with Docker Compose).
    var keepsWhatIsUsed = false
    var limits = WaitLimits()
  }

  let engine: EngineClient
  let writes: EngineWrites
  let context: Context
  private struct Made {
    var id: String
    var service: String
    var number: Int
  }
  /// The containers that this operation made, by name in the end.
  private let made = Mutex<[String: Made]>([:])
  /// Anonymous volumes that were filled already, by the name of the container that gets them.
  let arrived = Mutex<[String: [ObservedContainer.Mount]]>([:])

  init(engine: EngineClient, writes: EngineWrites, context: Context) {
    self.engine = engine
    self.writes = writes
    self.context = context
  }

  /// Runs a step; gives the id of what it made or changed.
  ///
  /// - Parameter looksFirst: the step was begun before and its outcome is not known: what is done already is not done twice (R-OP-2).
  func run(_ action: PlanAction, looksFirst: Bool, warn: @Sendable (String) -> Void) async throws -> String? {
    switch action {
    case .pullImage, .buildImage: return nil
    case .createNetwork(let key, let name): return try await createNetwork(key, name, looksFirst: looksFirst)
    case .restoreNetwork(let network): return try await restore(network, looksFirst: looksFirst)
    case .removeNetwork(let id, let name): try await removeNetwork(id, name)
    case .createVolume(let key, let name): return try await createVolume(key, name)
    case .removeVolume(let name):
      try await leavingWhatIsUsed("volume \(name)") { try await ignoringAbsence { try await engine.removeVolume(name) } }
    case .removeImage(let reference):
      try await leavingWhatIsUsed("image \(reference)") {
        try await ignoringAbsence { _ = try await engine.removeImage(reference) }
      }
    case .createContainer(let service, let number, let name, let temporaryName, let replaces):
      return try await create(service, number, name, temporaryName, replaces, looksFirst: looksFirst)
    case .sendFiles: try await context.sendFiles?()
    case .copyFiles(let container): try await copyFiles(into: container)
    case .connect(let container, let key, let network):
      if looksFirst, try await isAttached(try id(container), to: network) { break }
      try await connect(container, key, network)
    case .reconnect(let container, let network, let endpoint): try await reconnect(container, network, endpoint)
    case .disconnect(let container, let network):
      if looksFirst, try await !isAttached(try id(container), to: network) { break }
      try await disconnect(try id(container), network)
    case .stop(let container, let timeout): try await ignoringAbsence { try await stop(try id(container), timeout) }
    case .rename(let container, let name): try await rename(container, name)
    case .start(let container): _ = try await engine.startContainer(try id(container))
    case .unpause(let container):
      if looksFirst, try await engine.inspectContainer(try id(container)).state.status != .paused { break }
      try await engine.unpauseContainer(try id(container))
    case .pause(let container):
      if looksFirst, try await engine.inspectContainer(try id(container)).state.status == .paused { break }
      try await engine.pauseContainer(try id(container))
    case .preStartHook(let container, let index): try await preStartHook(container, index)
    case .preStopHook(let container, let index):
      try await hook("pre_stop", container, context.project?.service(container.service)?.preStop, index)
    case .postStartHook(let container, let index):
      try await hook("post_start", container, context.project?.service(container.service)?.postStart, index)
    case .await(let service, let condition, let containers, let isRequired):
      do {
        try await wait(for: service, condition, containers)
      } catch let failure as ConditionFailure where !isRequired {
        warn("optional dependency: \(failure)")
      }
    case .remove(let container, let volumes):
      try await ignoringAbsence {
        try await engine.removeContainer(try id(container), force: true, volumes: volumes)
      }
    }
    return nil
  }

  /// The container's own grace period is asked for where none is given: without it a stop that hangs has no near limit.
  private func stop(_ id: String, _ timeoutSeconds: Int?) async throws {
    var grace = timeoutSeconds
    if grace == nil { grace = try await engine.inspectContainer(id).config.stopTimeoutSeconds ?? Self.standardGraceSeconds }
    _ = try await engine.stopContainer(id, graceSeconds: grace)
  }

  /// The engine's own (`docker stop`), for containers that were made without one.
  private static let standardGraceSeconds = 10

  private func disconnect(_ id: String, _ network: String) async throws {
    do {
      try await ignoringAbsence { try await engine.disconnectNetwork(network, container: id, force: true) }
    } catch {
      // A call of a killed process may have done it after we looked.
      guard try await !isAttached(id, to: network) else { throw error }
    }
  }

  /// Somebody who removed it already has reached the aim.
  private func ignoringAbsence(_ body: () async throws -> Void) async throws { _ = try await unlessAbsent(body) }

  func id(_ container: ContainerReference) throws -> String {
    switch container {
    case .existing(let id, _, _): return id
    case .planned(_, _, let name):
      guard let id = made.withLock({ $0[name]?.id }) else {
        throw EngineError.badArgument("container \(name) was not made")
      }
      return id
    }
  }

  // MARK: Networks and volumes

  private func createNetwork(_ key: String, _ name: String, looksFirst: Bool) async throws -> String? {
    guard let network = context.project?.networks[key] else { return nil }
    var spec = NetworkSpec()
    spec.name = name
    spec.checksDuplicate = true
    spec.driver = network.driver ?? ""
    spec.options = network.driverOptions
    spec.isInternal = network.isInternal
    spec.isAttachable = network.isAttachable
    spec.hasIPv4 = network.enablesIPv4
    spec.hasIPv6 = network.enablesIPv6 ?? false
    if network.ipamDriver != nil || !network.subnets.isEmpty || !network.ipamOptions.isEmpty {
      var ipam = IPAMConfig()
      ipam.driver = network.ipamDriver ?? "default"
      ipam.options = network.ipamOptions
      ipam.pools = network.subnets.map { subnet in
        var pool = IPAMPool()
        pool.subnet = subnet.subnet ?? ""
        pool.gateway = subnet.gateway ?? ""
        pool.ipRange = subnet.ipRange ?? ""
        pool.auxiliaryAddresses = subnet.auxiliaryAddresses
        return pool
      }
      spec.ipam = ipam
    }
    spec.labels = network.labels
    spec.labels[ComposeLabel.network] = key
    spec.labels[ComposeLabel.configHash] = network.configHash
    addOwnLabels(&spec.labels)
    guard looksFirst else { return try await created(spec, name) }
    // A request whose answer was lost may still be under way in the engine.
    let end = ContinuousClock.now + context.limits.late
    while true {
      if let id = try await ownNetworks(name).first { return id }
      guard ContinuousClock.now < end else { break }
      try await Task.sleep(for: context.limits.poll)
    }
    let made = try await created(spec, name)
    // It came all the same: engines take two networks of one name that are made at the same time, and containers start on neither.
    guard let other = try await ownNetworks(name).first(where: { $0 != made }) else { return made }
    try await ignoringAbsence { try await engine.removeNetwork(made) }
    return other
  }

  private func addOwnLabels(_ labels: inout [String: String]) {
    labels[ComposeLabel.project] = context.before.project
    labels[ComposeLabel.version] = ComposeLabel.composeVersion
    labels[ComposeLabel.operation] = context.operation
  }

  private func created(_ spec: NetworkSpec, _ name: String) async throws -> String {
    do {
      return try await engine.createNetwork(spec).id
    } catch {
      guard error.leavesOutcomeOpen else { throw error }
      // R-OP-2: never repeated blindly; look first.
      guard let found = try await ownNetworks(name).first else { throw error }
      return found
    }
  }

  /// The networks of that name that this operation has made.
  private func ownNetworks(_ name: String) async throws -> [String] {
    try await engine.listNetworks().filter {
      $0.name == name && $0.labels[ComposeLabel.operation] == context.operation
    }.map(\.id)
  }

  private func isAttached(_ container: String, to network: String) async throws -> Bool {
    try await engine.inspectContainer(container).networkSettings.networks[network] != nil
  }

  private func restore(_ network: ObservedNetwork, looksFirst: Bool) async throws -> String {
    if looksFirst,
      let found = try await engine.listNetworks().first(where: { $0.name == network.name && $0.labels == network.labels })
    {
      return found.id
    }
    var spec = NetworkSpec()
    spec.name = network.name
    spec.checksDuplicate = true
    spec.driver = network.driver
    spec.options = network.driverOptions
    spec.isInternal = network.isInternal
    spec.isAttachable = network.isAttachable
    spec.hasIPv6 = network.enablesIPv6
    spec.labels = network.labels
    spec.hasIPv4 = network.enablesIPv4
    if !network.subnets.isEmpty || !network.ipamOptions.isEmpty || (network.ipamDriver ?? "default") != "default" {
      var ipam = IPAMConfig()
      ipam.driver = network.ipamDriver ?? "default"
      ipam.options = network.ipamOptions
      ipam.pools = network.subnets.map { subnet in
        var pool = IPAMPool()
        pool.subnet = subnet.subnet ?? ""
        pool.gateway = subnet.gateway ?? ""
        pool.ipRange = subnet.ipRange ?? ""
        pool.auxiliaryAddresses = subnet.auxiliaryAddresses
        return pool
      }
      spec.ipam = ipam
    }
    do {
      return try await engine.createNetwork(spec).id
    } catch {
      guard case .api(_, _, let message) = error, message.contains("Pool overlaps") else { throw error }
      // The engine had chosen the addresses by itself, and has given them to another network meanwhile: it chooses anew. Where
      // a container was given a fixed address, its connection fails and says so.
      spec.ipam?.pools = []
      return try await engine.createNetwork(spec).id
    }
  }

  private func removeNetwork(_ id: String, _ name: String) async throws {
    let start = ContinuousClock.now
    while let failure = await failureOfRemoving(id) {
      guard Self.isStillBusy(failure) else { throw failure }
      let waited = ContinuousClock.now - start
      if waited >= context.limits.networkRelease {
        if try await engine.inspectNetwork(id).containers.isEmpty { throw HeldNetwork(name: name) }
        guard context.keepsWhatIsUsed else { throw failure }
        throw LeftAsItIs(description: "network \(name) is still in use and stays")
      }
      // Who runs there does not belong to the stack: waiting does not help.
      if context.keepsWhatIsUsed, let user = await runningMember(of: id) {
        throw LeftAsItIs(description: "network \(name) stays: it is used by \(user)")
      }
      if waited >= .seconds(1) { await freeLostEndpoints(of: id) }
      try await Task.sleep(for: context.limits.poll)
    }
  }

  /// Engines before 23 sometimes count a container as attached for good, although no container is (seen with 20.10).
  struct HeldNetwork: Error, CustomStringConvertible {
    var name: String
    var description: String {
      "the engine holds network \(name) although nothing is attached to it, a fault of older engines\n"
        + "  fix: restart the engine, or give the network another name"
    }
  }

  /// The name of a container that runs in a network; nil also when that cannot be told now.
  private func runningMember(of network: String) async -> String? {
    guard let members = try? await engine.inspectNetwork(network).containers else { return nil }
    for (container, member) in members.sorted(by: { $0.value.name < $1.value.name }) {
      if let state = try? await engine.inspectContainer(container).state, state.status == .running { return member.name }
    }
    return nil
  }

  private func leavingWhatIsUsed(_ what: String, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch {
      guard context.keepsWhatIsUsed, case .conflict? = error as? EngineError else { throw error }
      throw LeftAsItIs(description: "\(what) is still in use and stays")
    }
  }

  /// Engines before 23 sometimes keep the endpoint of a container that is gone, and the network busy for good.
  private func freeLostEndpoints(of network: String) async {
    guard let members = try? await engine.inspectNetwork(network).containers else { return }
    for (container, member) in members {
      do {
        _ = try await engine.inspectContainer(container)
      } catch {
        guard case .notFound = error else { return }
        // It may be free by now; the next try to remove the network tells.
        try? await engine.disconnectNetwork(network, container: member.name, force: true)
      }
    }
  }

  private func failureOfRemoving(_ network: String) async -> EngineError? {
    do {
      try await engine.removeNetwork(network)
      return nil
    } catch {
      if case .notFound = error { return nil }
      return error
    }
  }

  private static func isStillBusy(_ error: EngineError) -> Bool {
    guard case .api(_, 403, let message) = error else { return false }
    return message.contains("active endpoints")
  }

  private func createVolume(_ key: String, _ name: String) async throws -> String? {
    guard let volume = context.project?.volumes[key] else { return nil }
    var spec = VolumeSpec()
    spec.name = name
    spec.driver = volume.driver ?? ""
    spec.options = volume.driverOptions
    spec.labels = volume.labels
    spec.labels[ComposeLabel.volume] = key
    spec.labels[ComposeLabel.configHash] = volume.configHash
    addOwnLabels(&spec.labels)
    // The engine's volume create is idempotent by name.
    return try await writes.createVolume(spec).name
  }

  // MARK: Containers

  private func create(
    _ serviceName: String, _ number: Int, _ name: String, _ temporaryName: String?, _ replaces: String?, looksFirst: Bool
  ) async throws -> String? {
    guard let project = context.project, let service = project.service(serviceName) else { return nil }
    let apiVersion = try await engine.identity().apiVersion
    let reference = project.imageReference(of: service)
    let present = context.before.images[reference]?.id
    let pinned = context.pinnedImages[service.name]
    let image = pinned.flatMap { $0 == present ? nil : $0 } ?? reference
    let specification = ContainerSpecification(
      project: project, service: service, number: number, name: name, image: image,
      imageID: pinned ?? present ?? "", apiVersion: apiVersion, operation: context.operation, revision: context.revision,
      neighbours: neighbours(),
      // A container with new volumes is nobody's successor.
      replaced: context.renewsAnonymousVolumes ? nil : context.before.containers.first { $0.id == replaces },
      contents: context.contents[service.name], forgetsDependencies: context.forgetsDependencies,
      carriedVolumes: try await carriedVolumes(to: service, image: image, replaces) + (arrived.withLock { $0[name] } ?? []),
      enginePaths: context.enginePaths)
    let chosenName = temporaryName ?? name
    var id = looksFirst ? try await ownContainer(chosenName) : nil
    let isThere = id != nil
    if id == nil { id = try await created(specification.spec(), named: chosenName, of: service) }
    guard let id else { return nil }
    made.withLock { $0[name] = Made(id: id, service: serviceName, number: number) }
    for network in specification.laterNetworks {
      if isThere, try await isAttached(id, to: network.name) { continue }
      try await engine.connectNetwork(network.name, container: id, specification.endpoint(on: network.key))
    }
    return id
  }

  /// The volumes of the replaced container that go over to the new one, as Docker Compose decides (observed with 5.6.1): those at
  /// places where the service declares an anonymous volume, or its image any, and the service mounts nothing else.
  private func carriedVolumes(
    to service: Service, image: String, _ replaces: String?
  ) async throws -> [ObservedContainer.Mount] {
    guard !context.renewsAnonymousVolumes,
      let replaced = context.before.containers.first(where: { $0.id == replaces })
    else { return [] }
    let anonymous = Set(service.volumes.filter { $0.kind == .volume && $0.source == nil }.map { Self.place($0.target) })
    let taken = Set(
      service.volumes.map { Self.place($0.target) } + service.tmpfs.map { Self.place(String($0.prefix { $0 != ":" })) })
    let candidates = replaced.mounts.filter {
      $0.isVolume && (anonymous.contains(Self.place($0.target)) || !taken.contains(Self.place($0.target)))
    }
    guard candidates.contains(where: { !anonymous.contains(Self.place($0.target)) }) else { return candidates }
    let declared = Set(try await engine.inspectImage(image).config.volumes.keys.map(Self.place))
    return candidates.filter { anonymous.contains(Self.place($0.target)) || declared.contains(Self.place($0.target)) }
  }

  /// A path in a container without slashes at its end.
  static func place(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  private func created(
    _ spec: ContainerSpec, named name: String, of service: Service
  ) async throws -> String {
    do {
      return try await writes.createContainer(
        named: name, spec, platform: service.platform, of: service.name, enginePaths: context.enginePaths
      ).id
    } catch {
      guard (error as? EngineError)?.leavesOutcomeOpen == true else { throw error }
      guard let found = try await ownContainer(name) else { throw error }
      return found
    }
  }

  /// The container of that name that this operation has made.
  private func ownContainer(_ name: String) async throws -> String? {
    let filters = EngineFilters.labels([ComposeLabel.operation: context.operation])
    return try await engine.listContainers(all: true, filters: filters).first { $0.name == name }?.id
  }

  /// The containers of the services as they are by now.
  func neighbours() -> Neighbours {
    // What was made stands for the container of its number, whatever that is now.
    var result = Neighbours()
    for container in context.before.containers where !container.isOneOff && !container.isHook && !container.isLeftover {
      result.add(Neighbours.Container(id: container.id, name: container.name, number: container.number), of: container.service)
    }
    for (name, container) in made.withLock({ $0 }) {
      result.add(Neighbours.Container(id: container.id, name: name, number: container.number), of: container.service)
    }
    return result
  }

  private func copyFiles(into container: ContainerReference) async throws {
    guard let project = context.project, let service = project.service(container.service) else { return }
    let archive = try FileArchive.bytes(of: service, in: project)
    try await engine.putArchive(OneChunk(bytes: archive), to: "/", in: try id(container))
  }

  private func connect(_ container: ContainerReference, _ key: String, _ network: String) async throws {
    guard let project = context.project, let service = project.service(container.service) else { return }
    let specification = ContainerSpecification(
      project: project, service: service, number: 1, name: container.name, image: "", imageID: "",
      apiVersion: try await engine.identity().apiVersion, operation: context.operation, revision: context.revision,
      neighbours: neighbours(), replaced: nil)
    try await engine.connectNetwork(network, container: try id(container), specification.endpoint(on: key))
  }

  private func reconnect(
    _ container: ContainerReference, _ network: String, _ endpoint: ObservedContainer.Endpoint
  ) async throws {
    var settings = EndpointSettings()
    settings.aliases = endpoint.aliases.isEmpty ? [container.name, container.service] : endpoint.aliases
    if endpoint.ipv4Address != nil || endpoint.ipv6Address != nil {
      var ipam = EndpointIPAM()
      ipam.ipv4Address = endpoint.ipv4Address ?? ""
      ipam.ipv6Address = endpoint.ipv6Address ?? ""
      settings.ipam = ipam
    }
    let id = try id(container)
    do {
      try await engine.connectNetwork(network, container: id, settings)
    } catch {
      // Attached already, or it still refers to the network that is gone: free it by force, then once more.
      try await ignoringAbsence { try await engine.disconnectNetwork(network, container: id, force: true) }
      try await engine.connectNetwork(network, container: id, settings)
    }
  }

  private func rename(_ container: ContainerReference, _ name: String) async throws {
    let id = try id(container)
    do {
      try await engine.renameContainer(id, to: name)
    } catch {
      guard try await engine.inspectContainer(id).name == name else { throw error }
    }
  }

  // MARK: Hooks

  private func hook(_ name: String, _ container: ContainerReference, _ hooks: [Hook]?, _ index: Int) async throws {
    guard let hooks, hooks.indices.contains(index) else { return }
    try await engine.run(
      hooks[index], called: "\(name)[\(index)]", in: try id(container), limit: context.limits.condition)
  }

  // MARK: Waiting

  struct ConditionFailure: Error, CustomStringConvertible {
    var description: String
    /// The container that is the reason.
    var container: String?
  }

  private func wait(
    for service: String, _ condition: AwaitedCondition, _ containers: [ContainerReference]
  ) async throws {
    let start = ContinuousClock.now
    let ids = try containers.map { (name: $0.name, id: try id($0)) }
    var seen = Seen()
    while true {
      var isMet = true
      for (name, id) in condition == .completed ? Array(ids.prefix(1)) : ids {
        isMet = try check(try await engine.inspectContainer(id), name, service, condition, &seen) && isMet
      }
      if isMet { return }
      guard ContinuousClock.now - start < context.limits.condition else {
        throw ConditionFailure(
          description: "\(service) was not \(condition.rawValue) within \(context.limits.condition.components.seconds) s")
      }
      try await Task.sleep(for: context.limits.poll)
    }
  }

  /// What a wait has seen of its containers, by name.
  private struct Seen {
    /// Restarts at the first look: a kept container may have had many in its life.
    var firstRestarts: [String: Int] = [:]
    var upSince: [String: (at: ContinuousClock.Instant, restarts: Int)] = [:]
  }

  /// Restarts during one wait that are a loop.
  private static let restartLimit = 2

  /// Whether one container has reached the condition; throws when it never will.
  private func check(
    _ seen: ContainerInspection, _ name: String, _ service: String, _ condition: AwaitedCondition, _ before: inout Seen
  ) throws -> Bool {
    let state = seen.state
    let restarts = seen.restartCount - before.firstRestarts[name, default: seen.restartCount]
    if before.firstRestarts[name] == nil { before.firstRestarts[name] = seen.restartCount }
    let hasEnded = state.status == .exited || state.status == .dead
    let health = state.health?.status
    switch condition {
    case .completed:
      guard hasEnded else { return false }
      guard state.exitCode == 0 else {
        throw ConditionFailure(description: "\(name) ended with \(state.exitCode)", container: name)
      }
      return true
    case .healthy:
      if hasEnded {
        throw ConditionFailure(description: "\(name) ended with \(state.exitCode) before it was healthy", container: name)
      }
      guard let health, health != .none, !health.rawValue.isEmpty else {
        if state.status != .running { return false }
        throw ConditionFailure(description: "\(name) has no health check, and others wait for it to be healthy")
      }
      if health == .unhealthy { throw ConditionFailure(description: unhealthy(name, seen), container: name) }
      return health == .healthy
    case .ready:
      if hasEnded {
        if context.limits.settle > .zero, state.exitCode == 0, !Self.restartsAlways(seen) { return true }
        throw ConditionFailure(description: "\(name) ended with \(state.exitCode)", container: name)
      }
      guard state.status == .running else {
        if restarts > Self.restartLimit {
          throw ConditionFailure(
            description: "\(name) restarts again and again (last end: \(state.exitCode))", container: name)
        }
        return false
      }
      if let health, health != .none, !health.rawValue.isEmpty {
        if health == .unhealthy { throw ConditionFailure(description: unhealthy(name, seen), container: name) }
        return health == .healthy
      }
      let since = before.upSince[name].flatMap { $0.restarts == seen.restartCount ? $0 : nil } ?? (.now, seen.restartCount)
      before.upSince[name] = since
      if restarts > Self.restartLimit { throw ConditionFailure(description: "\(name) restarts again and again", container: name) }
      return ContinuousClock.now - since.at >= context.limits.settle
    }
  }

  private static func restartsAlways(_ seen: ContainerInspection) -> Bool {
    ["always", "unless-stopped"].contains(seen.hostConfig.restartPolicy.name)
  }

  private func unhealthy(_ name: String, _ seen: ContainerInspection) -> String {
    let output = seen.state.health?.log.last?.output.split(separator: "\n").first.map { ": \($0)" } ?? ""
    return "\(name) is unhealthy\(output)"
  }
}

/// A request body of one piece.
struct OneChunk: AsyncSequence, Sendable {
  var bytes: [UInt8]

  struct AsyncIterator: AsyncIteratorProtocol {
    var bytes: [UInt8]?
    mutating func next() async -> [UInt8]? {
      defer { bytes = nil }
      return bytes
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes) }
}
