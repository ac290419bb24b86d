import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import Synchronization

/// What changes on the servers of the context's server, as it tells it.
extension ServedServers {
  /// Goes on until it is cancelled. Nothing is polled: an event says whose containers are looked at again.
  func watch(_ names: [String], _ show: @escaping @Sendable (ServerState) -> Void) async throws {
    let wanted = Set(names)
    let hasBegun = Mutex(false)
    try await connection.follow(.events(ComposeMap()), notice: ServedContainers.tell) { message in
      let isFirst = hasBegun.withLock { hasBegun in
        defer { hasBegun = true }
        return !hasBegun
      }
      // What was missed, or never seen, is looked at anew.
      let isAll = isFirst || message["reset"]?.bool == true || message["missed"] != nil
      let told = Set((message["events"]?.list ?? []).compactMap { $0["server"]?.string })
      let changed = isAll ? wanted : wanted.intersection(told)
      guard !changed.isEmpty else { return true }
      let bodies = try await connection.items("/api/v1/servers", as: ServerBody.self)
      for body in bodies where changed.contains(body.name) { show(try await state(body)) }
      return true
    }
  }

  private func state(_ body: ServerBody) async throws -> ServerState {
    var state = ServerState(server: body.name)
    switch body.link {
    case "up": state.take(try await connection.summaries(server: body.name, stack: nil, all: true))
    case "away": state.link = .away(reason: body.reason ?? "")
    default: state.link = .connecting
    }
    return state
  }
}
