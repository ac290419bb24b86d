import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import SSHTransport
import StackPlanning

/// What a command needs to work on a stack: the engine, the store's place, the user, the progress display.
struct StackSession {
  let global: GlobalOptions
  let environment = ProcessEnvironment.all
  let files: CommandFiles

  init(global: GlobalOptions) {
    self.global = global
    files = CommandFiles(global.files)
  }

  /// Read when a command needs them, not before.
  func settings() throws -> Settings { try Settings.load(environment: environment) }

  /// The engine that an option, a setting or a Docker context names, else the standard one.
  func target(_ settings: Settings) async throws -> EngineTarget {
    if let name = global.server ?? (global.host == nil ? settings.server : nil) {
      let directory = ServerDirectory(dataDirectory: settings.dataDirectory, environment: environment)
      return try await directory.target(named: name) { StandardError.warn($0) }
    }
    let named = global.host ?? settings.host
    let context = named == nil ? try DockerContext.engine(environment: environment) : nil
    guard let host = named ?? context?.host else { return EngineTarget(.standard) }
    if TCPAddress.isMeant(by: host) {
      // A context has its own; flags and variables are for engines that are named by their address.
      let tls = context.map { $0.tls } ?? DockerTLS.chosen(flags: global.tls, environment: environment)
      return try EngineTarget(tcp: host, tls: tls, isPlainAllowed: settings.allowsPlainTCP) { StandardError.warn($0) }
    }
    guard host.hasPrefix("ssh://") else { return EngineTarget(try EngineEndpoint(parsing: host)) }
    let (hops, socket) = try AdHocServer(environment: environment, user: Settings.accountName).route(to: host)
    let link = SSHLink(hops: hops, socket: socket) { StandardError.warn($0) }
    return EngineTarget(link, name: host)
  }

  /// A client under the limits of options and settings; nothing is connected yet.
  func client(_ target: EngineTarget, _ settings: Settings) -> EngineClient {
    var limits = EngineLimits()
    if let calls = global.parallelCalls ?? environment["COMPOSE_PARALLEL_LIMIT"].flatMap({ Int($0) }), calls > 0 {
      limits.parallelCalls = min(calls, limits.parallelCalls)
    }
    limits = target.adjusted(limits)
    return EngineClient(
      connector: target.connector, limits: settings.engineTimeout.map { limits.capped(at: $0) } ?? limits)
  }

  /// Runs `body` with a client of an engine; the way to it is closed at the end. Ctrl-C cancels it.
  func withTarget<Value: Sendable>(
    _ target: EngineTarget, _ settings: Settings, _ body: @escaping @Sendable (EngineClient, EngineTarget) async throws -> Value
  ) async throws -> Value {
    let engine = client(target, settings)
    let result: Result<Value, any Error>
    do {
      result = .success(try await Interruption.cancelling(notice: nil) { try await body(engine, target) })
    } catch {
      result = .failure(error)
    }
    await engine.shutdown()
    await target.close()
    return try result.get()
  }

  /// Runs `body` with the operations of the chosen engine; Ctrl-C cancels it, and `notice` is said then.
  ///
  /// - Parameter takesSignals: false for what goes on in the background: only its task is cancelled.
  func withOperations<Value: Sendable>(
    progress: @escaping ProgressSink = { _ in }, notice: String? = Interruption.undoing, takesSignals: Bool = true,
    _ body: @escaping @Sendable (StackOperations) async throws -> Value
  ) async throws -> Value {
    let settings = try settings()
    let target = try await target(settings)
    let credentials = try RegistryCredentials(
      configPath: RegistryCredentials.standardPath(environment: environment) ?? "/nonexistent",
      searchPath: environment["PATH"] ?? "")
    let engine = client(target, settings)
    let operations = StackOperations(
      engine: engine, server: target.storeName, dataDirectory: settings.dataDirectory,
      credentials: credentials, environment: environment,
      author: settings.author, projectFiles: Self.projectFiles(target, settings),
      progress: progress)
    // The client closes its connections when it is dropped; nothing waits for that.
    let result: Result<Value, any Error>
    do {
      result = .success(
        takesSignals
          ? try await Interruption.cancelling(notice: notice) { try await body(operations) } : try await body(operations))
    } catch let error as StoreError {
      result = .failure(StoreOwner.explained(error, dataDirectory: settings.dataDirectory))
    } catch {
      result = .failure(error)
    }
    await target.close()
    return try result.get()
  }

