/// Long work that was asked for.
package struct OperationBody: WireType {
  package var id: String
  package var kind: String
  package var server: String?
  package var stack: String?
  package var state: String
  package var title: String
  package var requestedBy: String
  package var way: String
  package var createdAt: String
  package var startedAt: String?
  package var endedAt: String?
  package var revision: Int?
  package var result: RawJSON?
  package var error: RawJSON?

  package init(
    id: String, kind: String, server: String?, stack: String?, state: String, title: String, requestedBy: String, way: String,
    createdAt: String, startedAt: String?, endedAt: String?, revision: Int?, result: RawJSON?, error: RawJSON?
  ) {
    self.id = id
    self.kind = kind
    self.server = server
    self.stack = stack
    self.state = state
    self.title = title
    self.requestedBy = requestedBy
    self.way = way
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.revision = revision
    self.result = result
    self.error = error
  }

  package static let states = [
    "queued", "planning", "pulling", "gate", "applying", "verifying", "done", "failed", "rolled_back", "cancelled",
    "needs_attention",
  ]

  package static let schema = Schema.named("Operation") {
    .object([
      .required("id", .text), .required("kind", .text), .optional("server", .nullable(.text)),
      .optional("stack", .nullable(.text)),
      .required("state", .words(states)), .required("title", .text), .required("requested_by", .text), .required("way", .text),
      .required("created_at", .time), .optional("started_at", .nullable(.time)), .optional("ended_at", .nullable(.time)),
      .optional("revision", .nullable(.count)), .optional("result", .anything), .optional("error", .anything),
    ])
  }
}

/// Something that happened in an operation.
package struct OperationEventBody: WireType {
  /// From 1.
  package var sequence: Int
  package var at: String
  package var event: String
  package var fields: RawJSON

  package init(sequence: Int, at: String, event: String, fields: RawJSON) {
    self.sequence = sequence
    self.at = at
    self.event = event
    self.fields = fields
  }

  package static let schema = Schema.named("OperationEvent") {
    .object([
      .required("sequence", .count), .required("at", .time), .required("event", .text), .required("fields", .anything),
    ])
  }
}
