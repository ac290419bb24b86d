package import ComposeFile
import FoundationEssentials
package import RevisionStore

/// One change to the servers of a store: made here, or handed to the process that owns the store (decision 15).
package enum ServerChange: Sendable {
  case add([NewServer], replacing: Set<String>)
  case addTLS(NewTLSServer, replaces: Bool)
  case remove(String)
  case rename(String, to: ServerName)
  case credential(ofServer: String, ServerCredential)
  case dial(ofServer: String, String?)

  /// Writes it, together with what the audit log has about it (S-AUD-1); how a socket is reached is nobody's change.
  package func apply(to store: RevisionStore, _ entry: AuditEntry? = nil) async throws(StoreError) {
    switch self {
    case .add(let servers, let replaced): try await store.addServers(servers, replacing: replaced, entry)
    case .addTLS(let server, let replaces): try await store.addServer(server, replaces: replaces, entry)
    case .remove(let name): try await store.removeServer(named: name, entry)
    case .rename(let name, let new): try await store.renameServer(name, to: new, entry)
    case .credential(let name, let credential): try await store.replaceCredential(ofServer: name, by: credential, entry)
    case .dial(let name, let dial): try await store.setDial(dial, ofServer: name)
    }
  }

  /// What it does, for the audit log.
  package var auditDetail: [String: String] {
    switch self {
    case .add(let servers, let replaced):
      ["what": servers.contains { replaced.contains($0.name.text) } ? "add or replace" : "add"]
    case .addTLS(_, let replaces): ["what": replaces ? "add or replace" : "add"]
    case .remove: ["what": "remove"]
    case .rename(_, let new): ["what": "rename", "to": new.text]
    case .credential: ["what": "rotate key"]
    case .dial: ["what": "dial"]
    }
  }

  /// The servers that are reached otherwise afterwards, by the names that they had.
  package var changedServers: [String] {
    switch self {
    case .add(let servers, _): servers.map(\.name.text)
    case .addTLS(let server, _): [server.name.text]
    case .remove(let name), .rename(let name, _), .credential(let name, _): [name]
    case .dial: []
    }
  }

  /// Servers that must be opened afterwards.
  package var openedServers: [String] {
    switch self {
    case .add(let servers, _): servers.filter { !$0.isJumpOnly }.map(\.name.text)
    case .addTLS(let server, _): [server.name.text]
    case .rename(_, let new): [new.text]
    case .credential(let name, _): [name]
    case .remove, .dial: []
    }
  }
}

/// As it goes through the socket of the data directory, whose owner may read the secrets anyway; nowhere else.
extension ServerChange {
  package var record: ComposeValue {
    func map(_ pairs: [(String, ComposeValue)]) -> ComposeValue { .map(ComposeMap(pairs)) }
    func text(_ value: String?) -> ComposeValue { value.map { .string($0) } ?? .null }
    switch self {
    case .add(let servers, let replaced):
      return map([
        ("kind", .string("add")), ("replacing", .list(replaced.sorted().map { .string($0) })),
        ("servers", .list(servers.map(Self.record))),
      ])
    case .addTLS(let server, let replaces):
      return map([
        ("kind", .string("add_tls")), ("name", .string(server.name.text)), ("host", .string(server.host)),
        ("port", .int(Int(server.port))), ("authority", .string(server.authority)),
        ("certificate", .string(server.certificate)), ("key", .string(server.key.reveal())), ("replaces", .bool(replaces)),
      ])
    case .remove(let name): return map([("kind", .string("remove")), ("name", .string(name))])
    case .rename(let name, let new):
      return map([("kind", .string("rename")), ("name", .string(name)), ("to", .string(new.text))])
    case .credential(let name, let credential):
      return map([("kind", .string("credential")), ("name", .string(name)), ("credential", Self.record(credential))])
    case .dial(let name, let dial): return map([("kind", .string("dial")), ("name", .string(name)), ("dial", text(dial))])
    }
  }

