import ComposeFile
import DockerEngine
import LogStreaming
import Orchestration
import StackPlanning
import Synchronization

/// `up` without `-d`: shows what the containers write until all have ended, or the user stops them.
struct AttachedRun: Sendable {
  enum Abort: Sendable { case never, onEnd, onFailure }

  let session: StackSession
  let project: Project
  /// As named on the command line; empty: all.
  let services: [String]
  /// Services whose logs are shown.
  var shown: Set<String> = []
  var style = LogPrinter.Style()
  var abort = Abort.never
  var codeService: String?
  var graceSeconds: Int?
  /// Runs as long as the logs are followed, which then follow new containers too.
  var watch: WatchRun?

  init(session: StackSession, project: Project, services: [String]) {
    self.session = session
    self.project = project
    self.services = services
  }

  /// The services that run for this command: those named and what they depend on.
  private var started: Set<String> {
    services.isEmpty ? Set(project.services.map(\.name)) : StartOrder.closure(of: services, in: project.services)
  }

  /// Ids of the containers that run now.
  func running() async throws -> Set<String> {
    let scope = LogScope(project: project.name)
    return try await session.withOperations(notice: nil) { operations in
      Set(try await scope.containers(operations.engine).filter(\.isUp).map(\.source.id))
    }
  }

  /// Follows until the end; gives the exit code.
  ///
  /// - Parameter before: containers that ran before: of them only new lines are shown.
  func follow(before: Set<String>) async throws -> Int32 {
    let ending = Ending()
    let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
    ending.whenAborting { continuation.finish() }
    // WHY: the logs go on while Ctrl-C or an abort stops the containers. Ctrl-C is for the waiting below.
    let following = Task {
      defer { continuation.finish() }
      try await LostEngine.telling("what the containers write is not shown any more") {
        try await session.withOperations(takesSignals: false) { try await follow($0.engine, before, ending) }
      }
    }
    // WHY: it goes on beside the logs, until these end.
    let watching = Task {
      do {
        try await watch?.run(takesSignals: false)
      } catch {
        if !Task.isCancelled { StandardError.warn("files are not watched: \(error)") }
      }
    }
    var isInterrupted = false
    do {
      try await Interruption.cancelling(notice: nil) {
        for await _ in ends {}
        try Task.checkCancellation()
      }
    } catch is CancellationError {
      isInterrupted = true
    }
    watching.cancel()
    await watching.value
    if isInterrupted || ending.aborts {
      StandardError.note(
        isInterrupted ? "gracefully stopping; Ctrl-C again to force" : "one container has ended: stopping the others")
      try await stop()
    }
    // What has been stopped has no more to say; a container that does not end is not waited for.
    let alarm =
      isInterrupted || ending.aborts ? Task { (try? await Task.sleep(for: .seconds(10))) != nil ? following.cancel() : () } : nil
    defer { alarm?.cancel() }
    do {
      try await following.value
    } catch {
      guard isInterrupted || error is CancellationError else { throw error }
    }
    if isInterrupted { return 130 }
    guard abort != .never else { return 0 }
    if let codeService { return Int32(truncatingIfNeeded: ending.code(of: codeService) ?? 0) }
    return Int32(truncatingIfNeeded: ending.first ?? 0)
  }

