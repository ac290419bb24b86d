package import DockerEngine

/// What is known of one server: whether it can be reached, and what runs there.
package struct ServerState: Hashable, Sendable {
  /// The way to the engine.
  package enum Link: Hashable, Sendable {
    case connecting
    case up
    /// Lost, or never there; it is tried again.
    case away(reason: String)
  }

  /// A container of a stack.
  package struct Container: Hashable, Sendable {
    package var name: String
    package var stack: String
    package var service: String
    package var status: ContainerStatus
    /// `healthy`, `unhealthy` or `starting`; nil: there is no check, or nothing is known of it yet.
    package var health: String?
  }

  package var server: String
  package var link = Link.connecting
  /// By id; only those of stacks.
  package var containers: [String: Container] = [:]

  package init(server: String) { self.server = server }

  /// Projects that have containers, by name.
  package var stacks: [String] { Set(containers.values.map(\.stack)).sorted() }

  /// Takes the engine's whole list.
  mutating func take(_ summaries: [ContainerSummary]) {
    link = .up
    containers = [:]
    for summary in summaries {
      guard let stack = summary.labels[ComposeLabel.project] else { continue }
      containers[summary.id] = Container(
        name: summary.name, stack: stack, service: summary.labels[ComposeLabel.service] ?? "", status: summary.state,
        health: Self.health(inStatus: summary.status))
    }
  }

  /// Takes one event of the engine; false when it changes nothing here.
  mutating func take(_ event: EngineEvent) -> Bool {
    let (id, labels) = (event.actor.id, event.actor.attributes)
    guard event.kind == "container", let stack = labels[ComposeLabel.project] else { return false }
    if event.action == "destroy" { return containers.removeValue(forKey: id) != nil }
    let before = containers[id]
    var container =
      before
      ?? Container(
        name: labels["name"] ?? "", stack: stack, service: labels[ComposeLabel.service] ?? "", status: .created, health: nil)
    switch event.action {
    case "create": container.status = .created
    case "start", "unpause":
      container.status = .running
      if event.action == "start" { container.health = nil }
    case "pause": container.status = .paused
    case "die":
      container.status = .exited
      container.health = nil
    case "rename": container.name = labels["name"] ?? container.name
    default:
      // `health_status: healthy`
      guard event.action.hasPrefix("health_status: ") else { return false }
      container.health = String(event.action.dropFirst("health_status: ".count))
    }
    containers[id] = container
    return container != before
  }

  /// `Up 3 minutes (health: starting)`
  private static func health(inStatus text: String) -> String? {
    guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return nil }
    switch text[text.index(after: open)...].dropLast() {
    case "healthy": return "healthy"
    case "unhealthy": return "unhealthy"
    case "health: starting": return "starting"
    default: return nil
    }
  }
}
