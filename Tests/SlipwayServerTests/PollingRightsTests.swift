import Accounts
import HTTPTypes
import Orchestration
import RevisionStore
import Testing

@testable import SlipwayServer

/// A repository that is looked at by itself deploys with the rights of who asked for it, and no others: S-AZ-2, S-AUTH-10.
@Suite(.timeLimit(.minutes(1))) struct PollingRightsTests {
  private static let web = StackKey(server: "local", project: "web")
  private static let source = "{\"url\":\"https://example.invalid/x.git\",\"ref\":\"main\",\"interval_seconds\":60}"

  /// In the form of a password's hash; nobody logs in with it.
  private static let hash = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"

  private func user(_ parts: ServerParts, _ grants: [Grant]) async throws -> User {
    _ = try await parts.store.createFirstUser(
      NewUser(name: try #require(UserName("root")), password: Secret(Self.hash), grants: [Grant(.admin, on: .global)]),
      ServedParts.entry)
    return try await parts.store.createUser(
      NewUser(name: try #require(UserName("ola")), password: Secret(Self.hash), grants: grants), ServedParts.entry)
  }

  private func token(_ scopes: Set<ScopeGroup>) -> Principal {
    Principal(
      credential: .token(id: "t"), userID: 1, name: "ci", grants: [Grant(.operator_, on: .global)], scopes: scopes,
      origin: Origin(address: "192.0.2.1", way: .api))
  }

  @Test func `An interval needs the right to deploy, also of a token`() async throws {
    try await ServedParts.with { parts, served in
      try await served.makeStack("web", ["compose.yaml": "services:\n  web:\n    image: x:1\n"])
      let path = "/api/v1/stacks/{stack}/source"
      let refused = try await served.call(.put, path, as: token([.edit]), on: Self.web, Self.source)
      #expect(refused.status == 403, "\(refused.text)")
      let plain = Self.source.replacing(",\"interval_seconds\":60", with: "")
      #expect(try await served.call(.put, path, as: token([.edit]), on: Self.web, plain).status == 202)
      #expect(try await served.call(.put, path, as: token([.edit, .deploy]), on: Self.web, Self.source).status == 202)
    }
  }

  @Test func `Nothing is done any more in the name of who may not deploy, or is gone`() async throws {
    try await ServedParts.with { parts, _ in
      let ola = try await user(parts, [Grant(.viewer, on: .global)])
      for owner in [StackHome.Owner(user: ola.id, name: "ola"), .init(user: 99, name: "gone"), nil] {
        let git = StackHome.Git(url: "https://example.invalid/x.git", ref: "main", intervalSeconds: 60, owner: owner)
        try await parts.store.putStackHome(named: "web", server: "local", source: .git(git))
        var tries: [String: GitPolling.Tries] = [:]
        await GitPolling(parts: parts).look(try await parts.store.stackHomes(), &tries)
        guard case .git(let now) = try await parts.store.stackHome(named: "web")?.source else {
          Issue.record("the repository is gone")
          continue
        }
        #expect(now.intervalSeconds == nil && now.owner == nil && now.url == git.url)
        let record = try #require(try await parts.store.auditRecords().first)
        #expect(record.outcome == .denied && record.actor == owner?.name ?? "schedule" && record.action == "stack.deploy")
      }
      #expect(try await parts.store.jobs(matching: JobFilter(), before: nil, limit: 10).isEmpty)
    }
  }

  @Test func `The owner of an interval has the rights of now`() async throws {
    try await ServedParts.with { parts, _ in
      let ola = try await user(parts, [Grant(.operator_, on: .stack(server: "local", name: "web"))])
      let principal = try await parts.accounts.principal(owner: .init(user: ola.id, name: "ola"))
      #expect(principal.name == "ola" && principal.origin.way == .schedule)
      #expect(parts.accounts.authorize(principal, .stackDeploy, on: .stack(server: "local", name: "web")) == .allowed)
      #expect(parts.accounts.authorize(principal, .stackDeploy, on: .stack(server: "local", name: "blog")) == .notFound)
      // Nobody is there who could prove anything (S-AUTH-7).
      #expect(parts.accounts.authorize(principal, .webhookWrite, on: .stack(server: "local", name: "web")) == .needsStepUp)
    }
  }
}
