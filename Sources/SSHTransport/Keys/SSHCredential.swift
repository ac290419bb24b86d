/// How a user proves who it is; one way for each server, never all keys there are (S-SSH-3).
package enum SSHCredential: Sendable {
  /// The text of a private key file, and the passphrase when it is locked.
  case key(text: SSHSecret, passphrase: SSHSecret?)
  /// The agent that listens at a socket; never forwarded.
  case agent(socket: String)
  /// For the methods `password` and `keyboard-interactive`.
  case password(SSHSecret)

  /// As errors name it.
  var name: String {
    switch self {
    case .key: "this key"
    case .agent: "the keys of the agent"
    case .password: "this password"
    }
  }
}

/// A text that prints as dots.
package struct SSHSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  package init(_ text: String) { self.text = text }

  package func reveal() -> String { text }

  package var description: String { "•••" }
  package var debugDescription: String { "•••" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
