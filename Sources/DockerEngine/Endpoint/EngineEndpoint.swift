/// Where an engine listens: the path of a unix socket.
///
/// Remote engines are reached through an `EngineConnector` of their own, not through another kind of endpoint.
package struct EngineEndpoint: Hashable, Sendable {
  /// Absolute; at most 107 bytes, what a unix socket's address holds on Linux (unix(7)).
  package let socketPath: String

  package static let defaultSocketPath = "/var/run/docker.sock"
  static let maximumPathBytes = 107

  package static let standard = EngineEndpoint(checkedPath: defaultSocketPath)

  private init(checkedPath: String) { socketPath = checkedPath }

  /// Reads what `-H` and `DOCKER_HOST` hold: `unix:///path`, `unix://` for the default, or an absolute path.
  package init(parsing text: String) throws(EngineError) {
    let path: Substring
    if text.hasPrefix("unix://") {
      path = text.dropFirst("unix://".count)
    } else if text.hasPrefix("/") {
      path = text[...]
    } else if let scheme = text.firstRange(of: "://") {
      throw .badEndpoint(
        text: text,
        reason:
          "`\(text[..<scheme.lowerBound])` addresses are not supported; use unix:///path/to/docker.sock, tcp://HOST:2376 or ssh://USER@HOST"
      )
    } else {
      throw .badEndpoint(text: text, reason: "expected unix:///path/to/docker.sock, tcp://HOST:PORT or ssh://USER@HOST")
    }
    guard !path.isEmpty else {
      self = .standard
      return
    }
    guard path.hasPrefix("/") else {
      throw .badEndpoint(text: text, reason: "the socket's path must be absolute: unix:///path has three slashes")
    }
    guard path.utf8.count <= Self.maximumPathBytes else {
      throw .badEndpoint(
        text: text, reason: "the socket's path has \(path.utf8.count) bytes, at most \(Self.maximumPathBytes) are possible")
    }
    guard !path.utf8.contains(0) else { throw .badEndpoint(text: text, reason: "the socket's path holds a NUL byte") }
    socketPath = String(path)
  }

  /// What the user chose: `host` (the `-H` option), else `DOCKER_HOST` of `environment`, else the default socket.
  package static func chosen(host: String?, environment: [String: String]) throws(EngineError) -> EngineEndpoint {
    if let host { return try EngineEndpoint(parsing: host) }
    if let variable = environment["DOCKER_HOST"], !variable.isEmpty { return try EngineEndpoint(parsing: variable) }
    return .standard
  }
}

extension EngineEndpoint: CustomStringConvertible {
  package var description: String { "unix://\(socketPath)" }
}
