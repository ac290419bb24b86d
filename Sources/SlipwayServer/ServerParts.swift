import Accounts
import HTTPTypes
import LogStreaming
import Logging
import Orchestration
import RevisionStore
import SlipwayAPI

/// What the calls of the API work with.
struct ServerParts: Sendable {
  let accounts: AccountService
  let store: RevisionStore
  let stacks: ServedStacks
  let catalog: StackCatalog
  let drifts: DriftMarks
  let jobs: JobRunner
  let logs: LogHub
  let stats: StatsHub
  let terminals: Terminals
  let builds = WaitingBuilds()
  let git: GitSource
  let events: EventLog
  let eventStreams = EngineEventStreams()
  let directory: ServerDirectory
  let templates: TemplateLibrary
  let sockets: OpenSockets
  let requests: RequestCounts
  let process: ProcessFacts
  let logger: Logger

  var fleet: Fleet { stacks.fleet }
  var folders: StackFolders { stacks.folders }

  /// All calls that there are.
  var routes: [Route] {
    let groups = [
      accountRoutes, userRoutes, stackRoutes, stackFileRoutes, stackActionRoutes, stackImageRoutes, buildRoutes, policyRoutes,
      revisionRoutes, draftRoutes, operationRoutes, adoptionRoutes, moveRoutes, oneOffRoutes, terminalRoutes, logRoutes,
      webhookRoutes,
      gitRoutes, tokenRoutes,
      projectRoutes, containerListRoutes, serverRoutes, serverChangeRoutes, diagnosisRoutes, containerRoutes,
      containerActionRoutes, containerFileRoutes, imageRoutes, networkRoutes, connectivityRoutes, secretKeyRoutes, volumeRoutes,
      templateRoutes, statusRoutes, settingRoutes,
    ]
    return groups.flatMap { $0 }
  }

  /// What is written down about a call that changes something.
  func audit(
    _ call: APICall, _ action: Action, _ target: String, outcome: AuditEntry.Outcome = .ok, detail: [String: String] = [:]
  ) throws -> AuditEntry {
    try call.caller().entry(action.rawValue, target: target, outcome: outcome, detail: detail)
  }

  /// Makes a change that the store itself does not hold: noted before it is begun, and again when it fails (S-AUD-1).
  func audited<Value>(
    _ call: APICall, _ action: Action, _ target: String, detail: [String: String] = [:], _ body: () async throws -> Value
  ) async throws -> Value {
    try await store.appendAudit([try audit(call, action, target, detail: detail)])
    do {
      return try await body()
    } catch {
      let failed = detail.merging(["code": Problem(error).code]) { $1 }
      // WHY try?: that it was begun stands there already, and its own failure is what the caller must be told.
      try? await store.appendAudit([try audit(call, action, target, outcome: .failed, detail: failed)])
      throw error
    }
  }

  /// Makes a change of the store, which writes the entry in its own transaction; noted here only when it fails (S-AUD-1).
  func noted<Value>(
    _ call: APICall, _ action: Action, _ target: String, detail: [String: String] = [:],
    _ body: (AuditEntry) async throws -> Value
  ) async throws -> Value {
    do {
      return try await body(try audit(call, action, target, detail: detail))
    } catch {
      let failed = detail.merging(["code": Problem(error).code]) { $1 }
      // WHY try?: nothing was changed, and its own failure is what the caller must be told.
      try? await store.appendAudit([try audit(call, action, target, outcome: .failed, detail: failed)])
      throw error
    }
  }

  /// Takes a job on that is about a server or something on it, and answers with it.
  ///
  /// - Parameter stack: whose turn it waits for; nil: it waits for none.
  func accept(
    _ call: APICall, _ kind: String, _ action: Action, on server: String, stack: StackKey? = nil, target: String, title: String,
    sameAs: String? = nil, _ work: @escaping JobRunner.Work
  ) async throws -> APIAnswer {
    let caller = try call.caller()
    let request = JobRunner.Request(
      kind: kind, stack: stack, server: server, title: title, requestedBy: caller.name, way: caller.origin.way, sameAs: sameAs)
    let job = try await jobs.submit(request, audit: try audit(call, action, target), work)
    return try .json(OperationBody(job), status: .accepted).with(.location, "/api/v1/operations/\(job.id)")
  }

  /// Whether the caller may do something with what belongs to a stack, or to none.
  func isAllowed(_ caller: Principal, _ action: Action, _ server: String, stack: String?) -> Bool {
    accounts.authorize(caller, action, on: EngineObject.resource(server, stack)) == .allowed
  }
}
