import ArgumentParser
import ComposeFile
import Glibc
import Logging
import Orchestration
import RevisionStore
import SlipwayServer

/// `slipway serve`: the API, the web UI and the live sockets.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the server: HTTP API, live logs and events, web UI.",
    discussion: "It owns its data directory; commands on this machine that use it go through the server meanwhile.")

  @Option(help: ArgumentHelp("Data directory; made when it is not there.", valueName: "folder"), completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
  var listen = "127.0.0.1:8443"

  @Option(
    name: .customLong("web-root"),
    help: ArgumentHelp("Folder of the built web UI; web beside the program when not given.", valueName: "folder"),
    completion: .directory)
  var webRoot: String?

  @Option(
    name: .customLong("stacks-root"), help: ArgumentHelp("Folder with one folder for each stack.", valueName: "folder"),
    completion: .directory)
  var stacksRoot: String?

  @Option(name: .customLong("tls-cert"), help: ArgumentHelp("Certificate, PEM.", valueName: "file"), completion: .file())
  var certificate: String?

  @Option(name: .customLong("tls-key"), help: ArgumentHelp("Its key, PEM.", valueName: "file"), completion: .file())
  var key: String?

  @Flag(name: .customLong("tls-self-signed"), help: "Make a certificate, keep it in the data directory, and show its SHA-256.")
  var makesCertificate = false

  @Option(
    name: .customLong("public-url"),
    help: ArgumentHelp("Address under which people reach it, as https://slipway.example; may be repeated.", valueName: "url"))
  var publicURLs: [String] = []

  @Option(
    name: .customLong("trusted-proxy"),
    help: ArgumentHelp("Address of a proxy whose X-Forwarded-For counts; may be repeated.", valueName: "address"))
  var trustedProxies: [String] = []

  @Option(
    name: .customLong("git-host"),
    help: ArgumentHelp(
      "HOST or HOST:PORT of Git repositories on this machine or in a private network that may be used; may be repeated.",
      valueName: "host"))
  var gitHosts: [String] = []

  @Flag(name: .customLong("insecure-http"), help: "Take clients of other machines without TLS.")
  var allowsInsecureHTTP = false

  @Option(name: .customLong("log-level"), help: ArgumentHelp("error, warning, info or debug.", valueName: "level"))
  var logLevel = "info"

  func run() async throws {
    let environment = ProcessEnvironment.all
    let settings = try Settings.load(environment: environment)
    let directory = data.map { Settings.absolute($0) } ?? settings.dataDirectory
    var options = ServerOptions(
      dataDirectory: directory, listener: try Self.listener(listen),
      stacksRoot: stacksRoot.map { Settings.absolute($0) } ?? directory + "/stacks", environment: environment,
      version: SlipwayVersion.text)
    switch (certificate, key) {
    case (nil, nil): break
    case (let certificate?, let key?): options.tls = .init(certificate: certificate, key: key)
    case (nil, _?), (_?, nil): throw CommandFailure("--tls-cert and --tls-key belong together\n  fix: give both")
    }
    if makesCertificate, options.tls != nil {
      throw CommandFailure("--tls-self-signed and --tls-cert name two certificates\n  fix: give one of them")
    }
    options.makesCertificate = makesCertificate
    options.webRoot = webRoot.map { Settings.absolute($0) } ?? WebFolder.standard(program: NewCommand.program())
    options.publicURLs = publicURLs
    options.trustedProxies = Set(trustedProxies)
    options.gitHosts = Set(gitHosts)
    options.allowsInsecureHTTP = allowsInsecureHTTP
    options.waits = settings.waits(isGated: true, timeoutSeconds: nil)
    options.templates = TemplateLibrary.standard(
      environment: environment, program: NewCommand.program(), currentDirectory: ProcessEnvironment.currentDirectory)
    guard let level = Logger.Level(rawValue: logLevel) else {
      throw CommandFailure("--log-level \(logLevel) is not known\n  fix: use error, warning, info or debug")
    }
    var logger = Logger(label: "slipway") { _ in LineLog() }
    logger.logLevel = level
    do {
      try await SlipwayServer(options, logger: logger) { StandardError.write($0) }.run()
    } catch let error as StoreError {
      throw StoreOwner.explained(error, dataDirectory: directory)
    }
  }

  private static func listener(_ text: String) throws -> ServerOptions.Listener {
    let wrong = CommandFailure(
      "--listen \(text) is no address\n  fix: give HOST:PORT, such as 127.0.0.1:8443 or [::]:8443")
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
    else { throw wrong }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else { throw wrong }
    return ServerOptions.Listener(host: host, port: port)
  }
}

/// The server's log on standard error: one line each, `key=value` behind the words.
struct LineLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
    let now = ClockText.precise(Self.milliseconds)
    StandardError.write("\(now) \(event.level.rawValue) \(TerminalText.line("\(event.message)"))\(fields)")
  }

  private static var milliseconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func quoted(_ text: String) -> String {
    let line = TerminalText.line(text)
    return line.contains(" ") ? "\"\(line.replacing("\"", with: "'"))\"" : line
  }
}
