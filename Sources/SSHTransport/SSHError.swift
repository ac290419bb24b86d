/// Why a server could not be used over SSH. `hop` names the host concerned, which may be a jump host on the way.
package enum SSHError: Error, Hashable, Sendable {
  case badAddress(text: String, reason: String)
  /// libssh is not on this machine, or cannot be used.
  case noLibrary(reason: String)
  /// The private key's text or its passphrase cannot be used.
  case badKey(reason: String, fix: String)
  case unknownHost(hop: String, reason: String)
  /// No TCP connection.
  case unreachable(hop: String, reason: String)
  case timedOut(hop: String, stage: Stage, limit: Duration)
  /// Connected, but there is no usable SSH server.
  case handshake(hop: String, reason: String)
  /// No key is pinned for the host yet.
  case hostKeyUnknown(hop: String, offered: HostKey)
  /// The host shows another key than the pinned one, or than the one that was expected; nothing was sent to it.
  case hostKeyChanged(hop: String, expected: String, offered: HostKey?)
  /// The host has an RSA key that is too short to be trusted.
  case hostKeyWeak(hop: String, bits: Int)
  /// `methods`: what the server would take, as it says.
  case refused(hop: String, tried: String, methods: [String])
  /// The agent of this session cannot be used.
  case agent(reason: String)
  case socketMissing(hop: String, path: String)
  case socketForbidden(hop: String, path: String, user: String)
  /// The socket is there, and nothing answers on it.
  case engineDown(hop: String, path: String)
  /// The server forwards no sockets, and has nothing that would stand in.
  case forwardingForbidden(hop: String, reason: String)
  /// A channel was refused for another reason.
  case channelRefused(hop: String, what: String, reason: String)
  /// The connection ended.
  case lost(hop: String, reason: String)
  /// Ended by us.
  case closed(hop: String)
  case cancelled(hop: String)

  /// How far a connection had come.
  package enum Stage: String, Sendable {
    case resolving = "looking up its address"
    case connecting = "connecting"
    case handshake = "agreeing on keys"
    case authentication = "logging in"
    case opening = "opening a channel"
  }
}

extension SSHError: CustomStringConvertible {
  package var description: String { "\(message)\n  fix: \(fix)" }

  /// What happened, one line.
  package var message: String {
    switch self {
    case .noLibrary(let reason): "SSH needs the library libssh: \(reason)"
    case .badAddress(let text, let reason): "\"\(text)\" \(reason)"
    case .badKey(let reason, _): "the private key cannot be used: \(reason)"
    case .unknownHost(let hop, let reason): "\(hop): the host's address was not found: \(reason)"
    case .unreachable(let hop, let reason): "\(hop): no connection: \(reason)"
    case .timedOut(let hop, let stage, let limit): "\(hop): no answer within \(limit.inSeconds) when \(stage.rawValue)"
    case .handshake(let hop, let reason): "\(hop): no SSH session: \(reason)"
    case .hostKeyUnknown(let hop, let offered): "\(hop): the host key is not known: \(offered)"
    case .hostKeyChanged(let hop, let expected, let offered):
      "\(hop): the host key has changed: expected \(expected), the host shows \(offered.map { "\($0)" } ?? "no key of that type")"
    case .hostKeyWeak(let hop, let bits):
      "\(hop): the host has only an RSA key of \(bits) bits; \(HostKey.leastRSABits) are the least"
    case .refused(let hop, let tried, let methods):
      "\(hop): the server refuses \(tried)"
        + (methods.isEmpty ? "" : "; it takes \(methods.joined(separator: ", "))")
    case .agent(let reason): "the SSH agent cannot be used: \(reason)"
    case .socketMissing(let hop, let path): "\(hop): there is no engine socket at \(path)"
    case .socketForbidden(let hop, let path, let user): "\(hop): the user \(user) may not open \(path)"
    case .engineDown(let hop, let path): "\(hop): the engine does not answer on \(path)"
    case .forwardingForbidden(let hop, let reason): "\(hop): the server forwards no sockets, \(reason)"
    case .channelRefused(let hop, let what, let reason): "\(hop): \(what) was refused: \(reason)"
    case .lost(let hop, let reason): "\(hop): the connection ended: \(reason)"
    case .closed(let hop): "\(hop): the session was closed"
    case .cancelled(let hop): "\(hop): cancelled"
    }
  }

  /// What to do about it.
  package var fix: String {
    switch self {
    case .noLibrary: "install it (Debian: apt-get install libssh-4), version 0.10.6 or newer"
    case .badAddress: "write ssh://USER@HOST or ssh://USER@HOST:PORT"
    case .badKey(_, let fix): fix
    case .unknownHost: "check the host's name, and that this machine can look it up"
    case .unreachable: "check the address and the port, that the server is up, and that no firewall is between"
    case .timedOut(_, .resolving, _): "check this machine's name server, or use the IP address"
    case .timedOut(_, .connecting, _): "check the address, that the server is up, and that no firewall drops the packets"
    case .timedOut: "check that the server is not overloaded, and try again"
    case .handshake: "check that an SSH server listens on that port, and that it is OpenSSH 7.4 or newer"
    case .hostKeyUnknown(_, let offered):
      "compare the fingerprint with the server's own (ssh-keygen -lf on its host key), then give --fingerprint \(offered.fingerprint) to slipway server add; with -H ssh://, log in once with ssh, or set SLIPWAY_SSH_FINGERPRINT"
    case .hostKeyChanged:
      "find out why it changed; when the change is known to be right, pin the new key with slipway server add --replace, giving --fingerprint (with -H ssh://: correct ~/.ssh/known_hosts)"
    case .hostKeyWeak: "make a better one there (as root: ssh-keygen -A, and restart its SSH server)"
    case .refused: "check the user, and that the public key is in its authorized_keys on that host"
    case .agent: "start the agent and add a key (ssh-add), or name a key with --identity"
    case .socketMissing: "start the engine there, or name its socket with --socket"
    case .socketForbidden(_, _, let user):
      "as root on that host: usermod --append --groups docker \(user) (this makes it as mighty as root there), or log in as another user"
    case .engineDown: "start the engine on that host"
    case .forwardingForbidden:
      "set AllowStreamLocalForwarding yes in its sshd_config, or install the docker command line or socat there"
    case .channelRefused: "look into the SSH server's log on that host"
    case .lost: "check the network and the server, and try again"
    case .closed, .cancelled: "run the command again"
    }
  }

  /// Whether trying again later may help without a change of anything on this side.
  package var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut, .lost, .unknownHost, .closed, .channelRefused, .engineDown: true
    case .badAddress, .noLibrary, .badKey, .handshake, .hostKeyUnknown, .hostKeyChanged, .hostKeyWeak, .refused, .agent,
      .socketMissing, .socketForbidden, .forwardingForbidden, .cancelled:
      false
    }
  }
}

extension Duration {
  /// `8 s`, `0.5 s`.
  fileprivate var inSeconds: String {
    let tenths = Int((self / .milliseconds(100)).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
