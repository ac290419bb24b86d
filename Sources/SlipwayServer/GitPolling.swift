import Accounts
import Logging
import Orchestration
import RevisionStore
import ServiceLifecycle

/// Looks at the repositories of stacks that ask for it, and deploys what has changed there.
struct GitPolling: ServiceLifecycle.Service {
  private static let interval: Duration = .seconds(15)

  let parts: ServerParts

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var last: [String: ContinuousClock.Instant] = [:]
      while !Task.isCancelled {
        // WHY try?: what is wrong with the store is told elsewhere, and the next look may find it well.
        await look((try? await parts.store.stackHomes()) ?? [], &last)
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// Looks at those whose time has come.
  func look(_ homes: [StackHome], _ last: inout [String: ContinuousClock.Instant]) async {
    for home in homes {
      guard case .git(let git) = home.source, let seconds = git.intervalSeconds, let name = StackName(home.name) else { continue }
      guard last[home.name].map({ ContinuousClock.now - $0 >= .seconds(seconds) }) ?? true else { continue }
      last[home.name] = .now
      await look(home, name, git)
    }
  }

  private func look(_ home: StackHome, _ name: StackName, _ git: StackHome.Git) async {
    let key = StackKey(server: home.server, project: home.name)
    do {
      guard let owner = try await owner(key, git) else { return try await end(key, git) }
      guard try await parts.git.isBehind(name, git) else { return }
      let entry = owner.entry(Action.stackDeploy.rawValue, target: "\(key)", detail: ["source": git.url, "ref": git.ref])
      let request = JobRunner.Request(
        kind: "git", stack: key, title: "fetch \(git.ref)", requestedBy: owner.name, way: .schedule, sameAs: "git")
      let parts = parts
      _ = try await parts.jobs.submit(request, audit: entry) { progress in
        try await parts.sync(key, name, git, deploys: true, author: owner.name, .user(entry), entry, progress)
      }
    } catch {
      parts.logger.warning("a repository is not looked at", metadata: ["stack": "\(key)", "error": "\(error)"])
    }
  }

  /// In whose name it is done, with the rights of now; nil: nobody's any more.
  private func owner(_ key: StackKey, _ git: StackHome.Git) async throws -> Principal? {
    guard let owner = git.owner else { return nil }
    let principal: Principal
    do {
      principal = try await parts.accounts.principal(owner: owner)
    } catch {
      guard case .unauthenticated = error else { throw error }
      return nil
    }
    let verdict = parts.accounts.authorize(principal, .stackDeploy, on: .stack(server: key.server, name: key.project))
    return verdict == .allowed ? principal : nil
  }

  /// Ends the interval of a repository in whose name nothing may be deployed any more; it is fetched when somebody asks.
  private func end(_ key: StackKey, _ git: StackHome.Git) async throws {
    let owner = git.owner?.name ?? "schedule"
    var ended = git
    (ended.intervalSeconds, ended.owner) = (nil, nil)
    try await parts.store.putStackHome(
      named: key.project, server: key.server, source: .git(ended),
      AuditEntry(
        actor: owner, way: .schedule, action: Action.stackDeploy.rawValue, target: "\(key)", outcome: .denied,
        detail: ["source": git.url, "interval": "ended"]))
    parts.logger.warning("a repository is not looked at any more", metadata: ["stack": "\(key)", "owner": "\(owner)"])
  }
}
