import Accounts
import ComposeFile
import HTTPTypes
import NIOCore
import NIOWebSocket
import Orchestration
import RevisionStore
import SlipwayAPI
import Synchronization

/// The socket of a client: any number of subscriptions, each with a number of the client's choice (decision 12).
struct LiveSocket: Sendable {
  let parts: ServerParts
  let pass: SocketPass

  func run(_ channel: NIOAsyncChannel<WebSocketFrame, SocketOutput>, _ sockets: OpenSockets) async {
    let subscriptions = Subscriptions()
    await SocketConnection.run(channel) { connection, text throws(SocketClose) in
      try await take(text, connection, subscriptions)
    } beside: { connection in
      sockets.opened(channel.channel) { connection.close($0) }
      await subscriptions.run()
    }
  }

  /// One message of the client.
  private func take(
    _ text: ByteBuffer, _ connection: SocketConnection, _ subscriptions: Subscriptions
  ) async throws(SocketClose) {
    let json: ComposeValue
    do {
      json = try ComposeValue(json: Array(text.readableBytesView))
    } catch {
      throw .policy("a message is no JSON: \(error)")
    }
    guard let id = json["id"]?.int, (0...Int(Int32.max)).contains(id) else { throw .policy("a message has no id") }
    let outlet = FeedOutlet(id: id, connection: connection)
    do {
      try await handle(json, outlet, subscriptions)
    } catch {
      let problem = Problem(error)
      await outlet.send([("error", problem.record)])
    }
  }

  private func handle(
    _ json: ComposeValue, _ outlet: FeedOutlet, _ subscriptions: Subscriptions
  ) async throws {
    let id = outlet.id
    // The rights of this very message (S-AUTH-6).
    let caller = try await parts.accounts.current(pass.principal)
    if let kind = json["kind"]?.string {
      guard let wanted = SubscriptionKind(rawValue: kind) else {
        throw Problem(.unprocessable, "unknown_kind", "there is no \(kind.prefix(40))", remedy: "use \(SubscriptionKind.words)")
      }
      let faults = wanted.schema.faults(in: json)
      guard faults.isEmpty else { throw Problem.faults(faults) }
      // Whoever may do it nowhere learns that here; what may be seen is asked for one by one.
      try await parts.accounts.require(caller, wanted.action)
      let feed = try await feed(wanted, json, caller)
      return try subscriptions.begin(feed, outlet)
    }
    guard let feed = subscriptions.feed(id) else {
      throw Problem(.notFound, "no_such_subscription", "there is no subscription \(id)")
    }
    if json["unsubscribe"]?.bool == true {
      subscriptions.end(id)
      await outlet.send([("ended", .bool(true))])
    } else if let credit = json["credit"]?.int {
      guard (1...(64 << 20)).contains(credit) else {
        throw Problem(.unprocessable, "invalid_credit", "credit is a number of bytes from 1 to 67108864")
      }
      await feed.grant(credit)
    } else {
      try await feed.change(json, caller)
    }
  }

  private func feed(_ kind: SubscriptionKind, _ json: ComposeValue, _ caller: Principal) async throws -> any Feed {
    switch kind {
    case .events: return try EventFeed(parts: parts, caller: caller, json: json)
    case .containerEvents: return try await ContainerEventFeed(parts: parts, caller: caller, json: json)
    case .operation: return try await OperationFeed(parts: parts, caller: caller, json: json)
    case .stats: return try await StatsFeed(parts: parts, caller: caller, json: json)
    case .usage: return UsageFeed(parts: parts, caller: caller)
    case .logs: return try await LogFeed(parts: parts, caller: caller, json: json)
    }
  }
}

extension Problem {
  /// As a socket tells it.
  var record: ComposeValue {
    .map(
      ComposeMap(
        [("code", .string(code)), ("status", .int(status.code)), ("detail", .string(detail))]
          + (remedy.map { [("remedy", .string($0))] } ?? [])
          + (faults.isEmpty
            ? []
            : [
              (
                "faults",
                .list(
                  faults.map { .map(ComposeMap([("place", .string($0.place)), ("message", .string($0.message))])) })
              )
            ])))
  }

  static func faults(_ faults: [Schema.Fault]) -> Problem {
    Problem(
      .unprocessable, "invalid_message", "the message is not as this kind takes it",
      faults: faults.map { ProblemBody.Fault(place: $0.pointer.isEmpty ? "/" : $0.pointer, message: $0.message) })
  }
}
