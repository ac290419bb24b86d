import Accounts
import ComposeFile
import DockerEngine
import Foundation
import LogStreaming
import Logging
import Orchestration
import RevisionStore

@testable import SlipwayServer

/// All that the routes work with, over a data directory of its own and one engine.
struct ServedParts {
  let folder: URL
  let parts: ServerParts

  /// - Parameter endpoint: of the engine that is this machine's; nil: there is none.
  init(_ endpoint: EngineEndpoint? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-parts-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let store = try RevisionStore.open(dataDirectory: folder.path)
    let events = EventLog(run: "test")
    let directory = ServerDirectory(dataDirectory: folder.path, environment: [:], store: .shared(store))
    let engine = EngineTarget(try endpoint ?? EngineEndpoint(parsing: "unix:///nonexistent/docker.sock"))
    let fleet = Fleet(directory: directory, local: engine, engineTimeout: nil, events: events, notice: { _ in })
    let folders = try StackFolders(root: folder.path + "/stacks")
    let stacks = ServedStacks(
      folders: folders, fleet: fleet, store: store, dataDirectory: folder.path,
      credentials: try RegistryCredentials(configPath: "/nonexistent", searchPath: ""), waits: WaitLimits())
    let catalog = StackCatalog(states: fleet.states, folders: folders, store: store)
    parts = ServerParts(
      accounts: AccountService(store: store, dataDirectory: folder.path), store: store, stacks: stacks, catalog: catalog,
      drifts: DriftMarks(events: events) { _ in false },
      jobs: JobRunner(store: store, events: events, describe: { _ in ComposeMap() }, finished: {}),
      logs: LogHub { server in try await fleet.member(server ?? ServerName.local).engine }, stats: StatsHub(fleet: fleet),
      terminals: Terminals(),
      git: GitSource(store: store, folders: folders, dataDirectory: folder.path, allowedHosts: [], home: folder.path),
      events: events,
      directory: directory, templates: TemplateLibrary(folders: []),
      sockets: OpenSockets(), requests: RequestCounts(), process: ProcessFacts(version: "1.2.3", dataDirectory: folder.path),
      logger: Logger(label: "test"))
  }

  var routes: [Route] { parts.routes + parts.systemRoutes { [] } }

  func remove() async {
    await parts.fleet.close()
    // WHY try?: what is left in the temporary folder disturbs nobody.
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs `body` with parts over an engine, and removes them.
  static func with(_ endpoint: EngineEndpoint? = nil, _ body: (ServerParts, ServedParts) async throws -> Void) async throws {
    let served = try ServedParts(endpoint)
    do {
      try await body(served.parts, served)
    } catch {
      await served.remove()
      throw error
    }
    await served.remove()
  }
}

/// Somebody with these rights, by a session that has proved itself just now.
func somebody(_ grants: Grant...) -> Principal {
  Principal(
    credential: .session(id: "s"), userID: 1, name: "somebody", grants: grants, origin: Origin(address: "192.0.2.1", way: .api),
    stepUpAt: .systemNow())
}
