import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient
import SlipwayServer
import StackPlanning

/// What changes a stack: done here, or by the server that owns the store, or by the server of the context. The same is shown.
extension StackSession {
  /// Deploys, and shows how it goes.
  ///
  /// - Parameter restoresFiles: of a rollback: mounted files that differ are written too.
  func deploy(
    _ request: DeployRequest, hiding hidden: ProgressParts = [], restoresFiles: Bool? = nil
  ) async throws -> DeployResult {
    let place = try await place()
    if case .embedded = place { return try await withProgress(hiding: hidden) { try await $0.deploy(request) } }
    let display = try ProgressDisplay(global, try settings(), environment: environment, hiding: hidden)
    defer { display.finish() }
    return try await deploy(request, at: place, restoresFiles: restoresFiles, sink: display.sink)
  }

  /// Deploys through the server of a place, and tells `sink` how it goes.
  ///
  /// - Parameters:
  ///   - prunes: images of the stack that lose their name to a build are removed.
  ///   - takesSignals: false: Ctrl-C is taken by who called, and cancels this task.
  func deploy(
    _ request: DeployRequest, at place: Place, restoresFiles: Bool? = nil, prunes: Bool = false, takesSignals: Bool = true,
    sink: @escaping ProgressSink
  ) async throws -> DeployResult {
    let take: @Sendable (JobNotice) -> Void = { if let progress = $0.operationProgress { sink(progress) } }
    switch place {
    case .embedded: preconditionFailure("no server deploys where none is")
    case .local(let connection):
      let body = ProjectDeployBody(request, place: try await localPlace(request.project), restoresFiles: restoresFiles)
      return try await follow(
        connection, "/api/v1/projects/deploy", body, Interruption.undoing, takesSignals: takesSignals, take: take
      ).deployResult(connection)
    case .remote(let connection):
      let stack = served(request.project.name, connection)
      let bundle = try ProjectBundle(request, self)
      let known = try await stack.files()
      try await stack.send(bundle, over: known)
      let contexts = contexts(request.project, stack)
      var body = bundle.options(request, known ?? [])
      body.contexts = contexts?.body
      body.pruneBuilt = prunes ? true : nil
      let result = try await follow(
        connection, stack.path("deploy"), body, Interruption.undoing, contexts?.uploads, takesSignals: takesSignals, take: take
      ).deployResult(connection)
      switch result {
      case .unchanged, .deployed: try await stack.tidy(bundle)
      case .failed, .cancelled: break
      }
      return result
    }
  }

  /// What a deploy would do.
  func plan(_ request: DeployRequest) async throws -> Plan {
    guard case .remote(let connection) = try await place() else {
      return try await withOperations { try await $0.plan(request) }
    }
    let bundle = try ProjectBundle(request, self)
    let stack = served(request.project.name, connection)
    var options = bundle.options(request, try await stack.files() ?? [])
    // A plan of another hash is shown, and then refused here.
    options.plan = nil
    options.files = bundle.contents
    options.contexts = contexts(request.project, stack)?.body
    return try await plan(connection, stack.path("plan"), options)
  }

  /// Takes a stack down, and shows how it goes; gives whether there was anything to remove.
  func takeDown(name: String, project: Project?, options: DownOptions, takesOver: Bool) async throws -> Bool {
    let operation: OperationBody
    let connection: ServerConnection
    switch try await place() {
    case .embedded:
      return try await withProgress {
        try await !$0.down(name: name, project: project, options: options, takesOver: takesOver).isEmpty
      }
    case .local(let server):
      connection = server
      let body = ProjectDownBody(
        place: try await localPlace(project), name: name, project: project.map { ProjectBody($0) },
        options: DownBody(options, takesOver: takesOver))
      operation = try await operate(server, "/api/v1/projects/down", body)
    case .remote(let server):
      connection = server
      operation = try await operate(server, served(name, server).path("down"), DownBody(options, takesOver: takesOver))
    }
    try operation.requireDone(connection)
    return operation.result?.value["steps"]?.int != 0
  }

