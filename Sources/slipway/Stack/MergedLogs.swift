import DockerEngine
import LogStreaming
import Orchestration

/// The logs of a stack that is on several servers, merged by time; each line names its server.
struct MergedLogs {
  let scope: LogScope
  let selection: LogSelection
  let style: LogPrinter.Style

  /// One server's part.
  private struct Part: Sendable {
    var server: String
    var engine: EngineClient
    var containers: [LogScope.Container]

    var sources: [LogSource] { containers.map { source($0.source) } }

    /// As lines carry it.
    func source(_ source: LogSource) -> LogSource { LogSource(id: source.id, name: "\(server)/\(source.name)") }
  }

  /// A server that cannot be reached at the begin is told of and left out; the exit code says so.
  func show(_ servers: [String], _ global: GlobalOptions, follows: Bool) async throws {
    let scope = scope
    let failures = try await Interruption.cancelling(notice: nil) {
      try await StackServers.withEngines(servers, global) { engines in
        let gathered = await StackServers.gather(engines) { try await scope.containers($0, orNone: true) }
        let parts = gathered.found.compactMap { server, containers in
          engines.first { $0.server == server }.flatMap { try? $0.engine.get() }
            .map { Part(server: server, engine: $0, containers: containers) }
        }
        for failure in gathered.failures { StandardError.warn("\(failure.server): \(failure.error)") }
        try await print(parts, follows: follows)
        return gathered.failures.map(\.server)
      }
    }
    guard failures.isEmpty else {
      throw CommandFailure(
        "the logs of \(failures.joined(separator: ", ")) are missing\n  fix: see what is wrong with slipway server test --all")
    }
  }

  private func print(_ parts: [Part], follows: Bool) async throws {
    let services = parts.flatMap { part in part.containers.map { ("\(part.server)/\($0.name)", $0.service) } }
    let printer = LogPrinter(
      style, project: scope.project, containers: Dictionary(services, uniquingKeysWith: { first, _ in first }))
    guard follows else {
      return try await StackLogs.history(
        of: parts.map { (StackLogs($0.engine), $0.sources) }, selection,
        unreadable: { printer.printUnreadable($0.name, $1) }, paused: printer.flush
      ) { printer.print($0) }
    }
    try await joining(parts[...], printer, []) { followed in
      try await StackLogs.follow(
        followed.map { StackLogs.Part(logs: $0.logs, sources: $0.part.sources.map { ($0, selection) }) },
        joining: followed.map { ($0.logs, $0.joined) }, paused: printer.flush
      ) { event in
        switch event {
        case .line(let line): return printer.print(line)
        case .ended(let source, let code): return printer.printEnd(of: source.name, code: code)
        case .unreadable(let source, let reason):
          printer.printUnreadable(source.name, reason)
          return true
        }
      }
    }
  }

  private struct Followed: Sendable {
    var part: Part
    var logs: StackLogs
    var joined: AsyncStream<LogSource>
  }

  /// Runs `body` inside the event streams of all parts.
  private func joining(
    _ parts: ArraySlice<Part>, _ printer: LogPrinter, _ before: [Followed], _ body: ([Followed]) async throws -> Void
  ) async throws {
    guard let part = parts.first else { return try await body(before) }
    let server = part.server
    let patience = LinkPatience(part.engine) { notice in
      switch notice {
      case .lost(let reason): StandardError.warn("\(server): the link is lost; lines go on when it is back: \(reason)")
      case .isBack: StandardError.note("\(server): the link is back: no line is lost")
      }
    }
    try await scope.withJoining(part.engine, printer, patience, naming: part.source) { joined in
      let followed = Followed(part: part, logs: StackLogs(part.engine, patience: patience), joined: joined)
      try await joining(parts.dropFirst(), printer, before + [followed], body)
    }
  }
}
