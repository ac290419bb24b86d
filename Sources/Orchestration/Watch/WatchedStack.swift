package import ComposeFile
import DockerEngine

/// What a watch tells.
package enum WatchProgress: Sendable {
  /// From now on changes are seen.
  case watching(services: [String], paths: [String])
  case synced(service: String, files: Int, deletions: Int, containers: Int)
  /// Removals are done when these containers run.
  case waiting(service: String, deletions: Int, containers: [String])
  case executed(service: String, containers: Int)
  case restarted(service: String)
  case rebuilding(service: String)
  case rebuilt(service: String)
  /// The watch goes on.
  case failed(service: String, reason: String)
  /// Too much changed at once; all is copied again.
  case lookingAgain
  /// Something is not as it should be from now on; the watch goes on.
  case warning(String)
}

package typealias WatchSink = @Sendable (WatchProgress) -> Void

/// What a watch asks of the stack that it watches: of the engine itself, or of a server in front of it.
package protocol WatchedStack: Sendable {
  /// Those of services, ended ones too.
  func containers(of project: String) async throws -> [ServiceContainer]
  /// Unpacks an archive at a container's root.
  func put(_ archive: ContextBytes, in container: ServiceContainer) async throws
  /// Runs a command in a container; what it prints is dropped.
  ///
  /// - Parameter place: what failures call it.
  /// - Throws: also for an exit code other than 0.
  func run(_ command: Hook, called place: String, in container: ServiceContainer, limit: Duration) async throws
  /// Restarts the containers of a service.
  func restart(_ service: String, of project: Project, graceSeconds: Int?) async throws
  /// - Parameter prunes: images that lose their name by it are removed.
  func deploy(_ request: DeployRequest, prunes: Bool) async throws -> DeployResult
  /// Whether a command was refused because the container does not run.
  func saysItDoesNotRun(_ error: any Error) -> Bool
  /// Whether what failed may be asked again when the engine, or the server in front of it, is back.
  func saysItIsGone(_ error: any Error) -> Bool
}

/// The stack on an engine.
package struct EngineWatchedStack: WatchedStack {
  private let operations: StackOperations

  package init(_ operations: StackOperations) { self.operations = operations }

  package func containers(of project: String) async throws -> [ServiceContainer] {
    try await operations.engine.serviceContainers(of: project)
  }

  package func put(_ archive: ContextBytes, in container: ServiceContainer) async throws {
    try await operations.engine.putArchive(archive, to: "/", in: container.id)
  }

  package func run(_ command: Hook, called place: String, in container: ServiceContainer, limit: Duration) async throws {
    try await operations.engine.run(command, called: place, in: container.id, limit: limit)
  }

  package func restart(_ service: String, of project: Project, graceSeconds: Int?) async throws {
    let scope = ServiceScope(project: project.name, services: [service], model: project)
    _ = try await operations.control(.restart(graceSeconds: graceSeconds, withDependents: false), scope) { _ in }
  }

  package func deploy(_ request: DeployRequest, prunes: Bool) async throws -> DeployResult {
    let result = try await operations.deploy(request)
    if prunes, result.runsAsAsked { try await pruneBuilt(of: request.project.name) }
    return result
  }

  /// Removes the images of a stack that have lost their name to a build.
  package func pruneBuilt(of project: String) async throws { try await operations.pruneBuilt(of: project) }

  package func saysItDoesNotRun(_ error: any Error) -> Bool {
    guard case .conflict? = error as? EngineError else { return false }
    return true
  }

  package func saysItIsGone(_ error: any Error) -> Bool { (error as? EngineError)?.saysEngineIsGone == true }
}

extension WatchPlan {
  /// Acts on changes of files until the task is cancelled.
  ///
  /// A reaction that fails is told, and the watch goes on.
  /// - Parameters:
  ///   - request: what a rebuild deploys; its services are replaced by the one that is rebuilt.
  ///   - prunes: images that a rebuild leaves without a name are removed.
  package func watch(
    _ stack: any WatchedStack, _ request: DeployRequest, prunes: Bool, tell: @escaping WatchSink
  ) async throws {
    var watch = StackWatch(stack: stack, plan: self, request: request, prunes: prunes, tell: tell)
    try await watch.run()
  }
}
