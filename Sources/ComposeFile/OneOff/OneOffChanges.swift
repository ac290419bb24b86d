/// What a one-off container (`run`) has otherwise than the containers of its service.
package struct OneOffChanges: Sendable {
  package enum Ports: Sendable {
    case none
    /// As the service publishes them.
    case ofService
    /// In Compose's short syntax.
    case published([String])
  }

  package var containerName: String
  package var hasTTY = false
  package var isStdinOpen = false
  /// Empty: the service's own.
  package var command: [String] = []
  /// One line, split as `entrypoint` of a compose file is; the service's command does not go with it.
  package var entrypoint: String?
  package var user: String?
  package var workingDirectory: String?
  package var environment: [String: String] = [:]
  package var labels: [String: String] = [:]
  package var addedCapabilities: [String] = []
  package var droppedCapabilities: [String] = []
  /// In Compose's short syntax; they take the place of the service's own with the same target.
  package var volumes: [String] = []
  package var ports = Ports.none

  package init(containerName: String) { self.containerName = containerName }
}
