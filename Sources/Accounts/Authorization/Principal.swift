package import RevisionStore

/// What an action is done to. `stack` also stands for all that belongs to a stack: services, containers, logs, operations.
package enum Resource: Hashable, Sendable {
  case global
  case server(String)
  case stack(server: String, name: String)
}

extension Resource: CustomStringConvertible {
  /// As it stands in the audit log.
  package var description: String {
    switch self {
    case .global: "global"
    case .server(let server): "server:\(server)"
    case .stack(let server, let name): "stack:\(server)/\(name)"
    }
  }
}

/// Where a request comes from.
package struct Origin: Hashable, Sendable {
  /// Of the client; nil by the unix socket.
  package var address: String?
  package var userAgent: String
  package var way: Way
  package var requestID: String?

  package init(address: String?, userAgent: String = "", way: Way, requestID: String? = nil) {
    self.address = address
    self.userAgent = userAgent
    self.way = way
    self.requestID = requestID
  }
}

/// Who asks, with the rights of this very moment: never kept from one request, or one socket message, to the next (S-AUTH-6).
package struct Principal: Hashable, Sendable {
  /// What let it in.
  package enum Credential: Hashable, Sendable {
    case session(id: String)
    case token(id: String)
    /// Nobody is there: what a user has asked for earlier is done, with the rights that the user has now.
    case schedule(user: Int64)
    /// The unix socket, which only the owner of the data directory opens.
    case local
  }

  package var credential: Credential
  /// Nil for `local`.
  package var userID: Int64?
  package var name: String
  package var grants: [Grant]
  /// Nil: all of them.
  package var scopes: Set<ScopeGroup>?
  /// Nil: wherever its grants hold.
  package var limits: [Scope]?
  package var origin: Origin
  /// When the password or a code was last given; nil for what cannot give one.
  package var stepUpAt: Timestamp?
  /// It must set up a second factor before anything else.
  package var lacksSecondFactor: Bool
  /// When what let it in ends, also without being idle; nil: it does not by itself.
  package var endsAt: Timestamp?

  package init(
    credential: Credential, userID: Int64?, name: String, grants: [Grant], scopes: Set<ScopeGroup>? = nil,
    limits: [Scope]? = nil, origin: Origin, stepUpAt: Timestamp? = nil, lacksSecondFactor: Bool = false,
    endsAt: Timestamp? = nil
  ) {
    self.credential = credential
    self.userID = userID
    self.name = name
    self.grants = grants
    self.scopes = scopes
    self.limits = limits
    self.origin = origin
    self.stepUpAt = stepUpAt
    self.lacksSecondFactor = lacksSecondFactor
    self.endsAt = endsAt
  }

  /// Who comes by the unix socket: it owns the data directory, so there is nothing to keep from it.
  ///
  /// - Parameter user: its name on the host, for the audit log.
  package static func local(user: String, requestID: String? = nil) -> Principal {
    Principal(
      credential: .local, userID: nil, name: "local:\(user)",
      grants: [Grant(.admin, on: .global, mayExec: true, mayRestore: true)],
      origin: Origin(address: nil, way: .cli, requestID: requestID))
  }

  /// As it stands in the audit log.
  package var credentialText: String {
    switch credential {
    case .session(let id): "session:\(id)"
    case .token(let id): "token:\(id)"
    case .schedule(let user): "schedule:\(user)"
    case .local: "local"
    }
  }

  /// An entry about what it did.
  package func entry(
    _ action: String, target: String, outcome: AuditEntry.Outcome = .ok, detail: [String: String] = [:]
  ) -> AuditEntry {
    AuditEntry(
      actor: name, credential: credentialText, address: origin.address, way: origin.way, action: action, target: target,
      outcome: outcome, requestID: origin.requestID, detail: detail)
  }
}

extension Scope {
  /// Whether a right here holds for the whole of an object.
  func covers(_ resource: Resource) -> Bool {
    switch (self, resource) {
    case (.global, _): true
    case (.server(let mine), .server(let server)), (.server(let mine), .stack(let server, _)): mine == server
    case (.stack(let mine, let name), .stack(let server, let other)): mine == server && name == other
    case (.server, .global), (.stack, .global), (.stack, .server): false
    }
  }

  /// Whether a right here holds for an object or for something in it.
  func touches(_ resource: Resource) -> Bool {
    switch (self, resource) {
    case (_, .global): true
    case (.stack(let mine, _), .server(let server)): mine == server
    case (.global, _), (.server, _), (.stack, .stack): covers(resource)
    }
  }
}
