import ArgumentParser
import ComposeFile
import Glibc
import Orchestration

/// The options that every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("file"), help: ArgumentHelp("Compose file; may be repeated. Short: -f.", valueName: "path"),
    completion: .file())
  var files: [String] = []

  @Option(name: .customLong("project-name"), help: ArgumentHelp("Project name. Short: -p.", valueName: "name"))
  var projectName: String?

  @Option(
    name: .customLong("project-directory"), help: ArgumentHelp("Folder that relative paths count from.", valueName: "path"),
    completion: .directory)
  var projectDirectory: String?

  @Option(name: .customLong("profile"), help: ArgumentHelp("Profile to activate; may be repeated.", valueName: "name"))
  var profiles: [String] = []

  @Option(
    name: .customLong("env-file"), help: ArgumentHelp("Environment file instead of .env; may be repeated.", valueName: "path"),
    completion: .file())
  var envFiles: [String] = []

  @Option(
    name: .customLong("host"),
    help: ArgumentHelp("Engine to talk to: unix:///path, ssh://user@host, tcp://host:port. Short: -H.", valueName: "url"))
  var host: String?

  @Flag(name: .customLong("tls"), help: "TLS with an engine at tcp://, its certificate not verified.")
  var hasTLS = false

  @Flag(name: .customLong("tlsverify"), help: "TLS with an engine at tcp://, its certificate verified.")
  var verifiesTLS = false

  @Option(
    name: .customLong("tlscacert"), help: ArgumentHelp("Authority's certificate for --tlsverify.", valueName: "path"),
    completion: .file())
  var authority: String?

  @Option(
    name: .customLong("tlscert"), help: ArgumentHelp("Client certificate for TLS.", valueName: "path"), completion: .file())
  var certificate: String?

  @Option(
    name: .customLong("tlskey"), help: ArgumentHelp("Key of the client certificate.", valueName: "path"), completion: .file())
  var certificateKey: String?

  @Option(
    name: .customLong("server"), help: ArgumentHelp("Server to work on; see slipway server.", valueName: "name"),
    completion: ServerNames.completion)
  var server: String?

  @Option(
    name: .customLong("context"),
    help: ArgumentHelp("Server to work through; embedded: none. See slipway context.", valueName: "name"),
    completion: ContextNames.completion)
  var context: String?

  /// Set where the stack's file names several servers, for commands that show them together; nobody types it.
  @Option(name: .customLong("merged-servers"), help: .private)
  var mergedServers: [String] = []

  @Flag(name: .customLong("json"), help: "Print JSON for machines.")
  var isJSON = false

  @Flag(name: .customLong("all-resources"), help: "Keep resources that no service uses.")
  var keepsUnusedResources = false

  @Flag(name: .customLong("compatibility"), help: "Join names with _ instead of -.")
  var isCompatible = false

  @Flag(name: .customLong("no-color"), help: "No colours in the output.")
  var isColorless = false

  @Option(name: .customLong("progress"), help: ArgumentHelp("auto, tty, plain, json or quiet.", valueName: "type"))
  var progress: String?

  @Option(
    name: .customLong("parallel"), help: ArgumentHelp("Calls to the engine at once; -1: as many as is good.", valueName: "number")
  )
  var parallelCalls: Int?

  @Option(name: .customLong("ansi"), help: ArgumentHelp("auto, never or always.", valueName: "when"))
  var ansi: String?

  func validate() throws {
    if let server, let host {
      throw CommandFailure("--server \(server) and --host \(host) name two engines\n  fix: give one of them")
    }
    if let parallelCalls, parallelCalls < -1 || parallelCalls == 0 {
      throw CommandFailure("--parallel \(parallelCalls) is not a number of calls\n  fix: give 1 or more, or -1")
    }
    for (option, value, words) in [("--progress", progress, Settings.progressWords), ("--ansi", ansi, Settings.ansiWords)] {
      guard let value, !words.contains(value) else { continue }
      throw CommandFailure("\(option) \(value) is not known\n  fix: use one of \(words.joined(separator: ", "))")
    }
  }

  /// What they say about TLS.
  var tls: DockerTLS.Flags {
    var flags = DockerTLS.Flags()
    flags.isOn = hasTLS
    flags.isVerified = verifiesTLS
    flags.authority = authority
    flags.certificate = certificate
    flags.key = certificateKey
    return flags
  }

  /// The request that these options make, for all services or for those named.
  func loadRequest(services: [String] = [], activating activated: [String] = []) -> LoadRequest {
    var request = LoadRequest(environment: ProcessEnvironment.all, currentDirectory: ProcessEnvironment.currentDirectory)
    request.files = files
    request.projectName = projectName
    request.projectDirectory = projectDirectory
    request.profiles = profiles
    request.envFiles = envFiles
    request.services = services
    request.activatedServices = activated
    request.keepsUnusedResources = keepsUnusedResources
    request.isCompatible = isCompatible
    return request
  }
}

/// What this process was started with; read at the edge, nowhere below.
enum ProcessEnvironment {
  static var all: [String: String] {
    var result: [String: String] = [:]
    var pointer = unsafe environ
    while let entry = unsafe pointer.pointee {
      let text = unsafe String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      unsafe pointer += 1
    }
    return result
  }

  /// `PWD` where it names the real current folder (as a shell shows it), else the kernel's path.
  static var currentDirectory: String {
    guard let buffer = unsafe getcwd(nil, 0) else { return "/" }
    defer { unsafe free(buffer) }
    let real = unsafe String(cString: buffer)
    guard let shown = unsafe getenv("PWD") else { return real }
    let path = unsafe String(cString: shown)
    var a = stat()
    var b = stat()
    guard path.hasPrefix("/"), unsafe stat(path, &a) == 0, unsafe stat(real, &b) == 0, a.st_ino == b.st_ino, a.st_dev == b.st_dev
    else { return real }
    return path
  }
}
