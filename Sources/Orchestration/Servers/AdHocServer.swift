import ComposeFile
package import SSHTransport

/// A server that is named by its address alone (`-H ssh://…`, `DOCKER_HOST`), not by `slipway server add`.
///
/// It is reached as the user's own `ssh` would: names, users, ports, keys and jump hosts of `~/.ssh/config`, host keys of
/// `~/.ssh/known_hosts`. Commands in these files are not run.
package struct AdHocServer: Sendable {
  private static let identities = ["id_ed25519", "id_ecdsa", "id_rsa"]

  private let home: String
  package let environment: [String: String]
  private let user: String
  private let config: OpenSSHConfig
  private let known: KnownHosts

  /// - Parameter user: of this process.
  package init(environment: [String: String], user: String) {
    self.environment = environment
    self.user = user
    let home = environment["HOME"] ?? "/"
    self.home = home
    config = OpenSSHConfig(text: Self.text(home + "/.ssh/config") ?? "") { pattern in
      // Relative names count from ~/.ssh (ssh_config(5)); patterns of names are not gone by.
      let path =
        pattern.hasPrefix("~/") ? home + pattern.dropFirst() : pattern.hasPrefix("/") ? pattern : home + "/.ssh/" + pattern
      return Self.text(path).map { [$0] } ?? []
    }
    let files = [home + "/.ssh/known_hosts", home + "/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts"]
    known = KnownHosts(text: files.compactMap(Self.text).joined(separator: "\n"))
  }

  /// The hosts that `~/.ssh/config` names, in its order.
  package var names: [String] { config.names }
  /// What of that file was left out, in words.
  package var notes: [String] { config.notes }

  /// The way to a server, and its engine's socket.
  package func route(to url: String) throws -> (hops: [SSHHop], socket: RemotePath) {
    let parts = try SSHAddress.parts(of: url)
    let socket = try parts.path.map { try RemotePath(socket: $0) } ?? .dockerSocket
    return (try hops(to: parts, depth: 0), socket)
  }

  private func hops(to parts: SSHAddress.Parts, depth: Int) throws -> [SSHHop] {
    let said = config.host(parts.host)
    let address = try SSHAddress(
      user: parts.user ?? said.user ?? user, host: said.hostName, port: parts.port ?? said.port ?? SSHAddress.standardPort)
    guard said.unsupported.isEmpty else {
      throw OperationRefused(
        description:
          "~/.ssh/config sets \(said.unsupported.joined(separator: ", ")) for \(parts.host), which Slipway does not go by\n  fix: add the server with slipway server add, with --jump where a host is in between"
      )
    }
    guard depth < 8 else {
      throw OperationRefused(
        description: "more than 8 jump hosts lead to \(parts.host)\n  fix: look into ~/.ssh/config for a circle")
    }
    var hops: [SSHHop] = []
    for jump in said.jumps {
      let text = jump.hasPrefix("ssh://") ? jump : "ssh://" + jump
      hops += try self.hops(to: SSHAddress.parts(of: text), depth: depth + 1)
    }
    var keys = known.keys(host: said.hostName, port: address.port)
    if keys.isEmpty, said.hostName != parts.host { keys = known.keys(host: parts.host, port: address.port) }
    let rule: HostKeyRule
    if let wanted = environment["SLIPWAY_SSH_FINGERPRINT"], HostKey.isFingerprint(wanted), depth == 0 {
      rule = .fingerprint(wanted)
    } else {
      rule = .pinned(keys)
    }
    return hops + [
      SSHHop(
        address: address, hostKey: rule, credential: try credential(said),
        name: parts.host == said.hostName ? nil : "\(parts.host) (\(address))")
    ]
  }

  /// The key that is named for the host, else the agent, else the user's first standard key: one, not all. A named key that is
  /// locked, or of which only the public half is here, is looked for in the agent.
  private func credential(_ said: OpenSSHConfig.Host) throws -> SSHCredential {
    for file in said.identityFiles {
      let path = file.hasPrefix("~/") ? home + file.dropFirst() : file
      if let socket = agentSocket(said), let key = agentKey(path) { return .agent(socket: socket, key: key) }
      if let text = Self.text(path) { return .key(text: SSHSecret(text), passphrase: passphrase) }
    }
    if let socket = agentSocket(said) { return .agent(socket: socket) }
    for name in Self.identities {
      if let text = Self.text("\(home)/.ssh/\(name)") { return .key(text: SSHSecret(text), passphrase: passphrase) }
    }
    throw OperationRefused(
      description:
        "there is no key to log in with: no IdentityFile in ~/.ssh/config, no agent, and none of \(Self.identities.joined(separator: ", ")) in ~/.ssh\n  fix: make a key with ssh-keygen, or add the server with slipway server add --identity FILE"
    )
  }

  private func agentSocket(_ said: OpenSSHConfig.Host) -> String? {
    guard let agent = said.identityAgent ?? environment["SSH_AUTH_SOCK"], !agent.isEmpty, agent != "none" else { return nil }
    if agent == "SSH_AUTH_SOCK" { return environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 } }
    return agent.hasPrefix("~/") ? home + agent.dropFirst() : agent
  }

  /// The public half of a key that only an agent can use; nil: the file can be used, or says nothing.
  private func agentKey(_ path: String) -> HostKey? {
    let text = Self.text(path)
    if let text, SSHCredential.isPrivate(key: text) {
      guard SSHCredential.isLocked(key: SSHSecret(text)), passphrase == nil else { return nil }
      return Self.text(path + ".pub").flatMap { try? SSHCredential.publicKey($0) }
    }
    // WHY try?: what is no public key is told when it is used as a private one.
    return (text ?? Self.text(path + ".pub")).flatMap { try? SSHCredential.publicKey($0) }
  }

  private var passphrase: SSHSecret? { environment["SLIPWAY_SSH_PASSPHRASE"].map { SSHSecret($0) } }

  private static func text(_ path: String) -> String? {
    (try? DiskFiles().read(path, limit: OpenSSHConfig.byteLimit)).map { String(decoding: $0, as: UTF8.self) }
  }
}
