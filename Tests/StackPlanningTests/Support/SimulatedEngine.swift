import ComposeFile
import StackPlanning

/// A container engine in memory that does the steps of plans, and refuses what a real one refuses.
struct SimulatedEngine {
  struct Refused: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var stack: ObservedStack
  private var project: Project?
  private var options = PlanOptions()
  private var operation = ""
  /// Ids of the containers of the current operation, by name in the end.
  private var made: [String: String] = [:]
  /// Containers by the one whose network they share.
  private var networkParents: [String: String] = [:]
  private var wantedPorts: [String: [Int]] = [:]
  private var lastID = 0
  /// What ran, in order: `start web`, `completed migrate` …
  private(set) var log: [String] = []

  init(project: String) { stack = ObservedStack(project: project) }

  /// What follows is done for this project, under this label.
  mutating func begin(_ operation: String, _ project: Project?, _ options: PlanOptions = PlanOptions()) {
    self.operation = operation
    self.project = project
    self.options = options
    made = [:]
    log = []
  }

  mutating func edit(_ change: (inout ObservedStack) -> Void) {
    change(&stack)
    stack.containers.sort { $0.name < $1.name }
  }

  /// Puts the images of a project there; the ID follows from the reference.
  mutating func load(imagesOf project: Project) {
    for reference in DeployPlanner.imageReferences(of: project) where stack.images[reference] == nil {
      stack.images[reference] = ObservedImage(id: Self.imageID(reference))
    }
  }

