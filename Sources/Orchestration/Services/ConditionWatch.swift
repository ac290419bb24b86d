import DockerEngine
import StackPlanning

/// Waits until containers have reached a condition, by looking at them again and again.
struct ConditionWatch: Sendable {
  let engine: EngineClient
  /// `condition` bounds the whole wait, `poll` is the pause between two looks.
  let limits: WaitLimits

  func wait(for service: String, _ condition: AwaitedCondition, _ containers: [ContainerReference]) async throws {
    let start = ContinuousClock.now
    // A service that runs once is done when its first container is.
    let watched = condition == .completed ? Array(containers.prefix(1)) : containers
    while true {
      var isMet = true
      for container in watched where isMet {
        isMet = try Self.isMet(condition, by: try await engine.inspectContainer(container.engineID))
      }
      if isMet { return }
      guard ContinuousClock.now - start < limits.condition else {
        throw ServiceRefusal(
          description: "it was not \(condition.rawValue) within \(limits.condition.components.seconds) s")
      }
      try await Task.sleep(for: limits.poll)
    }
  }

  /// Throws when the condition will not be reached any more.
  static func isMet(_ condition: AwaitedCondition, by seen: ContainerInspection) throws(ServiceRefusal) -> Bool {
    let state = seen.state
    if state.status == .exited || state.status == .dead {
      if condition == .completed, state.exitCode == 0 { return true }
      throw ServiceRefusal(description: "\(seen.name) ended with \(state.exitCode)")
    }
    let health = state.health?.status ?? .none
    if condition != .completed, health == .unhealthy {
      let output = state.health?.log.last?.output.split(separator: "\n").first.map { ": \($0)" } ?? ""
      throw ServiceRefusal(description: "\(seen.name) is unhealthy\(output)")
    }
    guard state.status == .running else { return false }
    let hasCheck = health != .none && !health.rawValue.isEmpty
    switch condition {
    case .completed: return false
    case .ready: return !hasCheck || health == .healthy
    case .healthy:
      guard hasCheck else {
        throw ServiceRefusal(description: "\(seen.name) has no health check, and others wait for it to be healthy")
      }
      return health == .healthy
    }
  }
}