  private func follow(_ engine: EngineClient, _ before: Set<String>, _ ending: Ending) async throws {
    let started = started
    var scope = LogScope(project: project.name)
    let containers = try await scope.containers(engine).filter { started.contains($0.service) }
    scope.services = started
    let services = Dictionary(containers.map { ($0.name, $0.service) }, uniquingKeysWith: { first, _ in first })
    let printer = LogPrinter(style, project: project.name, containers: services.filter { shown.contains($0.value) })
    let names = containers.filter { shown.contains($0.service) }.map { printer.label($0.name) }
    if !style.isJSON { StandardError.note("Attaching to \(names.joined(separator: ", "))") }
    var sources: [(LogSource, LogSelection)] = []
    for container in containers {
      // What ran before shows new lines only; what was started now all of this run: what it wrote after its last end. Its start
      // does not serve, because the engine notes it after the first lines.
      if before.contains(container.source.id) {
        sources.append((container.source, LogSelection(tail: 0)))
      } else {
        let state = try await engine.inspectContainer(container.source.id).state
        sources.append((container.source, LogSelection(since: Self.beginning(of: state))))
      }
    }
    let deliver: (LogEvent) -> Bool = { event in
      switch event {
      case .line(let line): return shown.contains(services[line.source] ?? "") ? printer.print(line) : true
      case .ended(let source, let code):
        let service = services[source.name] ?? ""
        if shown.contains(service), !printer.printEnd(of: source.name, code: code) { return false }
        ending.take(service: service, code: code ?? 0, abort)
        return true
      case .unreadable(let source, let reason):
        if shown.contains(services[source.name] ?? "") { printer.printUnreadable(source.name, reason) }
        return true
      }
    }
    let patience = LinkPatience(engine, notice: LostEngine.tell)
    let logs = StackLogs(engine, patience: patience)
    guard watch != nil else { return try await logs.follow(sources, paused: printer.flush, deliver) }
    // A rebuild gives a container another one in its place, under the same name.
    try await scope.withJoining(engine, printer, patience) { joining in
      try await logs.follow(sources, joining: joining, paused: printer.flush, deliver)
    }
  }

  /// From when on lines are of the container's present or last run; nil: all are.
  private static func beginning(of state: ContainerState) -> EngineTimestamp? {
    if state.status == .running { return state.finishedAt == .never ? nil : state.finishedAt }
    // It has ended already: its last end is that of this run, and its start is noted a moment late.
    guard state.startedAt != .never else { return nil }
    return EngineTimestamp(seconds: state.startedAt.seconds - 1, nanoseconds: state.startedAt.nanoseconds)
  }

  /// Stops what this command runs; Ctrl-C meanwhile kills it.
  private func stop() async throws {
    let scope = ServiceScope(project: project.name, services: started.sorted(), model: project)
    let lines = ServiceLines(isShown: !session.global.isJSON && session.global.progress != "quiet")
    do {
      _ = try await session.withOperations(notice: "killing") { operations in
        try await operations.control(.stop(graceSeconds: graceSeconds), scope, progress: lines.sink)
      }
    } catch is CancellationError {
      _ = try await session.withOperations(notice: nil) { operations in
        try await operations.control(.kill(signal: nil), scope, progress: lines.sink)
      }
    }
  }

  /// What has ended so far, and how.
  private final class Ending: Sendable {
    private struct State {
      var codes: [(service: String, code: Int)] = []
      var aborts = false
      var whenAborting: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// All must stop, because one has ended.
    var aborts: Bool { state.withLock { $0.aborts } }
    /// Of the container that ended first.
    var first: Int? { state.withLock { $0.codes.first?.code } }

    func whenAborting(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.whenAborting = action } }

    func code(of service: String) -> Int? { state.withLock { $0.codes.first { $0.service == service }?.code } }

    func take(service: String, code: Int, _ abort: AttachedRun.Abort) {
      let action = state.withLock { state -> (@Sendable () -> Void)? in
        state.codes.append((service, code))
        guard abort == .onEnd || abort == .onFailure && code != 0 else { return nil }
        state.aborts = true
        return state.whenAborting
      }
      action?()
    }
  }
}

extension UpCommand {
  /// The services whose logs are shown, by Compose's rules.
  static func shown(
    of project: Project, _ named: [String], _ attached: [String], _ unattached: [String], _ attachesDependencies: Bool
  ) -> Set<String> {
    var shown: Set<String>
    if !attached.isEmpty {
      shown = Set(attached)
    } else if named.isEmpty {
      shown = Set(project.services.filter(\.isAttached).map(\.name))
    } else {
      shown = attachesDependencies ? StartOrder.closure(of: named, in: project.services) : Set(named)
    }
    return shown.subtracting(unattached)
  }
}
