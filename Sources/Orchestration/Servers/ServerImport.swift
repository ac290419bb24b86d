package import RevisionStore
package import SSHTransport

/// Takes hosts of `~/.ssh/config` over as servers of the store.
///
/// Host keys come from `~/.ssh/known_hosts`; a host that is not in it has to be confirmed. Nothing else is connected to.
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

  private let directory: ServerDirectory
  private let source: AdHocServer
  private let registration: ServerRegistration
  private let passphrase: @Sendable (_ host: String) -> String?

  /// - Parameter passphrase: asks for the one of a host's locked key; nil when nobody gives it.
  package init(
    _ directory: ServerDirectory, from source: AdHocServer, registration: ServerRegistration,
    passphrase: @escaping @Sendable (_ host: String) -> String?
  ) {
    self.directory = directory
    self.source = source
    self.registration = registration
    self.passphrase = passphrase
  }

  /// What could be imported, and what not; changes nothing.
  package func survey() async throws -> [Outcome] {
    let servers = try await directory.servers()
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
    let servers = try await directory.servers()
    guard let last = hops.last else { return refusal(name, "it has no address") }
    if let known = Self.server(at: last.address, servers) {
      return Outcome(host: name, kind: .known, server: known, message: "\(last.address)")
    }
    var taken = Set(servers.map(\.name))
    let server = Self.free(ServerName(host: name), &taken)
    var jumps: [ServerRegistration.Jump] = []
    for hop in hops.dropLast() {
      if let known = servers.first(where: { Self.isAt($0, hop.address) })?.name {
        jumps.append(.known(known))
      } else {
        jumps.append(.new(try host(hop, Self.free(ServerName(host: hop.address.host), &taken), socket, asked: name)))
      }
    }
    _ = try await registration.add(try host(last, server, socket, asked: name), jumps: jumps, isTested: false)
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
    case .agent(let socket): return .agent(socket: socket == directory.environment["SSH_AUTH_SOCK"] ? nil : socket)
    case .password(let text): return .password(Secret(text.reveal()))
    }
  }

  private static func server(at address: SSHAddress, _ servers: [Server]) -> String? {
    servers.first { !$0.isJumpOnly && isAt($0, address) }?.name
  }

  private static func isAt(_ server: Server, _ address: SSHAddress) -> Bool {
    server.ssh?.isAt(address) == true
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
