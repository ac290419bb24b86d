/// A checked name of a server (S-IN-1): only this reaches the store.
package struct ServerName: Hashable, Sendable, CustomStringConvertible {
  /// What the engine of this machine is called; no server has this name.
  package static let local = "local"
  package static let rule = "use lower-case letters, digits, - and _, beginning with a letter or digit, at most 63; not local"

  package let text: String

  /// Nil when the text is no name: `[a-z0-9][a-z0-9_-]{0,62}`, and not `local`.
  package init?(_ text: String) {
    func isPlain(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
    guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 63, text != Self.local,
      text.utf8.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
    else { return nil }
    self.text = text
  }

  /// The name nearest to a host's: other characters become `-`.
  package init(host: String) {
    let bytes = host.lowercased().utf8.map { byte in
      (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_") ? byte : UInt8(ascii: "-")
    }
    let body = String(decoding: bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.prefix(58), as: UTF8.self)
    text = body.isEmpty || body == Self.local ? "host-\(body)" : body
  }

  /// The same with a number, for when the name is taken.
  package func numbered(_ number: Int) -> ServerName { ServerName(unchecked: "\(text.prefix(58))-\(number)") }

  private init(unchecked text: String) { self.text = text }

  package var description: String { text }
}

/// How a server lets us in; what is secret of it is sealed in the store (S-SEC-1).
package enum ServerCredential: Hashable, Sendable {
  /// The text of a private key, and its passphrase when it is locked.
  case key(text: Secret<String>, passphrase: Secret<String>?)
  /// The agent at this socket; nil: the one that `SSH_AUTH_SOCK` names when it is needed. Of its keys the one with this public half,
  /// as in `authorized_keys`; nil: all.
  case agent(socket: String?, key: String? = nil)
  case password(Secret<String>)

  package enum Kind: String, Sendable { case key, agent, password }

  package var kind: Kind {
    switch self {
    case .key: .key
    case .agent: .agent
    case .password: .password
    }
  }
}

/// A server that is reached over SSH, to be stored.
package struct NewServer: Sendable {
  package var name: ServerName
  package var user: String
  package var host: String
  package var port: UInt16
  /// Of its engine.
  package var socket: String
  /// Names of servers, the one to be reached first before the others.
  package var jumps: [ServerName]
  package var hostKeyType: String
  /// As the SSH protocol sends it.
  package var hostKey: [UInt8]
  package var credential: ServerCredential
  /// `socket`, `dial-stdio` or `socat`; nil: not known yet.
  package var dial: String?
  /// It only leads to others: no engine of it is used.
  package var isJumpOnly: Bool

  package init(
    name: ServerName, user: String, host: String, port: UInt16, socket: String, jumps: [ServerName], hostKeyType: String,
    hostKey: [UInt8], credential: ServerCredential, dial: String? = nil, isJumpOnly: Bool = false
  ) {
    self.name = name
    self.user = user
    self.host = host
    self.port = port
    self.socket = socket
    self.jumps = jumps
    self.hostKeyType = hostKeyType
    self.hostKey = hostKey
    self.credential = credential
    self.dial = dial
    self.isJumpOnly = isJumpOnly
  }
}

/// A server whose engine listens on TCP with certificates on both sides, to be stored. All three are texts in PEM.
package struct NewTLSServer: Sendable {
  package var name: ServerName
  package var host: String
  package var port: UInt16
  /// What the engine's certificate must be signed by.
  package var authority: String
  /// Ours.
  package var certificate: String
  package var key: Secret<String>

  package init(
    name: ServerName, host: String, port: UInt16, authority: String, certificate: String, key: Secret<String>
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.authority = authority
    self.certificate = certificate
    self.key = key
  }
}

/// A stored server, without its secrets.
package struct Server: Hashable, Sendable {
  /// How its engine is reached.
  package enum Way: Hashable, Sendable {
    case ssh(SSH)
    case tls(TLS)
  }

  package struct SSH: Hashable, Sendable {
    package var user: String
    package var host: String
    package var port: UInt16
    package var socket: String
    package var jumps: [String]
    package var hostKeyType: String
    package var hostKey: [UInt8]
    package var credential: ServerCredential.Kind
    package var dial: String?
    package var isJumpOnly: Bool
  }

  /// The certificates are texts in PEM.
  package struct TLS: Hashable, Sendable {
    package var host: String
    package var port: UInt16
    package var authority: String
    package var certificate: String
  }

  package var name: String
  package var way: Way
  package var createdAt: Timestamp
  package var updatedAt: Timestamp

  /// Nil: it is not reached over SSH.
  package var ssh: SSH? {
    guard case .ssh(let ssh) = way else { return nil }
    return ssh
  }

  /// It only leads to others: no engine of it is used.
  package var isJumpOnly: Bool { ssh?.isJumpOnly ?? false }
  /// Names of servers, the one to be reached first before the others.
  package var jumps: [String] { ssh?.jumps ?? [] }
}
