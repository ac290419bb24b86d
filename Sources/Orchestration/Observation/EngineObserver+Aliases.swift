import DockerEngine
import StackPlanning

extension EngineObserver {
  /// Adds the names that containers have on networks which the plan takes from them: the way back gives them again, and the
  /// list of containers does not tell them.
  func withAliases(_ stack: ObservedStack, for plan: Plan) async throws -> ObservedStack {
    var stack = stack
    let affected = Set(
      plan.steps.compactMap { step -> String? in
        if case .disconnect(.existing(let id, _, _), _) = step.action { id } else { nil }
      })
    for index in stack.containers.indices where affected.contains(stack.containers[index].id) {
      let container = stack.containers[index]
      for (name, endpoint) in try await engine.inspectContainer(container.id).networkSettings.networks {
        // Engines before 25 list the short id, which a container gets by itself.
        stack.containers[index].networks[name]?.aliases = endpoint.aliases.filter { $0 != container.id.prefix(12) }
      }
    }
    return stack
  }
}
