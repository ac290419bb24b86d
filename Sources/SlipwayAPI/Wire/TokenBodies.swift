/// An API token of one's own, without its text.
package struct TokenBody: WireType {
  package var id: String
  package var name: String
  package var scopes: [String]
  /// Nil: wherever its user's rights hold.
  package var limits: [TokenLimitBody]?
  package var createdAt: String
  /// Nil: it has no end.
  package var expiresAt: String?
  package var lastUsedAt: String?
  package var revokedAt: String?

  package init(
    id: String, name: String, scopes: [String], limits: [TokenLimitBody]? = nil, createdAt: String, expiresAt: String?,
    lastUsedAt: String?, revokedAt: String?
  ) {
    self.id = id
    self.name = name
    self.scopes = scopes
    self.limits = limits
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.lastUsedAt = lastUsedAt
    self.revokedAt = revokedAt
  }

  static let members: [Schema.Member] = [
    .required("id", .text), .required("name", .text), .required("scopes", .array(of: .text)),
    .optional("limits", .nullable(.array(of: TokenLimitBody.schema)), "null: wherever its user's rights hold"),
    .required("created_at", .time),
    .optional("expires_at", .nullable(.time), "null: it has no end"), .optional("last_used_at", .nullable(.time)),
    .optional("revoked_at", .nullable(.time)),
  ]

  package static let schema = Schema.named("Token") { .object(members) }
}

/// A server, or one stack of it, that a token counts on (S-AUTH-10).
package struct TokenLimitBody: WireType, Hashable {
  package var server: String
  /// Nil: all of the server.
  package var stack: String?

  package init(server: String, stack: String? = nil) {
    self.server = server
    self.stack = stack
  }

  package static let schema = Schema.named("TokenLimit") {
    .object([
      .required("server", .text(limit: 63, minimum: 1)),
      .optional("stack", .nullable(.text(limit: 63, minimum: 1)), "left out: all of the server"),
    ])
  }
}

/// A token to be made (S-AUTH-10).
package struct NewTokenBody: Codable, Sendable {
  package var name: String
  /// Nil: all that there are.
  package var scopes: [String]?
  /// Nil: wherever its user's rights hold.
  package var limits: [TokenLimitBody]?
  /// Nil: 90 days.
  package var days: Int?
  /// True: it has no end.
  package var endless: Bool?

  package init(name: String, scopes: [String]? = nil, limits: [TokenLimitBody]? = nil, days: Int? = nil) {
    self.name = name
    self.scopes = scopes
    self.limits = limits
    self.days = days
  }

  package static func schema(scopes: [String]) -> Schema {
    .object([
      .required("name", .text(limit: 100, minimum: 1)),
      .optional("scopes", .nullable(.array(.words(scopes), limit: scopes.count)), "left out: all of them"),
      .optional(
        "limits", .nullable(.array(TokenLimitBody.schema, limit: 100)), "left out: wherever its user's rights hold"),
      .optional("days", .nullable(.integer(minimum: 1, maximum: 3650)), "left out: 90"),
      .optional("endless", .nullable(.boolean), "true: it has no end"),
    ])
  }
}

/// A token that was made; its text is told here and never again.
package struct CreatedTokenBody: WireType {
  package var token: TokenBody
  package var text: String

  package init(token: TokenBody, text: String) {
    self.token = token
    self.text = text
  }

  package static let schema = Schema.named("CreatedToken") {
    .object([.required("token", TokenBody.schema), .required("text", .text, "told here and never again")])
  }
}
