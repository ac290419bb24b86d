import ComposeFile
import FoundationEssentials
import Glibc
import Orchestration
import SlipwayClient

/// A server that commands may work through, under a name of the user's choice.
struct ServerContext: Hashable, Sendable {
  var url: String
  /// Of an API token; nil for a unix socket.
  var token: String?
  /// PEM of the authority that the server's certificate is of.
  var authority: String?
  /// SHA-256 of the server's certificate, hexadecimal.
  var fingerprint: String?

  func connection(named name: String) throws -> ServerConnection {
    guard let address = ServerAddress(url) else {
      throw CommandFailure("the context \(name) has no address that can be used: \(url)\n  fix: slipway login URL --name \(name)")
    }
    let trust = fingerprint.map { ServerTrust.pinned(sha256: $0) } ?? authority.map { .authority(pem: $0) } ?? .system
    return ServerConnection(address, token: token, trust: trust)
  }
}

/// The contexts of this user: a file that nobody else may read, because it holds tokens.
struct ServerContexts: Hashable, Sendable {
  /// Reserved: no server, this process does the work itself.
  static let embedded = "embedded"
  static let nameRule = "use letters, digits, . - and _, beginning with a letter or digit, at most 63"
  private static let fileLimitBytes = 4 << 20

  var current: String?
  var contexts: [String: ServerContext] = [:]

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 63, text != embedded else { return false }
    func isPlain(_ byte: UInt8) -> Bool {
      byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
    }
    return isPlain(first) && text.utf8.allSatisfy { isPlain($0) || [46, 45, 95].contains($0) }
  }

  /// Beside the settings, in the XDG configuration folder; nil: there is no home.
  static func path(_ environment: [String: String]) -> String? {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/slipway/contexts.json" }
    return environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config/slipway/contexts.json" }
  }

  /// Those of the file; none where it is not there.
  ///
  /// - Throws: `CommandFailure` when it cannot be read, is readable for others, or is none of ours.
  static func load(_ environment: [String: String]) throws -> ServerContexts {
    guard let path = path(environment) else { return ServerContexts() }
    var info = stat()
    guard unsafe stat(path, &info) == 0 else { return ServerContexts() }
    guard info.st_mode & 0o077 == 0 else {
      throw CommandFailure("\(path) can be read by others, and has tokens in it\n  fix: chmod 600 \(path)")
    }
    let value: ComposeValue
    do {
      value = try ComposeValue(json: try DiskFiles().read(path, limit: fileLimitBytes))
    } catch {
      throw CommandFailure(
        "the contexts in \(path) cannot be read: \(error)\n  fix: correct the file, or remove it and log in again")
    }
    var contexts = ServerContexts()
    contexts.current = value["current"]?.string
    for (name, entry) in value["contexts"]?.map?.pairs ?? [] {
      guard let url = entry["url"]?.string else { continue }
      contexts.contexts[name] = ServerContext(
        url: url, token: entry["token"]?.string, authority: entry["ca"]?.string, fingerprint: entry["sha256"]?.string)
    }
    return contexts
  }

  /// Writes the file whole or not at all, 0600.
  func save(_ environment: [String: String]) throws {
    guard let path = Self.path(environment) else {
      throw CommandFailure("there is no home folder to keep contexts in\n  fix: set HOME or XDG_CONFIG_HOME")
    }
    try WholeFile.put(Array((json.json(indented: true) + "\n").utf8), at: path, suffix: ".\(getpid())")
  }

  /// Forgets a context; commands work through none where it was the current one.
  mutating func forget(_ name: String) {
    contexts[name] = nil
    if current == name { current = nil }
  }

  private var json: ComposeValue {
    .map(
      ComposeMap([
        ("current", current.map { .string($0) } ?? .null),
        (
          "contexts",
          .map(
            ComposeMap(
              contexts.sorted { $0.key < $1.key }.map { name, context in
                var entry = ComposeMap([("url", .string(context.url))])
                if let token = context.token { entry["token"] = .string(token) }
                if let authority = context.authority { entry["ca"] = .string(authority) }
                if let fingerprint = context.fingerprint { entry["sha256"] = .string(fingerprint) }
                return (name, .map(entry))
              }))
        ),
      ]))
  }

  /// The context of a name.
  func context(_ name: String) throws -> ServerContext {
    if let context = contexts[name] { return context }
    let known = contexts.keys.sorted().joined(separator: ", ")
    throw CommandFailure(
      "there is no context \(name)\n  fix: \(known.isEmpty ? "make one with slipway login URL" : "use one of \(known), or embedded")"
    )
  }
}
