import Accounts
import HTTPTypes
import Orchestration
import RevisionStore

/// Finds the stack that a path names, among those that its caller may see (S-AZ-2).
struct StackLookup: Sendable {
  let catalog: StackCatalog

  /// The stack of `NAME@SERVER`, or of `NAME` where only one is so called: of several, one that has files here or runs counts before
  /// those of which only a history is left.
  ///
  /// One that is not there is given too, where it could be: whether a call needs it to be there, the call says.
  func resolve(_ text: String, for principal: Principal, _ action: Action) async throws -> StackKey {
    guard let reference = StackReference(text) else { throw Problem.notFound("stack") }
    if let server = reference.server { return StackKey(server: server, project: reference.name) }
    let now = Timestamp.systemNow()
    let visible = try await catalog.rows().filter { row in
      row.key.project == reference.name
        && authorize(principal, action, on: .stack(server: row.key.server, name: row.key.project), now: now) != .notFound
    }
    let present = visible.count > 1 ? visible.filter { $0.hasFolder || $0.containers > 0 } : visible
    let found = present.count == 1 ? present : visible
    if found.count > 1 {
      let names = found.map { "\($0.key.project)@\($0.key.server)" }.joined(separator: ", ")
      throw Problem(.conflict, "ambiguous_stack", "\(reference.name) is on several servers", remedy: "name one of \(names)")
    }
    return found.first?.key ?? StackKey(server: ServerName.local, project: reference.name)
  }
}
