import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// Taking over what runs.
extension ServerParts {
  var adoptionRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/servers/{server}/projects", access: .may(.stackRead, .within), tag: "servers",
        summary: "The Compose projects that have containers on it", details: "Whoever made them, with what adopting would find.",
        answers: [.json(.object([.required("items", .array(of: AdoptableProjectBody.schema))]), "By name.")],
        refusals: Self.engineRefusals, handle: listProjects),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/adopt", access: .may(.stackAdopt, .stack), tag: "stacks",
        summary: "Take over what runs",
        details: "Nothing is restarted. Where nobody chose, and the files say something else, the result tells the differences.",
        body: .optionalJSON(AdoptBody.schema), answers: [.accepted],
        refusals: [
          .tooManyRequests: "Too many operations wait for the stack; Retry-After tells when.",
          .conflict: "The state does not allow it, or the key was used for another call.",
        ], isIdempotent: true, handle: adopt),
    ]
  }

  @Sendable private func listProjects(_ call: APICall) async throws -> APIAnswer {
    let (caller, server) = (try call.caller(), try call.parameter("server"))
    let operations = try await stacks.operations(on: server, author: caller.name)
    let visible = try await operations.adoptableProjects().filter { isAllowed(caller, .stackRead, server, stack: $0.name) }
    // Whether a file is there is for who has this machine.
    let isHost = caller.credential == .local
    return try .json(["items": visible.map { AdoptableProjectBody($0, isHost: isHost) }])
  }

  @Sendable private func adopt(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(AdoptBody.self)
    let author = try call.caller().name
    let stacks = stacks
    let asked = try asker(call)
    return try await accept(call, "adopt", .stackAdopt, title: "adopt") { progress in
      let operations = try await stacks.operations(
        on: key.server, stack: key, author: author, asked: asked, progress: progress.sink)
      var request = AdoptionRequest(project: key.project)
      request.take(body)
      // Without a folder of its own, what runs says what the stack is.
      if let name = try await stacks.folderIfKept(of: key) {
        // Only what the server keeps itself: labels name paths of the host, which nobody here may have read (S-IN-2).
        request.files = LoadRequest(environment: [:], currentDirectory: stacks.folders.path(of: name))
        request.source = stacks.files(of: name)
      } else {
        request.preference = .running
      }
      return try await Self.outcome(of: request, operations)
    }
  }

  @Sendable func adoptProject(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectAdoptBody.self)
    var request = AdoptionRequest(project: try Self.stackName(body.name))
    request.take(body.options)
    request.output = body.output
    request.files = body.files.map { $0.request(environment: body.place.environment) }
    let wanted = request
    return try await accept(call, "adopt", .stackAdopt, body.place, wanted.project, title: "adopt") { operations, _ in
      try await Self.outcome(of: wanted, operations)
    }
  }

  /// What nobody has chosen is no failure of the operation: who asked is asked back.
  private static func outcome(of request: AdoptionRequest, _ operations: StackOperations) async throws -> JobRunner.Outcome {
    do {
      let adoption = try await operations.adopt(request)
      // It runs already, and goes on: the rules bite at the next deploy.
      let findings = try await operations.findings(ofRevision: adoption.revision, of: request.project)
      return JobRunner.Outcome(
        .done, revision: adoption.revision,
        [
          ("services", .list(adoption.services.map { .string($0.name) })),
          ("findings", .list(findings.prefix(200).map(\.record))), ("adoption", JobNotice.model(adoption)),
        ])
    } catch let undecided as AdoptionUndecided {
      return JobRunner.Outcome(.done, [("undecided", JobNotice.model(undecided.differences))])
    }
  }
}

extension AdoptionRequest {
  fileprivate mutating func take(_ body: AdoptBody) {
    preference = body.prefer == "running" ? .running : body.prefer == "files" ? .files : .undecided
    message = body.message ?? ""
    takesOver = body.takeOver ?? false
  }
}

extension ProjectAdoptBody.Files {
  fileprivate func request(environment: [String: String]) -> LoadRequest {
    var request = LoadRequest(environment: environment, currentDirectory: currentDirectory)
    request.files = paths
    request.projectDirectory = projectDirectory
    request.envFiles = environmentFiles
    request.profiles = profiles
    request.keepsUnusedResources = keepsUnusedResources
    request.isCompatible = isCompatible
    return request
  }
}

extension AdoptableProjectBody {
  init(_ project: AdoptableProject, isHost: Bool) {
    self.init(
      name: project.name, services: project.services, states: project.states,
      workingDirectory: project.origin.workingDirectory, configFiles: project.origin.configFiles,
      environmentFiles: project.origin.environmentFiles, unreadable: isHost ? project.unreadable : [],
      severalOrigins: project.hasSeveralOrigins, revision: project.revision, deployedBySlipway: project.isSlipways)
  }
}
