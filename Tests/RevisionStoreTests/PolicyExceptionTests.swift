import Foundation
import Testing

@testable import RevisionStore

/// What admins allow against the policy (S-POL).
@Suite struct PolicyExceptionTests {
  private let folder: StoreFolder
  private let clock = HandClock()
  private let store: RevisionStore

  init() throws {
    folder = try StoreFolder()
    store = try folder.open(clock: clock)
  }

  private func new(
    _ rule: String, _ subjects: [String]? = nil, stack: StackKey = .shop, seconds: Int64 = 60
  ) -> NewPolicyException {
    NewPolicyException(
      stack: stack, rule: rule, subjects: subjects, reason: "because", grantedBy: "ada", lifetimeMilliseconds: seconds * 1000)
  }

  @Test func `An exception counts until it expires, for its own stack`() async throws {
    let granted = try await store.grantPolicyExceptions([new("POL-1", ["b", "a"]), new("POL-2")], [.sample("policy.exception")])
    #expect(granted.map(\.subjects) == [["a", "b"], nil])
    #expect(try await store.policyExceptions(of: .shop) == granted)
    #expect(try await store.policyExceptions(of: .blog).isEmpty)
    clock.advance(.seconds(60))
    #expect(try await store.policyExceptions(of: .shop).isEmpty)
    #expect(try await store.auditRecords().map(\.action) == ["policy.exception"])
  }

  @Test func `A finding that is confirmed again is confirmed for longer, and not twice`() async throws {
    try await store.grantPolicyExceptions([new("POL-1", ["a"])], [])
    clock.advance(.seconds(30))
    try await store.grantPolicyExceptions([new("POL-1", ["a"])], [])
    #expect(try await store.policyExceptions(of: .shop).count == 1)
    clock.advance(.seconds(40))
    #expect(try await store.policyExceptions(of: .shop).count == 1)
  }

  @Test func `One is taken back by its own stack only, with an entry of the log`() async throws {
    let one = try #require(try await store.grantPolicyExceptions([new("POL-1")], []).first)
    #expect(try await !store.revokePolicyException(one.id, of: .blog, .sample("policy.exception")))
    #expect(try await store.revokePolicyException(one.id, of: .shop, .sample("policy.exception")))
    #expect(try await !store.revokePolicyException(one.id, of: .shop, .sample("policy.exception")))
    #expect(try await store.auditRecords().count == 1)
    #expect(try await store.policyExceptions(of: .shop).isEmpty)
  }

  @Test func `A stack has at most a hundred, and a deleted one leaves none`() async throws {
    try await store.grantPolicyExceptions((1...100).map { new("POL-1", ["\($0)"]) }, [])
    guard case .refused(.tooMany) = await storeError({ try await store.grantPolicyExceptions([new("POL-2")], []) }) else {
      return #expect(Bool(false), "more than a hundred were kept")
    }
    try await store.removeStack(.shop, .sample("stack.delete"))
    #expect(try await store.policyExceptions(of: .shop).isEmpty)
  }

  @Test func `A store of the fifth schema keeps what it has and takes exceptions`() async throws {
    let other = try StoreFolder()
    var options = RevisionStore.Options(reserveBytes: 0)
    options.migrations = Array(Schema.migrations.prefix(5))
    let old = try RevisionStore.open(
      dataDirectory: other.path, processes: .fake(pid: 1, alive: [1]), options: options, now: { Timestamp(milliseconds: 5_000) })
    try await old.putSettings(["a": "1"], .sample())
    try await old.close()
    let store = try other.open()
    #expect(try await store.setting("a") == "1")
    #expect(try await store.grantPolicyExceptions([new("POL-1")], []).count == 1)
    #expect(try await store.integrityProblem() == nil)
  }
}
