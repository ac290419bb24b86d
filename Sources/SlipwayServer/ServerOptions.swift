package import Orchestration

/// How a server is run; read once, at the edge.
package struct ServerOptions: Sendable {
  /// Where it listens.
  package struct Listener: Hashable, Sendable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }

    /// Whether only this machine comes there.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
  }

  /// Files of a certificate and its key, PEM.
  package struct TLS: Hashable, Sendable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  package var dataDirectory: String
  package var listener: Listener
  package var tls: TLS?
  /// Makes a certificate of its own where `tls` names none.
  package var makesCertificate = false
  /// The folder of the web UI; nil: a plain page says how to get it.
  package var webRoot: String?
  /// One folder for each stack.
  package var stacksRoot: String
  /// `https://slipway.example`: names under which people reach it.
  package var publicURLs: [String] = []
  /// Addresses of proxies whose word on the client counts (S-AUTH-11).
  package var trustedProxies: Set<String> = []
  /// Hosts of Git repositories that are this machine or its link, and allowed all the same.
  package var gitHosts: Set<String> = []
  /// Takes clients of other machines without TLS (S-AUTH-5).
  package var allowsInsecureHTTP = false
  package var environment: [String: String]
  package var version: String
  package var waits = WaitLimits()
  package var templates = TemplateLibrary(folders: [])

  package init(
    dataDirectory: String, listener: Listener, stacksRoot: String, environment: [String: String], version: String
  ) {
    self.dataDirectory = dataDirectory
    self.listener = listener
    self.stacksRoot = stacksRoot
    self.environment = environment
    self.version = version
  }
}

/// Why a server does not start.
package struct ServerRefusal: Error, CustomStringConvertible {
  package var description: String
}
