/// What the compose policy finds about a stack; as `slipway plan --json` prints it.
package enum PolicyFindingBody {
  package static let ruleNames = (1...8).map { "POL-\($0)" }

  /// A list of rules, or nothing.
  package static let rules = Schema.nullable(.array(.words(ruleNames), limit: 8))

  package static let schema = Schema.named("PolicyFinding") {
    .object([
      .required("rule", .words(ruleNames)), .required("severity", .words(["warn", "deny"])),
      .required("service", .nullable(.text)), .required("attribute", .text, "as in services.web.volumes"),
      .required("place", .text, "file:line:column; empty where no file is to blame"), .required("message", .text),
      .required("remedy", .text),
      .required("exception", .nullable(.text), "by whose word it is allowed, and until when"),
    ])
  }
}

/// What an admin has allowed a stack against a rule of the policy.
package struct PolicyExceptionBody: WireType, Hashable {
  package var id: String
  package var rule: String
  /// The findings that were confirmed; nil: whatever the rule finds in the stack.
  package var findings: [String]?
  package var reason: String
  package var grantedBy: String
  package var grantedAt: String
  package var expiresAt: String

  package init(
    id: String, rule: String, findings: [String]?, reason: String, grantedBy: String, grantedAt: String, expiresAt: String
  ) {
    self.id = id
    self.rule = rule
    self.findings = findings
    self.reason = reason
    self.grantedBy = grantedBy
    self.grantedAt = grantedAt
    self.expiresAt = expiresAt
  }

  package static let schema = Schema.named("PolicyException") {
    .object([
      .required("id", .text), .required("rule", .words(PolicyFindingBody.ruleNames)),
      .optional("findings", .nullable(.array(of: .text)), "those that were confirmed; left out: whatever the rule finds"),
      .required("reason", .text), .required("granted_by", .text), .required("granted_at", .time),
      .required("expires_at", .time),
    ])
  }
}

/// An exception to be granted.
package struct NewPolicyExceptionBody: WireType {
  package var rule: String
  package var reason: String
  /// 90 when left out.
  package var days: Int?

  package static let schema = Schema.named("NewPolicyException") {
    .object([
      .required("rule", .words(PolicyFindingBody.ruleNames)),
      .required("reason", .text(limit: 1000, minimum: 1), "for the audit log"),
      .optional("days", .nullable(.integer(minimum: 1, maximum: 366)), "how long it counts; 90 when left out"),
    ])
  }
}

/// The policy of a stack.
package struct StackPolicyBody: WireType {
  package var level: String
  package var exceptions: [PolicyExceptionBody]

  package init(level: String, exceptions: [PolicyExceptionBody]) {
    self.level = level
    self.exceptions = exceptions
  }

  package static let schema = Schema.named("StackPolicy") {
    .object([
      .required("level", .words(["open", "standard", "strict"])), .required("exceptions", .array(of: PolicyExceptionBody.schema)),
    ])
  }
}
