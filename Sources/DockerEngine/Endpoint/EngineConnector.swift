/// Gives the client connected byte channels to one engine; the seam for engines elsewhere.
package protocol EngineConnector: Sendable {
  /// What people call this engine in errors and logs, such as `unix:///var/run/docker.sock` or a server's name.
  var name: String { get }

  /// Whether a network lies between: then a lost connection is waited for where an engine on this machine would have ended.
  var isRemote: Bool { get }

  /// Opens one more channel. Called once for each connection, from several tasks at once; ends early when cancelled.
  func connect() async throws(EngineError) -> EngineChannel
}

/// A way to the engine's bytes.
package enum EngineChannel: Sendable {
  /// A unix socket to connect to.
  case path(String)
  /// A connected stream socket; the client owns and closes it.
  case descriptor(CInt)
  /// A TCP socket to connect to; with TLS where the second is not nil.
  case network(TCPAddress, TLSClient?)
}

/// Connects to an engine on this machine.
package struct UnixSocketConnector: EngineConnector {
  package let endpoint: EngineEndpoint

  package init(_ endpoint: EngineEndpoint) { self.endpoint = endpoint }

  package var name: String { endpoint.description }
  package var isRemote: Bool { false }

  package func connect() async throws(EngineError) -> EngineChannel { .path(endpoint.socketPath) }
}
