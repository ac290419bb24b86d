import ArgumentParser
import Orchestration
import RevisionStore

/// How to log in at a new server.
struct LoginOptions: ParsableArguments {
  @Option(
    name: .customLong("identity"),
    help: ArgumentHelp("Private key to log in with; with --agent, the one key of the agent to offer.", valueName: "file"),
    completion: .file())
  var identity: String?

  @Option(
    name: .customLong("passphrase-file"),
    help: ArgumentHelp("File whose first line is the key's passphrase; asked for on a terminal.", valueName: "file"),
    completion: .file())
  var passphraseFile: String?

  @Option(
    name: .customLong("password-file"), help: ArgumentHelp("File whose first line is the password.", valueName: "file"),
    completion: .file())
  var passwordFile: String?

  @Flag(name: .customLong("agent"), help: "Log in by the SSH agent that SSH_AUTH_SOCK names when it is needed.")
  var usesAgent = false

  @Option(name: .customLong("agent-socket"), help: ArgumentHelp("Log in by the agent at this socket.", valueName: "path"))
  var agentSocket: String?

  var isGiven: Bool { ways > 0 || passphraseFile != nil }

  private var hasAgent: Bool { usesAgent || agentSocket != nil }

  private var ways: Int { [hasAgent ? nil : identity, passwordFile].filter { $0 != nil }.count + (hasAgent ? 1 : 0) }

  func validate() throws {
    guard ways <= 1 else {
      throw CommandFailure("there is more than one way to log in\n  fix: give one of --identity, --agent and --password-file")
    }
    if passphraseFile != nil, identity == nil || hasAgent {
      throw CommandFailure("--passphrase-file is for a key\n  fix: name the key with --identity")
    }
    if let agentSocket, !agentSocket.hasPrefix("/") {
      throw CommandFailure("--agent-socket \(agentSocket) is not an absolute path\n  fix: give the whole path")
    }
  }

  func credential() throws -> ServerCredential {
    if hasAgent { return .agent(socket: agentSocket, key: try identity.map { try ServerIdentity.publicKey(path: $0) }) }
    if let identity { return try key(identity) }
    if let passwordFile { return .password(Secret(try ServerIdentity.word(path: passwordFile, what: "the password"))) }
    throw CommandFailure("there is no way to log in\n  fix: give --identity FILE, --agent or --password-file FILE")
  }

  /// A key of a file, with its passphrase where it is locked.
  func key(_ path: String) throws -> ServerCredential {
    let file = passphraseFile
    return try ServerIdentity.key(path: path) {
      if let file { return try ServerIdentity.word(path: file, what: "the passphrase") }
      return Question.isPossible ? Question.secretAnswer("passphrase of \(path): ") : nil
    }
  }
}

/// Asks whether a host key is the right one.
enum HostKeyQuestion {
  /// Nil when there is nobody to answer.
  static func confirm(_ hop: String, _ type: String, _ fingerprint: String) -> Bool? {
    guard Question.isPossible else { return nil }
    StandardError.write("\(hop) is new. Its host key is\n  \(type)  \(fingerprint)")
    StandardError.write("Compare it with the server's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub).")
    return Question.confirms("Is it the same?") ?? false
  }
}
