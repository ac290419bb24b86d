import Foundation
import RevisionStore
import Synchronization
import Testing

@testable import Accounts

/// A clock that tests move.
final class HandClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_700_000_000_000)

  var now: Timestamp { milliseconds.withLock { Timestamp(milliseconds: $0) } }

  func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
}

extension PasswordCost {
  /// N=2^10, as S-AUTH-1 says for tests.
  static let low = PasswordCost(logN: 10, r: 8, p: 1)
}

extension Origin {
  static func from(_ address: String = "192.0.2.1") -> Origin {
    Origin(address: address, userAgent: "tests", way: .ui, requestID: "r-1")
  }
}

/// A service on a data directory of its own, gone with the fixture.
final class Fixture: Sendable {
  static let password = "four walls and a roof"

  let folder: String
  let clock = HandClock()
  let store: RevisionStore
  let service: AccountService
  private let heard = Mutex<[AccountChange]>([])

  init(cost: PasswordCost = .low) throws {
    folder = NSTemporaryDirectory() + "/slipway-accounts-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let clock = clock
    store = try RevisionStore.open(dataDirectory: folder, options: .init(reserveBytes: 0), now: { clock.now })
    service = AccountService(
      store: store, dataDirectory: folder, options: AccountOptions(now: { clock.now }, passwordCost: cost))
  }

  deinit {
    // A store that is just being closed removes its log meanwhile, and the first try may trip over that.
    for _ in 1...3 where FileManager.default.fileExists(atPath: folder) { try? FileManager.default.removeItem(atPath: folder) }
  }

  /// With a first user, `ada`.
  static func ready(cost: PasswordCost = .low) async throws -> Fixture {
    let fixture = try Fixture(cost: cost)
    _ = try await fixture.service.prepareSetUp()
    try await fixture.service.setUp(
      token: try fixture.bootstrapToken(), userName: "ada", password: password, origin: .from())
    return fixture
  }

  func bootstrapToken() throws -> String {
    try String(contentsOfFile: folder + "/bootstrap-token", encoding: .utf8).trimmingCharacters(in: .newlines)
  }

  /// A session, after the password only.
  func logIn(_ name: String = "ada", password: String = Fixture.password, from address: String = "192.0.2.1") async throws
    -> OpenedSession
  {
    guard case .loggedIn(let session) = try await service.logIn(userName: name, password: password, origin: .from(address))
    else {
      Issue.record("a second factor was asked for")
      throw AccountError.secondFactorRequired
    }
    return session
  }

  /// Another user, made by `ada`.
  func addUser(_ name: String, _ grants: [Grant], mustHaveSecondFactor: Bool = false) async throws -> User {
    try await service.createUser(
      name: name, password: Self.password, grants: grants, mustHaveSecondFactor: mustHaveSecondFactor,
      by: try await logIn().principal)
  }

  /// Puts a second factor in force; gives its seed, the recovery codes and the session as it is then.
  func addSecondFactor(_ opened: OpenedSession) async throws -> (seed: [UInt8], codes: [String], session: OpenedSession) {
    _ = try await service.offerSecondFactor(opened.principal)
    let user = try #require(opened.principal.userID)
    let seed = try #require(try await store.secondFactorSeed(ofUser: user)).reveal()
    let confirmed = try await service.confirmSecondFactor(opened.principal, code: code(seed))
    return (seed, confirmed.recoveryCodes.reveal(), confirmed.session)
  }

  func code(_ seed: [UInt8], steps: Int64 = 0) -> String {
    Totp.code(seed: seed, step: Totp.step(at: clock.now) + steps)
  }

  /// Keeps what the service tells until the subscription ends.
  func listen() -> ChangeSubscription {
    service.subscribe { change in self.heard.withLock { $0.append(change) } }
  }

  func changes() -> [AccountChange] {
    heard.withLock { heard in
      defer { heard = [] }
      return heard
    }
  }

  /// The actions of the audit log, oldest first.
  func audit() async throws -> [String] {
    try await store.auditRecords(limit: 200).reversed().map { "\($0.action) \($0.outcome.rawValue)" }
  }
}

/// The error of a call that must fail.
func accountError(_ body: () async throws -> Void) async -> AccountError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? AccountError
  }
}
