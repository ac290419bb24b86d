import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore
import StackPlanning

/// What a command needs to work on a stack: the engine, the store's place, the user, the progress display.
struct StackSession {
  let global: GlobalOptions
  let environment = ProcessEnvironment.all

  /// `SLIPWAY_DATA`, else `slipway` in the XDG state folder.
  static func dataDirectory(_ environment: [String: String]) -> String {
    if let path = environment["SLIPWAY_DATA"], !path.isEmpty {
      return path.hasPrefix("/") ? path : ProcessEnvironment.currentDirectory + "/" + path
    }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/slipway" }
    return (environment["HOME"] ?? "") + "/.local/state/slipway"
  }

  /// The engine's name in the store.
  static func server(_ endpoint: EngineEndpoint) -> String {
    endpoint == .standard ? "local" : "unix://\(endpoint.socketPath)"
  }

  /// Runs `body` with the operations of the chosen engine; Ctrl-C cancels it, and `notice` is said then.
  func withOperations<Value: Sendable>(
    progress: @escaping ProgressSink = { _ in }, notice: String? = Interruption.undoing,
    _ body: @escaping @Sendable (StackOperations) async throws -> Value
  ) async throws -> Value {
    let endpoint = try EngineEndpoint.chosen(host: global.host, environment: environment)
    let credentials = try RegistryCredentials(
      configPath: RegistryCredentials.standardPath(environment: environment) ?? "/nonexistent",
      searchPath: environment["PATH"] ?? "")
    let engine = EngineClient(endpoint)
    let operations = StackOperations(
      engine: engine, server: Self.server(endpoint), dataDirectory: Self.dataDirectory(environment),
      credentials: credentials, environment: environment,
      author: environment["SLIPWAY_AUTHOR"] ?? environment["SUDO_USER"] ?? environment["USER"] ?? environment["LOGNAME"]
        ?? "unknown",
      progress: progress)
    do {
      let value = try await Interruption.cancelling(notice: notice) { try await body(operations) }
      await engine.shutdown()
      return value
    } catch {
      await engine.shutdown()
      throw error
    }
  }

  /// Loads the project; its warnings go to standard error.
  func load(services: [String] = [], quiet: Bool = false) throws -> LoadedProject {
    let loaded = try ComposeLoader.load(global.loadRequest(services: services), from: DiskFiles())
    if !quiet { for warning in loaded.warnings { StandardError.write("warning: \(warning)") } }
    return loaded
  }

  /// The project name, without reading files where `-p` or the environment gives it.
  func projectName() throws -> String {
    let given = global.projectName ?? environment["COMPOSE_PROJECT_NAME"] ?? ""
    guard !given.isEmpty else { return try load(quiet: true).project.name }
    guard let name = StackName(given) else {
      throw CommandFailure(
        "\"\(given)\" is not a project name\n  fix: use lower-case letters, digits, - and _, beginning with a letter or digit, at most 63"
      )
    }
    return name.text
  }
}

/// A checked project name (S-IN-1): only this reaches paths and engine calls.
struct StackName {
  let text: String

  init?(_ text: String) {
    let first = text.utf8.first.map { (97...122).contains($0) || (48...57).contains($0) } ?? false
    guard first, text.utf8.count <= 63,
      text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 })
    else { return nil }
    self.text = text
  }
}

/// A failure with its text for the user.
struct CommandFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
