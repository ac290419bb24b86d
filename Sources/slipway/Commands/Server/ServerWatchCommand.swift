import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import Synchronization

/// `slipway server watch`: what changes on all servers, as their engines tell it.
struct ServerWatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show what changes on servers until Ctrl-C.",
    discussion: "Nothing is polled: the engines tell it. A lost server is told, and read again when it is back.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Servers; none: all, and this machine where it has an engine.", completion: ServerNames.completion)
  var names: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let wanted = names.isEmpty ? try await StackServers.all(session) : names
    guard !wanted.isEmpty else {
      throw CommandFailure("there is no server to watch\n  fix: add one with slipway server add")
    }
    let board = Board(isJSON: global.isJSON)
    if let served = try await session.servedServers() {
      return try await Interruption.cancelling(notice: nil) { try await served.watch(wanted) { board.show($0) } }
    }
    try await Interruption.cancelling(notice: nil) {
      try await StackServers.withEngines(wanted, global) { engines in
        var watched: [ServerWatch.Watched] = []
        for (server, engine) in engines {
          switch engine {
          case .success(let engine): watched.append(ServerWatch.Watched(server: server, engine: engine))
          // One that cannot even be tried holds up no other.
          case .failure(let error): StandardError.fail("\(server): \(error)")
          }
        }
        guard !watched.isEmpty else { throw ExitCode(1) }
        await ServerWatch(watched).run { board.show($0) }
      }
    }
  }

  /// What was shown last of each server; shows what is new.
  private final class Board: Sendable {
    private let isJSON: Bool
    private let shown = Mutex<[String: ServerState]>([:])

    init(isJSON: Bool) { self.isJSON = isJSON }

    func show(_ state: ServerState) {
      shown.withLock { shown in
        let before = shown.updateValue(state, forKey: state.server)
        if before?.link != state.link { tell(state.server, link: state) }
        let ids = Set(state.containers.keys).union(before?.containers.keys ?? [:].keys)
        let names = ids.map { (state.containers[$0] ?? before?.containers[$0])?.name ?? "" }
        for (id, _) in zip(ids, names).sorted(by: { ($0.1, $0.0) < ($1.1, $1.0) }) {
          let (old, new) = (before?.containers[id], state.containers[id])
          if old != new, let container = new ?? old { tell(state.server, container, isGone: new == nil) }
        }
      }
    }

    private func tell(_ server: String, link state: ServerState) {
      let (word, reason) =
        switch state.link {
        case .connecting: ("connecting", "")
        case .up: ("up", "")
        case .away(let reason): ("away", reason)
        }
      var fields = [("link", word)]
      if !reason.isEmpty { fields.append(("reason", reason)) }
      if case .up = state.link { fields.append(("stacks", "\(state.stacks.count)")) }
      put(server, fields, word + (reason.isEmpty ? "" : ": " + reason.prefix { $0 != "\n" }))
    }

    private func tell(_ server: String, _ container: ServerState.Container, isGone: Bool) {
      let status = isGone ? "removed" : container.status.rawValue
      let health = isGone ? nil : container.health
      put(
        server,
        [("stack", container.stack), ("service", container.service), ("container", container.name), ("status", status)]
          + (health.map { [("health", $0)] } ?? []),
        "\(container.stack)  \(container.name)  \(status)" + (health.map { " (\($0))" } ?? ""))
    }

    private func put(_ server: String, _ fields: [(String, String)], _ text: String) {
      let now = ClockText.utc(Timestamp.systemNow().milliseconds)
      if isJSON {
        let all = [("time", now), ("server", server)] + fields
        let object = ComposeValue.map(ComposeMap(all.map { ($0.0, .string($0.1)) }))
        StandardOutput.write(object.json(indented: false) + "\n")
      } else {
        StandardOutput.write(TerminalText.line("\(now)  \(server)  \(text)") + "\n")
      }
    }
  }
}
