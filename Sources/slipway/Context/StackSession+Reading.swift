import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient
import SlipwayServer
import StackPlanning

/// What is asked about stacks: of the engine and the store themselves, or of the server of the context.
extension StackSession {
  /// What a command on services would do now.
  func serviceSteps(_ command: ServiceCommand, _ scope: ServiceScope) async throws -> [ServiceStep] {
    guard case .remote = try await place() else {
      return try await withOperations(notice: nil) { try await $0.serviceSteps(command, scope) }
    }
    let containers = try await containers(all: true, stack: scope.project)
    return try StackOperations.serviceSteps(command, scope, containers: containers)
  }

  func drift(of project: String) async throws -> StackDrift {
    guard case .remote(let connection) = try await place() else {
      return try await withOperations(
        progress: { if case .warning(let text) = $0 { StandardError.warn(text) } }, notice: nil
      ) { try await $0.drift(of: project) }
    }
    let answer = try await connection.value(.get, served(project, connection).path("drift"))
    guard let revision = answer["revision"]?.int, let difference = ProjectDifference(record: answer["differences"]) else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a drift in another form")
    }
    return StackDrift(project: project, revision: revision, difference: difference)
  }

  /// What differs between two revisions; `embedded` finds it without a server.
  func difference(
    of project: String, from: Int, to: Int?, embedded: @escaping @Sendable (StackOperations) async throws -> ProjectDifference
  ) async throws -> ProjectDifference {
    guard case .remote(let connection) = try await place() else { return try await withOperations(embedded) }
    let query = [("from", String(from))] + (to.map { [("to", String($0))] } ?? [])
    let answer = try await connection.value(.get, served(project, connection).path("diff"), query: query)
    guard let difference = ProjectDifference(record: answer["differences"]) else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a difference in another form")
    }
    return difference
  }

  /// The newest revisions of a stack of the server.
  func revisions(
    of project: String, limit: Int, _ connection: ServerConnection
  ) async throws -> (revisions: [RevisionSummary], current: Int?, isDown: Bool) {
    let bodies: [RevisionBody]
    do {
      bodies = try await connection.items(served(project, connection).path("revisions"), as: RevisionBody.self, limit: limit)
    } catch let problem as ServerProblem {
      guard problem.status == 404 else { throw problem }
      return ([], nil, false)
    }
    let current = bodies.first { $0.current }
    return (bodies.map { RevisionSummary($0) }, current?.number, current?.down ?? false)
  }

  /// What taking a stack down would do.
  func downPlan(name: String, project: Project?, options: DownOptions) async throws -> Plan {
    guard case .remote(let connection) = try await place() else {
      return try await withOperations { try await $0.downPlan(name: name, project: project, options: options).plan }
    }
    return try await plan(connection, served(name, connection).path("down/plan"), DownBody(options, takesOver: false))
  }

  /// A plan that a server makes.
  func plan(_ connection: ServerConnection, _ path: String, _ body: any Encodable & Sendable) async throws -> Plan {
    let answer = try await connection.value(.post, path, query: [("model", "true")], sending: body)
    guard var plan: Plan = JobNotice.decoded(answer["model"]) else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a plan that this version does not know")
    }
    // Hints are for the page; a command shows what it shows here, and what is refused.
    plan.findings = plan.findings?.filter { $0.rule != .advice || $0.isDenied }
    if plan.findings?.isEmpty == true { plan.findings = nil }
    return plan
  }
}

extension RevisionSummary {
  /// A revision as a server lists it.
  init(_ body: RevisionBody) {
    let kind: RevisionKind =
      switch (body.kind, body.from) {
      case ("rollback", let from?): .rollback(from: from)
      case ("restored", let from?): .restored(from: from)
      case ("adopt", _): .adopt
      default: .deploy
      }
    let created = EngineTimestamp(body.createdAt).map { $0.seconds * 1000 + Int64($0.nanoseconds) / 1_000_000 }
    self.init(
      number: body.number, createdAt: Timestamp(milliseconds: created ?? 0), author: body.author, message: body.message,
      kind: kind, outcome: RevisionOutcome(rawValue: body.outcome) ?? .pending,
      images: body.images.mapValues { ImageRecord(reference: $0.reference, digest: $0.digest, imageID: $0.id) })
  }
}
