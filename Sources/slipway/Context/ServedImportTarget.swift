import Orchestration
import RevisionStore
import SSHTransport
import SlipwayAPI

/// The servers of the server of the context, to which hosts of this machine's `~/.ssh/config` are added.
struct ServedImportTarget: ServerImportTarget {
  let servers: ServedServers

  func known() async throws -> [ImportedServer] {
    try await servers.all().map { server in
      let address = server.kind == "ssh" ? server.address.flatMap { try? SSHAddress(parsing: $0) } : nil
      return ImportedServer(name: server.name, address: address, isJumpOnly: server.jumpOnly)
    }
  }

  /// The server asks each host for its key; one that is known here must be shown, others are confirmed by the user.
  func add(_ host: ServerRegistration.Host, jumps: [ServerRegistration.Jump]) async throws {
    var body = NewServerBody(name: host.name.text, address: host.address.url)
    body.test = false
    body.socket = host.socket.text
    body.login = try LoginBody(host.credential)
    body.fingerprint = Self.known(host)
    body.jumps = try jumps.map { jump in
      switch jump {
      case .known(let name): return NewServerBody.Jump(server: name)
      case .new(let host):
        var jump = NewServerBody.Jump(address: host.address.url)
        jump.name = host.name.text
        jump.login = try LoginBody(host.credential)
        jump.fingerprint = Self.known(host)
        return jump
      }
    }
    _ = try await servers.add(body) { HostKeyQuestion.confirm($0.host, $0.type, $0.fingerprint) }
  }

  /// The key that an import into the store here would pin.
  private static func known(_ host: ServerRegistration.Host) -> String? {
    guard case .known(let keys) = host.proof else { return nil }
    return (keys.first { $0.rsaBits == nil } ?? keys.first)?.fingerprint
  }
}
