import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import StackPlanning

/// A move between two servers of a server: the one of the context, or the one that owns the data directory.
struct ServedMove: Sendable {
  let session: StackSession
  let connection: ServerConnection
  let name: String
  let options: MoveOptions
  let waits: WaitLimits
  let allowed: Set<PolicyRule>

  private var path: String {
    let stack = session.global.server.map { "\(name)@\($0)" } ?? name
    return "/api/v1/stacks/\(ServerConnection.escaped(stack))/move"
  }

  private func body(to destination: String) throws -> MoveBody {
    if let host = session.global.host ?? (destination.contains("://") ? destination : nil) {
      throw CommandFailure(
        "\(connection.name) moves stacks between servers that it knows by name, and \(host) is an address\n  fix: add it with slipway server add, and give its name"
      )
    }
    var body = MoveBody(to: destination)
    body.keepSource = options.keepsSource
    body.withoutVolumes = options.withoutVolumes
    body.stopTimeoutSeconds = options.stopTimeoutSeconds
    body.allow = allowed.isEmpty ? nil : allowed.map(\.rawValue).sorted()
    body.timeoutSeconds = Int(waits.condition.components.seconds)
    return body
  }

  func plan(to destination: String) async throws -> MovePlan {
    let plan = try await connection.call(.post, path + "/plan", sending: try body(to: destination), as: MovePlanBody.self)
    return MovePlan(
      project: plan.project, source: plan.from, target: plan.to, revision: plan.revision,
      steps: plan.steps.map { step in
        MovePlan.Step(MovePlan.Step.Part(word: step.part) ?? .before, step.action, step.target, cause: step.cause)
      }, servicesWithDowntime: plan.downtime, staying: plan.stays, warnings: plan.warnings,
      findings: (plan.findings ?? []).compactMap { PolicyFinding(record: $0.value) })
  }

  func run(to destination: String) async throws -> MoveResult {
    let operation = try await session.operate(connection, path, try body(to: destination))
    let result = operation.result?.value
    func text(_ name: String) -> String { result?[name]?.string ?? "" }
    switch text("outcome") {
    case "moved":
      return .moved(revision: result?["revision"]?.int ?? 0, staying: (result?["stays"]?.list ?? []).compactMap(\.string))
    case "failed": return .failed(reason: text("reason"), state: text("state"))
    case "cancelled": return .cancelled(state: text("state"))
    default:
      try operation.requireDone(connection)
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a move without an outcome")
    }
  }
}
