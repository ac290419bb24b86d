/// How a user proves who it is; one way for each server, never all keys there are (S-SSH-3).
package enum SSHCredential: Sendable {
  /// The text of a private key file, and the passphrase when it is locked.
  case key(text: SSHSecret, passphrase: SSHSecret?)
  /// The agent that listens at a socket, never forwarded, and the one key of it that is offered; nil: all, in its order.
  case agent(socket: String, key: HostKey? = nil)
  /// For the methods `password` and `keyboard-interactive`.
  case password(SSHSecret)

  /// As errors name it.
  var name: String {
    switch self {
    case .key: "this key"
    case .agent(_, nil): "the keys of the agent"
    case .agent(_, let key?): "the agent's key \(key.fingerprint)"
    case .password: "this password"
    }
  }
}

extension SSHCredential {
  /// The public half of a key; nil for other ways of logging in.
  ///
  /// - Throws: `badKey` when the text or the passphrase cannot be used, and for an RSA key that is too short.
  package func publicKey() throws(SSHError) -> HostKey? {
    guard case .key(let text, let passphrase) = self else { return nil }
    guard let key = try PrivateKey(text: text, passphrase: passphrase).publicKey() else {
      throw .badKey(reason: "its public half cannot be made", fix: "make a new one: ssh-keygen -t ed25519")
    }
    try Self.requireStrength(of: key)
    return key
  }

  /// The key of a line as in `authorized_keys`, without options before it.
  package static func publicKey(_ line: String) throws(SSHError) -> HostKey {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, let key = HostKey(base64: String(words[1])), key.type == words[0] else {
      throw .badKey(reason: "it is no public key", fix: "name the file that ssh-keygen wrote with .pub at its end")
    }
    try requireStrength(of: key)
    return key
  }

  static func requireStrength(of key: HostKey?) throws(SSHError) {
    guard let bits = key?.rsaBits, bits < HostKey.leastRSABits else { return }
    throw .badKey(
      reason: "it is an RSA key of \(bits) bits; \(HostKey.leastRSABits) are the least",
      fix: "make a new one: ssh-keygen -t ed25519")
  }

  /// A new Ed25519 key without a passphrase.
  package static func newKey() throws(SSHError) -> SSHCredential {
    .key(text: try PrivateKey.newText(), passphrase: nil)
  }

  /// Whether a text is a private key's, and not the public half of one.
  package static func isPrivate(key text: String) -> Bool { text.contains("PRIVATE KEY-----") }

  /// Whether a private key's text is locked with a passphrase.
  package static func isLocked(key text: SSHSecret) -> Bool { PrivateKey.isLocked(text.reveal()) }
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
