import Accounts
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Long work: what runs, what ran, how it goes.
extension ServerParts {
  var operationRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/operations", access: .may(.operationRead, .all), tag: "operations",
        summary: "All operations",
        query: Paging.parameters + [
          .optional("server", .text(limit: 63), ""), .optional("stack", .text(limit: 63), ""),
          .optional("state", .words(OperationBody.states), ""), .optional("kind", .text(limit: 64), ""),
        ],
        answers: [.json(.page(of: OperationBody.schema), "Newest first.")], handle: listOperations),
      Route(
        method: .get, path: "/api/v1/operations/{operation}", access: .may(.operationRead, .all), tag: "operations",
        summary: "An operation", answers: [.json(OperationBody.schema, "The operation.")],
        handle: { call in try .json(OperationBody(await operation(call, .operationRead))) }),
      Route(
        method: .get, path: "/api/v1/operations/{operation}/events", access: .may(.operationRead, .all), tag: "operations",
        summary: "What an operation has told",
        query: [
          .optional("after", .integer(minimum: 0, maximum: nil), "the sequence number of the last one known"),
          .optional("limit", .integer(minimum: 1, maximum: 1000), ""),
        ],
        answers: [
          .json(.object([.required("items", .array(of: OperationEventBody.schema)), .required("ended", .boolean)]), "In order.")
        ], handle: listEvents),
      Route(
        method: .post, path: "/api/v1/operations/{operation}/cancel", access: .may(.operationCancel, .all), tag: "operations",
        summary: "End an operation", details: "What it began is undone.",
        answers: [.json(OperationBody.schema, "The operation as it is now.", status: .accepted)],
        refusals: [.conflict: "It has ended."], handle: cancel),
    ]
  }

  @Sendable private func listOperations(_ call: APICall) async throws -> APIAnswer {
    let paging = Paging(call)
    let caller = try call.caller()
    let filter = JobFilter(
      server: call.value("server"), stack: call.value("stack"),
      state: call.value("state").flatMap { OperationState(rawValue: $0) },
      kind: call.value("kind"))
    let jobs = try await store.jobs(matching: filter, before: paging.cursor, limit: paging.limit)
    let visible = jobs.filter { Self.authorization(caller, .operationRead, $0) == .allowed }
    return try .json(Page(visible.map { OperationBody($0) }, next: jobs.count == paging.limit ? jobs.last?.id : nil))
  }

  static func authorization(_ caller: Principal, _ action: Action, _ job: Job) -> Authorization {
    authorize(caller, action, on: resource(of: job), now: .systemNow())
  }

  static func resource(of job: Job) -> Resource {
    switch (job.server, job.stack) {
    case (let server?, let stack?): .stack(server: server, name: stack)
    case (let server?, nil): .server(server)
    default: .global
    }
  }

  /// The operation that the path names; what may not be seen is not there.
  private func operation(_ call: APICall, _ action: Action) async throws -> Job {
    let id = try call.parameter("operation")
    guard let job = try await store.job(id) else { throw Problem.notFound("operation") }
    let caller = try call.caller()
    let resource = Self.resource(of: job)
    do {
      try await accounts.require(caller, .operationRead, on: resource)
    } catch {
      switch error {
      case .notFound, .forbidden: throw Problem.notFound("operation")
      default: throw error
      }
    }
    if action != .operationRead { try await accounts.require(caller, action, on: resource) }
    return job
  }

  @Sendable private func listEvents(_ call: APICall) async throws -> APIAnswer {
    struct Body: Encodable {
      var items: [OperationEventBody]
      var ended: Bool
    }
    let job = try await operation(call, .operationRead)
    let limit = call.number("limit") ?? 1000
    let events = try await store.jobEvents(job.id, after: call.number("after") ?? 0, limit: limit)
    let items = events.map {
      OperationEventBody(sequence: $0.seq, at: $0.at.text, event: $0.kind, fields: RawJSON(text: $0.json))
    }
    return try .json(Body(items: items, ended: job.state.isEnd && events.count < limit))
  }

  @Sendable private func cancel(_ call: APICall) async throws -> APIAnswer {
    let job = try await operation(call, .operationCancel)
    guard !job.state.isEnd else { throw JobRunner.Refusal.hasEnded(job.id) }
    try await store.appendAudit([try audit(call, .operationCancel, "operation:\(job.id)")])
    try await jobs.cancel(job.id)
    return try .json(OperationBody(try await store.job(job.id) ?? job), status: .accepted)
  }
}
