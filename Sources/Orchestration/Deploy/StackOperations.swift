package import ComposeFile
package import DockerEngine
import FoundationEssentials
package import RevisionStore
package import StackPlanning

/// Deploys, rolls back and takes down stacks on one engine, with a journal and revisions.
package struct StackOperations: Sendable {
  package let engine: EngineClient
  /// The engine's name in the store: `local`, or its address.
  package let server: String
  package let dataDirectory: String
  private let access: StoreAccess
  package let credentials: RegistryCredentials
  package let environment: [String: String]
  package let author: String
  package var progress: ProgressSink
  /// The server that project files are brought to; nil: the engine sees the files of this machine.
  package let projectFiles: ProjectFilesServer?
  /// Whether the compose policy binds who asks.
  var standing: PolicyStanding
  /// Of the operation that these methods work on, if one.
  var recorder: OperationRecorder?
  /// Knows the secrets of the stack that these methods work on.
  var redactor = Redactor([])

  package init(
    engine: EngineClient, server: String, dataDirectory: String, credentials: RegistryCredentials,
    environment: [String: String], author: String, projectFiles: ProjectFilesServer? = nil, store: StoreAccess? = nil,
    standing: PolicyStanding = .advised, progress: @escaping ProgressSink
  ) {
    self.engine = engine
    self.server = server
    self.dataDirectory = dataDirectory
    access = store ?? .directory(dataDirectory)
    self.credentials = credentials
    self.environment = environment
    self.author = author
    self.projectFiles = projectFiles
    self.standing = standing
    self.progress = progress
  }

  package func key(_ project: String) -> StackKey { StackKey(server: server, project: project) }

  package func readingStore() throws -> RevisionStore? { try access.reading() }

  /// Runs one phase of a plan with a patience of its own for an engine that goes away.
  func executor(_ runner: StepRunner, _ journal: any StepJournal, patience: Duration) -> PlanExecutor {
    PlanExecutor(
      runner: runner, journal: journal, patience: EnginePatience(engine: engine, limit: patience, progress: progress),
      progress: progress)
  }

  func writingStore() throws -> RevisionStore { try access.writing() }

  package static func references(of project: Project) -> [String] {
    Array(Set(DeployPlanner.imageReferences(of: project))).sorted()
  }

  /// The project of a stored revision; its files are not needed.
  package func project(of revision: Revision, in store: RevisionStore) async throws -> Project {
    let bytes = try await store.content(revision.canonical, of: revision.stack)
    var project = try Project(
      canonical: try ComposeValue(json: bytes.reveal()), workingDirectory: revision.workingDirectory,
      configFiles: revision.configFiles, environmentFiles: revision.environmentFiles, inactiveServices: [])
    project.resolveFileObjects(in: environment)
    return project
  }
}

/// What is to be deployed, and how.
package struct DeployRequest: Sendable {
  package var project: Project
  /// The files that the project was made from; kept with the revision.
  package var inputs: [InputFile]
  package var variables: [String: String?]
  /// Those of them that are secret whatever they are called.
  package var secretVariables: Set<String> = []
  package var profiles: [String] = []
  package var options = PlanOptions()
  package var waits = WaitLimits()
  package var revertsOnFailure = true
  /// Only the plan of this hash, or of one that begins so, may be executed (R-PLAN-1).
  package var planHash: String?
  /// Changes a stack also when another Slipway instance deployed it (R-LOCK-2).
  package var takesOver = false
  package var builds = ImageBuilds.Choices()
  package var message = ""
  package var kind = RevisionKind.deploy
  /// Rules of the policy whose findings an admin confirms with it.
  package var allowed: Set<PolicyRule> = []
  /// Where the project was written; nil: its files are read once more when that is asked for.
  package var places: SourcePlaces?
  /// Project files that are brought to the server.
  var delivery: ProjectDelivery?
  /// Set when the stack comes from another server.
  var arrival: StackArrival?
  /// Mounted files that a rollback brings back.
  var restoration = FileRestorationPlan()

  package init(project: Project, inputs: [InputFile], variables: [String: String?]) {
    self.project = project
    self.inputs = inputs
    self.variables = variables
  }
}

/// How a deploy ended.
package enum DeployResult: Sendable {
  /// Everything was as it should be; no revision was made.
  case unchanged(revision: Int?)
  case deployed(revision: Int)
  /// `state` says what runs now.
  case failed(revision: Int, reason: String, state: String)
  case cancelled(revision: Int, state: String)

  /// What was asked for runs now.
  package var runsAsAsked: Bool {
    switch self {
    case .unchanged, .deployed: true
    case .failed, .cancelled: false
    }
  }
}

/// What the journal keeps of a plan: enough to end or undo the operation after a crash.
struct JournaledPlan: Codable {
  var plan: Plan
  var before: ObservedStack
}

/// A reason that nothing was begun.
package struct OperationRefused: Error, CustomStringConvertible {
  package var description: String
}