  static func imageID(_ reference: String) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in reference.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(value, radix: 16)
    return "sha256:" + String(repeating: "0", count: 16 - digits.count) + digits + String(repeating: "0", count: 48)
  }

  // MARK: Whole plans

  /// Does the first `limit` steps in one of the orders that the plan allows; nil: in the order of the numbers.
  mutating func run(_ plan: Plan, phases: [PlanPhase] = PlanPhase.allCases, limit: Int = .max, seed: UInt64? = nil) throws {
    defer { stack.containers.sort { $0.name < $1.name } }
    var random = SeededOrder(seed ?? 0)
    var left = limit
    for phase in phases {
      var waiting = plan.steps(in: phase)
      var done: Set<Int> = []
      while !waiting.isEmpty, left > 0 {
        func isReady(_ index: Int) -> Bool { waiting[index].dependencies.allSatisfy(done.contains) }
        let choice =
          seed == nil
          ? waiting.indices.first(where: isReady) : waiting.indices.filter(isReady).randomElement(using: &random)
        guard let choice else { throw Refused(description: "the steps wait for each other: \(waiting.map(\.number))") }
        let step = waiting.remove(at: choice)
        do {
          try run(step.action)
        } catch {
          throw Refused(description: "step \(step.number) (\(step.action.words.verb) \(step.action.words.object)): \(error)")
        }
        done.insert(step.number)
        left -= 1
      }
      if left == 0 { return }
    }
  }

  private mutating func run(_ action: PlanAction) throws {
    switch action {
    case .pullImage(let reference, _): stack.images[reference] = ObservedImage(id: Self.imageID(reference))
    case .buildImage(let reference, _): stack.images[reference] = ObservedImage(id: Self.imageID(reference))
    case .createNetwork(let key, let name): try createNetwork(key, name)
    case .restoreNetwork(let network): try restore(network)
    case .removeNetwork(let id, let name): try removeNetwork(id, name)
    case .createVolume(let key, let name): createVolume(key, name)
    case .removeVolume(let name): try removeVolume(name)
    case .removeImage(let reference): stack.images[reference] = nil
    case .createContainer(let service, let number, let name, let temporaryName, let replaces):
      try create(service, number, name, temporaryName ?? name, replaces)
    case .sendFiles: break
    case .copyFiles(let container): try change(container) { try $0.require($0.state == .created, "has been started") }
    case .connect(let container, _, let network): try attach(container, network, ObservedContainer.Endpoint(networkID: ""))
    case .reconnect(let container, let network, let endpoint): try attach(container, network, endpoint)
    case .disconnect(let container, let network): try change(container) { $0.networks[network] = nil }
    case .stop(let container, _):
      log.append("stop \(container.service)")
      try change(container) { $0.end() }
    case .rename(let container, let name): try rename(container, name)
    case .start(let container): try start(container)
    case .unpause(let container):
      try change(container) {
        try $0.require($0.state == .paused, "is not paused")
        $0.state = .running
      }
    case .pause(let container):
      try change(container) {
        try $0.require($0.state == .running, "does not run")
        $0.state = .paused
      }
    case .preStartHook(let container, let index):
      try change(container) { try $0.require(!$0.isUp, "runs already") }
      log.append("pre_start[\(index)] \(container.service)")
    case .preStopHook(let container, _), .postStartHook(let container, _):
      try change(container) { try $0.require($0.state == .running, "does not run") }
    case .await(let service, let condition, let containers, _): try wait(service, condition, containers)
    case .remove(let container, _): try remove(container)
    }
  }

  // MARK: Networks and volumes

  private mutating func newID() -> String {
    lastID += 1
    let digits = String(lastID)
    return String(repeating: "0", count: 12 - digits.count) + digits + String(repeating: "f", count: 52)
  }

  private mutating func createNetwork(_ key: String, _ name: String) throws {
    guard let network = project?.networks[key] else { throw Refused(description: "no network \(key) in the project") }
    guard stack.networks[name] == nil else { throw Refused(description: "the name is taken") }
    var made = ObservedNetwork(
      id: newID(), name: name,
      labels: [
        "com.docker.compose.project": stack.project, "com.docker.compose.network": key,
        "com.docker.compose.config-hash": network.configHash, "slipway.op": operation,
      ])
    made.driver = network.driver ?? "bridge"
    made.isInternal = network.isInternal
    stack.networks[name] = made
  }

  private mutating func restore(_ network: ObservedNetwork) throws {
    guard stack.networks[network.name] == nil else { throw Refused(description: "the name is taken") }
    var copy = network
    copy.id = newID()
    stack.networks[network.name] = copy
  }

  private mutating func removeNetwork(_ id: String, _ name: String) throws {
    guard stack.networks[name]?.id == id else { throw Refused(description: "no such network") }
    let users = stack.containers.filter { $0.isUp && $0.networks[name]?.networkID == id }
    guard users.isEmpty else { throw Refused(description: "active endpoints: \(users.map(\.name))") }
    stack.networks[name] = nil
  }

  private mutating func createVolume(_ key: String, _ name: String) {
    let volume = project?.volumes[key]
    stack.volumes[name] = ObservedVolume(
      name: name,
      labels: [
        "com.docker.compose.project": stack.project, "com.docker.compose.volume": key,
        "com.docker.compose.config-hash": volume?.configHash ?? "",
      ])
  }

  private mutating func removeVolume(_ name: String) throws {
    guard stack.volumes[name] != nil else { throw Refused(description: "no such volume") }
    guard !stack.containers.contains(where: { $0.mounts.contains { $0.isVolume && $0.source == name } }) else {
      throw Refused(description: "the volume is in use")
    }
    stack.volumes[name] = nil
  }

  // MARK: Containers

  private func index(_ container: ContainerReference) throws -> Int {
    let id: String? =
      switch container {
      case .existing(let id, _, _): id
      case .planned(_, _, let name): made[name]
      }
    guard let index = stack.containers.firstIndex(where: { $0.id == id }) else {
      throw Refused(description: "no such container")
    }
    return index
  }

  private mutating func change(
    _ container: ContainerReference, _ body: (inout ObservedContainer) throws -> Void
  ) throws {
    try body(&stack.containers[index(container)])
  }

  private mutating func create(
    _ serviceName: String, _ number: Int, _ name: String, _ firstName: String, _ replaces: String?
  ) throws {
    guard let project, let service = project.service(serviceName) else {
      throw Refused(description: "no service \(serviceName) in the project")
    }
    guard !stack.containers.contains(where: { $0.name == firstName }) else {
      throw Refused(description: "the name \(firstName) is taken")
    }
    let reference = service.image ?? "\(project.name)-\(service.name)"
    let image = options.pinnedImages[serviceName] ?? stack.images[reference]?.id
    guard let image else { throw Refused(description: "no image \(reference)") }
    let first = firstContainers(project)
    let resolved = DeployPlanner.resolvedReferences(of: service) { first[$0] }
    var container = ObservedContainer(
      id: newID(), name: firstName, service: serviceName, number: number,
      configHash: resolved.isEmpty ? service.configHash : service.configHash(replacing: resolved), imageID: image,
      state: .created)
    container.imageLabel = image
    container.dependsOn = service.dependsOn.keys.sorted()
    container.operation = operation
    for key in service.networks.keys where service.networkMode == nil {
      guard let network = project.networks[key], let live = stack.networks[network.name] else {
        throw Refused(description: "no network \(key)")
      }
      container.networks[network.name] = ObservedContainer.Endpoint(networkID: live.id, aliases: [name, serviceName])
    }
    container.mounts = mounts(of: service, project, replaced: stack.containers.first { $0.id == replaces })
    if let mode = service.networkMode, mode.hasPrefix("service:") {
      networkParents[container.id] = first[String(mode.dropFirst(8))]
    }
    wantedPorts[container.id] = service.ports.compactMap { port in port.published.flatMap { Int($0) } }
    made[name] = container.id
    stack.containers.append(container)
  }

  private mutating func mounts(
    of service: Service, _ project: Project, replaced: ObservedContainer?
  ) -> [ObservedContainer.Mount] {
    service.volumes.compactMap { mount in
      guard mount.kind == .volume else { return nil }
      if let key = mount.source {
        return .init(source: project.volumes[key]?.name ?? key, target: mount.target, isVolume: true)
      }
      let old = replaced?.mounts.first { $0.isVolume && $0.target == mount.target }
      if let old, !options.renewsAnonymousVolumes { return old }
      return .init(source: newID(), target: mount.target, isVolume: true)
    }
  }

  private func firstContainers(_ project: Project) -> [String: String] {
    var ids: [String: String] = [:]
    for service in project.services {
      ids[service.name] =
        made[service.containerName ?? "\(project.name)-\(service.name)-1"] ?? stack.replicas(of: service.name).first?.id
    }
    return ids
  }

  private mutating func attach(
    _ container: ContainerReference, _ name: String, _ endpoint: ObservedContainer.Endpoint
  ) throws {
    guard let network = stack.networks[name] else { throw Refused(description: "no network \(name)") }
    try change(container) {
      try $0.require($0.networks[name] == nil, "is on \(name) already")
      var endpoint = endpoint
      endpoint.networkID = network.id
      $0.networks[name] = endpoint
    }
  }

  private mutating func rename(_ container: ContainerReference, _ name: String) throws {
    guard !stack.containers.contains(where: { $0.name == name }) else {
      throw Refused(description: "the name \(name) is taken")
    }
    try change(container) { $0.name = name }
  }

  private mutating func start(_ reference: ContainerReference) throws {
    let container = stack.containers[try index(reference)]
    try container.require(container.state != .paused && container.state != .dead, "is \(container.state)")
    for (name, endpoint) in container.networks where stack.networks[name]?.id != endpoint.networkID {
      throw Refused(description: "network \(endpoint.networkID.prefix(12)) not found")
    }
    if let parent = networkParents[container.id] {
      guard stack.containers.contains(where: { $0.id == parent && $0.isUp }) else {
        throw Refused(description: "joins the network of a container that does not run")
      }
    }
    let ports = wantedPorts[container.id] ?? []
    for other in stack.containers where other.isUp && other.id != container.id {
      for port in ports where other.publicPorts.contains(port) {
        throw Refused(description: "port \(port) is held by \(other.name)")
      }
    }
    log.append("start \(container.service)")
    let hasCheck = project?.service(container.service)?.healthcheck.map { !$0.isDisabled } ?? (container.health != nil)
    try change(reference) {
      $0.state = .running
      $0.publicPorts = ports
      $0.health = hasCheck ? .starting : nil
      $0.exitCode = nil
    }
  }

  private mutating func wait(
    _ service: String, _ condition: AwaitedCondition, _ containers: [ContainerReference]
  ) throws {
    guard !containers.isEmpty else { throw Refused(description: "nothing to wait for") }
    for container in condition == .completed ? Array(containers.prefix(1)) : containers {
      try change(container) {
        if condition == .completed {
          if $0.isUp { $0.end() }
          return
        }
        try $0.require($0.state == .running, "does not run")
        if condition == .healthy { try $0.require($0.health != nil, "has no health check") }
        if $0.health != nil { $0.health = .healthy }
      }
    }
    log.append("\(condition.rawValue) \(service)")
  }

  private mutating func remove(_ reference: ContainerReference) throws {
    let index = try index(reference)
    stack.containers.remove(at: index)
  }
}

extension ObservedContainer {
  fileprivate func require(_ holds: Bool, _ complaint: String) throws {
    guard holds else { throw SimulatedEngine.Refused(description: "\(name) \(complaint)") }
  }

  fileprivate mutating func end() {
    guard isUp else { return }
    state = .exited
    exitCode = 0
    health = nil
    publicPorts = []
  }
}
