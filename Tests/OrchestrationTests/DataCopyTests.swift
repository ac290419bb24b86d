import Foundation
import RevisionStore
import Testing

@testable import Orchestration

/// A data directory with a store, stacks and a certificate, and room beside it; gone with the fixture.
private final class DataFixture: Sendable {
  let root = NSTemporaryDirectory() + "/slipway-copy-" + UUID().uuidString
  var data: String { root + "/data" }
  var other: String { root + "/other" }

  init() async throws {
    try FileManager.default.createDirectory(
      atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let store = try RevisionStore.open(dataDirectory: data, options: .init(reserveBytes: 0))
    try await store.appendAudit([entry("first"), entry("second")])
    try await store.close()
    try write("stacks/shop/compose.yaml", "services: {web: {image: hello}}\n")
    try write("stacks/shop/.env", "A=1\n", mode: 0o600)
    try write("stacks/shop/a name % with\nall/x", String(repeating: "x", count: 70_000))
    try write("stacks/shop/run.sh", "#!/bin/sh\n", mode: 0o755)
    try write("tls/key.pem", "key\n", mode: 0o600)
    try write("bootstrap-token", "secret\n", mode: 0o600)
    try FileManager.default.createSymbolicLink(
      atPath: data + "/stacks/shop/elsewhere", withDestinationPath: "../../../../../etc/hostname")
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func entry(_ target: String) -> AuditEntry { AuditEntry(actor: "tests", way: .system, action: "test", target: target) }

  func write(_ path: String, _ text: String, mode: Int = 0o644) throws {
    let full = data + "/" + path
    try FileManager.default.createDirectory(
      atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: full, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
  }

  func copy(to name: String = "copy.tar", hasKey: Bool = true, stacksRoot: String? = nil) async throws -> DataCopy.Outcome {
    try await DataCopy(
      dataDirectory: data, stacksRoot: stacksRoot, hasKey: hasKey, version: "1.2.3",
      now: Timestamp(milliseconds: 1_800_000_000_000)
    ).write(to: root + "/" + name)
  }

  func restore(_ name: String = "copy.tar", to target: String? = nil) async throws -> DataRestoration.Outcome {
    try await DataRestoration(file: root + "/" + name, dataDirectory: target ?? other).run()
  }

  /// Paths with mode and content, without what no copy has.
  func tree(_ folder: String) throws -> [String: String] {
    var tree: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      guard let top = path.split(separator: "/").first, !RevisionStore.namesOutsideCopies.contains(String(top)) else { continue }
      let full = folder + "/" + path
      let attributes = try FileManager.default.attributesOfItem(atPath: full)
      let mode = String(try #require(attributes[.posixPermissions] as? Int), radix: 8)
      switch attributes[.type] as? FileAttributeType {
      case .typeDirectory: tree[path] = "folder \(mode)"
      case .typeSymbolicLink: tree[path] = "link " + (try FileManager.default.destinationOfSymbolicLink(atPath: full))
      default: tree[path] = "file \(mode) " + String(decoding: try Data(contentsOf: URL(fileURLWithPath: full)), as: UTF8.self)
      }
    }
    return tree
  }

  func names(_ folder: String) throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder)) }
}

@Suite struct DataCopyTests {
  @Test func `What was copied comes back, file by file, and its store is whole`() async throws {
    let fixture = try await DataFixture()
    let made = try await fixture.copy()
    #expect(made.path == fixture.root + "/copy.tar")
    #expect(try FileManager.default.attributesOfItem(atPath: made.path)[.posixPermissions] as? Int == 0o600)
    let restored = try await fixture.restore()
    #expect(restored.madeAt == "2027-01-15T08:00:00.000Z" && restored.version == "1.2.3" && restored.hasKey)
    #expect(restored.files == made.files && restored.sizeBytes == made.sizeBytes)
    #expect(try fixture.tree(fixture.other) == fixture.tree(fixture.data))
    #expect(try fixture.names(fixture.other) == ["slipway.db", "slipway.lock", "master.key", "stacks", "tls"])
    let store = try RevisionStore.own(dataDirectory: fixture.other)
    #expect(try await store.verifyAudit() == .sound(first: 1, last: 2, heads: 1))
    // The secrets and the log go on where they were.
    try await store.appendAudit([fixture.entry("third")])
    #expect(try await store.verifyAudit() == .sound(first: 1, last: 3, heads: 1))
  }

