import ComposeFile
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient
import StackPlanning

/// Taking over what runs: here, by the server that owns the store, or by the server of the context.
extension StackSession {
  /// The Compose projects that have containers on the engine.
  func adoptableProjects() async throws -> [AdoptableProject] {
    guard case .remote(let connection) = try await place() else {
      return try await withOperations(notice: nil) { try await $0.adoptableProjects() }
    }
    struct Listing: Decodable, Sendable { var items: [AdoptableProjectBody] }
    let path = "/api/v1/servers/\(ServerConnection.escaped(global.server ?? ServerName.local))/projects"
    let listed = try await Interruption.cancelling(notice: nil) { try await connection.call(.get, path, as: Listing.self) }
    return listed.items.map { AdoptableProject($0) }
  }

  /// - Throws: `AdoptionUndecided` where the files say something else, and nobody chose.
  func adopt(_ request: AdoptionRequest) async throws -> Adoption {
    let warnings: ProgressSink = { if case .warning(let text) = $0 { StandardError.warn(text) } }
    let options = AdoptBody(request)
    let operation: OperationBody
    let connection: ServerConnection
    switch try await place() {
    case .embedded: return try await withOperations(progress: warnings, notice: nil) { try await $0.adopt(request) }
    case .local(let server):
      connection = server
      var place = try await localPlace(nil)
      // The files are read there, with what this process would read them with.
      place.environment = environment
      let body = ProjectAdoptBody(
        place: place, name: request.project, options: options, files: request.files.map { ProjectAdoptBody.Files($0) },
        output: request.output)
      operation = try await follow(server, "/api/v1/projects/adopt", body, nil, take: Self.warn)
    case .remote(let server):
      connection = server
      guard request.files == nil, request.output == nil else {
        throw CommandFailure(
          "-f and --output name files of this machine, and the server adopts what runs on its own\n  fix: leave them out; or adopt with --context embedded on the machine that has the files"
        )
      }
      operation = try await follow(server, served(request.project, server).path("adopt"), options, nil, take: Self.warn)
    }
    try operation.requireDone(connection)
    let result = operation.result?.value
    if let differences: ProjectDifference = JobNotice.decoded(result?["undecided"]) {
      throw AdoptionUndecided(project: request.project, differences: differences)
    }
    guard let adoption: Adoption = JobNotice.decoded(result?["adoption"]) else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "an adoption in another form")
    }
    return adoption
  }

  private static let warn: @Sendable (JobNotice) -> Void = { event in
    if case .warning(let text)? = event.operationProgress { StandardError.warn(text) }
  }
}

extension AdoptBody {
  fileprivate init(_ request: AdoptionRequest) {
    self.init()
    prefer =
      switch request.preference {
      case .undecided: nil
      case .running: "running"
      case .files: "files"
      }
    message = request.message
    takeOver = request.takesOver
  }
}

extension ProjectAdoptBody.Files {
  fileprivate init(_ request: LoadRequest) {
    self.init(
      paths: request.files, projectDirectory: request.projectDirectory, environmentFiles: request.envFiles,
      profiles: request.profiles, currentDirectory: request.currentDirectory,
      keepsUnusedResources: request.keepsUnusedResources, isCompatible: request.isCompatible)
  }
}

extension AdoptableProject {
  fileprivate init(_ body: AdoptableProjectBody) {
    self.init(
      name: body.name, services: body.services, states: body.states,
      origin: ProjectOrigin(
        workingDirectory: body.workingDirectory, configFiles: body.configFiles, environmentFiles: body.environmentFiles),
      unreadable: body.unreadable, hasSeveralOrigins: body.severalOrigins, revision: body.revision,
      isSlipways: body.deployedBySlipway)
  }
}