  /// Does a command on the containers of a stack; gives what was done, and what was left alone where that was nothing.
  func control(
    _ command: ServiceCommand, _ scope: ServiceScope, confirmed: Set<String>? = nil, waits: WaitLimits = WaitLimits(),
    notice: String?, takesSignals: Bool = true, progress: @escaping ServiceProgressSink
  ) async throws -> (steps: [ServiceStep], leftAlone: [String]) {
    let options = ControlBody(command, scope, confirmed: confirmed, waits: waits)
    let operation: OperationBody
    let connection: ServerConnection
    switch try await place() {
    case .embedded:
      return try await withOperations(
        progress: { if case .warning(let text) = $0 { StandardError.warn("\(text)") } }, notice: notice
      ) { operations in
        let steps = try await operations.control(command, scope, confirmed: confirmed, waits: waits, progress: progress)
        return (steps, steps.isEmpty ? try await operations.leftAlone(scope) : [])
      }
    case .local(let server):
      connection = server
      let body = ProjectControlBody(
        place: try await localPlace(scope.model), name: scope.project, project: scope.model.map { ProjectBody($0) },
        verb: command.verb, options: options)
      operation = try await operate(server, "/api/v1/projects/control", body, notice: notice, takesSignals, services: progress)
    case .remote(let server):
      connection = server
      operation = try await operate(
        server, served(scope.project, server).path(command.verb), options, notice: notice, takesSignals, services: progress)
    }
    try operation.requireDone(connection)
    let result = operation.result?.value
    return (
      JobNotice.decoded(result?["steps"]) ?? [], (result?["left_alone"]?.list ?? []).compactMap(\.string)
    )
  }

  /// Frees a stack by the name of its lock.
  func unlock(lockID: String) async throws -> (stack: String, title: String) {
    let (connection, path): (ServerConnection, String)
    switch try await place() {
    case .embedded: return try await withOperations(notice: nil) { try await $0.unlock(lockID: lockID) }
    case .local(let server): (connection, path) = (server, "/api/v1/projects/unlock")
    case .remote(let server): (connection, path) = (server, served(try projectName(), server).path("unlock"))
    }
    let freed = try await connection.call(.post, path, sending: ProjectUnlockBody(lock: lockID), as: UnlockedBody.self)
    return (freed.stack, freed.title)
  }

  /// A stack of the server of the context.
  func served(_ name: String, _ connection: ServerConnection) -> ServedStack {
    ServedStack(connection: connection, name: name, server: global.server ?? ServerName.local)
  }

  // MARK: Operations

  /// Asks for an operation and follows it to its end, its progress shown as an operation's here.
  func operate(
    _ connection: ServerConnection, _ path: String, _ body: any Encodable & Sendable, isQuiet: Bool = false,
    hiding hidden: ProgressParts = [], notice: String? = Interruption.undoing, contexts: ContextUploads? = nil
  ) async throws -> OperationBody {
    let display = try ProgressDisplay(global, try settings(), environment: environment, isQuiet: isQuiet, hiding: hidden)
    defer { display.finish() }
    let sink = display.sink
    return try await follow(connection, path, body, notice, contexts) { event in
      if let progress = event.operationProgress { sink(progress) }
    }
  }

  private func operate(
    _ connection: ServerConnection, _ path: String, _ body: any Encodable & Sendable, notice: String?,
    _ takesSignals: Bool, services: @escaping ServiceProgressSink
  ) async throws -> OperationBody {
    try await follow(connection, path, body, notice, takesSignals: takesSignals) { event in
      if let progress = event.serviceProgress { return services(progress) }
      if case .warning(let text)? = event.operationProgress { StandardError.warn(text) }
    }
  }

  /// Asks for an operation and follows it to its end; `take` is told what it tells.
  ///
  /// - Parameters:
  ///   - contexts: of builds, which the operation may want.
  ///   - takesSignals: false: Ctrl-C is taken by who called, and cancels this task.
  func follow(
    _ connection: ServerConnection, _ path: String, _ body: any Encodable & Sendable, _ notice: String?,
    _ contexts: ContextUploads? = nil, takesSignals: Bool = true, take: @escaping @Sendable (JobNotice) -> Void
  ) async throws -> OperationBody {
    let begun = try await connection.call(.post, path, sending: body, as: OperationBody.self)
    let operation = FollowedOperation(connection: connection, begun: begun)
    guard let contexts else { return try await operation.end(notice: notice, takesSignals: takesSignals, take: take) }
    return try await contexts.serving(begun.id) { wants in
      try await operation.end(notice: notice, takesSignals: takesSignals) { event in
        if event.kind == "context.wanted", let service = event.fields["service"]?.string { wants(service) } else { take(event) }
      }
    }
  }

  /// What the server must know of this command's surroundings to work as it would itself.
  func localPlace(_ project: Project?) async throws -> LocalPlaceBody {
    let settings = try settings()
    let target = try await target(settings)
    await target.close()
    var named: [String: String] = [:]
    for object in (project.map { Array($0.secrets.values) + Array($0.configs.values) } ?? []) {
      if case .environment(let name, let value?) = object.source { named[name] = value }
    }
    if let platform = environment["DOCKER_DEFAULT_PLATFORM"] { named["DOCKER_DEFAULT_PLATFORM"] = platform }
    return LocalPlaceBody(
      server: target.storeName, author: settings.author,
      projectFiles: settings.projectFiles.map { $0.here == $0.there ? $0.here : "\($0.here):\($0.there)" },
      credentials: RegistryCredentials.standardPath(environment: environment), environment: named)
  }
}
