import ComposeFile
import DockerEngine
import LogStreaming
import Orchestration
import SlipwayClient
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
    let listed = try await session.containers(all: true, stack: project.name)
    return Set(try LogScope(project: project.name).containers(among: listed).filter(\.isUp).map(\.source.id))
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
        if case .remote(let connection) = try await session.place() {
          return try await follow(connection, before, ending)
        }
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
    let screen = Screen(self, try await LogScope(project: project.name).containers(engine), ending)
    var sources: [(LogSource, LogSelection)] = []
    for container in screen.containers {
      // What ran before shows new lines only; what was started now all of this run: what it wrote after its last end. Its start
      // does not serve, because the engine notes it after the first lines.
      if before.contains(container.source.id) {
        sources.append((container.source, LogSelection(tail: 0)))
      } else {
        let state = try await engine.inspectContainer(container.source.id).state
        let begin = Self.beginning(
          isRunning: state.status == .running, started: state.startedAt == .never ? nil : state.startedAt,
          ended: state.finishedAt == .never ? nil : state.finishedAt)
        sources.append((container.source, LogSelection(since: begin)))
      }
    }
    let patience = LinkPatience(engine, notice: LostEngine.tell)
    let logs = StackLogs(engine, patience: patience)
    guard watch != nil else { return try await logs.follow(sources, paused: screen.printer.flush, screen.take) }
    // A rebuild gives a container another one in its place, under the same name.
    try await LogScope(project: project.name, services: started).withJoining(engine, screen.printer, patience) { joining in
      try await logs.follow(sources, joining: joining, paused: screen.printer.flush, screen.take)
    }
  }

  /// The same, of a server's stack.
  private func follow(_ connection: ServerConnection, _ before: Set<String>, _ ending: Ending) async throws {
    let stack = session.served(project.name, connection)
    let listed = try await connection.summaries(server: stack.server, stack: stack.name, all: true)
    let screen = Screen(self, try LogScope(project: project.name).containers(among: listed), ending)
    let attachment = ServedAttachment(stack: stack, services: started)
    try await attachment.follow(
      old: screen.containers.filter { before.contains($0.source.id) },
      new: screen.containers.filter { !before.contains($0.source.id) }, joins: watch != nil, paused: screen.printer.flush,
      screen.take)
  }

  /// From when on lines are of a container's present or last run; nil: all are.
  static func beginning(isRunning: Bool, started: EngineTimestamp?, ended: EngineTimestamp?) -> EngineTimestamp? {
    if isRunning { return ended }
    // It has ended already: its last end is that of this run, and its start is noted a moment late.
    return started.map { EngineTimestamp(seconds: $0.seconds - 1, nanoseconds: $0.nanoseconds) }
  }

  /// Where the lines go.
  private final class Screen: Sendable {
    /// Those that run for this command.
    let containers: [LogScope.Container]
    let printer: LogPrinter
    private let run: AttachedRun
    private let services: [String: String]
    private let ending: Ending

    init(_ run: AttachedRun, _ found: [LogScope.Container], _ ending: Ending) {
      let started = run.started
      containers = found.filter { started.contains($0.service) }
      services = Dictionary(containers.map { ($0.name, $0.service) }, uniquingKeysWith: { first, _ in first })
      printer = LogPrinter(run.style, project: run.project.name, containers: services.filter { run.shown.contains($0.value) })
      self.run = run
      self.ending = ending
      let names = containers.filter { run.shown.contains($0.service) }.map { printer.label($0.name) }
      if !run.style.isJSON { StandardError.note("Attaching to \(names.joined(separator: ", "))") }
    }

    /// False when nobody reads any more.
    func take(_ event: LogEvent) -> Bool {
      switch event {
      case .line(let line): return run.shown.contains(services[line.source] ?? "") ? printer.print(line) : true
      case .ended(let source, let code):
        let service = services[source.name] ?? ""
        if run.shown.contains(service), !printer.printEnd(of: source.name, code: code) { return false }
        ending.take(service: service, code: code ?? 0, run.abort)
        return true
      case .unreadable(let source, let reason):
        if run.shown.contains(services[source.name] ?? "") { printer.printUnreadable(source.name, reason) }
        return true
      }
    }
  }

  /// Stops what this command runs; Ctrl-C meanwhile kills it.
  private func stop() async throws {
    let scope = ServiceScope(project: project.name, services: started.sorted(), model: project)
    let lines = ServiceLines(isShown: !session.global.isJSON && session.global.progress != "quiet")
    do {
      _ = try await session.control(.stop(graceSeconds: graceSeconds), scope, notice: "killing", progress: lines.sink)
    } catch is CancellationError {
      _ = try await session.control(.kill(signal: nil), scope, notice: nil, progress: lines.sink)
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
