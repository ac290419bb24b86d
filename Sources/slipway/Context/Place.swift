import Glibc
import SlipwayClient
import SlipwayServer

/// Where a command does its work.
enum Place: Sendable {
  /// Here, on the engine and the store themselves.
  case embedded
  /// Here too, but what writes the store goes through the server that owns it (decision 15).
  case local(ServerConnection)
  /// Through a server: its engines, its store.
  case remote(ServerConnection)
}

extension StackSession {
  /// What the options, the environment and the chosen context say.
  func contextChoice() throws -> ContextChoice {
    try ContextChoice.choose(
      option: global.context, host: global.host, environment: environment, current: try ServerContexts.load(environment).current)
  }

  /// Where this command works. Asks the server of the data directory whether it answers.
  func place() async throws -> Place {
    switch try contextChoice() {
    case .embedded: return .embedded
    case .named(let name): return .remote(try ServerContexts.load(environment).context(name).connection(named: name))
    case .address(let url, let token):
      guard let address = ServerAddress(url) else {
        throw CommandFailure("SLIPWAY_URL=\(url) is no address\n  fix: give https://HOST, http://127.0.0.1:PORT or unix:///PATH")
      }
      try Self.requireSecret(address)
      return .remote(ServerConnection(address, token: token))
    case .automatic:
      return await ServerConnection.owner(ofDataDirectory: try settings().dataDirectory).map { .local($0) } ?? .embedded
    }
  }

  /// A token goes over the network encrypted, or not at all.
  static func requireSecret(_ address: ServerAddress) throws {
    guard !address.keepsSecrets, ProcessEnvironment.all["SLIPWAY_INSECURE_HTTP"] != "1" else { return }
    throw CommandFailure(
      "\(address) is not encrypted: whoever sits on the way could read the token\n  fix: use https://; in a network that you trust as much as root, set SLIPWAY_INSECURE_HTTP=1"
    )
  }
}

extension ServerConnection {
  /// The way to the server that owns a data directory; nil: none answers there.
  static func owner(ofDataDirectory directory: String) async -> ServerConnection? {
    let path = SlipwayServer.socketPath(dataDirectory: directory)
    guard unsafe access(path, F_OK) == 0 else { return nil }
    let connection = ServerConnection(.unixSocket(path: path))
    return await connection.isAlive() ? connection : nil
  }
}
