import ComposeFile
import Orchestration
import StackPlanning

/// Runs a command on services and tells what it did.
enum ServiceRunner {
  static let notice = "cancelling: what is done stays done (once more to end at once)"

  /// Does the command; says `nothing` when there was nothing to do.
  static func run(
    _ command: ServiceCommand, _ scope: ServiceScope, _ session: StackSession, confirmed: Set<String>? = nil,
    waits: WaitLimits = WaitLimits(), nothing: String? = nil
  ) async throws {
    let lines = try ServiceLines(
      isShown: !session.global.isJSON && (session.global.progress ?? session.settings().progress) != "quiet")
    let steps = try await session.withOperations(
      progress: { if case .warning(let text) = $0 { StandardError.write("warning: \(text)") } }, notice: notice
    ) { operations in
      try await operations.control(command, scope, confirmed: confirmed, waits: waits, progress: lines.sink)
    }
    if session.global.isJSON {
      _ = StandardOutput.write(json(steps).json(indented: true) + "\n")
    } else if steps.isEmpty, let nothing {
      StandardError.write(nothing)
    }
  }

  private static func json(_ steps: [ServiceStep]) -> ComposeValue {
    .list(
      steps.compactMap { step in
        guard let container = step.action.changed else { return nil }
        return .map(
          ComposeMap([
            ("container", .string(container.name)), ("service", .string(container.service)),
            ("result", .string(step.action.words.done)),
          ]))
      })
  }

  /// A grace period as given by `-t`; -1 waits without end.
  static func checked(graceSeconds: Int?) throws -> Int? {
    guard let graceSeconds, graceSeconds < -1 else { return graceSeconds }
    throw CommandFailure("--timeout \(graceSeconds) is not a number of seconds\n  fix: give 0 or more, or -1 to wait without end")
  }
}
