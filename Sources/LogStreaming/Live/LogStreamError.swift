/// Why a subscription, a search or a download of logs ended or was refused.
package enum LogStreamError: Error, Hashable, Sendable {
  /// Nothing was taken for too long.
  case tooSlow(limit: Duration)
  /// The text is not a cursor of ours.
  case badCursor(reason: String)
  /// The hub was shut down.
  case shutDown
  /// More containers than one subscription may have.
  case tooManySources(limit: Int)
  /// The regular expression took too long.
  case patternTooSlow(limit: Duration)
  /// The engine failed amid the reading.
  case failed(source: String, reason: String)
  /// The engine did not answer in time.
  case noAnswer(source: String)

  /// For programs.
  package var code: String {
    switch self {
    case .tooSlow: "logs.too-slow"
    case .badCursor: "logs.bad-cursor"
    case .shutDown: "logs.shut-down"
    case .tooManySources: "logs.too-many-sources"
    case .patternTooSlow: "logs.pattern-too-slow"
    case .failed: "logs.failed"
    case .noAnswer: "logs.no-answer"
    }
  }
}

extension LogStreamError {
  package var isEngineSilent: Bool {
    guard case .noAnswer = self else { return false }
    return true
  }
}

extension LogStreamError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooSlow(let limit):
      "the lines were not taken for \(limit)\n  fix: take them faster, or narrow the filter; then go on with the cursor"
    case .badCursor(let reason): "this is no cursor of a log stream: \(reason)\n  fix: leave the cursor out"
    case .shutDown: "the log streams were shut down\n  fix: connect again"
    case .tooManySources(let limit):
      "more than \(limit) containers in one subscription\n  fix: choose fewer, or subscribe more than once"
    case .patternTooSlow(let limit): "the pattern took more than \(limit)\n  fix: use a simpler one, or text"
    case .failed(let source, let reason): "the log of \(source) could not be read on: \(reason)"
    case .noAnswer(let source): "the engine of \(source) did not answer in time\n  fix: try again when it is back"
    }
  }
}
