import ComposeFile
import Orchestration
import RevisionStore
import SlipwayAPI
import SlipwayClient

/// The servers that the server of the context keeps, changed with the rights that the token has there.
struct ServedServers: Sendable {
  let connection: ServerConnection

  private static let path = "/api/v1/servers"

  private func path(_ name: String, _ part: String = "") -> String { "\(Self.path)/\(ServerConnection.escaped(name))\(part)" }

  /// By name; without the engine of the server's own machine.
  func all() async throws -> [ServerBody] {
    try await connection.items(Self.path, as: ServerBody.self).filter { $0.kind != "local" }
  }

  /// - Throws: as a store does, where there is none of that name.
  func server(named name: String) async throws -> ServerBody {
    do {
      return try await connection.call(.get, path(name), as: ServerBody.self)
    } catch let problem as ServerProblem {
      guard problem.status == 404 else { throw problem }
      throw StoreError.serverUnknown(name: name, known: try await all().map(\.name))
    }
  }

  func info(of name: String) async throws -> ServerInfoBody {
    try await connection.call(.get, path(name, "/info"), as: ServerInfoBody.self)
  }

  func test(_ names: [String]) async throws -> [ServerTestBody] {
    try await names.concurrentMap(atOnce: 16) { name in
      try await connection.call(.post, path(name, "/test"), as: ServerTestBody.self)
    }
  }

  func remove(_ name: String) async throws { _ = try await connection.call(.delete, path(name)) }

  func rename(_ name: String, to new: ServerName) async throws {
    _ = try await connection.call(.post, path(name, "/rename"), sending: ServerNameBody(name: new.text), as: ServerBody.self)
  }

  func rotateKey(of name: String, to credential: ServerCredential?) async throws -> RotatedKeyBody {
    var body = KeyRotationBody()
    if case .key(let text, let passphrase)? = credential {
      body.identity = text.reveal()
      body.passphrase = passphrase?.reveal()
    }
    return try await connection.call(.post, path(name, "/rotate-key"), sending: body, as: RotatedKeyBody.self)
  }

  /// Adds a server; each host key that is not known yet is shown, and sent again when it was confirmed.
  ///
  /// - Parameter confirm: nil: there is nobody to ask.
  func add(
    _ server: NewServerBody, confirm: @Sendable (ProblemBody.HostKey) -> Bool?
  ) async throws -> AddedServerBody {
    var body = server
    while true {
      do {
        return try await connection.call(.post, Self.path, sending: body, as: AddedServerBody.self)
      } catch let problem as ServerProblem {
        guard problem.code == "host_key_unconfirmed", let key = problem.body.hostKey else { throw problem }
        // Hosts are tried in their order: it is the first jump host without a fingerprint, else the server itself.
        let jump = body.jumps?.firstIndex { $0.address != nil && $0.fingerprint == nil }
        switch confirm(key) {
        case true?: break
        case false?: throw CommandFailure("\(key.host): the host key was not accepted; nothing was stored")
        case nil:
          throw CommandFailure(
            "\(key.host): the host key is not known: \(key.type) \(key.fingerprint)\n  fix: compare it with the server's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then give \(jump == nil ? "--fingerprint" : "--jump-fingerprint") \(key.fingerprint)"
          )
        }
        if let jump {
          body.jumps?[jump].fingerprint = key.fingerprint
        } else {
          guard body.fingerprint == nil else { throw problem }
          body.fingerprint = key.fingerprint
        }
      }
    }
  }
}

extension LoginBody {
  /// - Throws: `CommandFailure` for an agent, which is on this machine and not on the server's.
  init(_ credential: ServerCredential) throws {
    self.init()
    switch credential {
    case .key(let text, let passphrase):
      identity = text.reveal()
      self.passphrase = passphrase?.reveal()
    case .password(let word): password = word.reveal()
    case .agent:
      throw CommandFailure(
        "an SSH agent of this machine is of no use to the server of the context\n  fix: give --identity FILE or --password-file FILE"
      )
    }
  }
}
