import Accounts
import CLinux
import ComposeFile
import DockerEngine
import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import LogStreaming
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Orchestration
import RevisionStore
import ServiceLifecycle
import SlipwayAPI
import Synchronization
import UnixSignals

/// `slipway serve`: the HTTP API, the sockets and the web UI, over one data directory that it owns (decision 15).
package struct SlipwayServer: Sendable {
  private var options: ServerOptions
  private var certificate: ServedCertificate?
  private let logger: Logger
  private let say: @Sendable (String) -> Void

  /// - Parameter say: what the person who starts it should read.
  package init(_ options: ServerOptions, logger: Logger, say: @escaping @Sendable (String) -> Void) {
    self.options = options
    self.logger = logger
    self.say = say
  }

  /// How long a stop may take, and how long running operations may take of it (R-STOP-1: 30 s to the end of the process).
  private static let stopLimit: Duration = .seconds(28)
  private static let drainLimit: Duration = .seconds(25)

  /// Runs until SIGTERM or SIGINT, or the task is cancelled.
  ///
  /// - Throws: `ServerRefusal` and `StoreError` when it cannot start.
  package func run() async throws {
    guard options.tls != nil || options.makesCertificate || options.listener.isLoopback || options.allowsInsecureHTTP else {
      throw ServerRefusal(
        description:
          "\(options.listener.host) takes clients of other machines, and there is no TLS: passwords and sessions would go in the open\n  fix: give --tls-cert and --tls-key, or --tls-self-signed, or listen on 127.0.0.1 behind a proxy with TLS; in a network that you trust as much as root, set --insecure-http"
      )
    }
    // No core dump holds a secret (S-SEC-5).
    if linux_keep_memory_private() != 0 { logger.warning("core dumps are not forbidden") }
    let store = try RevisionStore.own(dataDirectory: options.dataDirectory)
    try await certified().run(over: store)
  }

  private func run(over store: RevisionStore) async throws {
    try await checkKey(store)
    let accounts = AccountService(store: store, dataDirectory: options.dataDirectory)
    try await store.forgetUnfinishedIdempotent()
    if let path = try await accounts.prepareSetUp() {
      say("no user is there yet: open the server's page and give it the token from \(path)")
    }
    let events = EventLog(run: CallID.next())
    let directory = ServerDirectory(
      dataDirectory: options.dataDirectory, environment: options.environment, store: .shared(store))
    let fleet = Fleet(
      directory: directory, local: EngineTarget(try localEngine()), engineTimeout: nil, events: events,
      notice: { [logger] in logger.warning("\($0)") })
    let folders = try StackFolders(root: options.stacksRoot)
    let stacks = ServedStacks(
      folders: folders, fleet: fleet, store: store, dataDirectory: options.dataDirectory, credentials: try credentials(),
      waits: options.waits)
    let catalog = StackCatalog(states: fleet.states, folders: folders, store: store)
    let jobs = JobRunner(
      store: store, events: events, describe: { Problem($0).record.map ?? ComposeMap() },
      // WHY try?: without the key nobody has the values either.
      known: { key in (try? await stacks.known(of: key)) ?? KnownSecrets() }, finished: { catalog.refresh() })
    let logs = LogHub { server in try await fleet.member(server ?? ServerName.local).engine }
    let sockets = OpenSockets()
    let drifts = DriftMarks(events: events) { key in
      !(try await stacks.operations(on: key.server, stack: key, author: "").drift(of: key.project).isEmpty)
    }
    let parts = ServerParts(
      accounts: accounts, store: store, stacks: stacks, catalog: catalog, drifts: drifts, jobs: jobs, logs: logs,
      stats: StatsHub(fleet: fleet),
      terminals: Terminals(),
      git: GitSource(
        store: store, folders: folders, dataDirectory: options.dataDirectory, allowedHosts: options.gitHosts,
        home: options.environment["HOME"] ?? options.dataDirectory), events: events,
      directory: directory,
      templates: options.templates, sockets: sockets, requests: RequestCounts(),
      process: ProcessFacts(version: options.version, dataDirectory: options.dataDirectory), logger: logger)
    let changes = accounts.subscribe { sockets.apply($0) }
    defer { withExtendedLifetime(changes) {} }
    try await fleet.start()
    do {
      try await serve(parts, sockets, fleet)
    } catch {
      await fleet.close()
      throw error
    }
  }

  private func localEngine() throws -> EngineEndpoint {
    guard let host = options.environment["DOCKER_HOST"], host.hasPrefix("unix://") else { return .standard }
    return try EngineEndpoint(parsing: host)
  }

  private func credentials() throws -> RegistryCredentials {
    try RegistryCredentials(
      configPath: RegistryCredentials.standardPath(environment: options.environment) ?? "/nonexistent",
      searchPath: options.environment["PATH"] ?? "")
  }

  /// A key that others can read is refused; without one that fits, the server starts and changes nothing (S-SEC-1).
  private func checkKey(_ store: RevisionStore) async throws {
    do {
      try await store.checkMasterKey()
    } catch {
      switch error {
      case .unsafePermissions, .wrongOwner: throw error
      default:
        logger.error("degraded: stored secrets cannot be opened, and nobody can log in", metadata: ["error": "\(error)"])
        say("degraded: nobody can log in and nothing is changed until this is mended\n\(error)")
      }
    }
  }

  /// With the certificate that is given, or that the server makes for itself, where that was asked for.
  private func certified() throws -> SlipwayServer {
    var server = try withOwnCertificate()
    server.certificate = try server.options.tls.map { try ServedCertificate($0) }
    if let warning = server.certificate?.warning(now: Date()) { say("warning: \(warning)") }
    return server
  }

  private func withOwnCertificate() throws -> SlipwayServer {
    guard options.makesCertificate, options.tls == nil else { return self }
    let made = try SelfSignedCertificate.prepare(dataDirectory: options.dataDirectory, names: certificateNames, now: Date())
    let day = made.endsAt.formatted(.iso8601.year().month().day())
    say(
      "\(made.isNew ? "a new certificate was made" : "certificate of this server"), valid until \(day): SHA256:\(made.fingerprint)"
    )
    var server = self
    server.options.tls = made.files
    return server
  }

  // MARK: Listening

  private func serve(_ parts: ServerParts, _ sockets: OpenSockets, _ fleet: Fleet) async throws {
    try await Binding.tryOut(options.listener)
    let document = Mutex<[UInt8]>([])
    let routes = parts.routes + parts.systemRoutes { document.withLock { $0 } }
    let text = OpenAPIDocument(routes: routes, version: options.version).json()
    document.withLock { $0 = Array(text.utf8) }
    let ready = Listening(count: 2, say: say)
    let network = try listener(
      routes, parts, sockets,
      facts: ListenerFacts(isEncrypted: options.tls != nil, isLocal: false, trustedProxies: options.trustedProxies),
      place: .network(options.listener), ready)
    let socketPath = Self.socketPath(dataDirectory: options.dataDirectory)
    let local = try listener(
      routes, parts, sockets, facts: ListenerFacts(isEncrypted: false, isLocal: true, trustedProxies: []),
      place: .socket(path: socketPath), ready)
    let recovery = try await Recovery(preparing: parts)
    let upkeep = Upkeep(parts: parts, certificate: certificate)
    let stopping = Stopping(parts: parts, sockets: sockets, fleet: fleet, limit: Self.drainLimit)
    var configuration = ServiceGroupConfiguration(
      services: [
        network, local, stopping, LogRestarts(events: parts.events, logs: parts.logs), StatsSampling(stats: parts.stats),
        DriftLooks(drifts: parts.drifts),
        recovery, GitPolling(parts: parts), upkeep,
      ].map { .init(service: $0) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet
    )
    configuration.maximumGracefulShutdownDuration = Self.stopLimit
    defer { _ = unsafe unlink(socketPath) }
    try await ServiceGroup(configuration: configuration).run()
    await upkeep.finish()
    // WHY try?: everything that was committed is on the disk; the next start would move the log in too.
    try? await parts.store.close()
  }

  /// How many connections NIO takes before it asks again whether there is room (`maxMessagesPerRead` of a server's channel).
  private static let acceptBatch = 4

  /// Where the command line of this host finds the server.
  package static func socketPath(dataDirectory: String) -> String { dataDirectory + "/slipway.sock" }

  /// For Hummingbird and the service group, whose words are not for people.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = .error
    return quiet
  }

  private func listener(
    _ routes: [Route], _ parts: ServerParts, _ sockets: OpenSockets, facts: ListenerFacts, place: Binding.Place,
    _ ready: Listening
  ) throws -> any ServiceLifecycle.Service {
    let limits = HTTPLimits()
    let gate = RequestGate(
      hosts: hosts, origins: Set(options.publicURLs.map { Self.origin($0) }), accounts: parts.accounts)
    let headers = SecurityHeaders(isEncrypted: facts.isEncrypted)
    let socketGate = SocketGate(gate: gate, facts: facts, accounts: parts.accounts, sockets: sockets, logger: logger) {
      channel, pass in
      switch pass.kind {
      case .live: await LiveSocket(parts: parts, pass: pass).run(channel, sockets)
      case .terminal(let id): await TerminalSocket(parts: parts, pass: pass, id: id).run(channel, sockets)
      }
    }
    let pipeline = CallPipeline(
      gate: gate, accounts: parts.accounts, stacks: StackLookup(catalog: parts.catalog),
      objects: EngineObjectLookup(fleet: parts.fleet, accounts: parts.accounts), counts: parts.requests,
      repeats: RepeatedCalls(store: parts.store),
      limits: limits, headers: headers, facts: facts, logger: logger)
    let folder = options.webRoot.flatMap { DiskFiles.realPath($0) }.map { ConfinedFolder(root: $0) }
    let router = try APIRouter.router(routes, pipeline, StaticPages(folder: folder, headers: headers, gate: gate))
    let tls = facts.isLocal ? nil : certificate?.configuration
    let server = HTTPServerBuilder { responder in
      let channel = UpgradableChannel(responder: responder, sockets: socketGate, limits: limits, headers: headers)
      guard let tls else { return channel }
      return try TLSChannel(channel, tlsConfiguration: tls)
    }
    let application = Application(
      responder: router.buildResponder(), server: server,
      configuration: ApplicationConfiguration(
        address: place.address, serverName: nil, backlog: 256, reuseAddress: true,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections - Self.acceptBatch + 1)),
      onServerRunning: { channel in
        // Its folder keeps others away already.
        if facts.isLocal { _ = unsafe chmod(Self.socketPath(dataDirectory: options.dataDirectory), 0o600) }
        ready.isUp(channel.localAddress, isEncrypted: tls != nil)
      }, logger: quiet)
    return Binding(place: place, service: application)
  }

  /// Names that are meant by this server, beside addresses.
  private var hosts: Set<String> {
    var hosts: Set<String> = ["localhost", options.listener.host.lowercased()]
    for url in options.publicURLs {
      if let host = RequestGate.host(of: String(Self.origin(url).split(separator: "/").last ?? "")) { hosts.insert(host) }
    }
    // What clients on the unix socket say; nobody else comes there.
    hosts.insert("slipway")
    return hosts
  }

  /// What a certificate is made for: where the server listens, this machine, and the names of the public addresses.
  private var certificateNames: Set<String> {
    var names = hosts.union(["127.0.0.1", "::1"]).subtracting(["slipway"])
    // Every address of the machine is meant: its name stands for them.
    if names.intersection(["0.0.0.0", "::"]).isEmpty == false {
      names.subtract(["0.0.0.0", "::"])
      if let own = Self.machineName { names.insert(own) }
    }
    return names
  }

  private static var machineName: String? {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
    return name.isEmpty ? nil : name
  }

  /// `https://Slipway.example/` as browsers write it: `https://slipway.example`.
  private static func origin(_ url: String) -> String {
    var text = url.lowercased()
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }
}

