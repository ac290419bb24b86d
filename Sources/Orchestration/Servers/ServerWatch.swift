package import DockerEngine

/// Keeps the state of many servers by their engines' event streams: nothing is polled.
///
/// Each server has a task of its own, so that a dead one delays no other. The list is read after the event stream is open, and
/// again after each loss of the link, so that nothing is missed in between.
package struct ServerWatch: Sendable {
  package struct Watched: Sendable {
    package var server: String
    package var engine: EngineClient

    package init(server: String, engine: EngineClient) {
      self.server = server
      self.engine = engine
    }
  }

  /// The pause after the first failed attempt; it doubles, with full jitter (R-ENG-1).
  private static let firstPause: Duration = .milliseconds(200)
  private static let longestPause: Duration = .seconds(60)

  private let servers: [Watched]

  package init(_ servers: [Watched]) { self.servers = servers }

  /// Delivers the state of a server at first and after each change, one at a time; ends with its task.
  package func run(_ deliver: @escaping @Sendable (ServerState) async -> Void) async {
    await withDiscardingTaskGroup { group in
      for server in servers {
        group.addTask { await Self.watch(server, deliver) }
      }
    }
  }

  private static func watch(_ watched: Watched, _ deliver: @Sendable (ServerState) async -> Void) async {
    var state = ServerState(server: watched.server)
    var failures = 0
    await deliver(state)
    while !Task.isCancelled {
      do {
        var filters: EngineFilters = [:]
        filters.values["type"] = ["container"]
        let events = try await watched.engine.events(filters: filters)
        state.take(try await watched.engine.listContainers(all: true, filters: .labels([ComposeLabel.project: nil])))
        failures = 0
        await deliver(state)
        for try await event in events where state.take(event) { await deliver(state) }
        throw EngineError.connectionLost(
          call: EngineCall(method: "GET", path: "/events", endpoint: watched.engine.name), reason: "the engine ended the stream")
      } catch {
        if Task.isCancelled { return }
        let away = ServerState.Link.away(reason: "\(error)")
        if state.link != away {
          state.link = away
          await deliver(state)
        }
        let longest = min(longestPause, firstPause * (1 << min(failures, 16)))
        failures += 1
        try? await Task.sleep(for: longest * Double.random(in: 0.1...1))
      }
    }
  }
}
