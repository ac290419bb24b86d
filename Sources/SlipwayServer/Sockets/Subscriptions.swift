import Accounts
import ComposeFile
import HTTPTypes
import NIOCore
import Synchronization

/// Where the messages of one subscription come from.
protocol Feed: Sendable {
  /// Sends until there is nothing more to come, or the task is cancelled.
  func run(_ outlet: FeedOutlet) async throws
  /// The client takes so many bytes more.
  func grant(_ bytes: Int) async
  /// The client wants something else of it.
  func change(_ json: ComposeValue, _ caller: Principal) async throws
}

extension Feed {
  func grant(_ bytes: Int) async {}

  func change(_ json: ComposeValue, _ caller: Principal) async throws {
    throw Problem(.unprocessable, "invalid_message", "a subscription of this kind cannot be changed")
  }
}

/// Where a subscription sends its messages to.
struct FeedOutlet: Sendable {
  let id: Int
  let connection: SocketConnection

  /// Sends `{"id":…, fields}`; a client that has gone is noticed by its connection.
  func send(_ fields: [(String, ComposeValue)]) async {
    let text = ComposeValue.map(ComposeMap([("id", .int(id))] + fields)).json(indented: false)
    // WHY try?: see above.
    try? await connection.send(ByteBuffer(string: text))
  }
}

/// The subscriptions of one socket, each running by itself.
final class Subscriptions: Sendable {
  private struct Running {
    var feed: any Feed
    var task: Task<Void, Never>
  }

  private let running = Mutex<[Int: Running]>([:])

  init() {}

  /// Waits until the task is cancelled, and ends all of them then.
  func run() async {
    // WHY: nothing is done here; the connection's own end cancels this.
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    let all = running.withLock { running in
      defer { running = [:] }
      return Array(running.values)
    }
    for one in all { one.task.cancel() }
    for one in all { await one.task.value }
  }

  func feed(_ id: Int) -> (any Feed)? { running.withLock { $0[id]?.feed } }

  /// - Throws: a `Problem` when the number is in use, or there are too many.
  func begin(_ feed: any Feed, _ outlet: FeedOutlet) throws {
    let id = outlet.id
    try running.withLock { running in
      guard running[id] == nil else {
        throw Problem(
          .conflict, "subscription_exists", "subscription \(id) is there already", remedy: "end it first, or take another id")
      }
      guard running.count < SocketLimits.subscriptions else {
        throw Problem(.tooManyRequests, "too_many_subscriptions", "a socket has at most \(SocketLimits.subscriptions)")
      }
      // WHY: it lives until the client ends it, or the socket.
      let task = Task { [weak self] in
        do {
          try await feed.run(outlet)
          if !Task.isCancelled { await outlet.send([("ended", .bool(true))]) }
        } catch {
          if !Task.isCancelled { await outlet.send([("error", Problem(error).record)]) }
        }
        if !Task.isCancelled { self?.forget(id) }
      }
      running[id] = Running(feed: feed, task: task)
    }
  }

  func end(_ id: Int) { running.withLock { $0.removeValue(forKey: id) }?.task.cancel() }

  private func forget(_ id: Int) { running.withLock { $0[id] = nil } }
}
