/// A session to be made; the secret itself is known to the client only (S-AUTH-5).
package struct NewSession: Sendable {
  /// Names the session in lists and in the audit log; says nothing about the secret.
  package var id: String
  /// SHA-256.
  package var secretHash: [UInt8]
  package var user: Int64
  /// When the user whose password was looked at had last been changed; a later change refuses the session. Nil: whatever it is.
  package var userChangedAt: Timestamp?
  package var way: Way
  package var address: String
  /// Cut at 200 bytes.
  package var userAgent: String
  package var endsAt: Timestamp

  package init(
    id: String, secretHash: [UInt8], user: Int64, userChangedAt: Timestamp? = nil, way: Way, address: String, userAgent: String,
    endsAt: Timestamp
  ) {
    self.id = id
    self.secretHash = secretHash
    self.user = user
    self.userChangedAt = userChangedAt
    self.way = way
    self.address = address
    self.userAgent = userAgent
    self.endsAt = endsAt
  }
}

/// A stored session.
package struct Session: Hashable, Sendable {
  package var id: String
  package var user: Int64
  package var way: Way
  package var address: String
  package var userAgent: String
  package var createdAt: Timestamp
  package var lastSeenAt: Timestamp
  package var endsAt: Timestamp
  /// When the password or a code was last given in it (S-AUTH-7).
  package var stepUpAt: Timestamp
}

/// An API token to be made (S-AUTH-10).
package struct NewToken: Sendable {
  package var id: String
  /// SHA-256 of the whole text of the token.
  package var secretHash: [UInt8]
  package var user: Int64
  /// 1 to 100 characters.
  package var name: String
  package var scopes: Set<String>
  /// Where it counts; nil: wherever its user's rights do.
  package var limits: [Scope]?
  package var expiresAt: Timestamp?

  package init(
    id: String, secretHash: [UInt8], user: Int64, name: String, scopes: Set<String>, limits: [Scope]?, expiresAt: Timestamp?
  ) {
    self.id = id
    self.secretHash = secretHash
    self.user = user
    self.name = name
    self.scopes = scopes
    self.limits = limits
    self.expiresAt = expiresAt
  }
}

/// A stored API token.
package struct Token: Hashable, Sendable {
  package var id: String
  package var secretHash: [UInt8]
  package var user: Int64
  package var name: String
  package var scopes: Set<String>
  /// Where it counts; nil: wherever its user's rights do. An empty list counts nowhere.
  package var limits: [Scope]?
  package var createdAt: Timestamp
  package var expiresAt: Timestamp?
  package var lastUsedAt: Timestamp?
  package var revokedAt: Timestamp?
}
