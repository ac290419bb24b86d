package import RevisionStore
package import SSHTransport

/// A server that is there already.
package struct ImportedServer: Hashable, Sendable {
  package var name: String
  /// Nil: it is not reached over SSH.
  package var address: SSHAddress?
  package var isJumpOnly: Bool

  package init(name: String, address: SSHAddress?, isJumpOnly: Bool) {
    self.name = name
    self.address = address
    self.isJumpOnly = isJumpOnly
  }
}

/// Where imported servers go: the store here, or that of another server.
package protocol ServerImportTarget: Sendable {
  func known() async throws -> [ImportedServer]
  /// Adds a server with its new jump hosts, or nothing; no engine is asked.
  func add(_ host: ServerRegistration.Host, jumps: [ServerRegistration.Jump]) async throws
}

/// The store here. Hosts whose keys are known are not connected to.
package struct DirectoryImportTarget: ServerImportTarget {
  private let directory: ServerDirectory
  private let registration: ServerRegistration

  package init(_ directory: ServerDirectory, _ registration: ServerRegistration) {
    self.directory = directory
    self.registration = registration
  }

  package func known() async throws -> [ImportedServer] {
    try await directory.servers().map { server in
      let address = server.ssh.flatMap { try? SSHAddress(user: $0.user, host: $0.host, port: $0.port) }
      return ImportedServer(name: server.name, address: address, isJumpOnly: server.isJumpOnly)
    }
  }

  package func add(_ host: ServerRegistration.Host, jumps: [ServerRegistration.Jump]) async throws {
    _ = try await registration.add(host, jumps: jumps, isTested: false)
  }
}

/// Takes hosts of `~/.ssh/config` over as servers of the store.
///
/// Host keys come from `~/.ssh/known_hosts`; a host that is not in it has to be confirmed.
package struct ServerImport: Sendable {
  package struct Outcome: Hashable, Sendable {
    package enum Kind: String, Sendable {
      case imported
      /// Would be imported.
      case possible
      /// There is a server at this address already.
      case known
      case refused
    }

    package var host: String
    package var kind: Kind
    /// The server's name; nil when it is refused.
    package var server: String?
    /// The address, or why it is refused.
    package var message: String
    package var remedy: String?
  }

  private let target: any ServerImportTarget
  private let source: AdHocServer
  private let passphrase: @Sendable (_ host: String) -> String?

  /// - Parameter passphrase: asks for the one of a host's locked key; nil when nobody gives it.
  package init(
    into target: any ServerImportTarget, from source: AdHocServer,
    passphrase: @escaping @Sendable (_ host: String) -> String?
  ) {
    self.target = target
    self.source = source
    self.passphrase = passphrase
  }

  /// What could be imported, and what not; changes nothing.
  package func survey() async throws -> [Outcome] {
    let servers = try await target.known()
    return source.names.map { name in
      do {
        let hops = try source.route(to: "ssh://" + name).hops
        guard let address = hops.last?.address else { return refusal(name, "it has no address") }
        if let known = Self.server(at: address, servers) {
          return Outcome(host: name, kind: .known, server: known, message: "\(address)")
        }
        return Outcome(host: name, kind: .possible, server: ServerName(host: name).text, message: "\(address)")
      } catch {
        return refusal(name, error)
      }
    }
  }

  /// Imports hosts, those without jump hosts first, each by itself: one that is refused holds up no other.
  package func run(_ names: [String]) async throws -> [Outcome] {
    let ordered = names.enumerated().map { index, name in
      (index: index, name: name, hops: (try? source.route(to: "ssh://" + name).hops.count) ?? 0)
    }.sorted { ($0.hops, $0.index) < ($1.hops, $1.index) }
    var outcomes: [(index: Int, outcome: Outcome)] = []
    for entry in ordered {
      do {
        outcomes.append((entry.index, try await take(entry.name)))
      } catch let error as CancellationError {
        throw error
      } catch {
        outcomes.append((entry.index, refusal(entry.name, error)))
      }
    }
    return outcomes.sorted { $0.index < $1.index }.map(\.outcome)
  }

  private func take(_ name: String) async throws -> Outcome {
    let (hops, socket) = try source.route(to: "ssh://" + name)
    let servers = try await target.known()
    guard let last = hops.last else { return refusal(name, "it has no address") }
    if let known = Self.server(at: last.address, servers) {
      return Outcome(host: name, kind: .known, server: known, message: "\(last.address)")
    }
    var taken = Set(servers.map(\.name))
    let server = Self.free(ServerName(host: name), &taken)
    var jumps: [ServerRegistration.Jump] = []
    for hop in hops.dropLast() {
      if let known = servers.first(where: { $0.address == hop.address })?.name {
        jumps.append(.known(known))
      } else {
        jumps.append(.new(try host(hop, Self.free(ServerName(host: hop.address.host), &taken), socket, asked: name)))
      }
    }
    try await target.add(try host(last, server, socket, asked: name), jumps: jumps)
    return Outcome(host: name, kind: .imported, server: server.text, message: "\(last.address)")
  }

  private func host(
    _ hop: SSHHop, _ name: ServerName, _ socket: RemotePath, asked: String
  ) throws -> ServerRegistration.Host {
    var proof = ServerRegistration.Proof.question
    if case .pinned(let keys) = hop.hostKey, !keys.isEmpty { proof = .known(keys) }
    return ServerRegistration.Host(
      name: name, address: hop.address, socket: socket, credential: try credential(hop.credential, asked), proof: proof)
  }

  private func credential(_ login: SSHCredential, _ host: String) throws -> ServerCredential {
    switch login {
    case .key(let text, let given):
      let isLocked = SSHCredential.isLocked(key: text)
      let phrase = given?.reveal() ?? (isLocked ? passphrase(host) : nil)
      return .key(text: Secret(text.reveal()), passphrase: isLocked ? phrase.map { Secret($0) } : nil)
    case .agent(let socket, let key):
      return .agent(socket: socket == source.environment["SSH_AUTH_SOCK"] ? nil : socket, key: key?.line)
    case .password(let text): return .password(Secret(text.reveal()))
    }
  }

  private static func server(at address: SSHAddress, _ servers: [ImportedServer]) -> String? {
    servers.first { !$0.isJumpOnly && $0.address == address }?.name
  }

  /// The name, with a number where it is taken.
  package static func free(_ name: ServerName, _ taken: inout Set<String>) -> ServerName {
    var (free, number) = (name, 2)
    while !taken.insert(free.text).inserted {
      free = name.numbered(number)
      number += 1
    }
    return free
  }

  private func refusal(_ host: String, _ error: any Error) -> Outcome {
    let finding = Finding(host, failure: error)
    return Outcome(host: host, kind: .refused, message: finding.message, remedy: finding.remedy)
  }

  private func refusal(_ host: String, _ reason: String) -> Outcome {
    Outcome(host: host, kind: .refused, message: reason)
  }
}

extension Server.SSH {
  package func isAt(_ address: SSHAddress) -> Bool { (user, host, port) == (address.user, address.host, address.port) }
}