/// Tells when all listeners are up.
private final class Listening: Sendable {
  private struct State {
    var missing: Int
    var address = ""
  }

  private let state: Mutex<State>
  private let say: @Sendable (String) -> Void

  init(count: Int, say: @escaping @Sendable (String) -> Void) {
    state = Mutex(State(missing: count))
    self.say = say
  }

  func isUp(_ address: SocketAddress?, isEncrypted: Bool) {
    let text = state.withLock { state -> String? in
      state.missing -= 1
      if let address, let ip = address.ipAddress, let port = address.port {
        state.address = "\(isEncrypted ? "https" : "http")://\(ip.contains(":") ? "[\(ip)]" : ip):\(port)"
      }
      return state.missing == 0 ? state.address : nil
    }
    if let text { say("listening on \(text)") }
  }
}

/// Keeps the last hour of what containers use.
private struct StatsSampling: ServiceLifecycle.Service {
  let stats: StatsHub

  func run() async throws { await cancelWhenGracefulShutdown { await stats.run() } }
}

private struct DriftLooks: ServiceLifecycle.Service {
  let drifts: DriftMarks

  func run() async throws { await cancelWhenGracefulShutdown { await drifts.run() } }
}

/// Ends what the server has begun, when it is told to stop (R-STOP-1).
private struct Stopping: ServiceLifecycle.Service {
  let parts: ServerParts
  let sockets: OpenSockets
  let fleet: Fleet
  let limit: Duration

  func run() async throws {
    // WHY try?: it waits for nothing else than its own end.
    try? await gracefulShutdown()
    sockets.stop()
    await parts.logs.shutdown()
    await parts.jobs.stop(limit: limit)
    await fleet.close()
  }
}
