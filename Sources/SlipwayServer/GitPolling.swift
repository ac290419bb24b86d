import Accounts
import Logging
import Orchestration
import RevisionStore
import ServiceLifecycle

/// Looks at the repositories of stacks that ask for it, and deploys what has changed there.
struct GitPolling: ServiceLifecycle.Service {
  private static let interval: Duration = .seconds(15)
  /// A deploy that fails is tried again after the repository's interval, then twice as long each time, up to this.
  private static let longestPause: Duration = .seconds(3600)

  /// What was seen and done of one stack.
  struct Tries {
    var looked: ContinuousClock.Instant?
    /// The commit that was asked to be deployed last, how often, and when.
    var commit: String?
    var count = 0
    var asked: ContinuousClock.Instant?

    /// Whether a commit that is yet to be deployed is to be tried now: a new one at once.
    func isDue(_ head: String, interval: Duration, now: ContinuousClock.Instant) -> Bool {
      guard head == commit, let asked else { return true }
      return now >= asked + max(interval, min(interval * (1 << min(count - 1, 10)), longestPause))
    }
  }

  let parts: ServerParts

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var tries: [String: Tries] = [:]
      while !Task.isCancelled {
        // WHY try?: what is wrong with the store is told elsewhere, and the next look may find it well.
        await look((try? await parts.store.stackHomes()) ?? [], &tries)
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// Looks at those whose time has come.
  func look(_ homes: [StackHome], _ tries: inout [String: Tries]) async {
    let names = Set(homes.map(\.name))
    tries = tries.filter { names.contains($0.key) }
    for home in homes {
      guard case .git(let git) = home.source, let seconds = git.intervalSeconds, let name = StackName(home.name) else { continue }
      guard tries[home.name]?.looked.map({ ContinuousClock.now - $0 >= .seconds(seconds) }) ?? true else { continue }
      tries[home.name, default: Tries()].looked = .now
      await look(home, name, git, interval: .seconds(seconds), &tries[home.name, default: Tries()])
    }
  }

  private func look(
    _ home: StackHome, _ name: StackName, _ git: StackHome.Git, interval: Duration, _ tries: inout Tries
  ) async {
    let key = StackKey(server: home.server, project: home.name)
    do {
      guard let owner = try await owner(key, git) else { return try await end(key, git) }
      guard let head = try await parts.git.news(name, git) else { return }
      guard tries.isDue(head, interval: interval, now: .now) else { return }
      (tries.count, tries.commit, tries.asked) = (tries.commit == head ? tries.count + 1 : 1, head, .now)
      let entry = owner.entry(Action.stackDeploy.rawValue, target: "\(key)", detail: ["source": git.url, "ref": git.ref])
      let request = JobRunner.Request(
        kind: "git", stack: key, title: "fetch \(git.ref)", requestedBy: owner.name, way: .schedule, sameAs: "git")
      let parts = parts
      _ = try await parts.jobs.submit(request, audit: entry) { progress in
        try await parts.sync(key, deploys: true, author: owner.name, .user(entry), entry, progress) { now in
          now.owner == git.owner && now.intervalSeconds != nil
        }
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
    let parts = parts
    let owner = git.owner?.name ?? "schedule"
    // Nobody changes the source meanwhile, and what was changed since it was read stays so.
    let isEnded = try await parts.jobs.alone(on: key) {
      guard try await parts.store.stackHome(named: key.project)?.source == .git(git) else { return false }
      var ended = git
      (ended.intervalSeconds, ended.owner) = (nil, nil)
      try await parts.store.putStackHome(
        named: key.project, server: key.server, source: .git(ended),
        AuditEntry(
          actor: owner, way: .schedule, action: Action.stackDeploy.rawValue, target: "\(key)", outcome: .denied,
          detail: ["source": git.url, "interval": "ended"]))
      return true
    }
    guard isEnded else { return }
    parts.logger.warning("a repository is not looked at any more", metadata: ["stack": "\(key)", "owner": "\(owner)"])
  }
}
