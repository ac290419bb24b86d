import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import LogStreaming
import Orchestration
import RevisionStore
import Synchronization

/// What happens to the containers of one stack, in the engine's own words, for clients that show it as this program does.
///
/// `cursor` is the engine's time of the last one in nanoseconds: what comes after it is sent after a broken connection.
struct ContainerEventFeed: Feed {
  private let stacks: ServedStacks
  private let streams: EngineEventStreams
  private let caller: Principal.Credential
  private let engine: EngineClient
  private let key: StackKey
  private let since: EngineTimestamp?
  private let until: EngineTimestamp?
  /// In nanoseconds since 1970; what is not later was told.
  private let after: Int64

  init(parts: ServerParts, caller: Principal, json: ComposeValue) async throws {
    key = try await StackLookup(catalog: parts.catalog).resolve(json["stack"]?.string ?? "", for: caller, .eventsRead)
    try await parts.accounts.require(caller, .eventsRead, on: .stack(server: key.server, name: key.project))
    stacks = parts.stacks
    streams = parts.eventStreams
    self.caller = caller.credential
    engine = try await parts.fleet.member(key.server).engine
    after = Int64(json["after"]?.int ?? 0)
    let begin = try LogMoment.parsed(json["since"]?.string, "since")
    since =
      after > 0 ? EngineTimestamp(seconds: after / 1_000_000_000, nanoseconds: Int32(after % 1_000_000_000)) : begin
    until = try LogMoment.parsed(json["until"]?.string, "until")
  }

  func run(_ outlet: FeedOutlet) async throws {
    try await streams.using(key.server, by: caller) { try await follow(outlet) }
  }

  private func follow(_ outlet: FeedOutlet) async throws {
    var filters = EngineFilters.labels([ComposeLabel.project: key.project])
    filters.values["type"] = ["container"]
    let events = try await engine.events(since: since, until: until, filters: filters)
    var begun: [(String, ComposeValue)] = [("begun", .bool(true))]
    if after == 0, since == nil {
      // By the engine's clock: the place of a client that has seen nothing yet.
      let now = try await engine.info().systemTime
      if now != .never, let now = now.logNanoseconds { begun.append(("cursor", .int(Int(now)))) }
    }
    await outlet.send(begun)
    for try await event in events where event.timeNanoseconds > after {
      var shown = event
      // Labels are attributes too, and may hold secrets (S-SEC-5); the commands of health checks and shells are in the action.
      let mask = try await stacks.mask(key, labels: event.actor.attributes)
      let entries = mask.labels(event.actor.attributes)
      shown.actor.attributes = Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      // `exec_create: /bin/sh -c …`
      shown.action = mask.commandLine(event.action)
      await outlet.send([("event", JobNotice.model(shown)), ("cursor", .int(Int(event.timeNanoseconds)))])
    }
    // Only an engine that stops ends a stream without an end of its own.
    if until == nil, !Task.isCancelled {
      throw Problem(.badGateway, "engine_gone", "the engine went away: the events end here", remedy: "try again when it runs")
    }
  }
}

/// The engine streams behind feeds of container events. Each feed has its own, because each begins at another time; so there are only so
/// many of a server, and of them only so many for one session or token.
final class EngineEventStreams: Sendable {
  static let limit = 64
  static let limitOfOne = 8

  private struct Holder: Hashable {
    var server: String
    var credential: Principal.Credential
  }

  private let open = Mutex<[Holder: Int]>([:])

  init() {}

  /// - Throws: a `Problem` when all are in use, and what `body` throws.
  func using(_ server: String, by credential: Principal.Credential, _ body: () async throws -> Void) async throws {
    let holder = Holder(server: server, credential: credential)
    let refusal = open.withLock { open -> String? in
      let all = open.reduce(0) { $1.key.server == server ? $0 + $1.value : $0 }
      if all >= Self.limit { return "\(Self.limit) clients follow the containers of \(server) already" }
      // The machine's own user starts commands side by side.
      if credential != .local, open[holder, default: 0] >= Self.limitOfOne {
        return "\(Self.limitOfOne) clients of this session or token follow the containers of \(server) already"
      }
      open[holder, default: 0] += 1
      return nil
    }
    if let refusal {
      throw Problem(
        .tooManyRequests, "too_many_event_streams",
        text: refusal + "\n  fix: end one of them, or subscribe to events, which all share"
      ).retrying(after: 5)
    }
    defer {
      open.withLock { open in
        open[holder, default: 0] -= 1
        if open[holder] == 0 { open[holder] = nil }
      }
    }
    try await body()
  }
}
