import Accounts
import ComposeFile
import HTTPTypes
import NIOCore
import Orchestration
import RevisionStore

/// What happens, as far as the subscriber may see it.
struct EventFeed: Feed {
  private let parts: ServerParts
  private let caller: Principal
  private let server: String?
  private let stack: String?
  private let start: Int
  /// The place that the client named is of another run of the server.
  private let isReset: Bool

  init(parts: ServerParts, caller: Principal, json: ComposeValue) throws {
    self.parts = parts
    self.caller = caller
    server = json["server"]?.string
    stack = json["stack"]?.string
    guard let after = json["after"]?.string else {
      start = parts.events.last
      isReset = false
      return
    }
    let words = after.split(separator: ":", maxSplits: 1)
    guard words.count == 2, let number = Int(words[1]), number >= 0 else {
      throw Problem(.unprocessable, "invalid_cursor", "`after` is the cursor of a message before")
    }
    isReset = words[0] != parts.events.run || number > parts.events.last
    start = isReset ? parts.events.last : number
  }

  func run(_ outlet: FeedOutlet) async throws {
    var place = start
    var first: [(String, ComposeValue)] = [("cursor", .string(cursor(place)))]
    // What the client knows is from before: it loads everything anew.
    if isReset { first.append(("reset", .bool(true))) }
    await outlet.send(first)
    while !Task.isCancelled {
      await parts.events.wait(after: place)
      let (events, missed) = parts.events.events(after: place)
      guard let last = events.last else { continue }
      place = last.sequence
      let now = Timestamp.systemNow()
      let visible = events.compactMap { isWanted($0) ? shown($0, now) : nil }
      guard !visible.isEmpty || missed > 0 else { continue }
      var fields: [(String, ComposeValue)] = [("events", .list(visible.map(\.record))), ("cursor", .string(cursor(place)))]
      if missed > 0 { fields.insert(("missed", .int(missed)), at: 0) }
      await outlet.send(fields)
    }
  }

  private func cursor(_ place: Int) -> String { "\(parts.events.run):\(place)" }

  private func isWanted(_ event: LiveEvent) -> Bool {
    (server.map { event.server == $0 } ?? true) && (stack.map { event.stack == $0 } ?? true)
  }

  private func shown(_ event: LiveEvent, _ now: Timestamp) -> LiveEvent? {
    Self.shown(event, to: caller, now)
  }

  /// An event as somebody may see it: by the same right as what it tells of has in the rest of the API; nil: not at all.
  static func shown(_ event: LiveEvent, to caller: Principal, _ now: Timestamp) -> LiveEvent? {
    let resource: Resource =
      switch (event.server, event.stack) {
      case (let server?, let stack?): .stack(server: server, name: stack)
      case (let server?, nil): .server(server)
      default: .global
      }
    guard authorize(caller, action(of: event.kind), on: resource, now: now) == .allowed else { return nil }
    guard case .server(let server) = resource, event.fields["reason"] != nil,
      authorize(caller, .containerRead, on: .server(server), now: now) != .allowed
    else { return event }
    // Why a server is away is for those who see all of it, as in GET /api/v1/servers.
    var event = event
    event.fields["reason"] = nil
    return event
  }

  /// Of a server itself, whoever may see something there learns how its link is; what is on it needs the right on it.
  private static func action(of kind: String) -> Action {
    switch kind.prefix(while: { $0 != "." }) {
    case "server": .serverRead
    case "operation": .operationRead
    case "container": .containerRead
    case "images": .imageRead
    case "networks": .networkRead
    case "volumes": .volumeRead
    default: .eventsRead
    }
  }
}

extension LiveEvent {
  var record: ComposeValue {
    .map(
      ComposeMap(
        [("sequence", .int(sequence)), ("at", .string(at.text)), ("event", .string(kind))]
          + (server.map { [("server", .string($0))] } ?? []) + (stack.map { [("stack", .string($0))] } ?? [])
          + fields.pairs.map { ($0.key, $0.value) }))
  }
}
