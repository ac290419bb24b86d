/// What a container does now; engines may answer with a word that is not listed here.
package struct ContainerStatus: RawRepresentable, WireValue, Sendable {
  package var rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
  package init() { rawValue = "" }

  package static let created = ContainerStatus(rawValue: "created")
  package static let running = ContainerStatus(rawValue: "running")
  package static let paused = ContainerStatus(rawValue: "paused")
  package static let restarting = ContainerStatus(rawValue: "restarting")
  package static let removing = ContainerStatus(rawValue: "removing")
  package static let exited = ContainerStatus(rawValue: "exited")
  package static let dead = ContainerStatus(rawValue: "dead")
}

/// What a health check says; engines may answer with a word that is not listed here.
package struct HealthStatus: RawRepresentable, WireValue, Sendable {
  package var rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
  package init() { rawValue = "" }

  package static let none = HealthStatus(rawValue: "none")
  package static let starting = HealthStatus(rawValue: "starting")
  package static let healthy = HealthStatus(rawValue: "healthy")
  package static let unhealthy = HealthStatus(rawValue: "unhealthy")
}
