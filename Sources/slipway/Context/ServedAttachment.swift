import ComposeFile
import DockerEngine
import LogStreaming
import Orchestration
import SlipwayAPI
import SlipwayClient
import Synchronization

/// What the containers of a stack write, for `up` without `-d` through a server.
struct ServedAttachment: Sendable {
  let stack: ServedStack
  /// Whose lines are wanted; more are followed where they join.
  let services: Set<String>

  private var connection: ServerConnection { stack.connection }

  /// Follows until all have ended, or `deliver` or `paused` says false.
  ///
  /// - Parameters:
  ///   - old: Those that ran before: of them only new lines are told.
  ///   - new: Those that this command has started: all of their run is told.
  ///   - joins: Others of the services that start meanwhile are told too, and are waited for by nobody.
  func follow(
    old: [LogScope.Container], new: [LogScope.Container], joins: Bool, paused: @escaping @Sendable () -> Bool,
    _ deliver: @escaping @Sendable (LogEvent) -> Bool
  ) async throws {
    if old.isEmpty, new.isEmpty, !joins { return }
    let beginnings = try await beginnings(of: new)
    let waiting = Waiting(old + new, joins: joins)
    let oldNames = Set(old.map(\.name))
    let (backs, isBack) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let link = Link { isBack.yield() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      if !old.isEmpty {
        let fields = self.fields(Set(old.map(\.service)), tail: 0)
        group.addTask { try await take(fields, waiting, link, paused, deliver) { oldNames.contains($0) } }
      }
      if !new.isEmpty || joins {
        // Those that ran before are left out where they can be: their history may be long.
        var fields = self.fields(joins ? services : Set(new.map(\.service)), tail: -1)
        let known = new.compactMap { beginnings[$0.name] }
        // One that writes since it was made has no beginning.
        if known.count == new.count, let first = known.min() { fields["since"] = .string(first.description) }
        group.addTask {
          try await take(fields, waiting, link, paused, deliver, from: beginnings) { !oldNames.contains($0) }
        }
      }
      // What went away while the server was lost is told by nobody.
      group.addTask {
        for await _ in backs {
          let there = Set(try await connection.summaries(server: stack.server, stack: stack.name, all: true).map(\.id))
          for container in waiting.containers where !there.contains(container.source.id) {
            guard deliver(.ended(container.source, code: nil)), !waiting.isOver(after: container.name) else { return }
          }
        }
      }
      // The first that says that it is over ends the others.
      try await group.next()
      group.cancelAll()
    }
  }

  /// - Parameter services: more than a subscription may name are those of the whole stack.
  private func fields(_ services: Set<String>, tail: Int) -> ComposeMap {
    let name = ComposeValue.string("\(stack.name)@\(stack.server)")
    let targets =
      services.count > Self.targetLimit
      ? [ComposeValue.map(ComposeMap([("stack", name)]))]
      : services.sorted().map { .map(ComposeMap([("stack", name), ("service", .string($0))])) }
    return ComposeMap([("targets", .list(targets)), ("tail", .int(tail)), ("follow", .bool(true))])
  }

  /// Targets of one subscription (docs/api.md).
  private static let targetLimit = 100

  private func take(
    _ fields: ComposeMap, _ waiting: Waiting, _ link: Link, _ paused: @escaping @Sendable () -> Bool,
    _ deliver: @escaping @Sendable (LogEvent) -> Bool, from beginnings: [String: EngineTimestamp] = [:],
    of isWanted: @escaping @Sendable (_ name: String) -> Bool
  ) async throws {
    let ends = ToldEnds()
    let notice: @Sendable (SocketNotice) -> Void = { notice in
      if case .isBack = notice { ends.serverIsBack() }
      link.take(notice)
    }
    try await connection.follow(.logs(fields), notice: notice) { message in
      let source = message["source"]?.string ?? ""
      if source.isEmpty || isWanted(source) { ServedLogs.tellTrouble(message, source: source) }
      for event in Self.events(message) {
        switch event {
        case .line(let line):
          guard isWanted(line.source),
            beginnings[line.source].map({ begin in
              EngineTimestamp(line.time).map { $0 >= begin } ?? true
            }) ?? true
          else { continue }
          ends.writes(line.source)
          guard deliver(event) else { return false }
        case .unreadable(let source, _):
          guard !isWanted(source.name) || deliver(event) else { return false }
        case .ended(let source, _):
          // Told again after the server was lost.
          guard isWanted(source.name), ends.isNew(source.name) else { continue }
          guard deliver(event), !waiting.isOver(after: source.name) else { return false }
        }
      }
      return paused()
    }
  }

  private static func events(_ message: ComposeValue) -> [LogEvent] {
    if let lines = message["lines"]?.list { return lines.compactMap { LogLine($0, hasServer: false).map { .line($0) } } }
    let source = LogSource(id: message["container"]?.string ?? "", name: message["source"]?.string ?? "")
    if message["source_ended"] != nil { return [.ended(source, code: message["source_ended"]?.int)] }
    return message["unreadable"]?.string.map { [.unreadable(source, reason: $0)] } ?? []
  }

  /// From when on lines are of the containers' present or last run; none for one whose lines are all of it.
  private func beginnings(of containers: [LogScope.Container]) async throws -> [String: EngineTimestamp] {
    let access = ServedContainers(stack: stack)
    let found = try await containers.concurrentMap(atOnce: 8) { container in
      let detail = try await connection.call(.get, access.path(container.source.id, ""), as: ContainerDetailBody.self)
      let begin = AttachedRun.beginning(
        isRunning: detail.container.status == "running", started: detail.startedAt.flatMap { EngineTimestamp($0) },
        ended: detail.finishedAt.flatMap { EngineTimestamp($0) })
      return (container.name, begin)
    }
    return Dictionary(found.compactMap { name, begin in begin.map { (name, $0) } }, uniquingKeysWith: { first, _ in first })
  }

  /// Containers whose end was not told yet.
  private final class Waiting: Sendable {
    private let state: Mutex<[String: LogScope.Container]>
    private let joins: Bool

    init(_ containers: [LogScope.Container], joins: Bool) {
      state = Mutex(Dictionary(containers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
      self.joins = joins
    }

    var containers: [LogScope.Container] { state.withLock { Array($0.values) } }

    func isOver(after name: String) -> Bool {
      state.withLock { containers in
        containers[name] = nil
        return containers.isEmpty && !joins
      }
    }
  }

  /// Says once, for all subscriptions, that the server is lost and back.
  private final class Link: Sendable {
    private let lost = Mutex(0)
    private let isBack: @Sendable () -> Void

    init(_ isBack: @escaping @Sendable () -> Void) { self.isBack = isBack }

    func take(_ notice: SocketNotice) {
      let isFirst = lost.withLock { lost in
        switch notice {
        case .lost:
          lost += 1
          return lost == 1
        case .isBack:
          lost -= 1
          return lost == 0
        }
      }
      guard isFirst else { return }
      ServedLogs.tell(notice)
      if case .isBack = notice { isBack() }
    }
  }
}
