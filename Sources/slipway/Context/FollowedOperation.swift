import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient

/// Work that a server does for this command: shown as it goes, cancelled by Ctrl-C, waited for to its end.
struct FollowedOperation: Sendable {
  let connection: ServerConnection
  let begun: OperationBody

  private var path: String { "/api/v1/operations/\(ServerConnection.escaped(begun.id))" }

  /// Follows to the end.
  ///
  /// - Parameters:
  ///   - notice: said at the first Ctrl-C, which cancels the operation.
  ///   - takesSignals: false: Ctrl-C is taken by who called, and cancels this task.
  /// - Throws: what the operation failed with: `ServerProblem`, `ComposeProblems`; `CancellationError` when it was cancelled.
  func end(notice: String?, takesSignals: Bool = true, take: @escaping @Sendable (JobNotice) -> Void) async throws
    -> OperationBody
  {
    let (connection, path, id) = (connection, path, begun.id)
    // WHY: it goes on while Ctrl-C cancels the operation: what that undoes is shown too.
    let following = Task { () async throws -> OperationBody in
      try await connection.follow(.operation(id), notice: Self.tell) { message in
        for event in message["events"]?.list ?? [] {
          guard let kind = event["event"]?.string else { continue }
          if kind == "waiting" { Self.tellWaiting(event["fields"]) }
          take(JobNotice(kind: kind, fields: event["fields"]?.map ?? ComposeMap()))
        }
        return true
      }
      return try await connection.call(.get, path, as: OperationBody.self)
    }
    let ended: @Sendable () async throws -> OperationBody = {
      try await withTaskCancellationHandler {
        try await following.value
      } onCancel: {
        // WHY: the handler cannot wait. One that has ended meanwhile says so, and nothing is lost.
        Task { _ = try? await connection.call(.post, path + "/cancel") }
      }
    }
    return takesSignals ? try await Interruption.cancelling(notice: notice, ended) : try await ended()
  }

  /// Something else works on the stack: as an embedded command says who holds it, but this one's turn comes.
  private static func tellWaiting(_ fields: ComposeValue?) {
    let work = fields?["title"]?.string.map { TerminalText.line("\"\($0)\"") } ?? "another change"
    let who = fields?["requested_by"]?.string.map { TerminalText.line(" of \($0)") } ?? ""
    let ahead = fields?["ahead"]?.int ?? 1
    StandardError.note(
      "waiting for \(work)\(who), which works on the stack" + (ahead > 1 ? "; \(ahead - 1) more come before" : "")
        + " (Ctrl-C gives up)")
  }

  private static let tell: @Sendable (SocketNotice) -> Void = { notice in
    switch notice {
    case .lost(let reason):
      StandardError.warn("the server is lost; the operation goes on there, and is shown when it is back: \(reason)")
    case .isBack: StandardError.note("the server is back")
    }
  }
}

extension OperationBody {
  /// - Throws: why it did not end well.
  func requireDone(_ connection: ServerConnection) throws {
    guard state != "done" else { return }
    if state == "cancelled" { throw CancellationError() }
    if let record = error?.value, let problem = ServerProblem(server: connection.name, record: record) {
      if let problems = problem.composeProblems { throw problems }
      throw problem
    }
    throw CommandFailure("the operation \(id) ended as \(state)\n  fix: see what runs with slipway ps -a")
  }

  /// How a deploy ended.
  func deployResult(_ connection: ServerConnection) throws -> DeployResult {
    func text(_ name: String) -> String { result?.value[name]?.string ?? "" }
    switch text("outcome") {
    case "unchanged": return .unchanged(revision: revision)
    case "deployed": return .deployed(revision: revision ?? 0)
    case "failed": return .failed(revision: revision ?? 0, reason: text("reason"), state: text("state"))
    case "cancelled": return .cancelled(revision: revision ?? 0, state: text("state"))
    default:
      try requireDone(connection)
      throw ConnectionFailure.unreadable(server: connection.name, reason: "an operation without an outcome")
    }
  }
}
