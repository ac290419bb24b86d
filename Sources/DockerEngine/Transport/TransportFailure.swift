/// Why a connection could not do its work; `EngineClient` turns it into an `EngineError` with the call's name.
enum TransportFailure: Error, Hashable, Sendable {
  /// The peer or the network ended the connection.
  case closed(reason: String)
  /// The peer did not take the connection: nothing of the call was executed.
  case refused(reason: String, hint: String)
  /// The peer does not speak HTTP as it should.
  case malformed(reason: String)
  case tooLarge(limitBytes: Int)
  /// Nothing came for this long.
  case silent(limit: Duration)
  case cancelled
}
