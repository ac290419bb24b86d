import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SSHTransport
import SlipwayAPI
import SlipwayServer

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
    if let served = try await session.servedServers() { return try await add(name, to: served, session.environment) }
    let directory = try await session.servers()
    if TCPAddress.isMeant(by: address) { return try await addOverTCP(name, directory) }
    let address = try SSHAddress(parsing: address)
    let credential = try login.credential()
    let jumps = try await self.jumps(directory, credential, besides: name)
    let host = ServerRegistration.Host(
      name: name, address: address, socket: try socket.map { try RemotePath(socket: $0) } ?? .dockerSocket,
      credential: credential,
      proof: try Self.proof(fingerprint, "--fingerprint"))
    let before = replaces ? try await directory.servers().first { $0.name == name.text }?.ssh : nil
    let registration = ServerRegistration(directory) { HostKeyQuestion.confirm($0, $1.type, $1.fingerprint) }
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
    let material = try certificates(directory.environment)
    let address = try TCPAddress(parsing: address, isSecure: true)
    let test = try await directory.add(name, at: address, material, replaces: replaces, isTested: !isUntested)
    try await report(name, directory, test)
  }

  /// Ours and the authority's, of the files that options or `DOCKER_CERT_PATH` name.
  private func certificates(_ environment: [String: String]) throws -> TLSMaterial {
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
    guard let files = DockerTLS.chosen(flags: flags, environment: environment) else {
      throw CommandFailure("no certificates for \(address)\n  fix: give --tlscacert, --tlscert and --tlskey")
    }
    return try files.material { StandardError.warn($0) }
  }

  private func report(_ name: ServerName, _ directory: ServerDirectory, _ test: ServerTest?) async throws {
    report(ShownServer(try await directory.server(named: name.text)), test.map { ServerTestBody(name.text, $0) })
  }

  private func report(_ server: ShownServer, _ test: ServerTestBody?) {
    if global.isJSON {
      StandardOutput.write(ServerText.json(server).json(indented: true) + "\n")
      return
    }
    var text = "added \(server.name): \(server.address), \(server.proof)\n"
    if let engine = test?.steps.last { text += "\(engine.message)\n" }
    if let dial = test?.dial, dial != SSHLink.Dial.socket.rawValue {
      for step in test?.steps ?? [] where step.name == "forwarding" { text += "\(step.message)\n" }
    }
    StandardOutput.show(text)
  }

  // MARK: Through a server

  /// With the keys of this machine, which go to the server of the context and are kept there, sealed.
  private func add(_ name: ServerName, to served: ServedServers, _ environment: [String: String]) async throws {
    var body = NewServerBody(name: name.text, address: address)
    body.replace = replaces
    body.test = !isUntested
    if TCPAddress.isMeant(by: address) {
      let material = try certificates(environment)
      guard case .against(let authority) = material.verification, let client = material.client else {
        throw CommandFailure("no certificates for \(address)\n  fix: give --tlscacert, --tlscert and --tlskey")
      }
      (body.authority, body.certificate, body.key) = (authority.text, client.certificate.text, client.key.text)
    } else {
      _ = try SSHAddress(parsing: address)
      body.login = try LoginBody(try login.credential())
      body.socket = socket
      if case .fingerprint(let text) = try Self.proof(fingerprint, "--fingerprint") { body.fingerprint = text }
      body.jumps = try servedJumps()
    }
    let before = replaces ? try await served.all().first { $0.name == name.text }?.address : nil
    let added = try await served.add(body) { HostKeyQuestion.confirm($0.host, $0.type, $0.fingerprint) }
    if let before, let now = added.server.address, before != now {
      StandardError.warn("project files that stacks have on \(name) stay at \(before): the next deploy sends ours to \(now)")
    }
    report(ShownServer(added.server), added.test)
  }

  private func servedJumps() throws -> [NewServerBody.Jump] {
    var fingerprints = jumpFingerprints[...]
    return try jumps.flatMap { $0.split(separator: ",").map(String.init) }.map { word in
      guard word.hasPrefix("ssh://") else { return NewServerBody.Jump(server: word) }
      var jump = NewServerBody.Jump(address: word)
      if case .fingerprint(let text) = try Self.proof(fingerprints.popFirst(), "--jump-fingerprint") { jump.fingerprint = text }
      jump.login = try jumpIdentity.map { try LoginBody(try login.key($0)) }
      return jump
    }
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
