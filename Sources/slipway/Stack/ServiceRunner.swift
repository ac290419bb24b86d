import ComposeFile
import Orchestration
import StackPlanning

/// Runs a command on services and tells what it did.
struct ServiceRunner {
  private let session: StackSession
  private let isDryRun: Bool

  private static let notice = "cancelling: what is done stays done (once more to end at once)"

  init(_ session: StackSession, _ options: ServiceOptions) {
    self.session = session
    isDryRun = options.isDryRun
  }

  /// Does the command; says `nothing` when there was nothing to do.
  func run(
    _ command: ServiceCommand, _ scope: ServiceScope, confirmed: Set<String>? = nil, waits: WaitLimits = WaitLimits(),
    nothing: String? = nil
  ) async throws {
    if isDryRun { return try await show(command, scope) }
    let lines = try ServiceLines(
      isShown: !session.global.isJSON && (session.global.progress ?? session.settings().progress) != "quiet")
    let (steps, others) = try await session.control(
      command, scope, confirmed: confirmed, waits: waits, notice: Self.notice, progress: lines.sink)
    if session.global.isJSON {
      StandardOutput.write(Self.json(steps).json(indented: true) + "\n")
    } else if steps.isEmpty, let nothing {
      StandardError.note(nothing)
    }
    guard !others.isEmpty else { return }
    let names = others.prefix(5).joined(separator: ", ") + (others.count > 5 ? " …" : "")
    StandardError.warn("left alone, as the compose files do not have their services: \(names)")
  }

  private func show(_ command: ServiceCommand, _ scope: ServiceScope) async throws {
    let steps = try await session.serviceSteps(command, scope)
    let lines = steps.map { "\($0.number). \($0.action.words.verb) \($0.action.words.object)\n" }
    if session.global.isJSON {
      StandardOutput.write(Self.json(steps).json(indented: true) + "\n")
    } else {
      StandardOutput.show(lines.joined())
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
    guard let graceSeconds, !(-1...longestSeconds).contains(graceSeconds) else { return graceSeconds }
    throw CommandFailure(
      "--timeout \(graceSeconds) is not a number of seconds\n  fix: give 0 to \(longestSeconds), or -1 to wait without end")
  }

  /// A longest wait as given by `--wait-timeout`.
  static func checked(waitSeconds: Int?) throws -> Int? {
    guard let waitSeconds, !(0...longestSeconds).contains(waitSeconds) else { return waitSeconds }
    throw CommandFailure("--wait-timeout \(waitSeconds) is not a number of seconds\n  fix: give 0 to \(longestSeconds)")
  }

  /// A year: far beyond any wait that is meant, and far from where clocks overflow.
  private static let longestSeconds = 31_536_000
}
