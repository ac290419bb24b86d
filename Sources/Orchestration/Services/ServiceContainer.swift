package import DockerEngine
package import StackPlanning

/// A container of a stack as the commands on running services see it: what the engine's list and Compose's labels tell.
package struct ServiceContainer: Hashable, Sendable {
  /// What the service of a container needs before it starts.
  package struct Dependency: Hashable, Sendable {
    package var service: String
    /// nil: it must have been started.
    package var condition: AwaitedCondition?
    /// A restart of `service` restarts this one too (`depends_on: {x: {restart: true}}`).
    package var restartsAlong: Bool

    package init(service: String, condition: AwaitedCondition? = nil, restartsAlong: Bool = false) {
      self.service = service
      self.condition = condition
      self.restartsAlong = restartsAlong
    }
  }

  package var id: String
  /// Without the leading slash.
  package var name: String
  package var service: String
  package var number: Int
  package var state: ContainerStatus
  package var dependencies: [Dependency]
  /// Made by `run`, not by `up`.
  package var isOneOff: Bool
  /// Label `slipway.op`: the operation that made it.
  package var operation: String?

  package init(
    id: String, name: String, service: String, number: Int, state: ContainerStatus, dependencies: [Dependency] = [],
    isOneOff: Bool = false
  ) {
    self.id = id
    self.name = name
    self.service = service
    self.number = number
    self.state = state
    self.dependencies = dependencies
    self.isOneOff = isOneOff
  }

  /// nil when the labels name no service, or the container runs a hook.
  package init?(_ summary: ContainerSummary) {
    let labels = summary.labels
    guard let service = labels[ComposeLabel.service], labels[ComposeLabel.hook] == nil else { return nil }
    self.init(
      id: summary.id, name: summary.name, service: service,
      number: ComposeLabel.replica(labels), state: summary.state,
      dependencies: Self.dependencies(label: labels[ComposeLabel.dependsOn] ?? ""),
      isOneOff: labels[ComposeLabel.oneOff]?.lowercased() == "true")
    operation = labels[ComposeLabel.operation]
  }

  package var isUp: Bool { state == .running || state == .restarting || state == .paused }

  var reference: ContainerReference { .existing(id: id, name: name, service: service) }

  /// Reads `com.docker.compose.depends_on`: `service:condition:restart`, with commas between; older ones are names only.
  package static func dependencies(label: String) -> [Dependency] {
    label.split(separator: ",").map { entry in
      let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      let condition: AwaitedCondition? =
        switch parts.count > 1 ? parts[1] : "" {
        case "service_healthy": .healthy
        case "service_completed_successfully": .completed
        default: nil
        }
      return Dependency(
        service: parts[0], condition: condition, restartsAlong: parts.count > 2 && parts[2] == "true")
    }
  }
}

extension EngineClient {
  /// The containers of a project, ended ones too, by name; `run`'s are among them.
  package func serviceContainers(of project: String) async throws(EngineError) -> [ServiceContainer] {
    try await listContainers(all: true, filters: .labels([ComposeLabel.project: project]))
      .compactMap { ServiceContainer($0) }
      .sorted { ($0.service, $0.number, $0.name) < ($1.service, $1.number, $1.name) }
  }
}
