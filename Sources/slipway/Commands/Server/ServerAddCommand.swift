import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SSHTransport

/// `slipway server add`: pins the host key, tries the way to the engine, stores both.
struct ServerAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a server, after its host key was accepted and its engine has answered.",
    discussion: """
      Without --fingerprint the key of the host is shown, and you are asked; nothing is sent to it before. An engine at tcp:// is \
      known by its certificate, and knows us by ours: --tlscacert, --tlscert and --tlskey, or the files in DOCKER_CERT_PATH. Keys \
      and passwords are kept in the store, sealed under its master key. What fails stores nothing.
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Name for the server.")
  var name: String

  @Argument(help: "ssh://USER@HOST[:PORT], or tcp://HOST[:PORT] with certificates.")
  var address: String

  @OptionGroup var login: LoginOptions

  @Option(name: .customLong("fingerprint"), help: ArgumentHelp("The host key's, SHA256:…", valueName: "fingerprint"))
  var fingerprint: String?

  @Option(
    name: .customLong("jump"),
    help: ArgumentHelp("Host in between: a server's name or ssh://USER@HOST; may be repeated, in order.", valueName: "host"))
  var jumps: [String] = []

  @Option(
    name: .customLong("jump-identity"),
    help: ArgumentHelp("Private key for new jump hosts; the server's login when not given.", valueName: "file"),
    completion: .file())
  var jumpIdentity: String?

  @Option(
    name: .customLong("jump-fingerprint"),
    help: ArgumentHelp("The host key's of a new jump host; once for each, in their order.", valueName: "fingerprint"))
  var jumpFingerprints: [String] = []

  @Option(
    name: .customLong("socket"),
    help: ArgumentHelp("The engine's socket there; \(RemotePath.dockerSocket.text) when not given.", valueName: "path"))
  var socket: String?

  @Flag(name: .customLong("replace"), help: "Replace the server of that name; the history of its stacks stays.")
  var replaces = false

  @Flag(name: .customLong("no-test"), help: "Do not log in and ask the engine.")
  var isUntested = false

  func run() async throws {
    let session = StackSession(global: global)
    let name = try ServerName(argument: name)
    let directory = try session.servers()
    if TCPAddress.isMeant(by: address) { return try await addOverTCP(name, directory) }
    let address = try SSHAddress(parsing: address)
    let credential = try login.credential()
    let jumps = try await self.jumps(directory, credential, besides: name)
    let host = ServerRegistration.Host(
      name: name, address: address, socket: try socket.map { try RemotePath(socket: $0) } ?? .dockerSocket,
      credential: credential,
      proof: try Self.proof(fingerprint, "--fingerprint"))
    let before = replaces ? try await directory.servers().first { $0.name == name.text }?.ssh : nil
    let registration = ServerRegistration(directory) { HostKeyQuestion.confirm($0, $1) }
    let test = try await registration.add(host, jumps: jumps, replaces: replaces, isTested: !isUntested)
    if let before, (before.user, before.host) != (address.user, address.host) {
      StandardError.warn(
        "project files that stacks have on \(name) stay with \(before.user)@\(before.host): the next deploy sends ours to \(address.user)@\(address.host), and what services wrote into theirs is to be copied by hand"
      )
    }
    try await report(name, directory, test)
  }

  /// What is asked for when both sides show certificates; the flags are those of `-H tcp://`.
  private func addOverTCP(_ name: ServerName, _ directory: ServerDirectory) async throws {
    let foreign = [
      ("--fingerprint", fingerprint != nil), ("--jump", !jumps.isEmpty), ("--jump-identity", jumpIdentity != nil),
      ("--jump-fingerprint", !jumpFingerprints.isEmpty), ("--socket", socket != nil), ("a login", login.isGiven),
    ].filter(\.1).map(\.0)
    guard foreign.isEmpty else {
      throw CommandFailure(
        "\(foreign.joined(separator: ", ")): only for servers over SSH\n  fix: give --tlscacert, --tlscert and --tlskey, or an address ssh://USER@HOST"
      )
    }
    var flags = global.tls
    flags.isVerified = true
    let files = DockerTLS.chosen(flags: flags, environment: directory.environment)
    guard let material = try files?.material(warn: { StandardError.warn($0) }) else { return }
    let address = try TCPAddress(parsing: address, isSecure: true)
    try await report(
      name, directory, directory.add(name, at: address, material, replaces: replaces, isTested: !isUntested))
  }

  private func report(_ name: ServerName, _ directory: ServerDirectory, _ test: ServerTest?) async throws {
    let server = try await directory.server(named: name.text)
    if global.isJSON {
      StandardOutput.write(ServerText.json(server).json(indented: true) + "\n")
      return
    }
    var text = "added \(name): \(ServerText.address(server)), \(ServerText.proof(server))\n"
    if let engine = test?.steps.last { text += "\(engine.message)\n" }
    if let dial = test?.dial, dial != .socket {
      for step in test?.steps ?? [] where step.name == "forwarding" { text += "\(step.message)\n" }
    }
    StandardOutput.show(text)
  }

  private func jumps(
    _ directory: ServerDirectory, _ credential: ServerCredential, besides name: ServerName
  ) async throws -> [ServerRegistration.Jump] {
    let words = jumps.flatMap { $0.split(separator: ",").map(String.init) }
    let servers = try await directory.servers()
    var taken = Set(servers.map(\.name)).union([name.text])
    var fingerprints = jumpFingerprints[...]
    var made: [ServerRegistration.Jump] = []
    for word in words {
      guard word.hasPrefix("ssh://") else {
        made.append(.known(word))
        continue
      }
      let address = try SSHAddress(parsing: word)
      if let known = servers.first(where: { $0.ssh?.isAt(address) == true }) {
        made.append(.known(known.name))
        continue
      }
      let login = try jumpIdentity.map { try self.login.key($0) } ?? credential
      made.append(
        .new(
          ServerRegistration.Host(
            name: ServerImport.free(ServerName(host: address.host), &taken), address: address, credential: login,
            proof: try Self.proof(fingerprints.popFirst(), "--jump-fingerprint"), fingerprintOption: "--jump-fingerprint")))
    }
    guard fingerprints.isEmpty else {
      throw CommandFailure(
        "there are more --jump-fingerprint than new jump hosts\n  fix: give one for each --jump ssh://…; known servers have theirs"
      )
    }
    return made
  }

  private static func proof(_ text: String?, _ option: String) throws -> ServerRegistration.Proof {
    guard let text else { return .question }
    guard HostKey.isFingerprint(text) else {
      throw CommandFailure(
        "\(option) \(text) is not a fingerprint\n  fix: give SHA256: and 43 characters, as ssh-keygen -lf shows it")
    }
    return .fingerprint(text)
  }
}

/// How to log in at a new server.
struct LoginOptions: ParsableArguments {
  @Option(
    name: .customLong("identity"), help: ArgumentHelp("Private key to log in with.", valueName: "file"), completion: .file())
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

  private var ways: Int { [identity, passwordFile, agentSocket].filter { $0 != nil }.count + (usesAgent ? 1 : 0) }

  func validate() throws {
    guard ways <= 1 else {
      throw CommandFailure("there is more than one way to log in\n  fix: give one of --identity, --agent and --password-file")
    }
    if passphraseFile != nil, identity == nil {
      throw CommandFailure("--passphrase-file is for a key\n  fix: name the key with --identity")
    }
    if let agentSocket, !agentSocket.hasPrefix("/") {
      throw CommandFailure("--agent-socket \(agentSocket) is not an absolute path\n  fix: give the whole path")
    }
  }

  func credential() throws -> ServerCredential {
    if let identity { return try key(identity) }
    if let passwordFile { return .password(Secret(try ServerIdentity.word(path: passwordFile, what: "the password"))) }
    if usesAgent || agentSocket != nil { return .agent(socket: agentSocket) }
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
  static func confirm(_ hop: String, _ key: HostKey) -> Bool? {
    guard Question.isPossible else { return nil }
    StandardError.write("\(hop) is new. Its host key is\n  \(key.type)  \(key.fingerprint)")
    StandardError.write("Compare it with the server's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub).")
    return Question.confirms("Is it the same?") ?? false
  }
}
