import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct ServerTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  private let locked = ServerCredential.key(text: Secret("canary-key-text-91"), passphrase: Secret("canary-phrase-17"))

  @Test func `A name is of small letters, digits, minus and underscore, and never local`() {
    for good in ["a", "0", "web-1_x", String(repeating: "a", count: 63)] { #expect(ServerName(good)?.text == good) }
    for bad in ["", "-a", "_a", "A", "a b", "a.b", "local", "a\n", "ä", "ssh://a", String(repeating: "a", count: 64)] {
      #expect(ServerName(bad) == nil, "\(bad)")
    }
    for (host, name) in [("Web.example.org", "web-example-org"), ("10.0.0.2", "10-0-0-2"), ("::1", "1"), ("local", "host-local")]
    {
      #expect(ServerName(host: host).text == name)
      #expect(ServerName(ServerName(host: host).text) != nil)
    }
  }

  @Test func `A server comes back as it was stored, with its credential apart`() async throws {
    let store = try folder.open()
    try await store.addServers([
      try .sample("bastion", credential: .password(Secret("canary-word-33")), isJumpOnly: true),
      try .sample("alpha", jumps: ["bastion"], credential: locked),
      try .sample("beta", credential: .agent(socket: "/run/agent", key: "ssh-ed25519 AAAA")),
      try .sample("gamma"),
    ])
    let alpha = try await store.server(named: "alpha")
    let ssh = try #require(alpha.ssh)
    #expect(ssh.jumps == ["bastion"] && ssh.credential == .key && ssh.port == 22 && ssh.hostKey == Array(1...51))
    #expect(try await store.servers().map(\.name) == ["alpha", "bastion", "beta", "gamma"])
    #expect(try await store.credential(ofServer: "alpha") == locked)
    #expect(try await store.credential(ofServer: "bastion") == .password(Secret("canary-word-33")))
    #expect(try await store.credential(ofServer: "beta") == .agent(socket: "/run/agent", key: "ssh-ed25519 AAAA"))
    #expect(try await store.credential(ofServer: "gamma") == .agent(socket: nil))
    #expect(
      await storeError { _ = try await store.server(named: "delta") }
        == .serverUnknown(name: "delta", known: ["alpha", "beta", "gamma"]))
  }

  @Test func `AB-H1: no byte of a key, passphrase or password is in the files of the store`() async throws {
    let store = try folder.open()
    try await store.addServers([
      try .sample("alpha", credential: locked), try .sample("beta", credential: .password(Secret("canary-word-33"))),
    ])
    try await store.replaceCredential(ofServer: "beta", by: locked)
    _ = try await store.backUpIfDue()
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else { continue }
      for needle in ["canary-key-text-91", "canary-phrase-17", "canary-word-33"] {
        #expect(data.range(of: Data(needle.utf8)) == nil, "\(name)")
        #expect(data.range(of: Data(Data(needle.utf8).base64EncodedString().utf8)) == nil, "\(name)")
      }
    }
  }

  @Test func `AB-H2: exchanged, spoiled and older rows do not open and are named`() async throws {
    let store = try folder.open()
    try await store.addServers([try .sample("alpha", credential: locked), try .sample("beta", credential: locked)])
    let rows = try folder.raw { db in
      try Row.fetchAll(db, sql: "SELECT rowid, sealed FROM server_secret ORDER BY server_id, kind").map { row in
        (id: row["rowid"] as Int64, sealed: row["sealed"] as Data)
      }
    }
    try #require(rows.count == 4)
    var spoiled = rows[0].sealed
    spoiled[20] ^= 1
    // Of another server; of another kind of the same server; with one bit changed.
    for other in [rows[2].sealed, rows[1].sealed, spoiled] {
      try folder.raw {
        try $0.execute(sql: "UPDATE server_secret SET sealed = ? WHERE rowid = ?", arguments: [other, rows[0].id])
      }
      #expect(
        await storeError { _ = try await store.credential(ofServer: "alpha") } == .secretDamaged(row: "key of the server alpha"))
    }
    try await store.replaceCredential(ofServer: "alpha", by: locked)
    try folder.raw { db in
      try db.execute(
        sql: "UPDATE server_secret SET sealed = ? WHERE kind = 'key' AND server_id = 1", arguments: [rows[0].sealed])
    }
    #expect(
      await storeError { _ = try await store.credential(ofServer: "alpha") } == .secretDamaged(row: "key of the server alpha"))
    #expect(try await store.credential(ofServer: "beta") == locked)
  }

  @Test func `A server that others are reached through is not removed`() async throws {
    let store = try folder.open()
    try await store.addServers([try .sample("bastion"), try .sample("alpha", jumps: ["bastion"], credential: locked)])
    #expect(
      await storeError { try await store.removeServer(named: "bastion") } == .serverIsJump(name: "bastion", of: ["alpha"]))
    try await store.removeServer(named: "alpha")
    try await store.removeServer(named: "bastion")
    for table in ["server", "server_jump", "server_key", "server_secret"] {
      #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } == 0, "\(table)")
    }
  }

  @Test func `A server is added whole with its jump hosts, or not at all`() async throws {
    let store = try folder.open()
    #expect(
      await storeError { try await store.addServers([try .sample("bastion"), try .sample("alpha", jumps: ["nowhere"])]) }
        == .serverUnknown(name: "nowhere", known: ["alpha", "bastion"]))
    #expect(try await store.servers().isEmpty)
    try await store.addServers([try .sample("alpha")])
    #expect(
      await storeError { try await store.addServers([try .sample("beta"), try .sample("alpha")]) }
        == .serverExists(name: "alpha"))
    #expect(try await store.servers().map(\.name) == ["alpha"])
    try await store.addServers([try .sample("alpha", credential: locked)], replacing: ["alpha"])
    #expect(try await store.credential(ofServer: "alpha") == locked)
  }

  @Test func `S-AUD-1: a change of a server and what is noted of it are written together, or neither`() async throws {
    let store = try folder.open()
    let name = try #require(ServerName("prod"))
    try await store.addServers([try .sample("alpha", credential: locked)], .sample("server.write", target: "server:alpha"))
    try await store.addServer(try tls("box"), .sample("server.write", target: "server:box"))
    try await store.renameServer("alpha", to: name, .sample("server.write", target: "server:alpha"))
    try await store.replaceCredential(ofServer: "prod", by: .agent(socket: nil), .sample("server.trust", target: "server:prod"))
    try await store.removeServer(named: "prod", .sample("server.write", target: "server:prod"))
    let targets = try await store.auditRecords().map(\.target)
    #expect(targets == ["server:prod", "server:prod", "server:alpha", "server:box", "server:alpha"])
    // What fails leaves no entry, and what cannot be noted does not happen.
    #expect(await storeError { try await store.removeServer(named: "prod", .sample()) } != nil)
    #expect(try await store.auditRecords().count == 5)
    try FileManager.default.removeItem(atPath: folder.path + "/master.key")
    guard case .masterKeyMissing = await storeError({ try await store.removeServer(named: "box", .sample()) }) else {
      Issue.record("a server was removed without an entry")
      return
    }
    #expect(try await store.servers().map(\.name) == ["box"])
  }

  @Test func `No way to a server leads through itself, and none is endless`() async throws {
    let store = try folder.open()
    try await store.addServers([try .sample("a"), try .sample("b", jumps: ["a"])])
    #expect(
      await storeError { try await store.addServers([try .sample("a", jumps: ["b"])], replacing: ["a"]) }
        == .serverCircle(name: "a"))
    var last = "b"
    for name in ["c", "d", "e", "f", "g", "h", "i"] {
      try await store.addServers([try .sample(name, jumps: [last])])
      last = name
    }
    #expect(await storeError { try await store.addServers([try .sample("j", jumps: ["i"])]) } == .serverCircle(name: "j"))
  }

  @Test func `A rename takes the history along, and a removal leaves it`() async throws {
    let store = try folder.open()
    let old = StackKey(server: "alpha", project: "shop")
    let new = StackKey(server: "prod", project: "shop")
    try await store.addServers([try .sample("alpha", credential: locked), try .sample("beta")])
    try await store.deploy(to: old)
    try await store.renameServer("alpha", to: try #require(ServerName("prod")))
    #expect(try await store.currentRevision(of: new)?.number == 1)
    #expect(try await store.currentRevision(of: old) == nil)
    #expect(try await store.credential(ofServer: "prod") == locked)
    #expect(
      await storeError { try await store.renameServer("prod", to: try #require(ServerName("beta"))) }
        == .serverExists(name: "beta"))
    try await store.removeServer(named: "prod")
    #expect(try await store.currentRevision(of: new)?.number == 1)
    try await store.deploy(to: StackKey(server: "beta", project: "shop"))
    guard case .invalid = await storeError({ try await store.renameServer("beta", to: try #require(ServerName("prod"))) }) else {
      return #expect(Bool(false), "the histories of two stacks were put together")
    }
  }

  @Test func `A server with an operation on its way is neither renamed nor removed`() async throws {
    let store = try folder.open()
    try await store.addServers([try .sample("alpha")])
    let operation = try await store.beginOperation(.deploy(StackKey(server: "alpha", project: "shop")))
    for change in [
      { try await store.renameServer("alpha", to: try #require(ServerName("prod"))) },
      { try await store.removeServer(named: "alpha") },
    ] {
      guard case .held = await storeError(change) else { return #expect(Bool(false), "changed under a running operation") }
    }
    try await store.finish(operation.handle, .failed)
    try await store.removeServer(named: "alpha")
  }

  @Test func `Host key, way to the socket and credential are replaced one by one`() async throws {
    let store = try folder.open()
    try await store.addServers([try .sample("alpha", credential: locked)])
    try await store.replaceHostKey(ofServer: "alpha", type: "ssh-rsa", key: Array(7...90))
    try await store.setDial("dial-stdio", ofServer: "alpha")
    try await store.replaceCredential(ofServer: "alpha", by: .agent(socket: nil))
    let alpha = try #require(try await store.server(named: "alpha").ssh)
    #expect(alpha.hostKeyType == "ssh-rsa" && alpha.hostKey == Array(7...90) && alpha.dial == "dial-stdio")
    #expect(alpha.credential == .agent)
    #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM server_secret") } == 0)
    guard case .database = await storeError({ try await store.setDial("smoke", ofServer: "alpha") }) else {
      return #expect(Bool(false), "the schema took another dial")
    }
  }

  private func tls(_ name: String) throws -> NewTLSServer {
    NewTLSServer(
      name: try #require(ServerName(name)), host: "box.example", port: 2376, authority: "authority", certificate: "certificate",
      key: Secret("canary-tls-key-55"))
  }

  @Test func `A server over TLS comes back as it was stored, its key sealed`() async throws {
    let store = try folder.open()
    try await store.addServer(try tls("box"))
    let way = Server.Way.tls(
      Server.TLS(host: "box.example", port: 2376, authority: "authority", certificate: "certificate"))
    #expect(try await store.server(named: "box").way == way)
    #expect(try await store.tlsKey(ofServer: "box").reveal() == "canary-tls-key-55")
    guard case .notFound = await storeError({ _ = try await store.credential(ofServer: "box") }) else {
      return #expect(Bool(false), "a login over SSH was given")
    }
    #expect(await storeError { try await store.addServer(try tls("box")) } == .serverExists(name: "box"))
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let data = FileManager.default.contents(atPath: folder.path + "/" + name)
      #expect(data?.range(of: Data("canary-tls-key-55".utf8)) == nil, "\(name)")
    }
  }

  @Test func `A server changes between SSH and TLS by being replaced, and one over TLS leads to no other`() async throws {
    let store = try folder.open()
    try await store.addServers([try .sample("alpha", credential: locked)])
    try await store.addServer(try tls("alpha"), replaces: true)
    #expect(try await store.server(named: "alpha").ssh == nil)
    #expect(try await store.read { try String.fetchAll($0, sql: "SELECT kind FROM server_secret") } == ["tls-key"])
    #expect(
      await storeError { try await store.addServers([try .sample("beta", jumps: ["alpha"])]) } == .serverIsNoJump(name: "alpha"))
    try await store.addServers([try .sample("alpha", credential: locked)], replacing: ["alpha"])
    #expect(try await store.credential(ofServer: "alpha") == locked)
    try await store.addServers([try .sample("beta", jumps: ["alpha"])])
    #expect(
      await storeError { try await store.addServer(try tls("alpha"), replaces: true) }
        == .serverIsJump(name: "alpha", of: ["beta"]))
    #expect(try await store.credential(ofServer: "alpha") == locked)
  }

  @Test func `A store of the third schema keeps its servers, their ways and their secrets`() async throws {
    var options = RevisionStore.Options(reserveBytes: 0)
    options.migrations = [Schema.v1, Schema.v2, Schema.v3]
    let old = try RevisionStore.open(
      dataDirectory: folder.path, processes: .fake(pid: 1, alive: [1]), options: options,
      now: { Timestamp(milliseconds: 5_000) })
    try await old.write { db in
      // What it is written with knows the columns of today only.
      try db.execute(sql: "ALTER TABLE server ADD COLUMN agent_key TEXT")
      for (id, name) in [(3, "bastion"), (7, "alpha")] {
        try db.execute(
          sql: """
            INSERT INTO server VALUES (?, ?, 'deploy', '10.0.0.2', 22, '/run/x.sock', 'ssh-ed25519', ?, 'key', NULL, 'socat', 0, 1, 2, NULL)
            """, arguments: [id, name, Data(1...51)])
        try ServerRows.writeCredential(locked, of: Int64(id), vault: old.vault, now: Timestamp(milliseconds: 5), db)
      }
      try db.execute(sql: "INSERT INTO server_jump VALUES (7, 1, 3)")
      try db.execute(sql: "ALTER TABLE server DROP COLUMN agent_key")
    }
    try await old.close()
    let store = try folder.open()
    let alpha = try #require(try await store.server(named: "alpha").ssh)
    #expect(
      alpha.jumps == ["bastion"] && alpha.socket == "/run/x.sock" && alpha.dial == "socat" && alpha.hostKey == Array(1...51))
    #expect(try await store.credential(ofServer: "alpha") == locked)
    #expect(try await store.credential(ofServer: "bastion") == locked)
    #expect(await storeError { try await store.removeServer(named: "bastion") } == .serverIsJump(name: "bastion", of: ["alpha"]))
    try await store.removeServer(named: "alpha")
    for table in ["server_jump", "server_key", "server_secret"] {
      let count = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table) WHERE server_id = 7") }
      #expect(count == 0, "\(table)")
    }
    #expect(try await store.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").isEmpty })
  }

  @Test func `A store of the second schema is brought up to date, its stacks kept`() async throws {
    var options = RevisionStore.Options(reserveBytes: 0)
    options.migrations = [Schema.v1, Schema.v2]
    let old = try RevisionStore.open(
      dataDirectory: folder.path, processes: .fake(pid: 1, alive: [1]), options: options,
      now: { Timestamp(milliseconds: 5_000) })
    // What it is written with knows the columns of today only.
    try folder.raw { try $0.execute(sql: "ALTER TABLE secret ADD COLUMN is_set INTEGER") }
    try await old.deploy(.sample(variables: ["TOKEN": .secret(Secret("one"))]))
    try await old.close()
    try folder.raw { try $0.execute(sql: "ALTER TABLE secret DROP COLUMN is_set") }
    let store = try folder.open()
    try await store.addServers([try .sample("alpha", credential: locked)])
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "one")
    #expect(try await store.credential(ofServer: "alpha") == locked)
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
  }
}
