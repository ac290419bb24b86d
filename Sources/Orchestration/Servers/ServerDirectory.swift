import DockerEngine
package import RevisionStore
package import SSHTransport

/// The servers of the store, and the ways to their engines.
package struct ServerDirectory: Sendable {
  /// How an engine is reached.
  package struct Way: Sendable {
    /// Jump hosts in order, then the server.
    package var hops: [SSHHop]
    package var socket: RemotePath
    /// What was found the last time; nil: nothing yet.
    package var dial: SSHLink.Dial?
  }

  package let dataDirectory: String
  package let environment: [String: String]
  private let access: StoreAccess
  /// Takes changes instead of the store; nil: they are written here.
  private let writer: (@Sendable (ServerChange) async throws -> Void)?
  private var entry: AuditEntry?

  /// - Parameter writer: takes changes where another process owns the store.
  package init(
    dataDirectory: String, environment: [String: String], store: StoreAccess? = nil,
    writer: (@Sendable (ServerChange) async throws -> Void)? = nil
  ) {
    self.dataDirectory = dataDirectory
    self.writer = writer
    access = store ?? .directory(dataDirectory)
    self.environment = environment
  }

  /// The same, with an entry of the audit log written together with each change (S-AUD-1).
  package func audited(_ entry: AuditEntry) -> ServerDirectory {
    var directory = self
    directory.entry = entry
    return directory
  }

  /// Changes the servers.
  package func change(_ change: ServerChange) async throws {
    if let writer { return try await writer(change) }
    try await change.apply(to: try access.writing(), entry)
  }

  func credential(ofServer name: String) async throws -> ServerCredential {
    try await readingStore(name).credential(ofServer: name)
  }

  private func readingStore(_ name: String) throws -> RevisionStore {
    guard let store = try access.reading() else {
      throw StoreError.serverUnknown(name: name, known: [])
    }
    return store
  }

  /// All servers by name, jump hosts among them.
  package func servers() async throws -> [Server] {
    try await access.reading()?.servers() ?? []
  }

  /// - Throws: `serverUnknown` with the names that there are.
  package func server(named name: String) async throws -> Server {
    try await readingStore(name).server(named: name)
  }

  // MARK: Ways

  /// The way to a server over SSH.
  ///
  /// - Throws: `serverUnknown` with the names that there are; what is wrong with its secrets; `OperationRefused` for one over TCP.
  package func way(to name: String) async throws -> Way {
    let store = try readingStore(name)
    let server = try await store.server(named: name)
    return try await way(to: name, Self.ssh(server), in: store)
  }

  private func way(to name: String, _ ssh: Server.SSH, in store: RevisionStore) async throws -> Way {
    Way(
      hops: try await hops(to: name, ssh, in: store), socket: try RemotePath(socket: ssh.socket),
      dial: ssh.dial.flatMap { SSHLink.Dial(rawValue: $0) })
  }

  private static func ssh(_ server: Server) throws -> Server.SSH {
    guard let ssh = server.ssh else {
      throw OperationRefused(
        description:
          "\(server.name) is reached over TCP with certificates, and has no login\n  fix: give it other certificates with slipway server add --replace"
      )
    }
    return ssh
  }

  /// The first jump host is reached by its own way, each further one from the one before.
  private func hops(to name: String, _ ssh: Server.SSH, in store: RevisionStore) async throws -> [SSHHop] {
    var hops: [SSHHop] = []
    for (index, jump) in ssh.jumps.enumerated() {
      let host = try Self.ssh(try await store.server(named: jump))
      // The store keeps no circle, and no way of more than 9 hosts.
      hops += try await index == 0 ? self.hops(to: jump, host, in: store) : [hop(jump, host, in: store)]
    }
    return try await hops + [hop(name, ssh, in: store)]
  }

  private func hop(_ name: String, _ ssh: Server.SSH, in store: RevisionStore) async throws -> SSHHop {
    guard let key = HostKey(blob: ssh.hostKey) else {
      throw OperationRefused(
        description: "the stored host key of \(name) is damaged\n  fix: pin it again with slipway server add --replace")
    }
    let address = try SSHAddress(user: ssh.user, host: ssh.host, port: ssh.port)
    let credential = try await store.credential(ofServer: name)
    return SSHHop(
      address: address, hostKey: .pinned([key]), credential: try SSHCredential(credential, environment: environment),
      name: "\(name) (\(address))")
  }

  /// The engine of a server; `local` is that of this machine.
  ///
  /// - Parameter notice: told what a person should know.
  package func target(
    named name: String, notice: @escaping @Sendable (String) -> Void
  ) async throws -> EngineTarget {
    if name == ServerName.local { return EngineTarget(.standard) }
    let store = try readingStore(name)
    let server = try await store.server(named: name)
    guard let ssh = server.ssh else { return EngineTarget(try await connector(to: server, in: store), name: name) }
    let way = try await way(to: name, ssh, in: store)
    let link = SSHLink(hops: way.hops, socket: way.socket, dial: way.dial, notice: notice)
    return EngineTarget(link, name: name) { dial in
      guard dial != way.dial else { return }
      // WHY try?: the next use finds it out again.
      try? await change(.dial(ofServer: name, dial.rawValue))
    }
  }
}

extension ServerDirectory {
  /// Servers tried at the same time.
  private static let testsAtOnce = 32

  /// Tries servers side by side, each under its own limits: a dead one holds up no other. In the order of the names.
  package func test(_ names: [String]) async throws -> [ServerTest] {
    try await names.concurrentMap(atOnce: Self.testsAtOnce) { name in
      do {
        return try await test(name)
      } catch {
        return ServerTest(name, failure: error)
      }
    }
  }

  private func test(_ name: String) async throws -> ServerTest {
    let store = try readingStore(name)
    let server = try await store.server(named: name)
    guard let ssh = server.ssh else {
      let connector = try await connector(to: server, in: store)
      return await ServerTest.run(connector, name: "\(name) (\(connector.address))")
    }
    let test = await ServerTest.run(try await way(to: name, ssh, in: store), hasEngine: !ssh.isJumpOnly)
    if let dial = test.dial?.rawValue, dial != ssh.dial { try await change(.dial(ofServer: name, dial)) }
    return test
  }
}

extension SSHCredential {
  /// - Throws: `agent` when no agent is named where the environment should name it.
  package init(_ stored: ServerCredential, environment: [String: String]) throws(SSHError) {
    switch stored {
    case .key(let text, let passphrase):
      self = .key(text: SSHSecret(text.reveal()), passphrase: passphrase.map { SSHSecret($0.reveal()) })
    case .agent(let socket, let line):
      guard let path = socket ?? environment["SSH_AUTH_SOCK"], !path.isEmpty else {
        throw .agent(reason: "SSH_AUTH_SOCK is not set")
      }
      self = .agent(socket: path, key: try line.map { line throws(SSHError) in try SSHCredential.publicKey(line) })
    case .password(let text): self = .password(SSHSecret(text.reveal()))
    }
  }
}
