import ComposeFile
import DockerEngine
import Glibc
import StackPlanning

/// One watch of a stack: takes the changes of its files and does what the plan says about them.
struct StackWatch: Sendable {
  /// A change is acted on when nothing has changed for so long.
  static let quiet: Duration = .milliseconds(150)
  /// A change is acted on after so long in any case.
  static let patience: Duration = .seconds(2)
  /// Containers that removals wait for are looked at so often.
  static let waitingInterval: Duration = .seconds(1)
  /// Longest run of a rule's command.
  static let commandLimit: Duration = .seconds(600)
  /// Paths of one `rm`.
  static let removalsAtOnce = 100

  let stack: any WatchedStack
  let plan: WatchPlan
  let request: DeployRequest
  let prunes: Bool
  let tell: WatchSink
  private var waiting = WaitingRemovals()
  /// Changes that wait for the engine to answer again; nil: all files do.
  private var missed: Set<String>? = []

  init(stack: any WatchedStack, plan: WatchPlan, request: DeployRequest, prunes: Bool, tell: @escaping WatchSink) {
    self.stack = stack
    self.plan = plan
    self.request = request
    self.prunes = prunes
    self.tell = tell
  }

  mutating func run() async throws {
    let events: FolderEvents
    do {
      events = try FolderEvents(plan.paths) { [plan] in plan.mayCount(in: $0) }
    } catch {
      throw OperationRefused(description: error.description)
    }
    tell(.watching(services: plan.services, paths: plan.paths))
    await reactToEverything(in: plan.rules.filter { $0.rule.syncsFirst && $0.rule.action.copies }, and: [])
    try await withThrowingDiscardingTaskGroup { group in
      var nextLook: ContinuousClock.Instant?
      for await _ in events.arrivals {
        let changes = try await Self.settled(events)
        tellLosses(changes)
        let before = missed
        missed = []
        if changes.hasMissedSome || before == nil {
          tell(.lookingAgain)
          await reactToEverything(in: plan.rules, and: changes.paths)
        } else {
          await react(to: changes.paths.union(before ?? []), isAgain: before?.isEmpty == false)
        }
        await removeWaiting()
        let now = ContinuousClock.now
        if !waiting.isEmpty || missed?.isEmpty != true, nextLook.map({ $0 <= now }) ?? true {
          nextLook = now + Self.waitingInterval
          group.addTask {
            try await Task.sleep(for: Self.waitingInterval)
            events.stir()
          }
        }
      }
      group.cancelAll()
    }
    try Task.checkCancellation()
  }

  // MARK: Changes

  /// What has changed, when it is quiet.
  private static func settled(_ events: FolderEvents) async throws -> FolderChanges {
    let begin = ContinuousClock.now
    var changes = events.take()
    while !changes.isEmpty {
      try await Task.sleep(for: quiet)
      let more = events.take()
      changes.add(more)
      if more.isEmpty || changes.isFull || ContinuousClock.now - begin > patience { break }
    }
    return changes
  }

  private func tellLosses(_ changes: FolderChanges) {
    if let refusal = changes.refusal { tell(.warning(refusal)) }
    guard changes.hasLostRemovals else { return }
    tell(
      .warning(
        "more than \(WatchedFolders.nameLimit) files are watched, and some may have been removed unseen: their copies stay in the containers\n  fix: leave some out with `ignore` or .dockerignore, or replace the containers: slipway up -d --force-recreate"
      ))
  }

