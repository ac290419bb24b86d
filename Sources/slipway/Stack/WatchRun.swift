import ComposeFile
import Orchestration

/// Watches the files of a stack and tells what it does about their changes.
struct WatchRun: Sendable {
  let session: StackSession
  let plan: WatchPlan
  let request: DeployRequest
  var prunes = true
  var hidden: ProgressParts = []

  /// Runs until Ctrl-C, or until the task is cancelled.
  func run(takesSignals: Bool = true) async throws {
    let redactor = Redactor(project: request.project, variables: request.variables)
    try await LostEngine.telling("files are not watched any more") {
      let place = try await session.place()
      switch place {
      case .embedded:
        try await session.withOperations(progress: progress, notice: nil, takesSignals: takesSignals) { operations in
          try await watch(EngineWatchedStack(operations.redacting(redactor)))
        }
      case .local:
        try await session.withOperations(notice: nil, takesSignals: takesSignals) { operations in
          let engine = EngineWatchedStack(operations.redacting(redactor))
          try await watch(OwnedWatchedStack(engine: engine, session: session, place: place, progress: progress))
        }
      case .remote(let connection):
        let stack = session.served(request.project.name, connection)
        let served = ServedWatchedStack(stack: stack, session: session, place: place, progress: progress)
        guard takesSignals else { return try await watch(served) }
        try await Interruption.cancelling(notice: nil) { try await watch(served) }
      }
    }
  }

  private func watch(_ stack: any WatchedStack) async throws {
    let isJSON = session.global.isJSON
    try await plan.watch(stack, request, prunes: prunes) { Self.tell($0, isJSON: isJSON) }
  }

  /// Of rebuilds. A picture that is drawn over would hide what containers write beside it.
  private var progress: ProgressSink {
    let (lines, hidden) = (ProgressLines(), hidden)
    return { event in
      if hidden.hides(event) { return }
      switch event {
      case .building, .built, .copying, .copied, .warning, .stepFailed, .undoing, .waitingForEngine, .engineIsBack:
        lines.show(event)
      case .recorded, .planned, .phase, .pulling, .pulled, .pushing, .pushed, .stepStarted, .stepDone, .stepSkipped: break
      }
    }
  }

  private static func tell(_ progress: WatchProgress, isJSON: Bool) {
    guard !isJSON else { return record(progress) }
    switch progress {
    case .watching(let services, let paths):
      StandardError.write("watching \(paths.joined(separator: ", ")) for \(services.joined(separator: ", ")); Ctrl-C ends it")
    case .synced(let service, let files, let deletions, let containers):
      var parts = files > 0 ? ["\(files) copied"] : []
      if deletions > 0 { parts.append("\(deletions) removed") }
      let places = containers == 1 ? "" : " in \(containers) containers"
      StandardError.write(" \(service)  synced: \(parts.joined(separator: ", "))\(places)")
    case .waiting(let service, let deletions, let containers):
      let places = containers.joined(separator: ", ")
      StandardError.warn("\(service): \(deletions) removed here, not yet in \(places), which must run for it")
    case .executed(let service, _): StandardError.write(" \(service)  ran its command")
    case .restarted(let service): StandardError.write(" \(service)  restarted")
    case .rebuilding(let service): StandardError.write(" \(service)  rebuilding")
    case .rebuilt(let service): StandardError.write(" \(service)  rebuilt")
    case .failed(let service, let reason): StandardError.warn("\(service): \(reason)")
    case .lookingAgain: StandardError.warn("too many files changed at once: all are looked at again")
    case .warning(let text): StandardError.warn(text)
    }
  }

  private static func record(_ progress: WatchProgress) {
    func service(_ name: String) -> (String, ComposeValue) { ("service", .string(name)) }
    switch progress {
    case .watching(let services, let paths):
      StandardError.record(
        "watching", [("services", .list(services.map { .string($0) })), ("paths", .list(paths.map { .string($0) }))])
    case .synced(let name, let files, let deletions, let containers):
      StandardError.record(
        "synced", [service(name), ("files", .int(files)), ("deletions", .int(deletions)), ("containers", .int(containers))])
    case .waiting(let name, let deletions, let containers):
      StandardError.record(
        "waiting", [service(name), ("deletions", .int(deletions)), ("containers", .list(containers.map { .string($0) }))])
    case .executed(let name, let containers): StandardError.record("executed", [service(name), ("containers", .int(containers))])
    case .restarted(let name): StandardError.record("restarted", [service(name)])
    case .rebuilding(let name): StandardError.record("rebuilding", [service(name)])
    case .rebuilt(let name): StandardError.record("rebuilt", [service(name)])
    case .failed(let name, let reason): StandardError.record("failed", [service(name), ("reason", .string(reason))])
    case .lookingAgain: StandardError.record("lookingAgain", [])
    case .warning(let text): StandardError.record("warning", [("text", .string(text))])
    }
  }
}
