import Accounts
import ComposeFile
import DockerEngine
import LogStreaming
import Orchestration
import RevisionStore
import SlipwayAPI

/// What a client wants the lines of: everything that all given names fit.
struct LogTarget: Hashable, Sendable {
  /// `NAME`, or `NAME@SERVER`.
  var stack: String?
  var server: String?
  var service: String?
  /// A container's name or id, or the beginning of its id.
  var container: String?

  static let limit = 100

  static let schema = Schema.object([
    .optional("stack", .text(limit: 127, minimum: 1), "NAME, or NAME@SERVER"), .optional("server", .text(limit: 63, minimum: 1)),
    .optional("service", .text(limit: 255, minimum: 1)),
    .optional("container", .text(limit: 255, minimum: 1), "its name, its id, or the beginning of that"),
  ])

  init(_ json: ComposeValue) throws {
    server = json["server"]?.string
    service = json["service"]?.string
    container = json["container"]?.string
    if let text = json["stack"]?.string {
      guard let reference = StackReference(text) else {
        throw Problem(.unprocessable, "invalid_target", "\"\(text.prefix(130))\" is no stack's name")
      }
      stack = reference.name
      server = reference.server ?? server
    }
    guard stack != nil || server != nil || container != nil else {
      throw Problem(
        .unprocessable, "invalid_target", "a target names nothing", remedy: "name a stack, a server or a container")
    }
  }

  func fits(_ id: String, _ container: ServerState.Container, on server: String) -> Bool {
    if let wanted = self.server, wanted != server { return false }
    if let stack, stack != container.stack { return false }
    if let service, service != container.service { return false }
    if let wanted = self.container {
      return container.name == wanted || id == wanted || wanted.utf8.count >= 12 && id.hasPrefix(wanted)
    }
    return true
  }
}

/// Finds the containers that targets name, among those that somebody may see.
struct LogTargets: Sendable {
  let targets: [LogTarget]
  let caller: Principal

  /// The containers that fit now, in the order of their names.
  func origins(_ states: FleetStates, now: Timestamp = .systemNow()) -> [LogOrigin] {
    var found: [LogOrigin] = []
    var verdicts: [StackKey: Bool] = [:]
    for state in states.servers {
      for (id, container) in state.containers where targets.contains(where: { $0.fits(id, container, on: state.server) }) {
        let key = StackKey(server: state.server, project: container.stack)
        let isAllowed =
          verdicts[key]
          ?? (authorize(caller, .logsRead, on: .stack(server: key.server, name: key.project), now: now) == .allowed)
        verdicts[key] = isAllowed
        guard isAllowed else { continue }
        found.append(
          LogOrigin(
            LogSource(id: id, name: container.settledName), service: container.service, stack: container.stack,
            server: state.server))
      }
    }
    return found.sorted { ($0.source.name, $0.source.id) < ($1.source.name, $1.source.id) }
  }

  /// Refuses targets that are not there, or may not be seen; both look the same (S-AZ-2).
  func requireKnown(_ catalog: StackCatalog, _ states: FleetStates) async throws {
    let now = Timestamp.systemNow()
    let rows = try await catalog.rows().map(\.key).filter { key in
      authorize(caller, .logsRead, on: .stack(server: key.server, name: key.project), now: now) == .allowed
    }
    for target in targets {
      if let stack = target.stack {
        let isKnown = rows.contains { $0.project == stack && (target.server == nil || $0.server == target.server) }
        guard isKnown else { throw Problem.notFound("stack \(stack)") }
      } else if let server = target.server, target.container == nil {
        let isSeen = authorize(caller, .serverRead, on: .server(server), now: now) == .allowed
        guard isSeen, states.state(of: server) != nil else { throw Problem.notFound("server \(server)") }
      }
      guard let container = target.container else { continue }
      let one = LogTargets(targets: [target], caller: caller)
      guard !one.origins(states, now: now).isEmpty else { throw Problem.notFound("container \(container)") }
    }
  }
}
