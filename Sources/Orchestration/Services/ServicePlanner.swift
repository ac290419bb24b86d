package import ComposeFile
import DockerEngine
import StackPlanning

/// Which containers of a project a command is about.
package struct ServiceScope: Sendable {
  package var project: String
  /// Named by the user; empty: all.
  package var services: [String]
  /// The model, where the files could be read: then services that it does not have are left alone, as Compose does.
  package var model: Project?
  /// Also containers of services that the model does not have.
  package var includesOrphans = false

  package init(project: String, services: [String] = [], model: Project? = nil) {
    self.project = project
    self.services = services
    self.model = model
  }

  /// The named services, or all of the model; nil: whatever has containers.
  var names: Set<String>? {
    if !services.isEmpty { return Set(services) }
    guard let model, !includesOrphans else { return nil }
    return Set(model.services.map(\.name))
  }
}

/// Turns a command into steps along the services' dependencies, as the containers' labels tell them.
///
/// Not one of `StackPlanning`'s plans: it acts on what is there, needs no files and has no way back. Pure.
package struct ServicePlanner {
  private let scope: ServiceScope
  /// In scope and not made by `run`, by service.
  private var groups: [String: [ServiceContainer]] = [:]
  private var steps: [ServiceStep] = []

  /// The steps of a command; empty when all is as it should be.
  package static func steps(
    _ command: ServiceCommand, _ scope: ServiceScope, containers: [ServiceContainer]
  ) throws(ServiceRefusal) -> [ServiceStep] {
    try check(scope, containers)
    var planner = ServicePlanner(scope)
    planner.groups = Dictionary(grouping: containers.filter { !$0.isOneOff }, by: \.service)
    switch command {
    case .start(let waits): try planner.start(waits: waits)
    case .stop(let grace):
      planner.keep(scope.names)
      planner.stop(graceSeconds: grace)
    case .restart(let grace, let withDependents): planner.restart(graceSeconds: grace, withDependents: withDependents)
    case .kill(let signal):
      let mine = containers.filter { $0.isUp && (scope.names?.contains($0.service) ?? true) }
      for container in mine { planner.add(.kill(container.reference, signal: signal)) }
    case .pause:
      planner.keep(scope.names)
      for container in planner.all where container.state == .running { planner.add(.pause(container.reference)) }
    case .unpause:
      planner.keep(scope.names)
      for container in planner.all where container.state == .paused { planner.add(.unpause(container.reference)) }
    case .remove(let stopsFirst, let volumes):
      planner.keep(scope.names)
      let stops = stopsFirst ? planner.stop(graceSeconds: nil) : [:]
      for container in planner.all where stopsFirst || !container.isUp {
        planner.add(
          .remove(container.reference, withAnonymousVolumes: volumes), after: stops[container.id].map { [$0] } ?? [])
      }
    }
    return planner.steps
  }

  /// Containers that a command on the whole project leaves alone, because the files do not have their services.
  package static func leftAlone(_ scope: ServiceScope, containers: [ServiceContainer]) -> [ServiceContainer] {
    guard let names = scope.names, scope.services.isEmpty else { return [] }
    return containers.filter { !names.contains($0.service) && !$0.isOneOff && $0.isUp }
  }

  private init(_ scope: ServiceScope) { self.scope = scope }

  private static func check(_ scope: ServiceScope, _ containers: [ServiceContainer]) throws(ServiceRefusal) {
    let known = scope.model.map { Set($0.services.map(\.name)) } ?? Set(containers.map(\.service))
    let missing = scope.services.filter { !known.contains($0) }
    guard let first = missing.first else { return }
    let names = missing.map { "\"\($0)\"" }.joined(separator: ", ")
    let others = known.sorted().joined(separator: ", ")
    throw ServiceRefusal(
      description: """
        no such service: \(names) in the project \(scope.project)
          fix: \(others.isEmpty ? "deploy the stack first: slipway up -d \(first)" : "name one of: \(others)")
        """)
  }

  private var all: [ServiceContainer] { groups.keys.sorted().flatMap { groups[$0] ?? [] } }

  private mutating func keep(_ names: Set<String>?) {
    if let names { groups = groups.filter { names.contains($0.key) } }
  }

  @discardableResult
  private mutating func add(_ action: ServiceAction, after dependencies: [Int] = []) -> Int {
    steps.append(
      ServiceStep(number: steps.count + 1, action: action, dependencies: Array(Set(dependencies)).sorted()))
    return steps.count
  }

  private func dependencies(of service: String) -> [ServiceContainer.Dependency] {
    var seen: Set<ServiceContainer.Dependency> = []
    return (groups[service] ?? []).flatMap(\.dependencies).filter { seen.insert($0).inserted }
  }

  /// The services in start order; what `isEdge` refuses does not count as a dependency.
  private func startOrder(_ isEdge: (ServiceContainer.Dependency) -> Bool = { _ in true }) -> [String] {
    var names: [String: [String]] = [:]
    for service in groups.keys { names[service] = dependencies(of: service).filter(isEdge).map(\.service) }
    return StartOrder.names(names)
  }

  // MARK: Start

  private mutating func start(waits: Bool) throws(ServiceRefusal) {
    if groups.isEmpty {
      throw ServiceRefusal(
        description: "the project \(scope.project) has no containers\n  fix: make them with: slipway up -d -p \(scope.project)")
    }
    for service in scope.model?.services ?? [] where groups[service.name] == nil && service.replicas > 0 {
      guard scope.services.isEmpty || scope.services.contains(service.name) else { continue }
      throw ServiceRefusal(
        description: "service \"\(service.name)\" has no container to start\n  fix: make it with: slipway up -d \(service.name)")
    }
    if let names = scope.names { keep(closure(of: names)) }
    var started: [String: [Int]] = [:]
    var awaited: [ServiceContainer.Dependency: Int] = [:]
    for service in startOrder() {
      let idle = (groups[service] ?? []).filter { $0.state != .running && $0.state != .restarting }
      guard !idle.isEmpty else { continue }
      var before: [Int] = []
      for dependency in dependencies(of: service) where groups[dependency.service] != nil {
        let key = ServiceContainer.Dependency(service: dependency.service, condition: dependency.condition)
        guard let condition = dependency.condition else {
          before += started[dependency.service] ?? []
          continue
        }
        let step = awaited[key] ?? wait(for: dependency.service, condition, after: started[dependency.service] ?? [])
        awaited[key] = step
        before.append(step)
      }
      started[service] = idle.map { container in
        let step = add(.start(container.reference), after: before)
        return hooks(of: service) { $0.postStart.count }.reduce(step) { last, index in
          add(.postStartHook(container.reference, index: index), after: [last])
        }
      }
    }
    guard waits else { return }
    for service in startOrder() { wait(for: service, .ready, after: started[service] ?? []) }
  }

  /// The services and all that they depend on.
  private func closure(of names: Set<String>) -> Set<String> {
    var result: Set<String> = []
    var pending = Array(names)
    while let name = pending.popLast() {
      guard result.insert(name).inserted else { continue }
      pending += dependencies(of: name).map(\.service)
    }
    return result
  }

  @discardableResult
  private mutating func wait(for service: String, _ condition: AwaitedCondition, after: [Int]) -> Int {
    add(.await(condition, service: service, containers: (groups[service] ?? []).map(\.reference)), after: after)
  }

  private func hooks(of service: String, _ count: (Service) -> Int) -> Range<Int> {
    0..<(scope.model?.service(service).map(count) ?? 0)
  }

  // MARK: Stop and restart

  /// Adds the steps that stop all in scope, what depends on others first; gives the last step of each container.
  @discardableResult
  private mutating func stop(graceSeconds: Int?) -> [String: Int] {
    var last: [String: Int] = [:]
    for service in startOrder().reversed() {
      let dependents = groups.keys.filter { name in dependencies(of: name).contains { $0.service == service } }
      let before = dependents.flatMap { groups[$0] ?? [] }.compactMap { last[$0.id] }
      for container in groups[service] ?? [] where container.isUp {
        let ready = preStop(container, after: before)
        last[container.id] = add(.stop(container.reference, graceSeconds: graceSeconds), after: ready)
      }
    }
    return last
  }

  private mutating func preStop(_ container: ServiceContainer, after before: [Int]) -> [Int] {
    guard container.state == .running else { return before }
    return hooks(of: container.service) { $0.preStop.count }.reduce(before) { last, index in
      [add(.preStopHook(container.reference, index: index), after: last)]
    }
  }

  private mutating func restart(graceSeconds: Int?, withDependents: Bool) {
    if var names = scope.names {
      while withDependents {
        let more = groups.keys.filter { name in
          !names.contains(name) && dependencies(of: name).contains { $0.restartsAlong && names.contains($0.service) }
        }
        if more.isEmpty { break }
        names.formUnion(more)
      }
      keep(names)
    }
    var done: [String: [Int]] = [:]
    for service in startOrder(\.restartsAlong) {
      let before = dependencies(of: service).filter(\.restartsAlong).flatMap { done[$0.service] ?? [] }
      done[service] = (groups[service] ?? []).map { container in
        let step = add(
          .restart(container.reference, graceSeconds: graceSeconds), after: preStop(container, after: before))
        return hooks(of: service) { $0.postStart.count }.reduce(step) { last, index in
          add(.postStartHook(container.reference, index: index), after: [last])
        }
      }
    }
  }
}
