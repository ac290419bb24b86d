/// How to log in at a server: one of its members.
package struct LoginBody: Codable, Sendable {
  /// The text of a private key, and the passphrase where it is locked.
  package var identity: String?
  package var passphrase: String?
  package var password: String?
  /// By the SSH agent of the server process.
  package var agent: Bool?
  /// By the agent at this socket.
  package var agentSocket: String?
  /// The public half of the one key of the agent that is offered; nil: all.
  package var agentKey: String?

  package init() {}

  static let schema = Schema.object([
    .optional("identity", .nullable(.text(limit: 64 << 10, minimum: 1)), "the text of a private key"),
    .optional("passphrase", .nullable(.text(limit: 1024))), .optional("password", .nullable(.text(limit: 1024, minimum: 1))),
    .optional("agent", .nullable(.boolean), "by the SSH agent of the server process"),
    .optional("agent_socket", .nullable(.text(limit: 107)), "by the agent at this socket"),
    .optional(
      "agent_key", .nullable(.text(limit: 16_384, minimum: 1)),
      "the public half of the one key of the agent that is offered, as in authorized_keys; left out: all"),
  ])
}

/// A server to be added.
package struct NewServerBody: WireType {
  /// A host in between: a server that is known, or a new one.
  package struct Jump: Codable, Sendable {
    package var server: String?
    package var name: String?
    package var address: String?
    package var fingerprint: String?
    /// Nil: as at the server itself.
    package var login: LoginBody?

    package init(server: String? = nil, address: String? = nil) {
      self.server = server
      self.address = address
    }

    static let schema = Schema.object([
      .optional("server", .nullable(.text(limit: 63)), "one that is known"),
      .optional("name", .nullable(.text(limit: 63)), "of a new one; its host's when left out"),
      .optional("address", .nullable(.text(limit: 512)), "ssh://USER@HOST[:PORT] of a new one"),
      .optional("fingerprint", .nullable(.text(limit: 64))),
      .optional("login", .nullable(LoginBody.schema), "as at the server itself when left out"),
    ])
  }

  package var name: String
  package var address: String
  package var login: LoginBody?
  package var fingerprint: String?
  package var jumps: [Jump]?
  package var socket: String?
  package var authority: String?
  package var certificate: String?
  package var key: String?
  package var replace: Bool?
  package var test: Bool?

  package init(name: String, address: String) {
    self.name = name
    self.address = address
  }

  package static let schema = Schema.named("NewServer") {
    .object([
      .required("name", .text(limit: 63, minimum: 1), "lower-case letters, digits, - and _"),
      .required("address", .text(limit: 512, minimum: 1), "ssh://USER@HOST[:PORT], or tcp://HOST[:PORT] with certificates"),
      .optional("login", .nullable(LoginBody.schema), "for ssh://"),
      .optional(
        "fingerprint", .nullable(.text(limit: 64)),
        "the host key's, SHA256:…; without it the answer is a conflict that tells it, and nothing is stored"),
      .optional("jumps", .nullable(.array(Jump.schema, limit: 8)), "hosts in between, in order"),
      .optional("socket", .nullable(.text(limit: 107)), "the engine's socket there"),
      .optional("authority", .nullable(.text(limit: 1 << 20)), "PEM: what the engine's certificate is signed by, for tcp://"),
      .optional("certificate", .nullable(.text(limit: 1 << 20)), "PEM: ours"),
      .optional("key", .nullable(.text(limit: 64 << 10)), "PEM: of our certificate"),
      .optional("replace", .nullable(.boolean), "a server of that name may be there; the history of its stacks stays"),
      .optional("test", .nullable(.boolean), "false: the login and the engine are not tried"),
    ])
  }
}

/// Another name for a server.
package struct ServerNameBody: WireType {
  package var name: String

  package init(name: String) { self.name = name }

  package static let schema = Schema.named("ServerName") { .object([.required("name", .text(limit: 63, minimum: 1))]) }
}

/// Another key to log in with; left out: a new one is made.
package struct KeyRotationBody: WireType {
  package var identity: String?
  package var passphrase: String?

  package init() {}

  package static let schema = Schema.named("KeyRotation") {
    .object([
      .optional("identity", .nullable(.text(limit: 64 << 10, minimum: 1)), "a private key that the server takes already"),
      .optional("passphrase", .nullable(.text(limit: 1024))),
    ])
  }
}
