package import NIOCore

/// What one client may take of the server (S-WEB-6).
package struct HTTPLimits: Sendable {
  /// All header fields of a request together, and each of them.
  package var headerBytes = 16 << 10
  package var headerCount = 100
  package var targetBytes = 8 << 10
  package var jsonBytes = 2 << 20
  /// Files of a stack in one request.
  package var bundleBytes = 16 << 20
  /// From the connection to the end of the first request's header.
  package var headerTime: TimeAmount = .seconds(10)
  /// Without a request, or within one that does not go on.
  package var idleTime: Duration = .seconds(30)
  package var connections = 1000
  /// How long the end of a request is waited for when the server stops (R-STOP-1).
  package var stopTime: TimeAmount = .milliseconds(2500)
  /// How long a client has to read the last answer of a connection, while what it still sends is thrown away (RFC 9112, 9.6).
  package var lingerTime: TimeAmount = .seconds(1)
  /// For one turn of a thread's loop, which reads what has come.
  package var lookTime: TimeAmount = .milliseconds(10)

  package init() {}
}
