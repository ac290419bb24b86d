/// A user, without secrets.
package struct UserBody: WireType {
  package var id: Int
  package var username: String
  package var grants: [GrantBody]
  package var disabled: Bool
  package var secondFactor: Bool
  package var mustHaveSecondFactor: Bool
  package var createdAt: String

  package init(
    id: Int, username: String, grants: [GrantBody], disabled: Bool, secondFactor: Bool, mustHaveSecondFactor: Bool,
    createdAt: String
  ) {
    self.id = id
    self.username = username
    self.grants = grants
    self.disabled = disabled
    self.secondFactor = secondFactor
    self.mustHaveSecondFactor = mustHaveSecondFactor
    self.createdAt = createdAt
  }

  package static let schema = Schema.named("User") {
    .object([
      .required("id", .count), .required("username", .text), .required("grants", .array(of: GrantBody.schema)),
      .required("disabled", .boolean), .required("second_factor", .boolean), .required("must_have_second_factor", .boolean),
      .required("created_at", .time),
    ])
  }
}

/// A user to be made, or what is to change of one.
package struct UserChangeBody: WireType {
  package var username: String?
  package var password: String?
  package var grants: [GrantBody]?
  package var disabled: Bool?
  package var mustHaveSecondFactor: Bool?
  package var removeSecondFactor: Bool?

  private static let password = Schema.text(limit: 256, minimum: 1)
  private static let grants = Schema.array(GrantBody.schema, limit: 500)

  /// For a new one.
  package static let newSchema = Schema.named("NewUser") {
    .object([
      .required("username", .text(limit: 64, minimum: 1)), .required("password", password), .required("grants", grants),
      .optional("must_have_second_factor", .nullable(.boolean)),
    ])
  }

  package static let schema = Schema.named("UserChange") {
    .object([
      .optional("password", .nullable(password)), .optional("grants", .nullable(grants)),
      .optional("disabled", .nullable(.boolean)),
      .optional("must_have_second_factor", .nullable(.boolean)), .optional("remove_second_factor", .nullable(.boolean)),
    ])
  }
}

/// An open session.
package struct OpenSessionBody: WireType {
  package var id: String
  package var user: Int
  package var address: String
  package var userAgent: String
  package var createdAt: String
  package var lastSeenAt: String
  package var endsAt: String
  /// Whether it is the one of this call.
  package var current: Bool

  package init(
    id: String, user: Int, address: String, userAgent: String, createdAt: String, lastSeenAt: String, endsAt: String,
    current: Bool
  ) {
    self.id = id
    self.user = user
    self.address = address
    self.userAgent = userAgent
    self.createdAt = createdAt
    self.lastSeenAt = lastSeenAt
    self.endsAt = endsAt
    self.current = current
  }

  package static let schema = Schema.named("OpenSession") {
    .object([
      .required("id", .text), .required("user", .count), .required("address", .text), .required("user_agent", .text),
      .required("created_at", .time), .required("last_seen_at", .time), .required("ends_at", .time),
      .required("current", .boolean),
    ])
  }
}

/// An entry of the audit log.
package struct AuditBody: WireType {
  package var sequence: Int
  package var at: String
  package var actor: String
  package var credential: String?
  package var address: String?
  package var way: String
  package var action: String
  package var target: String
  package var outcome: String
  package var requestID: String?
  package var detail: RawJSON
  package var hash: String

  package init(
    sequence: Int, at: String, actor: String, credential: String?, address: String?, way: String, action: String, target: String,
    outcome: String, requestID: String?, detail: RawJSON, hash: String
  ) {
    self.sequence = sequence
    self.at = at
    self.actor = actor
    self.credential = credential
    self.address = address
    self.way = way
    self.action = action
    self.target = target
    self.outcome = outcome
    self.requestID = requestID
    self.detail = detail
    self.hash = hash
  }

  private enum CodingKeys: String, CodingKey {
    case sequence, at, actor, credential, address, way, action, target, outcome, detail, hash
    case requestID = "requestId"
  }

  package static let schema = Schema.named("AuditEntry") {
    .object([
      .required("sequence", .count), .required("at", .time), .required("actor", .text), .optional("credential", .nullable(.text)),
      .optional("address", .nullable(.text)), .required("way", .text), .required("action", .text), .required("target", .text),
      .required("outcome", .words(["ok", "denied", "failed"])), .optional("request_id", .nullable(.text)),
      .required("detail", .anything), .required("hash", .text),
    ])
  }
}
