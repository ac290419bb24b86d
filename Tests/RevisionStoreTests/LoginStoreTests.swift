import Foundation
import Testing

@testable import RevisionStore

/// S-AUTH-4.
@Suite struct LoginStoreTests: StoreTests {
  let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func begin(_ account: String = "ada", from network: String = "192.0.2.1", rule: LoginRule = LoginRule()) async throws
    -> LoginTry
  {
    try await store.beginLogin(account: account, network: network, rule: rule)
  }

  private func seconds(_ answer: LoginTry) -> Int64? {
    guard case .blocked(let seconds) = answer else { return nil }
    return seconds
  }

  @Test func `Five failures are free, then each costs twice the wait of the one before, up to 900 s`() async throws {
    var waits: [Int64] = []
    for _ in 1...18 {
      // A minute between, so that only this rule counts.
      var answer = try await begin()
      if let wait = seconds(answer) {
        waits.append(wait)
        clock.advance(.seconds(wait) - .milliseconds(1))
        #expect(seconds(try await begin()) == 1)
        clock.advance(.milliseconds(1))
        answer = try await begin()
      } else {
        waits.append(0)
      }
      #expect(seconds(answer) == nil)
    }
    #expect(waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  }

  @Test func `Many tries at once gain nothing`() async throws {
    let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 { group.addTask { seconds(try await begin()) == nil } }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(begun == 5)
  }

  @Test func `Another network, and another account, are not held back`() async throws {
    for _ in 1...5 { _ = try await begin() }
    #expect(seconds(try await begin("ADA")) == 1)
    #expect(seconds(try await begin(from: "192.0.2.2")) == nil)
    #expect(seconds(try await begin("bob")) == nil)
  }

  @Test func `One network has 30 tries a minute, whatever the accounts`() async throws {
    for number in 1...30 { #expect(seconds(try await begin("user\(number)")) == nil) }
    #expect(seconds(try await begin("other")) == 60)
    #expect(seconds(try await begin("other", from: "192.0.2.9")) == nil)
    clock.advance(.seconds(59))
    #expect(seconds(try await begin("other")) == 1)
    clock.advance(.seconds(1))
    #expect(seconds(try await begin("other")) == nil)
  }

  @Test func `The counters survive a restart, and keep no name that was typed`() async throws {
    for _ in 1...5 { _ = try await begin("my-password-typed-here") }
    try await store.close()
    let again = try folder.open(clock: clock)
    let answer = try await again.beginLogin(account: "my-password-typed-here", network: "192.0.2.1", rule: LoginRule())
    #expect(seconds(answer) == 1)
    for name in ["slipway.db", "slipway.db-wal"] {
      let data = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
      #expect(data.range(of: Data("typed-here".utf8)) == nil)
    }
  }

  @Test func `A success forgets the failures, and a try that was no failure leaves them as they were`() async throws {
    for _ in 1...4 { _ = try await begin() }
    guard case .begun(let fifth) = try await begin() else { return #expect(Bool(false), "the fifth is free") }
    try await store.settleLogin(fifth, .uncounted)
    guard case .begun(let again) = try await begin() else { return #expect(Bool(false), "the fifth is free again") }
    #expect(seconds(try await begin()) == 1)
    try await store.settleLogin(again, .succeeded)
    for _ in 1...5 { #expect(seconds(try await begin()) == nil) }
  }

  @Test func `Failures are forgotten after a day, and never take more than their room`() async throws {
    for _ in 1...5 { _ = try await begin() }
    clock.advance(.seconds(86_401))
    #expect(seconds(try await begin()) == nil)
    let small = LoginRule(triesPerWindow: 1000, rowLimit: 10)
    for number in 1...40 {
      clock.advance(.milliseconds(1))
      _ = try await begin("user\(number)", rule: small)
    }
    #expect(try folder.count("login_failure") == 10)
    clock.advance(.seconds(120))
    _ = try await begin("x", from: "192.0.2.3")
    #expect(try folder.count("login_window") == 1)
  }
}
