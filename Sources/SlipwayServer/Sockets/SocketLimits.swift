import HTTPTypes
import NIOCore

/// What one WebSocket may do (S-WEB-3).
enum SocketLimits {
  static let frameBytes = 16 << 10
  static let messageBytes = 64 << 10
  /// Fragments of one message: with fragments of a few bytes, a message costs more than its size.
  static let fragments = 1024
  /// Messages within any second.
  static let messagesPerSecond = 20
  static let socketsPerSession = 8
  static let sockets = 200
  static let pingInterval: Duration = .seconds(20)
  /// Without any frame of the client for this long it is dead.
  static let deadAfter: Duration = .seconds(60)
  /// Subscriptions of one socket.
  static let subscriptions = 32
  /// Without room for anything more to send for this long, the client is slower than it may be (R-LOG-1).
  static let undrainedLimit: Duration = .seconds(30)
  /// How often that is looked at.
  static let watchInterval: Duration = .seconds(2)
  /// How long the answer to our close frame is waited for.
  static let closeTime: TimeAmount = .seconds(2)
}
