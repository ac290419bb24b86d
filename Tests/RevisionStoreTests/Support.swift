import Foundation
import GRDB
import Synchronization
import Testing

@testable import RevisionStore

/// A data directory of its own, gone with the fixture.
final class StoreFolder: Sendable {
  let root: String
  var path: String { root + "/data" }

  init(under parent: String = NSTemporaryDirectory()) throws {
    root = parent + "/slipway-store-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit {
    // A store that is just being closed removes its log meanwhile, and the first try may trip over that.
    for _ in 1...3 where FileManager.default.fileExists(atPath: root) {
      try? FileManager.default.removeItem(atPath: root)
    }
  }

  /// A store as process `pid` of a host where only `alive` run.
  func open(
    pid: Int32 = 100, alive: Set<Int32> = [100], boot: String = "boot-1", reserveBytes: Int = 4096,
    lockLimit: Duration = .seconds(10), eventLimit: Int = 10_000, now: Int64 = 1_000_000
  ) throws -> RevisionStore {
    try RevisionStore.open(
      dataDirectory: path, processes: .fake(pid: pid, alive: alive, boot: boot),
      options: .init(writeLockLimit: lockLimit, reserveBytes: reserveBytes, eventLimit: eventLimit),
      now: { Timestamp(milliseconds: now) })
  }

  /// A connection of no discipline, to look and to break.
  func raw<Value>(_ body: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: path + "/slipway.db", configuration: configuration)
    defer { try? queue.close() }
    return try queue.inDatabase(body)
  }

  /// The database and its log as they are on disk now, in a folder of their own: what a crash would leave.
  func crashCopy() throws -> StoreFolder {
    let copy = try StoreFolder()
    try FileManager.default.createDirectory(
      atPath: copy.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for name in ["slipway.db", "slipway.db-wal", "master.key", "master.key.next", "master.key.next.partial"] where exists(name) {
      try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
    }
    return copy
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/" + name)
  }

  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
    return try #require(attributes[.posixPermissions] as? Int)
  }
}

extension ProcessTable {
  static func fake(pid: Int32, alive: Set<Int32>, boot: String = "boot-1", host: String = "host-1") -> ProcessTable {
    let me = OwnerIdentity(host: host, bootID: boot, processNamespace: "pid:[1]", processID: pid, processStart: Int64(pid))
    return ProcessTable(me: me) { alive.contains($0) ? Int64($0) : nil }
  }
}

extension StackKey {
  static let shop = StackKey(server: "local", project: "shop")
  static let blog = StackKey(server: "local", project: "blog")
}

extension NewRevision {
  static func sample(
    text: String = "services: {}", variables: [String: NewVariable] = ["TAG": .plain("1.0")], kind: RevisionKind = .deploy
  ) -> NewRevision {
    NewRevision(
      kind: kind, author: "ada", message: "first try", projectName: "shop", workingDirectory: "/srv/shop",
      configFiles: ["compose.yaml"], environmentFiles: [".env"], profiles: ["web"], scale: ["web": 2],
      files: [NewFile(path: "compose.yaml", role: .compose, mode: 0o644, content: .plain(Array(text.utf8)))],
      variables: variables, canonical: .plain(Array("{\"services\":{}}".utf8)),
      images: ["web": ImageRecord(reference: "nginx:1", digest: "sha256:aa", imageID: "sha256:bb")])
  }
}

extension NewOperation {
  static func deploy(_ stack: StackKey = .shop, _ revision: NewRevision = .sample()) -> NewOperation {
    NewOperation(stack: stack, kind: .deploy, revision: revision, title: "slipway deploy", author: "ada")
  }
}

extension OperationEnd {
  static let deployed = OperationEnd(state: .done, outcome: .deployed, message: "deployed")
  static let failed = OperationEnd(state: .failed, outcome: .failed, message: "web is not healthy")
}

extension RevisionStore {
  /// A whole deploy.
  @discardableResult
  func deploy(_ revision: NewRevision = .sample(), to stack: StackKey = .shop) async throws -> StoredOperation {
    let operation = try await beginOperation(.deploy(stack, revision))
    try await advance(operation.handle, to: .planning)
    try await finish(operation.handle, .deployed)
    return operation
  }
}

/// The error of a call that must fail.
func storeError(_ body: () async throws -> Void) async -> StoreError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? StoreError
  }
}