  /// Reacts to some paths and to all files of rules, whatever their number: as many at once as changes are kept.
  ///
  /// Nobody knows whether a rebuild has a cause: files are copied and removed all the same, in case that it changes nothing, or that
  /// what is in the containers is not in the image.
  private mutating func reactToEverything(in rules: [WatchPlan.Rule], and paths: Set<String>) async {
    var paths = paths
    for rule in rules where !rule.rule.action.copies { paths.insert(rule.rule.path) }
    for rule in rules where rule.rule.action.copies {
      var walk = FolderWalk(FolderSource(root: rule.rule.path, ignored: rule.ignored))
      while !Task.isCancelled {
        do {
          guard let entry = try walk.next() else { break }
          if entry.kind == .folder { continue }
          paths.insert(entry.path.isEmpty ? rule.rule.path : rule.rule.path + "/" + entry.path)
        } catch {
          // What went away meanwhile is told by events; a name that is not UTF-8 can be shown only.
          if Self.isThere(error.path) || error.path.unicodeScalars.contains("\u{FFFD}") {
            tell(.failed(service: rule.service, reason: error.description))
          }
        }
        if paths.count >= FolderChanges.pathLimit {
          await react(to: paths, rebuildsAlone: false)
          paths = []
        }
      }
    }
    await react(to: paths, rebuildsAlone: false)
  }

  /// - Parameter isAgain: that the engine is gone was told before.
  private mutating func react(to paths: Set<String>, rebuildsAlone: Bool = true, isAgain: Bool = false) async {
    let reactions = plan.reactions(to: paths, rebuildsAlone: rebuildsAlone, isThere: Self.isThere)
    for (service, reaction) in reactions.sorted(by: { $0.key < $1.key }) where !Task.isCancelled {
      do {
        if reaction.rebuilds { try await rebuild(service) }
      } catch {
        let waits = keep(paths, for: error)
        if !waits || !isAgain { tellFailure(of: service, error) }
        if waits { return }
      }
      guard reaction != WatchPlan.Reaction(rebuilds: true) else { continue }
      do {
        try await act(reaction, on: service)
      } catch {
        let waits = keep(paths, for: error)
        if !waits || !isAgain { tellFailure(of: service, error) }
        if waits { return }
      }
    }
  }

  /// Keeps changes for when the engine is back; false when it was not gone.
  private mutating func keep(_ paths: Set<String>, for error: any Error) -> Bool {
    guard stack.saysItIsGone(error) else { return false }
    missed?.formUnion(paths)
    if (missed?.count ?? 0) > FolderChanges.pathLimit { missed = nil }
    return true
  }

  private func tellFailure(of service: String, _ error: any Error) {
    if !Task.isCancelled { tell(.failed(service: service, reason: StackOperations.reason(error))) }
  }

  /// What cannot be looked at may well be there: nothing is removed for it.
  private static func isThere(_ path: String) -> Bool {
    var info = stat()
    return unsafe lstat(path, &info) == 0 || ![ENOENT, ENOTDIR].contains(errno)
  }

  // MARK: Reactions

  private mutating func act(_ reaction: WatchPlan.Reaction, on service: String) async throws {
    let containers = try await stack.containers(of: plan.project.name).filter { $0.service == service && !$0.isOneOff }
    guard !containers.isEmpty else {
      throw OperationRefused(description: "it has no container\n  fix: start it with slipway up -d \(service)")
    }
    let running = containers.filter { $0.state == .running }
    try await sync(reaction, of: service, into: containers)
    for command in reaction.commands {
      for container in running {
        try await stack.run(command, called: "exec of develop.watch", in: container, limit: Self.commandLimit)
      }
      tell(.executed(service: service, containers: running.count))
    }
    if reaction.restarts {
      try await stack.restart(service, of: plan.project, graceSeconds: request.options.stopTimeoutSeconds)
      tell(.restarted(service: service))
    }
  }

