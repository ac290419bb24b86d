import ComposeFile
import DockerEngine
import Glibc
import StackPlanning

/// What a watch tells.
package enum WatchProgress: Sendable {
  /// From now on changes are seen.
  case watching(services: [String], paths: [String])
  case synced(service: String, files: Int, deletions: Int, containers: Int)
  case executed(service: String, containers: Int)
  case restarted(service: String)
  case rebuilding(service: String)
  case rebuilt(service: String)
  /// The watch goes on.
  case failed(service: String, reason: String)
  /// Too much changed at once; all is copied again.
  case lookingAgain
}

package typealias WatchSink = @Sendable (WatchProgress) -> Void

extension StackOperations {
  /// A change is acted on when nothing has changed for so long.
  static let watchQuiet: Duration = .milliseconds(150)
  /// A change is acted on after so long in any case.
  static let watchPatience: Duration = .seconds(2)
  /// Longest run of a rule's command.
  static let watchCommandLimit: Duration = .seconds(600)

  /// Acts on changes of files until the task is cancelled.
  ///
  /// A reaction that fails is told, and the watch goes on.
  /// - Parameters:
  ///   - request: what a rebuild deploys; its services are replaced by the one that is rebuilt.
  ///   - prunes: images that a rebuild leaves without a name are removed.
  package func watch(_ plan: WatchPlan, _ request: DeployRequest, prunes: Bool, tell: @escaping WatchSink) async throws {
    let events: FolderEvents
    do {
      events = try FolderEvents(plan.paths) { plan.mayCount(in: $0) }
    } catch {
      throw OperationRefused(description: error.description)
    }
    tell(.watching(services: plan.services, paths: plan.paths))
    var first: Set<String> = []
    for rule in plan.rules where rule.rule.syncsFirst && rule.rule.action.copies { first.formUnion(Self.everything(in: rule)) }
    await react(to: first, plan, request, prunes: prunes, tell)
    for await _ in events.arrivals {
      let begin = ContinuousClock.now
      var changes = events.take()
      while !Task.isCancelled {
        try await Task.sleep(for: Self.watchQuiet)
        let more = events.take()
        changes.paths.formUnion(more.paths)
        changes.hasMissedSome = changes.hasMissedSome || more.hasMissedSome
        if more.isEmpty || ContinuousClock.now - begin > Self.watchPatience { break }
      }
      if changes.hasMissedSome {
        tell(.lookingAgain)
        for rule in plan.rules {
          changes.paths.formUnion(rule.rule.action.copies ? Self.everything(in: rule) : [rule.rule.path])
        }
      }
      await react(to: changes.paths, plan, request, prunes: prunes, tell)
    }
    try Task.checkCancellation()
  }

  /// All files that count for a rule now.
  private static func everything(in rule: WatchPlan.Rule) -> Set<String> {
    var walk = FolderWalk(FolderSource(root: rule.rule.path, ignored: rule.ignored))
    var paths: Set<String> = []
    // WHY try?: what cannot be read now is looked at when it changes.
    while paths.count < FolderEvents.pathLimit, let entry = try? walk.next() {
      if entry.kind == .folder { continue }
      paths.insert(entry.path.isEmpty ? rule.rule.path : rule.rule.path + "/" + entry.path)
    }
    return paths
  }

  private func react(
    to paths: Set<String>, _ plan: WatchPlan, _ request: DeployRequest, prunes: Bool, _ tell: @escaping WatchSink
  ) async {
    let reactions = plan.reactions(to: paths) { path in
      var info = stat()
      return unsafe lstat(path, &info) == 0
    }
    for (service, reaction) in reactions.sorted(by: { $0.key < $1.key }) where !Task.isCancelled {
      do {
        if reaction.rebuilds {
          try await rebuild(service, request, prunes: prunes, tell)
        } else {
          try await act(reaction, on: service, plan, request, tell)
        }
      } catch {
        if !Task.isCancelled { tell(.failed(service: service, reason: Self.reason(error))) }
      }
    }
  }

  private func act(
    _ reaction: WatchPlan.Reaction, on service: String, _ plan: WatchPlan, _ request: DeployRequest, _ tell: @escaping WatchSink
  ) async throws {
    let containers = try await engine.serviceContainers(of: plan.project.name).filter { $0.service == service && !$0.isOneOff }
    guard !containers.isEmpty else {
      throw OperationRefused(description: "it has no container\n  fix: start it with slipway up -d \(service)")
    }
    if !reaction.copies.isEmpty || !reaction.deletions.isEmpty {
      try await sync(reaction, into: containers)
      tell(
        .synced(
          service: service, files: reaction.copies.count, deletions: reaction.deletions.count, containers: containers.count))
    }
    let running = containers.filter { $0.state == .running }
    for command in reaction.commands {
      for container in running {
        try await engine.run(command, called: "exec of develop.watch", in: container.id, limit: Self.watchCommandLimit)
      }
      tell(.executed(service: service, containers: running.count))
    }
    if reaction.restarts {
      let scope = ServiceScope(project: plan.project.name, services: [service], model: plan.project)
      _ = try await control(.restart(graceSeconds: request.options.stopTimeoutSeconds, withDependents: false), scope) { _ in }
      tell(.restarted(service: service))
    }
  }

  private func sync(_ reaction: WatchPlan.Reaction, into containers: [ServiceContainer]) async throws {
    let sources = reaction.copies.map { copy in
      var source = FolderSource(root: copy.source, place: String(copy.target.drop { $0 == "/" }))
      source.isDeep = false
      source.isRequired = false
      return source
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for container in containers {
        group.addTask {
          if !sources.isEmpty {
            let archive = FolderArchive(sources)
            do {
              try await engine.putArchive(archive, to: "/", in: container.id)
            } catch {
              if let problem = archive.problem { throw problem }
              throw error
            }
          }
          guard container.state == .running else { return }
          var rest = reaction.deletions[...]
          while !rest.isEmpty {
            let some = rest.prefix(100)
            rest = rest.dropFirst(100)
            let command = Hook(command: ["rm", "-rf", "--"] + some, user: "0")
            try await engine.run(command, called: "rm of what was deleted", in: container.id, limit: Self.watchCommandLimit)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func rebuild(_ service: String, _ request: DeployRequest, prunes: Bool, _ tell: @escaping WatchSink) async throws {
    tell(.rebuilding(service: service))
    var request = request
    request.options.services = [service]
    request.options.skipsDependencies = true
    request.options.build = .always
    request.planHash = nil
    request.message = "watch: rebuild of \(service)"
    switch try await deploy(request) {
    case .unchanged, .deployed: break
    case .failed(_, let reason, let state): throw OperationRefused(description: "\(reason); \(state)")
    case .cancelled: throw CancellationError()
    }
    if prunes {
      var filters = EngineFilters.labels([ComposeLabel.project: request.project.name])
      filters.values["dangling"] = ["true"]
      _ = try await engine.pruneImages(filters: filters)
    }
    tell(.rebuilt(service: service))
  }
}