  /// Nil: it is no such record.
  package init?(record: ComposeValue?) {
    guard let record, let kind = record["kind"]?.string else { return nil }
    let name = record["name"]?.string
    switch (kind, name) {
    case ("add", _):
      let servers = (record["servers"]?.list ?? []).map(Self.server)
      guard !servers.isEmpty, servers.allSatisfy({ $0 != nil }) else { return nil }
      self = .add(servers.compactMap { $0 }, replacing: Set((record["replacing"]?.list ?? []).compactMap(\.string)))
    case ("add_tls", let name?):
      guard let name = ServerName(name), let host = record["host"]?.string,
        let port = record["port"]?.int.flatMap({ UInt16(exactly: $0) }), let authority = record["authority"]?.string,
        let certificate = record["certificate"]?.string, let key = record["key"]?.string
      else { return nil }
      let server = NewTLSServer(
        name: name, host: host, port: port, authority: authority, certificate: certificate, key: Secret(key))
      self = .addTLS(server, replaces: record["replaces"]?.bool ?? false)
    case ("remove", let name?): self = .remove(name)
    case ("rename", let name?):
      guard let new = record["to"]?.string.flatMap({ ServerName($0) }) else { return nil }
      self = .rename(name, to: new)
    case ("credential", let name?):
      guard let credential = Self.credential(record["credential"]) else { return nil }
      self = .credential(ofServer: name, credential)
    case ("dial", let name?): self = .dial(ofServer: name, record["dial"]?.string)
    default: return nil
    }
  }

  private static func record(_ server: NewServer) -> ComposeValue {
    .map(
      ComposeMap([
        ("name", .string(server.name.text)), ("user", .string(server.user)), ("host", .string(server.host)),
        ("port", .int(Int(server.port))), ("socket", .string(server.socket)),
        ("jumps", .list(server.jumps.map { .string($0.text) })), ("host_key_type", .string(server.hostKeyType)),
        ("host_key", .string(Data(server.hostKey).base64EncodedString())), ("credential", record(server.credential)),
        ("dial", server.dial.map { .string($0) } ?? .null), ("jump_only", .bool(server.isJumpOnly)),
      ]))
  }

  private static func server(_ record: ComposeValue) -> NewServer? {
    guard let name = record["name"]?.string.flatMap({ ServerName($0) }), let user = record["user"]?.string,
      let host = record["host"]?.string, let port = record["port"]?.int.flatMap({ UInt16(exactly: $0) }),
      let socket = record["socket"]?.string, let type = record["host_key_type"]?.string,
      let key = record["host_key"]?.string.flatMap({ Data(base64Encoded: $0) }),
      let credential = credential(record["credential"])
    else { return nil }
    return NewServer(
      name: name, user: user, host: host, port: port, socket: socket,
      jumps: (record["jumps"]?.list ?? []).compactMap { $0.string.flatMap { ServerName($0) } }, hostKeyType: type,
      hostKey: Array(key), credential: credential, dial: record["dial"]?.string,
      isJumpOnly: record["jump_only"]?.bool ?? false)
  }

  private static func record(_ credential: ServerCredential) -> ComposeValue {
    var map = ComposeMap([("kind", .string(credential.kind.rawValue))])
    switch credential {
    case .key(let text, let passphrase):
      map["text"] = .string(text.reveal())
      if let passphrase { map["passphrase"] = .string(passphrase.reveal()) }
    case .agent(let socket, let key):
      if let socket { map["socket"] = .string(socket) }
      if let key { map["key"] = .string(key) }
    case .password(let text): map["text"] = .string(text.reveal())
    }
    return .map(map)
  }

  private static func credential(_ record: ComposeValue?) -> ServerCredential? {
    let text = record?["text"]?.string.map { Secret($0) }
    switch record?["kind"]?.string.flatMap({ ServerCredential.Kind(rawValue: $0) }) {
    case .key: return text.map { .key(text: $0, passphrase: record?["passphrase"]?.string.map { Secret($0) }) }
    case .agent: return .agent(socket: record?["socket"]?.string, key: record?["key"]?.string)
    case .password: return text.map { .password($0) }
    case nil: return nil
    }
  }
}