  private static func projectFiles(_ target: EngineTarget, _ settings: Settings) -> ProjectFilesServer? {
    if let link = target.link { return ProjectFilesServer(link, name: target.storeName) }
    guard target.socketPath != nil, let folder = settings.projectFiles else { return nil }
    return ProjectFilesServer(folder, name: target.storeName)
  }

  /// Runs `body` with the operations of the chosen engine and shows their progress on standard error.
  func withProgress<Value: Sendable>(
    isQuiet: Bool = false, hiding hidden: ProgressParts = [], notice: String? = Interruption.undoing,
    _ body: @escaping @Sendable (StackOperations) async throws -> Value
  ) async throws -> Value {
    let display = try ProgressDisplay(
      global, try settings(), environment: environment, isQuiet: isQuiet, hiding: hidden)
    defer { display.finish() }
    return try await withOperations(progress: display.sink, notice: notice, body)
  }

  /// Loads the project, with `services` whatever their profiles; its warnings go to standard error.
  func load(activating services: [String] = [], quiet: Bool = false) throws -> LoadedProject {
    let loaded = try ComposeLoader.load(global.loadRequest(activating: services), from: files)
    if !quiet { for warning in loaded.warnings { StandardError.warn("\(warning)") } }
    return loaded
  }

  /// The variables that the files see: this process's own, and those of `.env` or the files named instead of it.
  func projectEnvironment() throws -> [String: String] {
    try ComposeLoader.inspect(global.loadRequest(), from: files).environment
  }

  /// Whether a switch of Docker Compose's is on: in the environment or, where it is not set there, in the project's `.env`.
  ///
  /// - Parameter inputs: the files that the project was made from.
  func isOn(_ variable: String, _ inputs: [InputFile]) -> Bool {
    let files = inputs.filter { $0.role == .dotEnv }.reversed()
    // WHY try?: the project was made from these files, so that nothing is wrong with them.
    let value =
      environment[variable]
      ?? files.lazy.compactMap { try? EnvironmentFile.values($0.bytes, file: $0.path) { environment[$0] }[variable] }.first
    return ["1", "t", "true", "y"].contains(value?.lowercased() ?? "")
  }

  /// Refuses names that neither containers nor, where they can be read, the files have.
  func requireServices(_ wanted: Set<String>, among known: Set<String>) throws {
    guard !wanted.isSubset(of: known) else { return }
    // WHY try?: the containers are enough where the files are gone.
    let project = try? load(quiet: true).project
    let all = known.union(project?.services.map(\.name) ?? []).union(project?.inactiveServices ?? [])
    guard let missing = wanted.subtracting(all).sorted().first else { return }
    let names = all.sorted().joined(separator: ", ")
    throw CommandFailure(
      "no such service: \(missing)" + (names.isEmpty ? "" : "\n  fix: name one of \(names)"))
  }

  /// The project name of `-p` or the environment, unchecked.
  var givenName: String? {
    let name = global.projectName ?? environment["COMPOSE_PROJECT_NAME"] ?? ""
    return name.isEmpty ? nil : name
  }

  /// Whether the files are just not there: none was named, and none was found.
  func isWithoutFiles(_ problems: ComposeProblems) -> Bool {
    global.files.isEmpty && problems.problems.allSatisfy { $0.rule == .missingFile }
  }

  /// The project name, without reading files where `-p` or the environment gives it.
  func projectName() throws -> String {
    guard let given = givenName else { return try load(quiet: true).project.name }
    guard let name = StackName(given) else {
      throw CommandFailure(
        "\"\(given)\" is not a project name\n  fix: use lower-case letters, digits, - and _, beginning with a letter or digit, at most 63"
      )
    }
    return name.text
  }
}

/// A failure with its text for the user.
struct CommandFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
