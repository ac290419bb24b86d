/// One call to an engine, as errors and logs name it.
package struct EngineCall: Hashable, Sendable, CustomStringConvertible {
  package var method: String
  /// Without version and query.
  package var path: String
  /// The connector's name.
  package var endpoint: String

  /// What the call is about when the path does not tell, such as the image of a pull.
  package var subject: String?

  package init(method: String, path: String, endpoint: String, subject: String? = nil) {
    self.subject = subject
    self.method = method
    self.path = path
    self.endpoint = endpoint
  }

  package var description: String { "\(method) \(path)\(subject.map { " (\($0))" } ?? "") at \(endpoint)" }
}

/// Why a call to an engine failed.
package enum EngineError: Error, Hashable, Sendable {
  /// The text given as endpoint cannot be used.
  case badEndpoint(text: String, reason: String)
  /// Certificates or key that cannot be used; nothing was connected.
  case badTLS(endpoint: String, reason: String, hint: String)
  /// No connection could be made; nothing was executed.
  case unreachable(endpoint: String, reason: String, hint: String)
  /// The connection ended before the whole answer was here. A write may or may not have been executed.
  case connectionLost(call: EngineCall, reason: String)
  /// No answer within the call's limit. A write may or may not have been executed.
  case timedOut(call: EngineCall, limit: Duration)
  /// The calling task was cancelled and the connection closed. A write may or may not have been executed.
  case cancelled(call: EngineCall)
  case notFound(call: EngineCall, message: String)
  case conflict(call: EngineCall, message: String)
  /// The container was in that state already.
  case notModified(call: EngineCall)
  /// Any other refusal of the engine.
  case api(call: EngineCall, status: Int, message: String)
  /// The call was accepted, and the engine reported a failure in the stream of its answer (pull, push, load, logs).
  case failedInStream(call: EngineCall, message: String)
  case tooLarge(call: EngineCall, limitBytes: Int)
  /// The answer breaks HTTP, JSON or the engine's own framing.
  case malformedAnswer(call: EngineCall, reason: String)
  case apiTooOld(endpoint: String, served: String, needed: String)
  /// The engine is fine but lacks what was asked for.
  case unsupported(feature: String, reason: String)
  /// An argument that can never work, such as an empty container name.
  case badArgument(String)
  /// A credential helper or the registry configuration failed.
  case credentials(registry: String, reason: String)
  /// The client was shut down.
  case shutDown(endpoint: String)
}

extension EngineError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badEndpoint(let text, let reason): "cannot use the engine address \"\(text)\": \(reason)"
    case .badTLS(let endpoint, let reason, let hint): "no TLS with the engine at \(endpoint): \(reason)\n  fix: \(hint)"
    case .unreachable(let endpoint, let reason, let hint): "cannot reach the engine at \(endpoint): \(reason)\n  fix: \(hint)"
    case .connectionLost(let call, let reason): "\(call): the connection ended before the answer: \(reason)"
    case .timedOut(let call, let limit):
      "\(call): no answer within \(limit)\n  fix: look whether the engine hangs or is overloaded"
    case .cancelled(let call): "\(call): cancelled"
    case .notFound(let call, let message): "\(call): not found: \(message)"
    case .conflict(let call, let message): "\(call): conflict: \(message)"
    case .notModified(let call): "\(call): nothing to change"
    case .api(let call, let status, let message): "\(call): the engine refused (\(status)): \(message)"
    case .failedInStream(let call, let message): "\(call): \(message)"
    case .tooLarge(let call, let limit): "\(call): the answer is larger than \(limit) bytes"
    case .malformedAnswer(let call, let reason): "\(call): unusable answer: \(reason)"
    case .apiTooOld(let endpoint, let served, let needed):
      "the engine at \(endpoint) serves API \(served), at least \(needed) is needed\n  fix: upgrade to Docker Engine 20.10 or newer"
    case .unsupported(let feature, let reason): "\(feature) is not supported here: \(reason)"
    case .badArgument(let text): text
    case .credentials(let registry, let reason): "no credentials for \(registry): \(reason)"
    case .shutDown(let endpoint): "the client of the engine at \(endpoint) was shut down"
    }
  }

  /// Whether the engine may have executed the call although it failed.
  package var leavesOutcomeOpen: Bool {
    switch self {
    case .connectionLost, .timedOut, .cancelled, .malformedAnswer, .tooLarge: true
    case .badEndpoint, .badTLS, .unreachable, .notFound, .conflict, .notModified, .api, .failedInStream, .apiTooOld, .unsupported,
      .badArgument, .credentials, .shutDown:
      false
    }
  }

  /// The engine's own words, when it gave some.
  package var engineMessage: String? {
    switch self {
    case .notFound(_, let message), .conflict(_, let message), .api(_, _, let message), .failedInStream(_, let message): message
    default: nil
    }
  }
}