  @Test func `Without being asked for, the key stays out (S-SEC-1)`() async throws {
    let fixture = try await DataFixture()
    _ = try await fixture.copy(hasKey: false)
    let restored = try await fixture.restore()
    #expect(!restored.hasKey)
    #expect(try !fixture.names(fixture.other).contains("master.key"))
    // The right key put there later opens it.
    try FileManager.default.copyItem(atPath: fixture.data + "/master.key", toPath: fixture.other + "/master.key")
    let store = try RevisionStore.own(dataDirectory: fixture.other)
    #expect(try await store.verifyAudit() == .sound(first: 1, last: 2, heads: 1))
  }

  @Test func `A copy into a folder is named after its time, and an existing folder that is empty is restored into`() async throws
  {
    let fixture = try await DataFixture()
    try FileManager.default.createDirectory(atPath: fixture.root + "/copies", withIntermediateDirectories: false)
    let made = try await fixture.copy(to: "copies")
    #expect(made.path == fixture.root + "/copies/slipway-data-20270115T080000Z.tar")
    #expect(try fixture.names(fixture.root + "/copies").count == 1)
    try FileManager.default.createDirectory(
      atPath: fixture.other, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    _ = try await fixture.restore("copies/slipway-data-20270115T080000Z.tar")
    #expect(try fixture.tree(fixture.other) == fixture.tree(fixture.data))
  }

  @Test func `Stacks of another folder come along and are restored into the data directory`() async throws {
    let fixture = try await DataFixture()
    try FileManager.default.moveItem(atPath: fixture.data + "/stacks", toPath: fixture.root + "/elsewhere")
    _ = try await fixture.copy(stacksRoot: fixture.root + "/elsewhere")
    _ = try await fixture.restore()
    #expect(try fixture.tree(fixture.other + "/stacks") == fixture.tree(fixture.root + "/elsewhere"))
  }

  @Test func `A copy that is cut off anywhere is refused, and leaves nothing`() async throws {
    let fixture = try await DataFixture()
    let made = try await fixture.copy()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: made.path))
    // Its last two blocks are empty and may be missing: nothing of the copy is in them.
    for length in [0, 1, 511, 512, bytes.count / 3, bytes.count / 2, bytes.count - 2048, bytes.count - 1025] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: fixture.root + "/cut.tar"))
      await #expect(throws: OperationRefused.self, "\(length)") { try await fixture.restore("cut.tar") }
      #expect(try !fixture.names(fixture.root).contains("other"))
    }
  }

  @Test func `A byte that was flipped anywhere is found, or was of no meaning`() async throws {
    let fixture = try await DataFixture()
    let made = try await fixture.copy()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: made.path))
    let wanted = try fixture.tree(fixture.data)
    var refused = 0
    for index in 0..<150 {
      var changed = bytes
      changed[index * (bytes.count / 150)] ^= UInt8(1 << (index % 8))
      try changed.write(to: URL(fileURLWithPath: fixture.root + "/changed.tar"))
      do {
        _ = try await fixture.restore("changed.tar")
        #expect(try fixture.tree(fixture.other) == wanted)
        try FileManager.default.removeItem(atPath: fixture.other)
      } catch {
        #expect(error is OperationRefused)
        #expect(try !fixture.names(fixture.root).contains("other"))
        refused += 1
      }
    }
    #expect(refused > 100)
  }

  @Test func `While a server owns the directory a copy is made, and a restore into it is refused`() async throws {
    let fixture = try await DataFixture()
    let server = try RevisionStore.own(dataDirectory: fixture.data)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for count in 0..<50 { try await server.appendAudit([fixture.entry("busy \(count)")]) } }
      for number in 0..<5 { _ = try await fixture.copy(to: "copy\(number).tar") }
      try await group.waitForAll()
    }
    _ = try await fixture.restore("copy4.tar")
    let store = try RevisionStore.own(dataDirectory: fixture.other)
    guard case .sound(first: 1, last: 2..., heads: 1) = try await store.verifyAudit() else {
      Issue.record("the log of the copy is broken")
      return
    }
    do {
      _ = try await fixture.restore("copy4.tar", to: fixture.data)
      Issue.record("it was restored over a server's data")
    } catch let refusal as OperationRefused {
      #expect(refusal.description.hasPrefix("a server owns \(fixture.data)"))
    }
    try await server.close()
  }

  @Test func `Nothing is put over data, over another copy, or into what is copied`() async throws {
    let fixture = try await DataFixture()
    _ = try await fixture.copy()
    await #expect(throws: OperationRefused.self) { try await fixture.restore(to: fixture.data) }
    await #expect(throws: OperationRefused.self) { try await fixture.copy() }
    await #expect(throws: OperationRefused.self) { try await fixture.copy(to: "data/stacks/copy.tar") }
    await #expect(throws: OperationRefused.self) { try await fixture.copy(to: "nowhere/copy.tar") }
    #expect(try fixture.names(fixture.root) == ["data", "copy.tar"])
  }
}
