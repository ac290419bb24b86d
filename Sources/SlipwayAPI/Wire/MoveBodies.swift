/// How a stack is moved to another server.
package struct MoveBody: WireType {
  package var to: String
  package var keepSource: Bool?
  package var withoutVolumes: Bool?
  package var stopTimeoutSeconds: Int?
  package var timeoutSeconds: Int?
  /// Rules of the policy whose findings an admin confirms with it.
  package var allow: [String]?

  package init(to: String) { self.to = to }

  package static let schema = Schema.named("Move") {
    .object([
      .required("to", .text("^[a-z0-9][a-z0-9_-]{0,62}$", limit: 63) { !$0.isEmpty && $0.utf8.count <= 63 }, "a server's name"),
      .optional("keep_source", .nullable(.boolean), "its containers and networks stay, stopped"),
      .optional("without_volumes", .nullable(.boolean), "no data is copied"),
      .optional("stop_timeout_seconds", .nullable(.integer(minimum: -1, maximum: 31_536_000)), "until it is stopped by force"),
      .optional("timeout_seconds", .nullable(.integer(minimum: 0, maximum: 31_536_000)), "the longest wait for health"),
      .optional("allow", PolicyFindingBody.rules, "as an admin: what these rules find is confirmed, and kept as an exception"),
    ])
  }
}

/// What a move would do.
package struct MovePlanBody: WireType, Hashable {
  package struct Step: Codable, Hashable, Sendable {
    package var part: String
    package var action: String
    package var target: String
    package var cause: String

    package init(part: String, action: String, target: String, cause: String) {
      self.part = part
      self.action = action
      self.target = target
      self.cause = cause
    }

    static let schema = Schema.object([
      .required("part", .words(["before", "downtime", "after"])), .required("action", .text), .required("target", .text),
      .required("cause", .text),
    ])
  }

  package var project: String
  package var from: String
  package var to: String
  package var revision: Int
  package var steps: [Step]
  package var downtime: [String]
  package var stays: [String]
  package var warnings: [String]
  package var findings: [RawJSON]?

  package init(
    project: String, from: String, to: String, revision: Int, steps: [Step], downtime: [String], stays: [String],
    warnings: [String], findings: [RawJSON]?
  ) {
    self.project = project
    self.from = from
    self.to = to
    self.revision = revision
    self.steps = steps
    self.downtime = downtime
    self.stays = stays
    self.warnings = warnings
    self.findings = findings
  }

  package static let schema = Schema.named("MovePlan") {
    .object([
      .required("project", .text), .required("from", .text), .required("to", .text), .required("revision", .count),
      .required("steps", .array(of: Step.schema), "in order"),
      .required("downtime", .array(of: .text), "services that do not run from the first stop until they are healthy there"),
      .required("stays", .array(of: .text), "what is left where it was"), .required("warnings", .array(of: .text)),
      .optional("findings", .array(of: PolicyFindingBody.schema), "what the policy finds on the target; left out: nothing"),
    ])
  }
}
