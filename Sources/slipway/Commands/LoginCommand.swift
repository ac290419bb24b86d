import ArgumentParser
import ComposeFile
import Glibc
import Orchestration
import SlipwayAPI
import SlipwayClient

/// `slipway login URL`: makes a token on a server, and a context that commands work through.
struct LoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Log in to a Slipway server, and work through it from now on.",
    discussion: """
      The password is used once, to make an API token named cli@HOST; only the token is kept, for 90 days. A second factor is \
      asked for on a terminal, or given with --code. A server whose certificate no authority vouches for is known by --ca or \
      --fingerprint.
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: "User; asked for on a terminal.")
  var username: String?

  @Flag(name: .customLong("password-stdin"), help: "Read the password from standard input.")
  var readsPassword = false

  @Option(help: "Code of the second factor, or a recovery code.")
  var code: String?

  @Flag(name: .customLong("token-stdin"), help: "Read an API token from standard input, and make none.")
  var readsToken = false

  @Option(help: "Name of the context; the host's name.")
  var name: String?

  @Option(
    name: .customLong("ca"), help: ArgumentHelp("Certificate of the server's authority, PEM.", valueName: "file"),
    completion: .file())
  var authority: String?

  @Option(help: ArgumentHelp("SHA-256 of the server's certificate.", valueName: "SHA256:…"))
  var fingerprint: String?

  @Argument(help: "Address of the server, as https://slipway.example or http://127.0.0.1:8443.")
  var url: String

  func validate() throws {
    if readsPassword, readsToken { throw CommandFailure("--password-stdin and --token-stdin exclude each other") }
    if authority != nil, fingerprint != nil { throw CommandFailure("--ca and --fingerprint exclude each other\n  fix: give one") }
  }

  func run() async throws {
    guard let address = ServerAddress(url) else {
      throw CommandFailure("\(url) is no address of a server\n  fix: give https://HOST, http://127.0.0.1:PORT or unix:///PATH")
    }
    try StackSession.requireSecret(address)
    let environment = ProcessEnvironment.all
    var contexts = try ServerContexts.load(environment)
    let name = try contextName(address)
    var context = ServerContext(url: address.description)
    try setTrust(&context)
    try await confirmCertificate(&context, address)
    if case .unixSocket = address {
      _ = try await context.connection(named: name).call(.get, "/api/v1/session")
    } else {
      context.token = readsToken ? try Self.word("the token") : try await makeToken(context, name)
      if readsToken { _ = try await context.connection(named: name).call(.get, "/api/v1/session") }
    }
    contexts.contexts[name] = context
    contexts.current = name
    try contexts.save(environment)
    StandardError.note("logged in to \(address); commands work through it now (slipway context use embedded: without it)")
  }

  // MARK: Who the server is

  private func contextName(_ address: ServerAddress) throws -> String {
    let text: String
    switch (name, address) {
    case (let name?, _): text = name
    case (nil, .network(let host, _, _)): text = host.replacing(":", with: "-")
    case (nil, .unixSocket): text = "local"
    }
    guard ServerContexts.isName(text) else {
      throw CommandFailure("\"\(text)\" is not a name for a context\n  fix: give one with --name; \(ServerContexts.nameRule)")
    }
    return text
  }

  private func setTrust(_ context: inout ServerContext) throws {
    if let authority {
      do {
        context.authority = String(decoding: try DiskFiles().read(Settings.absolute(authority), limit: 1 << 20), as: UTF8.self)
      } catch {
        throw CommandFailure("the certificate \(authority) cannot be read\n  fix: name a PEM file that you can read")
      }
    }
    guard let fingerprint else { return }
    guard case .pinned(let digits)? = ServerTrust.pin(fingerprint) else {
      throw CommandFailure("--fingerprint \(fingerprint) is no SHA-256\n  fix: give SHA256: and 64 hexadecimal digits")
    }
    context.fingerprint = digits
  }

  /// A certificate that nothing vouches for is shown; on a terminal the user may take it.
  private func confirmCertificate(_ context: inout ServerContext, _ address: ServerAddress) async throws {
    let connection = try context.connection(named: url)
    do {
      _ = try await connection.call(.get, "/healthz")
    } catch ConnectionFailure.untrusted(let server, _) {
      let shown = await connection.shownCertificate()
      guard let shown, context.fingerprint == nil, Question.isPossible, !readsPassword, !readsToken else {
        throw ConnectionFailure.untrusted(server: server, fingerprint: shown)
      }
      StandardError.write("no authority that is known here vouches for \(server); its certificate is\n  SHA256:\(shown)")
      guard Question.confirms("Is this the server's own?") == true else {
        throw ConnectionFailure.untrusted(server: server, fingerprint: shown)
      }
      context.fingerprint = shown
    }
  }

  // MARK: Logging in

  /// Logs in, makes a token, and logs out again.
  private func makeToken(_ context: ServerContext, _ name: String) async throws -> String {
    let user = try username ?? Self.answer("Username: ", option: "--username")
    let password =
      readsPassword ? try Self.word("the password") : try Self.answer("Password: ", option: "--password-stdin", isSecret: true)
    var connection = try context.connection(named: name)
    connection.cookie = try await session(connection, user, password)
    let title = "cli@\(Self.hostName)"
    let made = try await connection.call(
      .post, "/api/v1/tokens", sending: NewTokenBody(name: title), as: CreatedTokenBody.self)
    // WHY try?: the session ends by itself; the token is what counts.
    _ = try? await connection.call(.post, "/api/v1/logout")
    return made.text
  }

  private func session(_ connection: ServerConnection, _ user: String, _ password: String) async throws -> String {
    struct Login: Encodable {
      var username: String
      var password: String
      var code: String?
    }
    func logIn(_ code: String?) async throws -> String {
      let fields = ComposeMap(
        [("username", .string(user)), ("password", .string(password))] + (code.map { [("code", .string($0))] } ?? []))
      let body = Array(ComposeValue.map(fields).json(indented: false).utf8)
      let answer = try await connection.call(.post, "/api/v1/login", body: body)
      guard let cookie = answer.cookies.first else {
        throw ConnectionFailure.unreadable(server: connection.name, reason: "a login without a session")
      }
      return cookie
    }
    do {
      return try await logIn(code)
    } catch let problem as ServerProblem {
      guard problem.code == "second_factor_needed", code == nil else { throw problem }
      return try await logIn(try Self.answer("Code of the second factor: ", option: "--code"))
    }
  }

  private static func answer(_ prompt: String, option: String, isSecret: Bool = false) throws -> String {
    guard Question.isPossible, let answer = isSecret ? Question.secretAnswer(prompt) : Question.answer(prompt), !answer.isEmpty
    else { throw CommandFailure("nobody answered: \(prompt.dropLast(2))\n  fix: give it with \(option)") }
    return answer
  }

  /// The first line of standard input.
  private static func word(_ what: String) throws -> String {
    guard let line = readLine(), !line.isEmpty else {
      throw CommandFailure(
        "standard input has no line with \(what)\n  fix: send it, as in: printf %s \"$WORD\" | slipway login …")
    }
    return line
  }

  private static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(String(decoding: bytes, as: UTF8.self).prefix(80))
  }
}

/// `slipway logout`: ends the token of a context, and forgets the context.
struct LogoutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout", abstract: "End the token of a context, and forget the context.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Context; none: the current one.", completion: ContextNames.completion)
  var name: String?

  func run() async throws {
    let environment = ProcessEnvironment.all
    var contexts = try ServerContexts.load(environment)
    guard let name = name ?? global.context ?? contexts.current else {
      throw CommandFailure("there is no current context\n  fix: name one; see slipway context list")
    }
    let context = try contexts.context(name)
    if let id = context.token.flatMap(Self.tokenID) {
      do {
        _ = try await context.connection(named: name).call(.delete, "/api/v1/tokens/\(ServerConnection.escaped(id))")
      } catch {
        // Forgotten here all the same: that is what was asked for.
        StandardError.warn("the token may still count on \(context.url): \(error)")
      }
    }
    contexts.forget(name)
    try contexts.save(environment)
    StandardError.note("logged out of \(name)")
  }

  /// `slw_<id>_…` (S-AUTH-10)
  private static func tokenID(_ token: String) -> String? {
    let parts = token.split(separator: "_", omittingEmptySubsequences: false)
    return parts.count >= 4 && parts[0] == "slw" ? String(parts[1]) : nil
  }
}
