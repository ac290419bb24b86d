import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import LogStreaming
import NIOCore
import Orchestration
import SlipwayAPI
import Synchronization

/// The lines of containers, history first and then live, as much as the client has given credit for (C1 to C5).
final class LogFeed: Feed {
  /// When the client says nothing of it.
  private static let standardCredit = 1 << 20
  private static let standardTail = 100

  private struct State {
    var targets: LogTargets
    /// Containers that have gone, but whose end was not told yet: their last lines are still wanted.
    var known: [String: LogOrigin] = [:]
    var subscription: LogSubscription?
    var pendingCredit = 0
  }

  private let parts: ServerParts
  private let request: LogRequest
  /// The client wants to know that nothing was written yet.
  private let tellsBegin: Bool
  private let state: Mutex<State>

  init(parts: ServerParts, caller: Principal, json: ComposeValue) async throws {
    self.parts = parts
    let targets = LogTargets(targets: try Self.targets(json), caller: caller)
    try await targets.requireKnown(parts.catalog, parts.fleet.states)
    var selection = LogSelection()
    selection.since = try LogMoment.parsed(json["since"]?.string, "since")
    selection.until = try LogMoment.parsed(json["until"]?.string, "until")
    selection.tail = json["tail"]?.int ?? (selection.since == nil ? Self.standardTail : nil)
    if selection.tail == -1 { selection.tail = nil }
    let cursor: LogBookmark?
    do {
      cursor = try json["cursor"]?.string.map { text throws(LogStreamError) in try LogBookmark(text) }
    } catch {
      throw Problem(.unprocessable, "invalid_cursor", text: "\(error)")
    }
    request = LogRequest(
      targets.origins(parts.fleet.states), selection, follows: json["follow"]?.bool ?? true,
      filter: try LogFilter(json["filter"]), cursor: cursor, creditBytes: json["credit"]?.int ?? Self.standardCredit)
    tellsBegin = json["begin"]?.bool ?? false
    state = Mutex(State(targets: targets))
  }

  private static func targets(_ json: ComposeValue) throws -> [LogTarget] {
    let targets = try (json["targets"]?.list ?? []).map { try LogTarget($0) }
    guard !targets.isEmpty else {
      throw Problem(.unprocessable, "no_targets", "targets names nothing", remedy: "send [{\"stack\":\"NAME\"}]")
    }
    return targets
  }

  // MARK: What the client asks meanwhile

  func grant(_ bytes: Int) async {
    let subscription = state.withLock { state in
      if state.subscription == nil { state.pendingCredit += bytes }
      return state.subscription
    }
    await subscription?.grant(bytes: bytes)
  }

  func change(_ json: ComposeValue, _ caller: Principal) async throws {
    let faults = Self.changeSchema.faults(in: json)
    guard faults.isEmpty else { throw Problem.faults(faults) }
    if json["targets"] != nil {
      let targets = LogTargets(targets: try Self.targets(json), caller: caller)
      try await targets.requireKnown(parts.catalog, parts.fleet.states)
      state.withLock { state in
        state.targets = targets
        state.known = [:]
      }
      try await refresh(joining: nil)
    }
    guard json["filter"] != nil else { return }
    let filter = try LogFilter(json["filter"])
    await state.withLock(\.subscription)?.setFilter(filter)
  }

  private static let changeSchema = Schema.object([
    .required("id", .integer), .optional("targets", .array(LogTarget.schema, limit: LogTarget.limit)),
    .optional("filter", .nullable(LogFilter.schema)),
  ])

  // MARK: Running

  func run(_ outlet: FeedOutlet) async throws {
    let connection = outlet.connection
    let subscription = try await parts.logs.subscribe(request) {
      // The client may be waiting for room in the socket rather than for lines.
      connection.close(.tryLater("the lines were not taken in time"))
    }
    let credit = state.withLock { state in
      state.subscription = subscription
      for origin in request.origins { state.known[origin.source.id] = origin }
      defer { state.pendingCredit = 0 }
      return state.pendingCredit
    }
    if credit > 0 { await subscription.grant(bytes: credit) }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await self.deliver(subscription, outlet) }
        if request.follows { group.addTask { try await self.join() } }
        try await group.next()
        group.cancelAll()
      }
    } catch {
      await subscription.close()
      throw error
    }
    await subscription.close()
  }

  /// Containers that come and go while the subscription runs.
  private func join() async throws {
    var place = parts.events.last
    // Between the first look and this one, some may have come.
    try await refresh(joining: LogSelection())
    while !Task.isCancelled {
      await parts.events.wait(after: place)
      let (events, missed) = parts.events.events(after: place)
      guard let last = events.last else { continue }
      place = last.sequence
      let isAbout = missed > 0 || events.contains { $0.kind == "container.changed" || $0.kind == "container.removed" }
      if isAbout { try await refresh(joining: LogSelection()) }
    }
  }

  private func refresh(joining selection: LogSelection?) async throws {
    let (subscription, origins) = state.withLock { state -> (LogSubscription?, [LogOrigin]) in
      let now = state.targets.origins(parts.fleet.states)
      for origin in now { state.known[origin.source.id] = origin }
      return (state.subscription, Array(state.known.values))
    }
    try await subscription?.setSources(origins, joining: selection)
  }

  private func deliver(_ subscription: LogSubscription, _ outlet: FeedOutlet) async throws {
    while let delivery = try await subscription.next() {
      switch delivery {
      case .lines(let lines) where lines.count == 0:
        if tellsBegin { await outlet.send([("begun", .bool(true))]) }
      case .lines(let lines): try await send(lines, outlet)
      case .gap(let count, let origin): await outlet.send([("gap", .int(count))] + Self.fields(origin))
      case .replaced(let old, let new):
        state.withLock { $0.known[old.source.id] = nil }
        await outlet.send([("replaced", .string(old.source.id))] + Self.fields(new))
      case .ended(let origin, let code):
        state.withLock { state in
          // One that may start again stays; one that is gone is told of once.
          if code == nil { state.known[origin.source.id] = nil }
        }
        await outlet.send([("source_ended", code.map { .int($0) } ?? .null)] + Self.fields(origin))
      case .unreadable(let origin, let reason):
        await outlet.send([("unreadable", .string(reason))] + Self.fields(origin))
      case .link(let server, .lost(let reason)):
        await outlet.send([
          ("link", .string("lost")), ("server", server.map { .string($0) } ?? .null), ("reason", .string(reason)),
        ])
      case .link(let server, .isBack):
        await outlet.send([("link", .string("back")), ("server", server.map { .string($0) } ?? .null)])
      }
    }
  }

  /// `{"id":…,"lines":[…],"cursor":…}`; the lines are as the hub has encoded them for all.
  private func send(_ lines: LogLines, _ outlet: FeedOutlet) async throws {
    try await outlet.connection.send(
      head: ByteBuffer(string: "{\"id\":\(outlet.id),\"lines\":["), shared: lines.json,
      tail: ByteBuffer(string: "],\"cursor\":\"\(lines.cursor)\"}"))
  }

  private static func fields(_ origin: LogOrigin) -> [(String, ComposeValue)] {
    [
      ("source", .string(origin.source.name)), ("container", .string(origin.source.id)),
      ("server", origin.server.map { .string($0) } ?? .null), ("stack", origin.stack.map { .string($0) } ?? .null),
      ("service", origin.service.map { .string($0) } ?? .null),
    ]
  }
}