  private mutating func sync(
    _ reaction: WatchPlan.Reaction, of service: String, into containers: [ServiceContainer]
  ) async throws {
    guard !reaction.copies.isEmpty || !reaction.deletions.isEmpty else { return }
    let sources = reaction.copies.map { copy in
      var source = FolderSource(root: copy.source, place: String(copy.target.drop { $0 == "/" }))
      source.isDeep = false
      source.isRequired = false
      return source
    }
    // Before anything can fail: what does not run is not asked again.
    let resting = reaction.deletions.isEmpty ? [] : containers.filter { $0.state != .running }
    for container in resting { wait(for: container, reaction.deletions) }
    let running = containers.filter { $0.state == .running }
    let (stack, deletions) = (stack, reaction.deletions)
    let stopped = try await withThrowingTaskGroup(of: ServiceContainer?.self) { group in
      for container in containers {
        group.addTask {
          if !sources.isEmpty { try await Self.copy(FolderArchive(sources), into: container, stack) }
          guard container.state == .running else { return nil }
          return try await Self.remove(deletions, in: container, stack) ? nil : container
        }
      }
      return try await group.reduce(into: [ServiceContainer]()) { stopped, container in
        if let container { stopped.append(container) }
      }
    }
    for container in stopped { wait(for: container, deletions) }
    let done = running.count > stopped.count ? deletions.count : 0
    if !sources.isEmpty || done > 0 {
      tell(
        .synced(
          service: service, files: sources.count, deletions: done,
          containers: sources.isEmpty ? running.count - stopped.count : containers.count))
    }
    let waits = (resting + stopped).map(\.name)
    if !waits.isEmpty { tell(.waiting(service: service, deletions: deletions.count, containers: waits)) }
  }

  private static func copy(_ archive: FolderArchive, into container: ServiceContainer, _ stack: any WatchedStack) async throws {
    do {
      try await stack.put(ContextBytes(archive), in: container)
    } catch {
      if let problem = archive.problem { throw problem }
      throw error
    }
  }

  private mutating func rebuild(_ service: String) async throws {
    tell(.rebuilding(service: service))
    var request = request
    request.options.services = [service]
    request.options.skipsDependencies = true
    request.options.build = .always
    request.planHash = nil
    request.message = "watch: rebuild of \(service)"
    switch try await stack.deploy(request, prunes: prunes) {
    case .unchanged, .deployed: break
    case .failed(_, let reason, let state): throw OperationRefused(description: "\(reason); \(state)")
    case .cancelled: throw CancellationError()
    }
    tell(.rebuilt(service: service))
  }

  // MARK: Removals

  private mutating func wait(for container: ServiceContainer, _ removals: [WatchPlan.Copy]) {
    let left = waiting.add(removals, in: container.id)
    guard left > 0 else { return }
    tell(
      .warning(
        "\(left) removals in \(container.name), which does not run, are forgotten: more than \(WaitingRemovals.limit) wait\n  fix: replace it: slipway up -d --force-recreate \(container.service)"
      ))
  }

  /// Does the removals of containers that run again.
  private mutating func removeWaiting() async {
    // WHY try?: they are looked at again in a moment.
    guard !waiting.isEmpty, let containers = try? await stack.containers(of: plan.project.name) else { return }
    waiting.keep(only: Set(containers.map(\.id)))
    for container in containers where container.state == .running {
      let removals = waiting.take(container.id).filter { !Self.isThere($0.source) }
      guard !removals.isEmpty else { continue }
      do {
        if try await Self.remove(removals, in: container, stack) {
          tell(.synced(service: container.service, files: 0, deletions: removals.count, containers: 1))
        } else {
          wait(for: container, removals)
        }
      } catch {
        tellFailure(of: container.service, error)
      }
    }
  }

  /// False: the container does not run any more.
  private static func remove(
    _ removals: [WatchPlan.Copy], in container: ServiceContainer, _ stack: any WatchedStack
  ) async throws -> Bool {
    var rest = WaitingRemovals.paths(of: removals, isThere: isThere)[...]
    while !rest.isEmpty {
      let command = Hook(command: ["rm", "-rf", "--"] + rest.prefix(removalsAtOnce), user: "0")
      rest = rest.dropFirst(removalsAtOnce)
      do {
        try await stack.run(command, called: "rm of what was deleted", in: container, limit: commandLimit)
      } catch {
        guard stack.saysItDoesNotRun(error) else { throw error }
        return false
      }
    }
    return true
  }
}
