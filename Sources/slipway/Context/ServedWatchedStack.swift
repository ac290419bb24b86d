import ComposeFile
import DockerEngine
import Orchestration
import SlipwayAPI
import SlipwayClient

/// A watched stack of this machine's engine whose store belongs to a server: that deploys and restarts.
struct OwnedWatchedStack: WatchedStack {
  let engine: EngineWatchedStack
  let session: StackSession
  let place: Place
  /// Of rebuilds.
  let progress: ProgressSink

  func containers(of project: String) async throws -> [ServiceContainer] { try await engine.containers(of: project) }

  func put(_ archive: ContextBytes, in container: ServiceContainer) async throws { try await engine.put(archive, in: container) }

  func run(_ command: Hook, called name: String, in container: ServiceContainer, limit: Duration) async throws {
    try await engine.run(command, called: name, in: container, limit: limit)
  }

  func restart(_ service: String, of project: Project, graceSeconds: Int?) async throws {
    try await session.restart(service, of: project, graceSeconds: graceSeconds)
  }

  func deploy(_ request: DeployRequest, prunes: Bool) async throws -> DeployResult {
    let result = try await session.deploy(request, at: place, takesSignals: false, sink: progress)
    if prunes, result.runsAsAsked { try await engine.pruneBuilt(of: request.project.name) }
    return result
  }

  func saysItDoesNotRun(_ error: any Error) -> Bool { engine.saysItDoesNotRun(error) }

  func saysItIsGone(_ error: any Error) -> Bool { engine.saysItIsGone(error) || error is ConnectionFailure }
}

/// A watched stack, through the server of the context.
struct ServedWatchedStack: WatchedStack {
  let stack: ServedStack
  let session: StackSession
  let place: Place
  /// Of rebuilds.
  let progress: ProgressSink

  private var access: ServedContainers { ServedContainers(stack: stack) }

  func containers(of project: String) async throws -> [ServiceContainer] { try await access.containers() }

  func put(_ archive: ContextBytes, in container: ServiceContainer) async throws {
    try await access.files.put(archive, to: "/", in: container.id, keepsKinds: false, copiesOwners: false)
  }

  func run(_ command: Hook, called name: String, in container: ServiceContainer, limit: Duration) async throws {
    guard !command.isPrivileged else {
      throw CommandFailure("\(name) is privileged, which a server refuses\n  fix: leave privileged out of it")
    }
    try await Hook.run(called: name, limit: limit) {
      let terminal = try await stack.exec(ExecSpec(command), in: container, isDetached: false)
      let input: AsyncStream<[UInt8]>? = nil
      let controls = AsyncStream<TerminalControl> { $0.finish() }
      return try await stack.connection.terminal(terminal.path, input: input, controls: controls) { _, _ in }
    }
  }

  func restart(_ service: String, of project: Project, graceSeconds: Int?) async throws {
    try await session.restart(service, of: project, graceSeconds: graceSeconds)
  }

  func deploy(_ request: DeployRequest, prunes: Bool) async throws -> DeployResult {
    try await session.deploy(request, at: place, prunes: prunes, takesSignals: false, sink: progress)
  }

  /// The server finds no running container of that name then, or the engine does not.
  func saysItDoesNotRun(_ error: any Error) -> Bool { (error as? ServerProblem).map { [404, 409].contains($0.status) } ?? false }

  /// The server, or its engine.
  func saysItIsGone(_ error: any Error) -> Bool {
    error is ConnectionFailure
      || (error as? ServerProblem).map { ["engine_unreachable", "server_unreachable"].contains($0.body.code) } ?? false
  }
}

extension StackSession {
  /// Restarts a watched service through a server.
  fileprivate func restart(_ service: String, of project: Project, graceSeconds: Int?) async throws {
    let scope = ServiceScope(project: project.name, services: [service], model: project)
    _ = try await control(
      .restart(graceSeconds: graceSeconds, withDependents: false), scope, notice: nil, takesSignals: false
    ) { _ in }
  }
}
