import ComposeFile
import DockerEngine

/// A `post_start` or `pre_stop` hook that did not end well. The command may hold secret values: the hook is named by its place.
struct HookCommandFailure: Error, CustomStringConvertible {
  /// `post_start[0]`.
  var place: String
  var reason: String

  var description: String { "\(place) \(reason)" }
}

extension EngineClient {
  /// Runs a hook of a service in `container`, for at most `limit`. What it prints is dropped, as by Compose.
  func run(_ hook: Hook, called place: String, in container: String, limit: Duration) async throws {
    var spec = ExecSpec()
    spec.command = hook.command
    spec.user = hook.user ?? ""
    spec.isPrivileged = hook.isPrivileged
    spec.workingDirectory = hook.workingDirectory ?? ""
    spec.environment = hook.environment.sorted { $0.key < $1.key }.map { key, value in value.map { "\(key)=\($0)" } ?? key }
    spec.attachesStdout = true
    spec.attachesStderr = true
    let exec = try await createExec(in: container, spec)
    let connection = try await startExec(exec, hasTTY: false)
    do {
      try await withDeadline(limit) {
        for try await _ in connection.output {}
      }
    } catch is DeadlinePassed {
      throw HookCommandFailure(place: place, reason: "did not end within \(limit.components.seconds) s")
    }
    let code = try await inspectExec(exec).exitCode ?? 0
    guard code == 0 else { throw HookCommandFailure(place: place, reason: "ended with \(code)") }
  }
}
