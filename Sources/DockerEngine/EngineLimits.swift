/// How long calls may take and how much answers may hold.
///
/// The defaults are for people's servers: a hung engine is found within half a minute, a slow disk is not taken for one.
package struct EngineLimits: Sendable {
  /// Making a connection, name and handshake included.
  package var connect: Duration = .seconds(10)
  /// As above over TCP, the way of a name to its address and the TLS handshake included; `connect` where that is less.
  static let networkConnect: Duration = .seconds(8)
  package var ping: Duration = .seconds(5)
  /// Lists and inspections.
  package var read: Duration = .seconds(30)
  /// Disk usage and other reads that make the engine walk its storage.
  package var slowRead: Duration = .seconds(120)
  /// Creating, starting and changing things.
  package var write: Duration = .seconds(120)
  /// Removing images, volumes and containers with much on disk.
  package var removal: Duration = .seconds(300)
  /// Added to the grace period of a stop or a restart.
  package var stopMargin: Duration = .seconds(30)
  /// The first byte of an answer that is a stream.
  package var streamStart: Duration = .seconds(60)
  /// Between two messages of a pull, push, load or import; unpacking a large layer is silent.
  package var progressSilence: Duration = .seconds(600)
  /// Between two messages of a build: a step that compiles may say nothing for long.
  package var buildSilence: Duration = .seconds(3600)
  /// Between two reads of a log that is not followed: an engine walks a large one from its begin to find what is wanted.
  package var logSilence: Duration = .seconds(300)
  /// The engine asks the registry for it.
  package var registryRead: Duration = .seconds(60)

  /// Answers of one object. Real ones stay below 1 MiB; growing a buffer to this costs twice as much for a moment.
  package var objectBytes = 4 << 20
  /// Answers that are lists.
  package var listBytes = 64 << 20
  /// Error bodies; the rest is dropped.
  package var errorBytes = 64 << 10
  /// One message of a JSON stream.
  package var messageBytes = 1 << 20
  /// Connections for short calls; further calls wait for a free one.
  package var parallelCalls = 32

  /// Header sections (S-SSH-4).
  static let headerBytes = 64 << 10
  static let headerFields = 200
  /// A frame of a log or exec stream (S-SSH-4).
  static let frameBytes = 1 << 20
  /// Objects and lists inside each other.
  static let jsonDepth = 64
  /// Tries of a read that failed before its answer began (R-ENG-2).
  static let readTries = 3

  package init() {}

  /// The same with no limit of one call over `limit`; waits for registries and layers stay as they are.
  package func capped(at limit: Duration) -> EngineLimits {
    var capped = self
    for path in [\EngineLimits.connect, \.ping, \.read, \.slowRead, \.write, \.removal, \.stopMargin, \.streamStart] {
      capped[keyPath: path] = min(self[keyPath: path], limit)
    }
    return capped
  }
}
