package import RevisionStore
package import SSHTransport

/// Adds servers: looks at host keys, has them confirmed, tries the way, and stores all of it or nothing.
///
/// No credential is sent to a host before its key is accepted (S-SSH-2).
package struct ServerRegistration: Sendable {
  /// How a host key is known to be the right one.
  package enum Proof: Sendable {
    case fingerprint(String)
    /// Known from elsewhere; nothing is asked of the host. Not empty.
    case known([HostKey])
    /// A person compares it.
    case question
  }

  /// A host to be stored.
  package struct Host: Sendable {
    package var name: ServerName
    package var address: SSHAddress
    package var socket: RemotePath
    package var credential: ServerCredential
    package var proof: Proof
    /// The option by which the fingerprint is given.
    package var fingerprintOption: String

    package init(
      name: ServerName, address: SSHAddress, socket: RemotePath = .dockerSocket, credential: ServerCredential, proof: Proof,
      fingerprintOption: String = "--fingerprint"
    ) {
      self.name = name
      self.address = address
      self.socket = socket
      self.credential = credential
      self.proof = proof
      self.fingerprintOption = fingerprintOption
    }
  }

  package enum Jump: Sendable {
    /// A server of the store.
    case known(String)
    /// One that is stored with the server, for jumps only.
    case new(Host)
  }

  /// For the way through one host.
  private static let connectLimit = Duration.seconds(8)

  private let directory: ServerDirectory
  private let confirm: @Sendable (_ hop: String, HostKey) async -> Bool?

  /// - Parameter confirm: asks whether a host key is the right one; nil when there is nobody to ask.
  package init(_ directory: ServerDirectory, confirm: @escaping @Sendable (_ hop: String, HostKey) async -> Bool?) {
    self.directory = directory
    self.confirm = confirm
  }

  /// Adds a server with its new jump hosts.
  ///
  /// - Parameters:
  ///   - replaces: a server of that name may be there.
  ///   - isTested: the login and the engine must work.
  /// - Returns: what the test found; nil without one.
  package func add(_ host: Host, jumps: [Jump] = [], replaces: Bool = false, isTested: Bool) async throws -> ServerTest? {
    let existing = try await directory.servers().map(\.name)
    if !replaces, existing.contains(host.name.text) { throw StoreError.serverExists(name: host.name.text) }
    try Self.check(host)
    for case .new(let jump) in jumps { try Self.check(jump) }
    var chain = Chain(limit: Self.connectLimit)
    do {
      let (new, way) = try await settle(host, jumps, &chain)
      await chain.close()
      let test = isTested ? await ServerTest.run(way) : nil
      if let failure = test?.failure { throw OperationRefused(failure) }
      var servers = new
      servers[servers.count - 1].dial = test?.dial?.rawValue
      try await directory.change(.add(servers, replacing: replaces ? [host.name.text] : []))
      return test
    } catch {
      await chain.close()
      throw error
    }
  }

  /// Judges the key to log in with, before anything is connected.
  private static func check(_ host: Host) throws {
    guard case .key = host.credential else { return }
    _ = try SSHCredential(host.credential, environment: [:]).publicKey()
  }

  private func settle(
    _ host: Host, _ jumps: [Jump], _ chain: inout Chain
  ) async throws -> ([NewServer], ServerDirectory.Way) {
    var new: [NewServer] = []
    var names: [ServerName] = []
    for (index, jump) in jumps.enumerated() {
      switch jump {
      case .known(let name):
        let way = try await directory.way(to: name)
        // Each jump host but the first is reached from the one before.
        chain.hops += index == 0 ? way.hops : way.hops.suffix(1)
        guard let name = ServerName(name) else { throw StoreError.serverUnknown(name: name, known: []) }
        names.append(name)
      case .new(let host):
        let (server, hop) = try await settle(host, jumps: names, isJumpOnly: true, &chain)
        // As a server of its own it is reached by the hosts before it.
        new.append(server)
        chain.hops.append(hop)
        names.append(host.name)
      }
    }
    let (server, hop) = try await settle(host, jumps: names, isJumpOnly: false, &chain)
    return (new + [server], ServerDirectory.Way(hops: chain.hops + [hop], socket: host.socket, dial: nil))
  }

  private func settle(
    _ host: Host, jumps: [ServerName], isJumpOnly: Bool, _ chain: inout Chain
  ) async throws -> (NewServer, SSHHop) {
    let name = "\(host.name) (\(host.address))"
    let key = try await acceptedKey(of: host, name: name, &chain)
    let server = NewServer(
      name: host.name, user: host.address.user, host: host.address.host, port: host.address.port, socket: host.socket.text,
      jumps: jumps, hostKeyType: key.type, hostKey: key.blob, credential: host.credential, isJumpOnly: isJumpOnly)
    let hop = SSHHop(
      address: host.address, hostKey: .pinned([key]),
      credential: try SSHCredential(host.credential, environment: directory.environment), name: name)
    return (server, hop)
  }

  private func acceptedKey(of host: Host, name: String, _ chain: inout Chain) async throws -> HostKey {
    let key: HostKey
    switch host.proof {
    case .known(let keys): key = keys.first { $0.rsaBits == nil } ?? keys[0]
    case .fingerprint(let wanted):
      let bastion = try await chain.session()
      do {
        key = try await SSHSession.hostKey(
          of: host.address, name: name, fingerprint: wanted, through: bastion, limit: Self.connectLimit)
      } catch {
        guard case .hostKeyChanged(_, _, let offered) = error else { throw error }
        throw OperationRefused(
          description:
            "\(name): the host shows another key than the one given: expected \(wanted), got \(offered.map { "\($0)" } ?? "none"); nothing was sent to it, nothing was stored\n  fix: compare with the server's own fingerprint (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); somebody may be in between"
        )
      }
    case .question:
      let shown = try await SSHSession.hostKey(
        of: host.address, name: name, through: try await chain.session(), limit: Self.connectLimit)
      try Self.checkStrength(shown, name)
      switch await confirm(name, shown) {
      case true?: key = shown
      case false?: throw OperationRefused(description: "\(name): the host key was not accepted; nothing was stored")
      case nil:
        throw OperationRefused(
          description:
            "\(name): the host key is not known: \(shown)\n  fix: compare it with the server's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then give \(host.fingerprintOption) \(shown.fingerprint)"
        )
      }
    }
    try Self.checkStrength(key, name)
    return key
  }

  private static func checkStrength(_ key: HostKey, _ hop: String) throws(SSHError) {
    if let bits = key.rsaBits, bits < HostKey.leastRSABits { throw .hostKeyWeak(hop: hop, bits: bits) }
  }
}

/// Sessions through jump hosts, made as they are needed.
private struct Chain {
  let limit: Duration
  var hops: [SSHHop] = []
  private var sessions: [SSHSession] = []

  init(limit: Duration) { self.limit = limit }

  /// With the last host of `hops`; nil without any.
  mutating func session() async throws(SSHError) -> SSHSession? {
    while sessions.count < hops.count {
      sessions.append(try await SSHSession.connect(to: hops[sessions.count], through: sessions.last, limit: limit))
    }
    return sessions.last
  }

  mutating func close() async {
    for session in sessions.reversed() { await session.close() }
    sessions = []
  }
}
