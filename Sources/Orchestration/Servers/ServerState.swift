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
    /// Of one that has ended, where it is known.
    package var exitCode: Int?

    /// The name that it will have: while one container takes another's place, the name of one of them has twelve digits of an id and
    /// `_` before it, as Docker Compose names them too.
    package var settledName: String {
      let digits = name.utf8.prefix {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
      let rest = name.dropFirst(13)
      return digits.count == 12 && name.dropFirst(12).hasPrefix("_") && !rest.isEmpty ? String(rest) : name
    }
  }

  package var server: String
  package var link = Link.connecting
  /// By id; only those of stacks.
  package var containers: [String: Container] = [:]

  package init(server: String) { self.server = server }

  /// Projects that have containers, by name.
  package var stacks: [String] { Set(containers.values.map(\.stack)).sorted() }

  /// Takes the engine's whole list.
  package mutating func take(_ summaries: [ContainerSummary]) {
    link = .up
    containers = [:]
    for summary in summaries {
      guard let stack = summary.labels[ComposeLabel.project] else { continue }
      containers[summary.id] = Container(
        name: summary.name, stack: stack, service: summary.labels[ComposeLabel.service] ?? "", status: summary.state,
        health: Self.health(inStatus: summary.status), exitCode: Self.exitCode(inStatus: summary.status))
    }
  }

  /// An engine's list with the ends that were told by events before it.
  ///
  /// Docker tells a container's end before its lists have it (moby, `daemon/monitor.go`): who asks because of the event would be told
  /// the old state, and nothing more afterwards.
  package func settled(_ summaries: [ContainerSummary]) -> [ContainerSummary] {
    guard link == .up else { return summaries }
    return summaries.map { summary in
      guard summary.state == .running, let known = containers[summary.id], known.status == .exited else { return summary }
      var ended = summary
      ended.state = .exited
      ended.status = known.exitCode.map { "Exited (\($0)) just now" } ?? "Exited just now"
      ended.ports = []
      return ended
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
      container.exitCode = nil
    case "pause": container.status = .paused
    case "die":
      container.status = .exited
      container.health = nil
      container.exitCode = labels["exitCode"].flatMap { Int($0) }
    case "rename": container.name = labels["name"] ?? container.name
    default:
      // `health_status: healthy`
      guard event.action.hasPrefix("health_status: ") else { return false }
      container.health = String(event.action.dropFirst("health_status: ".count))
    }
    containers[id] = container
    return container != before
  }

  /// `Exited (0) 3 minutes ago`
  private static func exitCode(inStatus text: String) -> Int? {
    guard text.hasPrefix("Exited ("), let end = text.firstIndex(of: ")") else { return nil }
    return Int(text[..<end].dropFirst("Exited (".count))
  }

  /// `Up 3 minutes (health: starting)`
  package static func health(inStatus text: String) -> String? {
    guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return nil }
    switch text[text.index(after: open)...].dropLast() {
    case "healthy": return "healthy"
    case "unhealthy": return "unhealthy"
    case "health: starting": return "starting"
    default: return nil
    }
  }
}
