import Foundation
import GRDB
import Testing

@testable import RevisionStore

@Suite struct SecretTests {
  private let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  private func withSecrets(_ values: [String: String]) -> NewRevision {
    .sample(variables: values.mapValues { .secret(Secret($0)) })
  }

  @Test func `A secret prints as dots in every way`() {
    let secret = Secret("hunter2-canary")
    var dumped = ""
    dump(["key": secret], to: &dumped)
    let wrapped = NewVariable.secret(secret)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\(wrapped)", "\([secret])"] {
      #expect(text.contains("•••"))
      #expect(!text.contains("hunter2"))
    }
  }

  @Test func `A store without secrets makes no key`() async throws {
    try await folder.open().deploy()
    #expect(!folder.exists("master.key"))
  }

  @Test func `S-SEC-3: a revision holds a keyed HMAC, and the value is found apart`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["TOKEN": "canary-value-1"]))
    #expect(try folder.mode("master.key") == 0o600)
    let revision = try #require(try await store.currentRevision(of: .shop))
    guard case .secret(let mac) = revision.variables["TOKEN"] else { return #expect(Bool(false), "stored plain") }
    #expect(mac.count == 32)
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "canary-value-1")
    #expect(try await store.secretValue(named: "OTHER", of: .shop) == nil)
    #expect(try await store.secretValue(named: "TOKEN", of: .blog) == nil)
    #expect(try await store.inputHash(of: withSecrets(["TOKEN": "canary-value-1"]), stack: .shop) == revision.inputHash)
    #expect(try await store.inputHash(of: withSecrets(["TOKEN": "canary-value-2"]), stack: .shop) != revision.inputHash)
    #expect(try await store.inputHash(of: withSecrets(["TOKEN": "canary-value-1"]), stack: .blog) == nil)
  }

  @Test func `AB-H1: no byte of a secret is in the files of the store`() async throws {
    let store = try folder.open()
    let canary = "canary-7f3a-value"
    var revision = withSecrets(["TOKEN": canary])
    revision.canonical = .sealed(Secret(Array("{\"TOKEN\":\"\(canary)\"}".utf8)))
    revision.files.append(
      NewFile(path: ".env", role: .environment, mode: 0o600, content: .sealed(Secret(Array("TOKEN=\(canary)".utf8)))))
    try await store.deploy(revision)
    _ = try await store.backUpIfDue()
    let stored = try #require(try await store.currentRevision(of: .shop))
    let file = try #require(stored.files.first { $0.path == ".env" })
    #expect(try await store.content(file.content, of: .shop).reveal() == Array("TOKEN=\(canary)".utf8))
    #expect(try await store.content(stored.canonical, of: .shop).reveal() == Array("{\"TOKEN\":\"\(canary)\"}".utf8))
    let needles = [Data(canary.utf8), Data(Data(canary.utf8).base64EncodedString().utf8)]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else { continue }
      for needle in needles { #expect(data.range(of: needle) == nil, "\(name)") }
    }
  }

  @Test func `A failed deploy does not change the value in force`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["TOKEN": "old"]))
    let operation = try await store.beginOperation(.deploy(.shop, withSecrets(["TOKEN": "new"])))
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "old")
    #expect(try await store.secretValue(named: "TOKEN", of: .shop, pending: operation.handle)?.reveal() == "new")
    try await store.finish(operation.handle, .failed)
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "old")
    try await store.deploy(withSecrets(["TOKEN": "newer"]))
    #expect(try await store.secretValue(named: "TOKEN", of: .shop)?.reveal() == "newer")
    #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM secret") } == 1)
  }

  @Test func `What a deploy found is kept for its revision, and counts for no later deploy unless somebody set it`() async throws
  {
    let store = try folder.open()
    try await store.deploy(withSecrets(["FOUND": "one", "SET": "two"]))
    #expect(try await store.secretValues(of: .shop).isEmpty)
    #expect(try await store.secrets(of: .shop).isEmpty)
    #expect(try await store.secretValues(of: .shop, deployed: true).mapValues { $0.reveal() } == ["FOUND": "one", "SET": "two"])
    guard case .notFound = await storeError({ try await store.removeSecret(named: "FOUND", of: .shop, .sample()) }) else {
      return #expect(Bool(false), "what nobody set was removed")
    }
    try await store.setSecret(Secret("three"), named: "SET", of: .shop, .sample())
    // Deploys leave it set, also with another value.
    for value in ["three", "four"] {
      try await store.deploy(withSecrets(["FOUND": value, "SET": value]))
      #expect(try await store.secretValues(of: .shop).mapValues { $0.reveal() } == ["SET": value])
      #expect(try await store.secretValue(named: "FOUND", of: .shop)?.reveal() == value)
    }
    try await store.removeSecret(named: "SET", of: .shop, .sample())
    #expect(try await store.secrets(of: .shop).isEmpty)
  }

  @Test func `AB-H5: any text comes back byte-exact`() async throws {
    let store = try folder.open()
    let values = ["A": "a", "B": "$x ${X} \"q\" '\n\u{0}", "C": String(repeating: "k", count: 100 * 1024), "D": "web", "E": ""]
    try await store.deploy(withSecrets(values))
    for (name, value) in values {
      #expect(try await store.secretValue(named: name, of: .shop)?.reveal() == value, "\(name)")
    }
  }

  @Test func `AB-H2: exchanged ciphertexts do not open and are named`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one", "B": "two"]))
    try folder.raw { db in
      let sealed = try Data.fetchAll(db, sql: "SELECT sealed FROM secret ORDER BY name")
      try db.execute(sql: "UPDATE secret SET sealed = ? WHERE name = 'A'", arguments: [sealed[1]])
      try db.execute(sql: "UPDATE secret SET sealed = ? WHERE name = 'B'", arguments: [sealed[0]])
    }
    for name in ["A", "B"] {
      let error = await storeError { _ = try await store.secretValue(named: name, of: .shop) }
      #expect(error == .secretDamaged(row: "secret \(name) (version 1)"))
    }
  }

  @Test func `AB-H2: one flipped bit anywhere is noticed`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    let sealed = try folder.raw { try #require(try Data.fetchOne($0, sql: "SELECT sealed FROM secret")) }
    for index in sealed.indices {
      var spoiled = sealed
      spoiled[index] ^= 1
      try folder.raw { [spoiled] in try $0.execute(sql: "UPDATE secret SET sealed = ?", arguments: [spoiled]) }
      let error = await storeError { _ = try await store.secretValue(named: "A", of: .shop) }
      #expect(error == .secretDamaged(row: "secret A (version 1)"))
    }
  }

  @Test func `AB-H2: an older row under a newer version, a row of another stack, another key id do not open`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    try await store.deploy(withSecrets(["A": "one"]), to: .blog)
    let before = try folder.raw { try Data.fetchAll($0, sql: "SELECT sealed FROM secret ORDER BY stack_id") }
    try folder.raw { try $0.execute(sql: "UPDATE secret SET version = 2 WHERE stack_id = 1") }
    #expect(
      await storeError { _ = try await store.secretValue(named: "A", of: .shop) }
        == .secretDamaged(row: "secret A (version 2)"))
    try folder.raw {
      try $0.execute(sql: "UPDATE secret SET version = 1, sealed = ? WHERE stack_id = 1", arguments: [before[1]])
    }
    #expect(
      await storeError { _ = try await store.secretValue(named: "A", of: .shop) }
        == .secretDamaged(row: "secret A (version 1)"))
    try folder.raw { try $0.execute(sql: "UPDATE stack_key SET key_id = randomblob(16)") }
    #expect(
      await storeError { _ = try await store.secretValue(named: "A", of: .shop) }
        == .secretDamaged(row: "secret A (version 1)"))
    // A data key that an older master key has wrapped.
    try folder.raw { try $0.execute(sql: "UPDATE stack_key SET wrapped = randomblob(40)") }
    #expect(
      await storeError { _ = try await store.secretValue(named: "A", of: .shop) }
        == .secretDamaged(row: "stack_key 1"))
  }

  @Test func `AB-H2: wrapped keys of two stacks do not stand in for each other`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    try await store.deploy(withSecrets(["A": "one"]), to: .blog)
    try folder.raw { db in
      try db.execute(sql: "UPDATE stack_key SET wrapped = (SELECT wrapped FROM stack_key WHERE stack_id = 2)")
    }
    #expect(
      await storeError { _ = try await store.secretValue(named: "A", of: .shop) }
        == .secretDamaged(row: "secret A (version 1)"))
  }

  @Test func `AB-H3: without the key file nothing is overwritten and the rest still works`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    let key = folder.path + "/master.key"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: key))
    try FileManager.default.removeItem(atPath: key)
    let missing = StoreError.masterKeyMissing(path: key)
    #expect(await storeError { try await store.checkMasterKey() } == missing)
    #expect(await storeError { _ = try await store.secretValue(named: "A", of: .shop) } == missing)
    #expect(await storeError { try await store.deploy(withSecrets(["A": "two"])) } == missing)
    #expect(await storeError { try await store.deploy(withSecrets(["A": "two"]), to: .blog) } == missing)
    #expect(!folder.exists("master.key"))
    #expect(try await store.currentRevision(of: .shop)?.number == 1)
    try await store.deploy(to: .blog)
    try bytes.write(to: URL(fileURLWithPath: key))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    #expect(try await store.secretValue(named: "A", of: .shop)?.reveal() == "one")
  }

  @Test func `AB-H3: another key is told from damage`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    let key = folder.path + "/master.key"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: key))
    try write(Data(repeating: 7, count: 32), to: key)
    #expect(await storeError { try await store.checkMasterKey() } == .masterKeyWrong(path: key))
    #expect(
      await storeError { _ = try await store.secretValue(named: "A", of: .shop) } == .masterKeyWrong(path: key))
    try write(bytes, to: key)
    try folder.raw { try $0.execute(sql: "UPDATE master_key SET canary = randomblob(47)") }
    #expect(await storeError { try await store.checkMasterKey() } == .secretDamaged(row: "master_key canary"))
  }

  @Test func `AB-H3: a key that others can read, a short one and a link are refused`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    let key = folder.path + "/master.key"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: key))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
    guard case .unsafePermissions(key, 0o644, _) = await storeError({ try await store.checkMasterKey() }) else {
      return #expect(Bool(false), "a readable key was used")
    }
    for length in [0, 31, 33] {
      try write(Data(repeating: 1, count: length), to: key)
      guard case .masterKeyMalformed = await storeError({ try await store.checkMasterKey() }) else {
        return #expect(Bool(false), "a key of \(length) bytes was used")
      }
    }
    try write(bytes, to: folder.path + "/elsewhere")
    try FileManager.default.removeItem(atPath: key)
    try FileManager.default.createSymbolicLink(atPath: key, withDestinationPath: folder.path + "/elsewhere")
    guard case .masterKeyMalformed = await storeError({ try await store.checkMasterKey() }) else {
      return #expect(Bool(false), "a link was followed")
    }
  }

  // S-SEC-1: at the start, before somebody needs one of them.
  @Test func `A key of a stack that does not open is found by the check, by its row`() async throws {
    let store = try folder.open()
    try await store.deploy(withSecrets(["A": "one"]))
    try await store.checkMasterKey()
    try folder.raw { try $0.execute(sql: "UPDATE stack_key SET wrapped = randomblob(40)") }
    #expect(await storeError { try await store.checkMasterKey() } == .secretDamaged(row: "stack_key 1"))
  }

  @Test func `AB-H3: a key file that nothing was sealed with yet must be the owner's alone too`() async throws {
    let store = try folder.open()
    try await store.checkMasterKey()
    let key = folder.path + "/master.key"
    try write(Data(repeating: 7, count: 32), to: key)
    try await store.checkMasterKey()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
    guard case .unsafePermissions(key, 0o644, _) = await storeError({ try await store.checkMasterKey() }) else {
      return #expect(Bool(false), "a readable key was taken")
    }
  }

  @Test func `A key file left by a crash before its row is taken up`() async throws {
    let store = try folder.open()
    let key = folder.path + "/master.key"
    try write(Data(repeating: 3, count: 32), to: key)
    try await store.deploy(withSecrets(["A": "one"]))
    #expect(try Data(contentsOf: URL(fileURLWithPath: key)) == Data(repeating: 3, count: 32))
    #expect(try await store.secretValue(named: "A", of: .shop)?.reveal() == "one")
  }

  private func write(_ data: Data, to path: String) throws {
    try data.write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }
}
