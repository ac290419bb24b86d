import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SSHTransport
import SlipwayAPI
import Synchronization

/// A server that the API is asked to add, taken from what was sent.
struct ServerAddition: Sendable {
  private enum Way: Sendable {
    case ssh(ServerRegistration.Host, jumps: [NewServerBody.Jump])
    case tls(TCPAddress, TLSMaterial)
  }

  let name: ServerName
  private let way: Way
  private let login: LoginBody?
  private let replaces: Bool
  private let isTested: Bool

  /// - Throws: a `Problem` for what does not belong together or cannot be used; nothing was connected.
  init(_ body: NewServerBody) throws {
    name = try ServerParts.name(body.name)
    login = body.login
    replaces = body.replace ?? false
    isTested = body.test ?? true
    guard TCPAddress.isMeant(by: body.address) else {
      guard body.authority == nil, body.certificate == nil, body.key == nil else {
        throw Self.invalid("certificates are for tcp:// addresses only")
      }
      let host = ServerRegistration.Host(
        name: name, address: try SSHAddress(parsing: body.address),
        socket: try body.socket.map { try RemotePath(socket: $0) } ?? .dockerSocket, credential: try Self.credential(body.login),
        proof: try Self.proof(body.fingerprint), fingerprintOption: "fingerprint")
      way = .ssh(host, jumps: body.jumps ?? [])
      return
    }
    guard body.login == nil, body.fingerprint == nil, body.jumps?.isEmpty ?? true, body.socket == nil else {
      throw Self.invalid("login, fingerprint, jumps and socket are for ssh:// addresses only")
    }
    guard let authority = body.authority, let certificate = body.certificate, let key = body.key else {
      throw Self.invalid("tcp:// needs authority, certificate and key, each as PEM text")
    }
    let client = TLSMaterial.Client(
      certificate: TLSMaterial.PEM(certificate, from: "certificate"), key: TLSMaterial.PEM(key, from: "key"))
    way = .tls(
      try TCPAddress(parsing: body.address, isSecure: true),
      TLSMaterial(.against(authorities: TLSMaterial.PEM(authority, from: "authority")), client: client))
  }

  /// For the audit log.
  var shownAddress: String {
    switch way {
    case .ssh(let host, _): host.address.url
    case .tls(let address, _): address.description
    }
  }

  /// Stores it, or nothing.
  ///
  /// - Throws: the `Problem` `host_key_unconfirmed` with the key of the first host whose key is not known yet; what the test found.
  func add(to directory: ServerDirectory) async throws -> ServerTest? {
    switch way {
    case .tls(let address, let material):
      return try await directory.add(name, at: address, material, replaces: replaces, isTested: isTested)
    case .ssh(let host, let jumps):
      let shown = Mutex<ProblemBody.HostKey?>(nil)
      let registration = ServerRegistration(directory) { hop, key in
        shown.withLock { $0 = ProblemBody.HostKey(host: hop, type: key.type, fingerprint: key.fingerprint) }
        return false
      }
      do {
        return try await registration.add(
          host, jumps: try await known(jumps, in: directory), replaces: replaces, isTested: isTested)
      } catch {
        guard let key = shown.withLock({ $0 }) else { throw error }
        var problem = Problem(
          .conflict, "host_key_unconfirmed", "\(key.host): the host key is not known: \(key.type) \(key.fingerprint)",
          remedy:
            "compare it with the server's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), and send the fingerprint"
        )
        problem.hostKey = key
        throw problem
      }
    }
  }

  private func known(
    _ jumps: [NewServerBody.Jump], in directory: ServerDirectory
  ) async throws -> [ServerRegistration.Jump] {
    guard !jumps.isEmpty else { return [] }
    let servers = try await directory.servers()
    var taken = Set(servers.map(\.name)).union([name.text])
    return try jumps.map { jump in
      if let server = jump.server { return .known(server) }
      guard let text = jump.address else { throw Self.invalid("a jump host needs server or address") }
      let address = try SSHAddress(parsing: text)
      if let known = servers.first(where: { $0.ssh?.isAt(address) == true }) { return .known(known.name) }
      let name = try jump.name.map { try ServerParts.name($0) } ?? ServerImport.free(ServerName(host: address.host), &taken)
      return .new(
        ServerRegistration.Host(
          name: name, address: address, credential: try Self.credential(jump.login ?? login),
          proof: try Self.proof(jump.fingerprint), fingerprintOption: "its fingerprint"))
    }
  }

  // MARK: Parts

  private static func credential(_ login: LoginBody?) throws -> ServerCredential {
    let ways = [login?.identity != nil, login?.password != nil, login?.agent == true || login?.agentSocket != nil].count { $0 }
    guard let login, ways > 0 else {
      throw Problem(
        .unprocessable, "invalid_body", "there is no way to log in", remedy: "give a login with identity, password or agent")
    }
    guard ways == 1 else { throw invalid("there is more than one way to log in") }
    guard login.agentKey == nil || login.agent == true || login.agentSocket != nil else {
      throw invalid("an agent_key is for an agent")
    }
    guard login.passphrase == nil || login.identity != nil else { throw invalid("a passphrase is for an identity") }
    if let identity = login.identity { return try key(identity, passphrase: login.passphrase) }
    if let password = login.password { return .password(Secret(password)) }
    guard login.agentSocket?.hasPrefix("/") ?? true else { throw invalid("agent_socket must be an absolute path") }
    let key: HostKey?
    do throws(SSHError) {
      key = try login.agentKey.map { line throws(SSHError) in try SSHCredential.publicKey(line) }
    } catch {
      throw invalid("agent_key is no public key that can be used: \(error)")
    }
    return .agent(socket: login.agentSocket, key: key?.line)
  }

  /// A private key that can be used.
  static func key(_ text: String, passphrase: String?) throws -> ServerCredential {
    if ["ssh-", "ecdsa-", "sk-"].contains(where: { text.hasPrefix($0) }) {
      throw invalid("identity is the public half of a key; give the private one")
    }
    let isLocked = SSHCredential.isLocked(key: SSHSecret(text))
    if isLocked, passphrase == nil {
      throw Problem(.unprocessable, "passphrase_needed", "the private key is locked", remedy: "send its passphrase")
    }
    let phrase = isLocked ? passphrase : nil
    _ = try SSHCredential.key(text: SSHSecret(text), passphrase: phrase.map { SSHSecret($0) }).publicKey()
    return .key(text: Secret(text), passphrase: phrase.map { Secret($0) })
  }

  private static func proof(_ text: String?) throws -> ServerRegistration.Proof {
    guard let text else { return .question }
    guard HostKey.isFingerprint(text) else {
      throw invalid("a fingerprint is SHA256: and 43 characters, as ssh-keygen -lf shows it")
    }
    return .fingerprint(text)
  }

  private static func invalid(_ detail: String) -> Problem { Problem(.unprocessable, "invalid_body", detail) }
}
