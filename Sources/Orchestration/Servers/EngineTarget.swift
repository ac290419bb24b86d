package import DockerEngine
package import SSHTransport

/// Which engine a command works on, and how it is reached.
package struct EngineTarget: Sendable {
  package let connector: any EngineConnector
  /// The engine's name in the store: `local`, its address, or the name of a server.
  package let storeName: String
  /// Of an engine behind an SSH server.
  package let link: SSHLink?
  /// Of an engine on this machine.
  package let socketPath: String?
  /// Keeps how the socket was reached in the end.
  private let remember: (@Sendable (SSHLink.Dial) async -> Void)?

  /// An engine on this machine.
  package init(_ endpoint: EngineEndpoint) {
    connector = UnixSocketConnector(endpoint)
    storeName = endpoint == .standard ? "local" : "unix://\(endpoint.socketPath)"
    link = nil
    socketPath = endpoint.socketPath
    remember = nil
  }

  /// An engine behind an SSH server.
  ///
  /// - Parameter remember: called at the end, with how the socket was reached.
  package init(_ link: SSHLink, name: String, remember: (@Sendable (SSHLink.Dial) async -> Void)? = nil) {
    connector = SSHEngineConnector(link, name: name)
    storeName = name
    self.link = link
    socketPath = nil
    self.remember = remember
  }

  /// An engine at a TCP address, with TLS.
  ///
  /// - Parameter name: nil: the address.
  package init(_ connector: TLSEngineConnector, name: String? = nil) {
    self.init(network: connector, name: name ?? connector.name)
  }

  /// An engine that is named by its TCP address alone (`-H tcp://…`, `DOCKER_HOST`).
  ///
  /// Without TLS only a loopback address is taken, unless `isPlainAllowed`: whoever reaches such a port is root there.
  ///
  /// - Parameter warn: is told what works, but should not be so.
  /// - Throws: `OperationRefused`, `EngineError`.
  package init(tcp url: String, tls: DockerTLS?, isPlainAllowed: Bool, warn: (String) -> Void) throws {
    let address = try TCPAddress(parsing: url, isSecure: tls != nil)
    if let tls {
      self.init(try TLSEngineConnector(address, try tls.material(warn: warn)))
      return
    }
    guard address.isLoopback || isPlainAllowed else {
      throw OperationRefused(
        description:
          "the engine at \(address) would be used without TLS: whoever reaches such a port is root there, and whoever sits on the way can read and change everything\n  fix: use TLS (--tlsverify or DOCKER_TLS_VERIFY=1, with the certificates in DOCKER_CERT_PATH), or ssh://USER@HOST; in a network that you trust as much as root, set SLIPWAY_INSECURE_TCP=1"
      )
    }
    self.init(network: PlainTCPConnector(address), name: address.description)
  }

  private init(network connector: any EngineConnector, name: String) {
    self.connector = connector
    storeName = name
    link = nil
    socketPath = nil
    remember = nil
  }

  package var isRemote: Bool { connector.isRemote }

  /// Ends the link; what still uses the engine loses it.
  package func close() async {
    guard let link else { return }
    let dial = await link.dial
    await link.close()
    if let dial { await remember?(dial) }
  }

  /// Over a network, a call may take as long as it takes to notice that a link is dead (under 60 s, R-ENG-1): then it fails as a
  /// lost connection, after which an operation goes on when the link is back.
  package func adjusted(_ limits: EngineLimits) -> EngineLimits {
    guard isRemote else { return limits }
    var limits = limits
    limits.ping = .seconds(10)
    limits.read = max(limits.read, .seconds(90))
    return limits
  }
}
