import ComposeFile
import Glibc
import Orchestration
import RevisionStore

/// What can be set once for all commands: by a file, by the environment, by flags, each outranking the one before.
///
/// The file is `SLIPWAY_CONFIG`, else `slipway/config.yaml` in the XDG configuration folder; it need not be there.
struct Settings: Sendable {
  /// Where revisions and operations are kept; absolute.
  var dataDirectory: String
  /// The engine's address; nil: the standard socket.
  var host: String?
  /// Whether an engine may be used over TCP without TLS where the address is not this machine's own.
  var allowsPlainTCP = false
  /// Where project files are for an engine on this machine that does not see ours.
  var projectFiles: SharedFolder?
  /// The server whose engine is meant; it outranks `host`.
  var server: String?
  var author: String
  var progress: String?
  var ansi: String?
  /// Longest wait for a dependency or for health.
  var waitTimeout: Duration = .seconds(300)
  /// How long a service without a health check must run before a deploy calls it ready.
  var settle: Duration = .seconds(2)
  /// How long an operation waits for an engine that has gone.
  var engineWait: Duration = .seconds(60)
  /// Longest time of one call to the engine; nil: each kind of call has its own.
  var engineTimeout: Duration?

  /// One thing that can be set.
  private struct Key {
    var name: String
    /// Environment variables that set it, the strongest first.
    var variables: [String]
    /// What is wrong with a value, with what would be right; nil: nothing.
    var complaint: @Sendable (String) -> String?
  }

  static let progressWords = ["auto", "tty", "plain", "json", "quiet"]
  static let ansiWords = ["auto", "never", "always"]

  private static let keys: [Key] = [
    Key(name: "data", variables: ["SLIPWAY_DATA"]) { $0.isEmpty ? "is empty; give a folder" : nil },
    Key(name: "host", variables: ["SLIPWAY_HOST", "DOCKER_HOST"]) { _ in nil },
    Key(name: "insecure_tcp", variables: ["SLIPWAY_INSECURE_TCP"]) { oneOf(["1", "true", "0", "false"], $0) },
    Key(name: "server", variables: ["SLIPWAY_SERVER"]) { name in
      name == ServerName.local || ServerName(name) != nil ? nil : "is not a server's name; \(ServerName.rule)"
    },
    Key(name: "project_files", variables: ["SLIPWAY_PROJECT_FILES"]) {
      SharedFolder($0) == nil ? "is no absolute path; give a folder that the engine sees too, or OURS:THE-ENGINE'S" : nil
    },
    Key(name: "author", variables: ["SLIPWAY_AUTHOR"]) { _ in nil },
    Key(name: "progress", variables: ["SLIPWAY_PROGRESS", "COMPOSE_PROGRESS"]) {
      oneOf(progressWords, $0)
    },
    Key(name: "ansi", variables: ["SLIPWAY_ANSI", "COMPOSE_ANSI"]) { oneOf(ansiWords, $0) },
    Key(name: "wait_timeout", variables: ["SLIPWAY_WAIT_TIMEOUT"], complaint: seconds),
    Key(name: "settle", variables: ["SLIPWAY_SETTLE"], complaint: seconds),
    Key(name: "engine_wait", variables: ["SLIPWAY_ENGINE_WAIT"], complaint: seconds),
    Key(name: "engine_timeout", variables: ["SLIPWAY_ENGINE_TIMEOUT"], complaint: seconds),
  ]

  /// The longest waits of a deploy under these settings.
  func waits(isGated: Bool, timeoutSeconds: Int?) -> WaitLimits {
    var waits = WaitLimits()
    waits.settle = isGated ? settle : .zero
    waits.condition = timeoutSeconds.map { .seconds($0) } ?? waitTimeout
    waits.engine = engineWait
    return waits
  }

