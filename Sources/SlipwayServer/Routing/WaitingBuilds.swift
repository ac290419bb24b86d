import Accounts
import HTTPTypes
import Orchestration
import RevisionStore
import Synchronization

/// The operations that take contexts of builds from who asked for them.
final class WaitingBuilds: Sendable {
  struct Waiting: Sendable {
    var stack: StackKey
    var credential: Principal.Credential
    var contexts: CallerContexts
  }

  /// Builds that were asked for by themselves, running and waiting: as many engines and disks take (R-MEM-1).
  static let limit = 8

  private let operations = Mutex<[String: Waiting]>([:])
  private let count = Mutex(0)

  init() {}

  /// What a build holds from when it is taken on to its end.
  final class Room: Sendable {
    private let builds: WaitingBuilds

    fileprivate init(_ builds: WaitingBuilds) { self.builds = builds }

    deinit { builds.count.withLock { $0 -= 1 } }
  }

  /// - Throws: a `Problem` when as many as may be are under way.
  func room() throws -> Room {
    let isFree = count.withLock { count in
      guard count < Self.limit else { return false }
      count += 1
      return true
    }
    guard isFree else {
      throw Problem(.tooManyRequests, "too_many_builds", "\(Self.limit) builds are under way on this server").retrying(after: 30)
    }
    return Room(self)
  }

  /// Runs `body` while calls about an operation find its contexts.
  func serving<Value>(_ waiting: Waiting, as operation: String, _ body: () async throws -> Value) async throws -> Value {
    operations.withLock { $0[operation] = waiting }
    defer { operations.withLock { $0[operation] = nil } }
    return try await body()
  }

  /// Nil: there is no such operation, or another asked for it.
  func contexts(of operation: String, on stack: StackKey, for credential: Principal.Credential) -> CallerContexts? {
    operations.withLock { operations in
      guard let found = operations[operation], found.stack == stack, found.credential == credential else { return nil }
      return found.contexts
    }
  }
}
