import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// What going back and taking down would do.
extension ServerParts {
  func requireRevision(_ number: Int?, of key: StackKey) async throws {
    guard try await store.currentRevision(of: key) != nil else {
      throw Problem(.conflict, "no_revision", "\(key.project) has no revision to go back to")
    }
    if let number, try await store.revision(of: key, number: number) == nil { throw Problem.notFound("revision \(number)") }
  }

  /// The deploy of an earlier revision.
  func request(
    _ body: RollbackBody, of key: StackKey, _ operations: StackOperations, files: FileRestoration
  ) async throws -> DeployRequest {
    var options = PlanOptions()
    options.gate = .ready
    options.removesOrphans = body.removeOrphans ?? false
    options.stopTimeoutSeconds = body.stopTimeoutSeconds
    var waits = stacks.waits
    if let seconds = body.timeoutSeconds { waits.condition = .seconds(seconds) }
    var request = try await operations.rollbackRequest(
      project: key.project, to: body.to, message: body.message, options: options, waits: waits, files: files)
    request.planHash = body.plan
    request.revertsOnFailure = body.rollback ?? true
    request.takesOver = body.takeOver ?? false
    return request
  }

  @Sendable func planRollback(_ call: APICall) async throws -> APIAnswer {
    let (key, body) = (try call.stackKey(), try call.body(RollbackBody.self))
    try await requireRevision(body.to, of: key)
    return try await hiding(key) { secrets in
      let operations = try await stacks.operations(
        on: key.server, stack: key, author: try call.caller().name, asked: try asker(call))
      let plan = try await operations.plan(try await request(body, of: key, operations, files: .none))
      return Self.answer(plan, withModel: call.flag("model"), secrets)
    }
  }

  @Sendable func planDown(_ call: APICall) async throws -> APIAnswer {
    let (key, body) = (try call.stackKey(), try call.body(DownBody.self))
    return try await hiding(key) { secrets in
      let operations = try await stacks.operations(on: key.server, stack: key, author: try call.caller().name)
      // WHY try?: where the files are gone or wrong, all that carries the stack's label goes.
      let project = try? await stacks.load(key).project.project
      let plan = try await operations.downPlan(name: key.project, project: project, options: body.options).plan
      return Self.answer(plan, withModel: call.flag("model"), secrets)
    }
  }
}
