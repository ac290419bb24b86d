import DockerEngine
import LogStreaming

/// What is said when the engine goes away while a command shows what happens there.
enum LostEngine {
  /// Runs `body`; a connection that ends in the midst of it becomes a failure in plain words. `consequence` says what that means
  /// for the command.
  static func telling<Value>(_ consequence: String, _ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch {
      guard case .connectionLost(let call, _)? = error as? EngineError else { throw error }
      throw failure(call.endpoint, consequence)
    }
  }

  /// Tells of a link that was lost and is waited for.
  static func tell(_ notice: LinkNotice) {
    switch notice {
    case .lost(let reason): StandardError.warn("the link is lost; lines go on when it is back: \(reason)")
    case .isBack: StandardError.note("the link is back: no line is lost")
    }
  }

  static func failure(_ endpoint: String, _ consequence: String) -> CommandFailure {
    CommandFailure(
      "the engine at \(endpoint) went away: \(consequence)\n  fix: look whether it runs, with slipway doctor; then call this again"
    )
  }
}
