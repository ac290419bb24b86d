import Accounts
import ComposeFile
import HTTPTypes
import HummingbirdCore
import NIOCore
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// Builds of a stack's images on its server, of contexts that the caller has: what they run there is as good as a shell, and so
/// with the same right.
extension ServerParts {
  var buildRoutes: [Route] {
    let access = Route.Access.may(.containerExec, .stack)
    let context = "/api/v1/stacks/{stack}/contexts/{operation}/{service}"
    let gone: [HTTPResponse.Status: String] = [.conflict: "The build does not wait for it, or not any more."]
    return [
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/build", access: access, tag: "stacks", summary: "Build the images",
        details: """
          As the files say, by the engine's own builder; it takes the right to deploy, too. Where the caller has the \
          contexts, the operation tells context.wanted with a service, and the context is brought within a minute. The \
          result says of each image what became of it. For names that are not made from the stack's, it takes the right \
          to pull images on the server.
          """, body: .optionalJSON(StackBuildBody.schema), answers: [.accepted],
        refusals: Self.engineRefusals.merging([.tooManyRequests: "Too many builds are under way; Retry-After tells when."]) {
          $1
        },
        isIdempotent: true, takesBundle: true, handle: buildImages),
      Route(
        method: .put, path: context, access: access, tag: "stacks", summary: "Bring the context of a build",
        details: """
          A tar archive, as bytes, by who asked for the operation; it goes on to the engine as it comes, and is answered when all of it \
          was read.
          """, body: .bytes(type: UploadRoom.type, limit: UploadRoom.limitBytes), answers: [.empty("The build has it.")],
        refusals: gone, handle: takeContext),
      Route(
        method: .post, path: context + "/refusal", access: access, tag: "stacks", summary: "Say that a context does not come",
        details: "Its build fails with the reason.", body: .json(ContextRefusalBody.schema), answers: [.empty("It has failed.")],
        refusals: gone, handle: refuseContext),
    ]
  }

  @Sendable private func buildImages(_ call: APICall) async throws -> APIAnswer {
    let (key, caller) = (try call.stackKey(), try call.caller())
    let body = try call.body(StackBuildBody.self)
    try await requireDeploying(call, key)
    let draft = try await draft(call, body.files, variables: body.variables)
    let room = try builds.room()
    let loaded = try await hiding(key) { _ in
      try await stacks.load(
        key, draft: draft, profiles: body.profiles ?? [], variables: body.variables ?? [:], activating: body.services ?? [])
    }
    var request = stacks.request(loaded, profiles: body.profiles ?? [])
    body.apply(to: &request.builds)
    let rights = buildRights(caller, key)
    // What is wrong with it is told at once, not by an operation that fails.
    let services = try await hiding(key) { _ in
      try Self.wanted(request, body, announced: body.contexts.map { CallerContexts($0.announced, rights) { _ in } }).map(
        \.service)
    }
    request.options.services = services
    request.options.skipsDependencies = true
    let asked = try asker(call)
    try await stacks.operations(on: key.server, stack: key, author: caller.name, asked: asked).requireBuildPolicy(request)
    try await store.appendAudit([
      try audit(
        call, .containerExec, "\(key)",
        detail: ["what": "build", "services": String(services.joined(separator: " ").prefix(500))])
    ])
    let judged = request
    return try await accept(call, "build", .stackDeploy, title: "build") { progress in
      defer { withExtendedLifetime(room) {} }
      progress.reach(.pulling)
      let redactor = Redactor(
        project: judged.project, variables: judged.variables, secrets: judged.secretVariables)
      let operations = try await stacks.operations(
        on: key.server, stack: key, author: caller.name, asked: asked, progress: progress.sink
      ).redacting(redactor)
      let outcomes = try await withContexts(body.contexts, rights, of: key, by: caller, progress) { contexts in
        try await operations.build(try Self.wanted(judged, body, announced: contexts))
      }
      events.publish("images.changed", server: key.server)
      return JobRunner.Outcome(.done, [("images", JobNotice.model(outcomes.map(Self.bounded)))])
    }
  }

  private static func wanted(
    _ request: DeployRequest, _ body: StackBuildBody, announced: CallerContexts?
  ) throws -> [ImageBuilds.Wanted] {
    var choices = request.builds
    choices.allPlatforms = true
    if let announced { choices.contexts = .caller(announced) }
    return try ImageBuilds.plan(
      request.project, services: body.services ?? [], includesDependencies: body.includeDependencies ?? false, choices,
      defaultPlatform: choices.defaultPlatform)
  }

  /// The store keeps 64 KiB of a result.
  private static func bounded(_ outcome: ImageBuilds.Outcome) -> ImageBuilds.Outcome {
    var outcome = outcome
    outcome.failure = outcome.failure.map { String($0.prefix(8 << 10)) }
    return outcome
  }

  // MARK: Contexts

  /// What somebody may do of builds of a stack.
  func buildRights(_ caller: Principal, _ key: StackKey) -> CallerContexts.Rights {
    CallerContexts.Rights(
      mayBuild: accounts.authorize(caller, .containerExec, on: .stack(server: key.server, name: key.project)) == .allowed,
      mayNameImages: accounts.authorize(caller, .imagePull, on: .server(key.server)) == .allowed)
  }

  /// Runs the work of an operation with the contexts that its caller has, and lets calls bring them meanwhile.
  ///
  /// - Parameter sent: nil: the caller has none, and the work gets none.
  func withContexts<Value>(
    _ sent: BuildContextsBody?, _ rights: CallerContexts.Rights, of key: StackKey, by caller: Principal, _ progress: JobProgress,
    _ work: (CallerContexts?) async throws -> Value
  ) async throws -> Value {
    guard let sent else { return try await work(nil) }
    let contexts = CallerContexts(sent.announced, rights) { service in
      progress.tell("context.wanted", [("service", .string(service))])
    }
    let waiting = WaitingBuilds.Waiting(stack: key, credential: caller.credential, contexts: contexts)
    return try await builds.serving(waiting, as: progress.job) { try await work(contexts) }
  }

  private func requireDeploying(_ call: APICall, _ key: StackKey) async throws {
    try await accounts.require(call.caller(), .stackDeploy, on: .stack(server: key.server, name: key.project))
  }

  private func contexts(_ call: APICall) async throws -> CallerContexts {
    let key = try call.stackKey()
    try await requireDeploying(call, key)
    let operation = try call.parameter("operation")
    guard let found = builds.contexts(of: operation, on: key, for: try call.caller().credential) else {
      throw Problem.notFound("operation that takes contexts")
    }
    return found
  }

  private static let notWanted = Problem(
    .conflict, "context_not_wanted", "the build does not wait for this context, or has ended",
    remedy: "bring it when the operation tells context.wanted")

  @Sendable private func takeContext(_ call: APICall) async throws -> APIAnswer {
    let contexts = try await contexts(call)
    guard let body = call.stream else { throw Problem(.badRequest, "invalid_body", "the archive is missing") }
    guard call.headers[.contentType] == UploadRoom.type else {
      throw Problem(.unsupportedMediaType, "archive_wanted", "the body must be \(UploadRoom.type)")
    }
    let (service, operation) = (try call.parameter("service"), try call.parameter("operation"))
    let detail = ["what": "build", "service": service, "operation": operation]
    try await audited(call, .containerExec, "\(try call.stackKey())", detail: detail) {
      let room = UploadRoom()
      do {
        try await contexts.deliver(service) { Self.bytes(of: body, room) { try contexts.refuse(service, because: $0) } }
      } catch {
        throw Self.notWanted
      }
      if let problem = room.problem { throw problem }
    }
    return .empty
  }

  /// The parts of an upload, as far as they may be unpacked.
  private static func bytes(
    of body: RequestBody, _ room: UploadRoom, refuse: @escaping @Sendable (String) throws -> Void
  ) -> ArchiveBytes {
    // SAFETY: an archive has one reader, which waits for a part before it asks for the next.
    nonisolated(unsafe) var parts = body.makeAsyncIterator()
    return ArchiveBytes {
      let part = try await unsafe parts.next()
      do {
        guard let part else {
          try room.finish()
          return nil
        }
        let bytes = Array(part.readableBytesView)
        try room.take(bytes)
        return bytes
      } catch {
        // WHY try?: a build that has ended meanwhile needs no reason.
        try? refuse(
          "its context cannot be taken: \(room.problem?.detail ?? "\(error)")\n  fix: leave it out by a line in .dockerignore")
        throw error
      }
    }
  }

  @Sendable private func refuseContext(_ call: APICall) async throws -> APIAnswer {
    let contexts = try await contexts(call)
    do {
      try contexts.refuse(try call.parameter("service"), because: try call.body(ContextRefusalBody.self).reason)
    } catch is CallerContexts.NotWanted {
      throw Self.notWanted
    }
    return .empty
  }
}

extension StackBuildBody {
  /// Sets what was said; what was left out stays as it is.
  fileprivate func apply(to choices: inout ImageBuilds.Choices) {
    choices.arguments = arguments ?? [:]
    choices.skipsCache = noCache ?? false
    choices.pullsBases = pull ?? false
    choices.memoryBytes = memoryBytes
    choices.defaultPlatform = contexts?.defaultPlatform
  }
}