  /// - Throws: `ComposeProblems` for the file, `CommandFailure` for the environment.
  static func load(environment: [String: String]) throws -> Settings {
    let path = filePath(environment)
    var values = try path.map { try fileValues($0, isNamed: environment["SLIPWAY_CONFIG"]?.isEmpty == false) } ?? [:]
    for key in keys {
      guard let name = key.variables.first(where: { environment[$0]?.isEmpty == false }), let value = environment[name] else {
        continue
      }
      if let complaint = key.complaint(value) { throw CommandFailure("\(name)=\(value) \(complaint)") }
      values[key.name] = value
      // An engine that the environment names outranks a server that the file names.
      if key.name == "host" { values["server"] = nil }
    }
    var settings = standard(environment: environment)
    if let data = values["data"] { settings.dataDirectory = absolute(data) }
    if let author = values["author"] { settings.author = author }
    settings.host = values["host"]
    settings.allowsPlainTCP = ["1", "true"].contains(values["insecure_tcp"])
    settings.server = values["server"]
    settings.projectFiles = values["project_files"].flatMap { SharedFolder($0) }
    settings.progress = values["progress"]
    settings.ansi = values["ansi"]
    if let text = values["wait_timeout"], let count = Int(text) { settings.waitTimeout = .seconds(count) }
    if let text = values["settle"], let count = Int(text) { settings.settle = .seconds(count) }
    if let text = values["engine_wait"], let count = Int(text) { settings.engineWait = .seconds(count) }
    if let text = values["engine_timeout"], let count = Int(text), count > 0 { settings.engineTimeout = .seconds(count) }
    return settings
  }

  static func filePath(_ environment: [String: String]) -> String? {
    if let path = environment["SLIPWAY_CONFIG"], !path.isEmpty { return absolute(path) }
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/slipway/config.yaml" }
    return environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config/slipway/config.yaml" }
  }

  /// What counts where nothing is set.
  static func standard(environment: [String: String]) -> Settings {
    Settings(
      dataDirectory: standardDataDirectory(environment),
      author: ["SUDO_USER", "USER", "LOGNAME"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? accountName)
  }

  /// The name of the user that runs this process, as the system knows it; the number when it has no name (containers).
  static var accountName: String {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    // Names are short; an entry that does not fit is as good as none.
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    let user = geteuid()
    guard unsafe getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil,
      let name = unsafe entry.pw_name
    else { return "uid \(user)" }
    return unsafe String(cString: name)
  }

  private static func standardDataDirectory(_ environment: [String: String]) -> String {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/slipway" }
    return (environment["HOME"] ?? "") + "/.local/state/slipway"
  }

  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : ProcessEnvironment.currentDirectory + "/" + path
  }

  // MARK: File

  private static func fileValues(_ path: String, isNamed: Bool) throws -> [String: String] {
    let bytes: [UInt8]
    do {
      bytes = try DiskFiles().read(path, limit: 64 << 10)
    } catch {
      if error == .missing, !isNamed { return [:] }
      let fix = isNamed ? "correct SLIPWAY_CONFIG, or unset it" : "make it a file that you can read, or remove it"
      throw CommandFailure("the settings file \(path) \(error.reason)\n  fix: \(fix)")
    }
    let (documents, mistakes) = YAMLReader.read(bytes, file: path)
    guard mistakes.isEmpty else { throw ComposeProblems(mistakes) }
    guard let root = documents.first, !root.isNull else { return [:] }
    guard let entries = root.entries else {
      throw ComposeProblems([
        ComposeProblem(
          .wrongType, at: root.position, "the settings are \(root.kind), not a mapping", fix: "write NAME: VALUE lines")
      ])
    }
    var values: [String: String] = [:]
    var problems: [ComposeProblem] = []
    for entry in entries {
      guard let key = keys.first(where: { $0.name == entry.key }) else {
        problems.append(
          ComposeProblem(
            .unknownKey, at: entry.keyPosition, "there is no setting \(entry.key)",
            fix: "use one of \(keys.map(\.name).joined(separator: ", "))"))
        continue
      }
      guard let text = entry.value.string ?? entry.value.int.map(String.init) ?? entry.value.bool.map({ "\($0)" }) else {
        problems.append(
          ComposeProblem(
            .wrongType, at: entry.value.position, "\(key.name) is \(entry.value.kind)", fix: "write one text or number"))
        continue
      }
      if let complaint = key.complaint(text) {
        problems.append(
          ComposeProblem(.invalidValue, at: entry.value.position, "\(key.name): \(text) \(complaint)", fix: "correct the value"))
      }
      values[key.name] = text
    }
    guard problems.isEmpty else { throw ComposeProblems(problems) }
    return values
  }

  private static func oneOf(_ words: [String], _ value: String) -> String? {
    words.contains(value) ? nil : "is not one of \(words.joined(separator: ", "))"
  }

  private static let seconds: @Sendable (String) -> String? = { text in
    Int(text).map { (0...86_400).contains($0) } == true ? nil : "is not a number of seconds from 0 to 86400"
  }
}
