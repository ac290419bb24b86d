import Accounts
import ComposeFile
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// Moving a stack from one of the servers to another.
extension ServerParts {
  var moveRoutes: [Route] {
    let body = Route.Body.json(MoveBody.schema)
    return [
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/move/plan", access: .may(.stackMove, .stack), tag: "stacks",
        summary: "What a move to another server would do", details: "Nothing is changed.", body: body,
        answers: [.json(MovePlanBody.schema, "The steps with the cause of each.")], refusals: Self.engineRefusals,
        handle: planMove),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/move", access: .may(.stackMove, .stack), tag: "stacks",
        summary: "Move it with its data to another server",
        details: """
          It stops while its volumes are copied. When anything fails before it is healthy there, it is started again where it was. It takes \
          the right to on the other server too.
          """, body: body, answers: [.accepted], refusals: Self.engineRefusals, isIdempotent: true, handle: move),
    ]
  }

  private func stackMove(_ call: APICall, progress: @escaping ProgressSink = { _ in }) async throws -> StackMove {
    let key = try call.stackKey()
    let (body, caller) = (try call.body(MoveBody.self), try call.caller())
    try await accounts.require(caller, .stackMove, on: .stack(server: body.to, name: key.project))
    let asked = try asker(call)
    let source = try await stacks.operations(
      on: key.server, stack: key, author: caller.name, asked: asked, progress: progress)
    let there = try await stacks.operations(
      on: body.to, stack: StackKey(server: body.to, project: key.project), author: caller.name, asked: asked, progress: progress)
    var options = MoveOptions()
    options.keepsSource = body.keepSource ?? false
    options.withoutVolumes = body.withoutVolumes ?? false
    options.stopTimeoutSeconds = body.stopTimeoutSeconds
    var waits = stacks.waits
    if let seconds = body.timeoutSeconds { waits.condition = .seconds(seconds) }
    let member = try await fleet.member(body.to)
    let dataDirectory = stacks.dataDirectory
    return StackMove(key.project, from: source, to: there, options: options, waits: waits) {
      // WHY try?: what cannot be known is not counted; a way that fails for this fails for the move too.
      let info = try? await SystemInfo.gather(member.engine, target: member.target, dataDirectory: dataDirectory)
      return info?.rootDisk?.freeBytes
    }
  }

  /// A folder that somebody put there is at home here; the move takes its home along.
  private func keepHome(_ key: StackKey) async throws {
    guard key.server == ServerName.local, let name = StackName(key.project), folders.exists(name),
      try await store.stackHome(named: name.text) == nil
    else { return }
    try await store.putStackHome(named: name.text, server: key.server, source: .folder)
  }

  @Sendable private func planMove(_ call: APICall) async throws -> APIAnswer {
    try await hiding(try call.stackKey()) { secrets in
      try .json(MovePlanBody(try await stackMove(call).plan()).told(secrets))
    }
  }

  @Sendable private func move(_ call: APICall) async throws -> APIAnswer {
    let to = try call.body(MoveBody.self).to
    // What forbids it is told at once.
    let key = try call.stackKey()
    try await hiding(key) { _ in
      // What cannot be done leaves no exception behind.
      var request = try await stackMove(call).preview().request
      request.allowed = Set(allow: try call.body(MoveBody.self).allow)
      try await requirePolicy(call, StackKey(server: to, project: key.project), request)
    }
    try await keepHome(key)
    return try await accept(call, "move", .stackMove, title: "move to \(to)") { progress in
      let move = try await stackMove(call, progress: progress.sink)
      switch try await move.run() {
      case .moved(let revision, let staying):
        catalog.refresh()
        return JobRunner.Outcome(
          .done, revision: revision,
          [
            ("outcome", .string("moved")), ("revision", .int(revision)), ("stays", .list(staying.map { .string($0) })),
          ])
      case .failed(let reason, let state):
        return JobRunner.Outcome(
          .failed, [("outcome", .string("failed")), ("reason", .string(reason)), ("state", .string(state))])
      case .cancelled(let state):
        return JobRunner.Outcome(.cancelled, [("outcome", .string("cancelled")), ("state", .string(state))])
      }
    }
  }
}

extension MovePlanBody {
  init(_ plan: MovePlan) {
    self.init(
      project: plan.project, from: plan.source, to: plan.target, revision: plan.revision,
      steps: plan.steps.map { Step(part: $0.part.word, action: $0.verb, target: $0.object, cause: $0.cause) },
      downtime: plan.servicesWithDowntime, stays: plan.staying, warnings: plan.warnings,
      findings: plan.findings.isEmpty ? nil : plan.findings.map { RawJSON($0.record) })
  }

  /// Without secret values.
  fileprivate func told(_ secrets: KnownSecrets) -> MovePlanBody {
    var body = self
    body.steps = steps.map { step in
      Step(part: step.part, action: step.action, target: secrets.text(step.target), cause: secrets.text(step.cause))
    }
    body.stays = stays.map { secrets.text($0) }
    body.warnings = warnings.map { secrets.text($0) }
    body.findings = findings?.map { RawJSON(secrets.value($0.value)) }
    return body
  }
}
