/// A checked name of a user: only this reaches the store.
package struct UserName: Hashable, Sendable, CustomStringConvertible {
  package static let rule = "use letters, digits, - . _ and @, beginning with a letter or digit, at most 64"

  package let text: String

  /// Nil when the text is no name: `[A-Za-z0-9][A-Za-z0-9._@-]{0,63}`.
  package init?(_ text: String) {
    func isPlain(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
    guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 64,
      text.utf8.allSatisfy({ isPlain($0) || "-._@".utf8.contains($0) })
    else { return nil }
    self.text = text
  }

  package var description: String { text }
}

/// What somebody may do somewhere, each including what the one before may (S-AZ-2).
package enum Role: String, Hashable, Sendable, CaseIterable, Comparable {
  case viewer, operator_ = "operator", admin

  private var rank: Int {
    switch self {
    case .viewer: 0
    case .operator_: 1
    case .admin: 2
    }
  }

  package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}

/// Where a right holds.
package enum Scope: Hashable, Sendable {
  case global
  case server(String)
  case stack(server: String, name: String)

  package var server: String? {
    switch self {
    case .global: nil
    case .server(let server), .stack(let server, _): server
    }
  }

  package var stack: String? {
    guard case .stack(_, let name) = self else { return nil }
    return name
  }

  /// - Precondition: no stack without its server; the schema sees to that.
  init(server: String?, stack: String?) {
    self =
      switch (server, stack) {
      case (let server?, let stack?): .stack(server: server, name: stack)
      case (let server?, nil): .server(server)
      case (nil, _): .global
      }
  }
}

/// A role somewhere, with the rights that no role brings by itself.
package struct Grant: Hashable, Sendable {
  package var role: Role
  package var scope: Scope
  /// A shell in containers; off for everybody until it is given (S-AZ-2).
  package var mayExec: Bool
  /// Restoring, deleting stacks, removing volumes; admins may without it.
  package var mayRestore: Bool

  package init(_ role: Role, on scope: Scope, mayExec: Bool = false, mayRestore: Bool = false) {
    self.role = role
    self.scope = scope
    self.mayExec = mayExec
    self.mayRestore = mayRestore
  }
}

/// A user to be made.
package struct NewUser: Sendable {
  package var name: UserName
  /// A PHC string.
  package var password: Secret<String>
  /// At most 500; of two for one scope the last counts.
  package var grants: [Grant]
  package var mustHaveSecondFactor: Bool

  package init(name: UserName, password: Secret<String>, grants: [Grant], mustHaveSecondFactor: Bool = false) {
    self.name = name
    self.password = password
    self.grants = grants
    self.mustHaveSecondFactor = mustHaveSecondFactor
  }
}

/// A stored user.
package struct User: Hashable, Sendable {
  package enum SecondFactor: String, Hashable, Sendable {
    case none
    /// A seed was given out, and no code has come back yet.
    case pending
    case confirmed
  }

  package var id: Int64
  package var name: String
  /// A PHC string.
  package var password: Secret<String>
  package var isDisabled: Bool
  package var mustHaveSecondFactor: Bool
  package var secondFactor: SecondFactor
  package var unusedRecoveryCodes: Int
  package var grants: [Grant]
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var lastLoginAt: Timestamp?

  /// Whether it can manage users.
  package var isGlobalAdmin: Bool {
    !isDisabled && grants.contains { $0.role == .admin && $0.scope == .global }
  }
}

/// What to change of a user; nil leaves it.
package struct UserChange: Sendable {
  /// A PHC string.
  package var password: Secret<String>?
  package var grants: [Grant]?
  package var isDisabled: Bool?
  package var mustHaveSecondFactor: Bool?
  /// Takes the second factor and the recovery codes away.
  package var removesSecondFactor: Bool

  package init(
    password: Secret<String>? = nil, grants: [Grant]? = nil, isDisabled: Bool? = nil, mustHaveSecondFactor: Bool? = nil,
    removesSecondFactor: Bool = false
  ) {
    self.password = password
    self.grants = grants
    self.isDisabled = isDisabled
    self.mustHaveSecondFactor = mustHaveSecondFactor
    self.removesSecondFactor = removesSecondFactor
  }
}

/// A changed user, and the sessions that ended by it (S-AUTH-6).
package struct ChangedUser: Hashable, Sendable {
  package var user: User
  package var endedSessions: [String]
}
