import ComposeFile
import DockerEngine
import LogStreaming
import Orchestration
import RevisionStore
import SlipwayClient
import Synchronization

/// The logs of a stack, through a server: printed as those of an engine here.
struct ServedLogs: Sendable {
  let session: StackSession
  let connection: ServerConnection
  let scope: LogScope
  let selection: LogSelection
  let style: LogPrinter.Style

  /// - Parameter servers: of the context's servers, where several are wanted; lines then name theirs.
  func show(_ servers: [String], follows: Bool) async throws {
    let names = servers.isEmpty ? [session.global.server ?? ServerName.local] : servers
    var services: [String: String] = [:]
    for server in names {
      let listed = try await session.containers(all: true, stack: scope.project, server: server)
      for container in try scope.containers(among: listed, orNone: !servers.isEmpty) {
        services[servers.isEmpty ? container.name : "\(server)/\(container.name)"] = container.service
      }
    }
    let printer = LogPrinter(style, project: scope.project, containers: services)
    let subscription = LiveSubscription.logs(fields(names, follows: follows, containers: services))
    let known = KnownSources(services.keys)
    let hasSeveral = !servers.isEmpty
    let connection = connection
    let ends = ToldEnds()
    let notice: @Sendable (SocketNotice) -> Void = { notice in
      if case .isBack = notice { ends.serverIsBack() }
      Self.tell(notice)
    }
    try await Interruption.cancelling(notice: nil) {
      try await connection.follow(subscription, notice: notice) { message in
        if let lines = message["lines"]?.list {
          for line in lines {
            guard let line = LogLine(line, hasServer: hasSeveral) else { continue }
            ends.writes(line.source)
            if known.isNew(line.source) { printer.add(line.source, service: Self.service(message, of: line.source)) }
            guard printer.print(line) else { return false }
          }
          return printer.flush()
        }
        let source = Self.name(message, hasSeveral)
        if message["source_ended"] != nil, follows {
          return ends.isNew(source) ? printer.printEnd(of: source, code: message["source_ended"]?.int) : true
        }
        if let reason = message["unreadable"]?.string { printer.printUnreadable(source, reason) }
        Self.tellTrouble(message, source: printer.label(source))
        return true
      }
    }
    _ = printer.flush()
  }

  private func fields(_ servers: [String], follows: Bool, containers: [String: String]) -> ComposeMap {
    let wanted = scope.services.isEmpty ? [nil] : scope.services.sorted().map { Optional($0) }
    let targets = servers.flatMap { server in
      wanted.map { service -> ComposeValue in
        var target = ComposeMap([("stack", .string("\(scope.project)@\(server)"))])
        if let service { target["service"] = .string(service) }
        if scope.index != nil, let name = containers.keys.first { target["container"] = .string(name) }
        return .map(target)
      }
    }
    var fields = ComposeMap([
      ("targets", .list(targets)), ("tail", .int(selection.tail ?? -1)), ("follow", .bool(follows)),
    ])
    if let since = selection.since { fields["since"] = .string(since.description) }
    if let until = selection.until { fields["until"] = .string(until.description) }
    return fields
  }

  /// Says which lines were left out, and that the way to an engine is lost or back.
  static func tellTrouble(_ message: ComposeValue, source: String) {
    if let count = message["gap"]?.int { StandardError.warn("\(count) lines of \(source) were too many to be shown in time") }
    if message["link"]?.string == "lost" {
      StandardError.warn("the link is lost; lines go on when it is back: \(message["reason"]?.string ?? "")")
    } else if message["link"]?.string == "back" {
      StandardError.note("the link is back: no line is lost")
    }
  }

  private static func name(_ message: ComposeValue, _ hasServer: Bool) -> String {
    let source = message["source"]?.string ?? ""
    return hasServer ? "\(message["server"]?.string ?? "")/\(source)" : source
  }

  /// Of a container that joined: by its name, which the lines carry.
  private static func service(_ message: ComposeValue, of source: String) -> String {
    let lines = message["lines"]?.list ?? []
    return lines.first { $0["source"]?.string.map { source.hasSuffix($0) } == true }?["service"]?.string ?? ""
  }

  static let tell: @Sendable (SocketNotice) -> Void = { notice in
    switch notice {
    case .lost(let reason): StandardError.warn("the server is lost; lines go on when it is back: \(reason)")
    case .isBack: StandardError.note("the server is back: no line is lost")
    }
  }
}

extension LogLine {
  /// A line as a server sends it; nil: it is none.
  init?(_ json: ComposeValue, hasServer: Bool) {
    guard let time = json["time"]?.string, let source = json["source"]?.string, let text = json["text"]?.string else {
      return nil
    }
    let name = hasServer ? "\(json["server"]?.string ?? "")/\(source)" : source
    self.init(
      time: time, source: name, stream: json["stream"]?.string == "stderr" ? .stderr : .stdout, text: text,
      isPartial: json["partial"]?.bool ?? false)
  }
}

/// The containers that the printer knows.
private final class KnownSources: Sendable {
  private let names: Mutex<Set<String>>

  init(_ names: some Sequence<String>) { self.names = Mutex(Set(names)) }

  func isNew(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }
}
