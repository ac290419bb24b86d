/// A right that somebody was given.
package struct GrantBody: WireType, Hashable {
  /// `viewer`, `operator` or `admin`.
  package var role: String
  /// Nil: all of them.
  package var server: String?
  package var stack: String?
  package var mayExec: Bool
  package var mayRestore: Bool

  package init(role: String, server: String?, stack: String?, mayExec: Bool, mayRestore: Bool) {
    self.role = role
    self.server = server
    self.stack = stack
    self.mayExec = mayExec
    self.mayRestore = mayRestore
  }

  package static let schema = Schema.named("Grant") {
    .object([
      .required("role", .words(["viewer", "operator", "admin"])),
      .optional("server", .nullable(.text(limit: 63)), "null: all of them"),
      .optional("stack", .nullable(.text(limit: 63)), "null: all of the server"), .required("may_exec", .boolean),
      .required("may_restore", .boolean),
    ])
  }
}

/// Who is logged in, and what it may.
package struct SessionBody: WireType {
  package var username: String
  /// `session`, `token` or `local`.
  package var kind: String
  package var grants: [GrantBody]
  /// Nil: all of them.
  package var scopes: [String]?
  package var stepUpAt: String?
  /// It must set up a second factor before anything else.
  package var needsSecondFactor: Bool
  /// When it ends, also in use; nil: it does not by itself.
  package var endsAt: String?
  /// Seconds without a call after which a session ends; nil: it does not.
  package var idleSeconds: Int?

  package init(
    username: String, kind: String, grants: [GrantBody], scopes: [String]?, stepUpAt: String?, needsSecondFactor: Bool,
    endsAt: String?, idleSeconds: Int?
  ) {
    self.endsAt = endsAt
    self.idleSeconds = idleSeconds
    self.username = username
    self.kind = kind
    self.grants = grants
    self.scopes = scopes
    self.stepUpAt = stepUpAt
    self.needsSecondFactor = needsSecondFactor
  }

  package static let schema = Schema.named("Session") {
    .object([
      .required("username", .text), .required("kind", .words(["session", "token", "local"])),
      .required("grants", .array(of: GrantBody.schema)), .optional("scopes", .nullable(.array(of: .text)), "null: all of them"),
      .optional("step_up_at", .nullable(.time)), .required("needs_second_factor", .boolean),
      .optional("ends_at", .nullable(.time), "when it ends, also in use; null: it does not by itself"),
      .optional("idle_seconds", .nullable(.count), "it ends after so long without a call; null: it does not"),
    ])
  }
}
