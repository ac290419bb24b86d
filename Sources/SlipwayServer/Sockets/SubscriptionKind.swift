import Accounts
import HTTPTypes
import LogStreaming
import SlipwayAPI

/// What a client may subscribe to, and what each message for it looks like.
enum SubscriptionKind: String, CaseIterable {
  case events, operation, logs, stats, usage
  case containerEvents = "container_events"

  static let words = allCases.map(\.rawValue).joined(separator: ", ")

  private static let id = Schema.Member.required("id", .integer(minimum: 0, maximum: Int(Int32.max)))
  private static let credit = Schema.Member.optional("credit", .integer(minimum: 1, maximum: 64 << 20))

  /// What it takes to subscribe (S-AZ-1).
  var action: Action {
    switch self {
    case .events, .containerEvents: .eventsRead
    case .operation: .operationRead
    case .logs: .logsRead
    case .stats, .usage: .statsRead
    }
  }

  var schema: Schema {
    let kind = Schema.Member.required("kind", .words([rawValue]))
    switch self {
    case .events:
      return .object([
        Self.id, kind, Self.credit, .optional("after", .text(limit: 64)), .optional("server", .text(limit: 63)),
        .optional("stack", .text(limit: 63)),
      ])
    case .containerEvents:
      return .object([
        Self.id, kind, Self.credit, .required("stack", .text(limit: 127, minimum: 1), "NAME, or NAME@SERVER"),
        .optional("since", .text(limit: 40, minimum: 1), "RFC 3339"),
        .optional("until", .text(limit: 40, minimum: 1), "RFC 3339"),
        .optional("after", .integer(minimum: 0, maximum: nil), "the cursor of a message before"),
      ])
    case .operation:
      return .object([
        Self.id, kind, Self.credit, .required("operation", .text(limit: 64, minimum: 1)),
        .optional("after", .integer(minimum: 0, maximum: nil)),
      ])
    case .usage: return .object([Self.id, kind, Self.credit])
    case .stats:
      return .object([
        Self.id, kind, Self.credit, .required("targets", .array(LogTarget.schema, limit: LogTarget.limit)),
        .optional("history", .boolean),
      ])
    case .logs:
      return .object([
        Self.id, kind, Self.credit, .required("targets", .array(LogTarget.schema, limit: LogTarget.limit)),
        .optional("tail", .integer(minimum: -1, maximum: 10_000_000), "lines of each container; -1: all"),
        .optional("since", .text(limit: 40, minimum: 1)), .optional("until", .text(limit: 40, minimum: 1)),
        .optional("follow", .boolean),
        .optional("begin", .boolean, "what has written nothing yet is told of with `begun`"),
        .optional("cursor", .text(limit: 8192, minimum: 1)),
        .optional("filter", .nullable(LogFilter.schema)),
      ])
    }
  }
}
