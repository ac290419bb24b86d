package import ComposeFile
package import DockerEngine

/// A `post_start` or `pre_stop` hook that did not end well. The command may hold secret values: the hook is named by its place.
package struct HookCommandFailure: Error, CustomStringConvertible {
  /// `post_start[0]`.
  var place: String
  var reason: String

  package var description: String { "\(place) \(reason)" }
}

extension ExecSpec {
  /// The command of a hook; what it prints comes back.
  package init(_ hook: Hook) {
    self.init()
    command = hook.command
    user = hook.user ?? ""
    isPrivileged = hook.isPrivileged
    workingDirectory = hook.workingDirectory ?? ""
    environment = hook.environment.sorted { $0.key < $1.key }.map { key, value in value.map { "\(key)=\($0)" } ?? key }
    attachesStdout = true
    attachesStderr = true
  }
}

extension Hook {
  /// Runs `body` with a command for at most `limit`; it gives the exit code.
  ///
  /// - Throws: `HookCommandFailure` for another code than 0, and when it does not end.
  package static func run(
    called place: String, limit: Duration, _ body: @escaping @concurrent @Sendable () async throws -> Int?
  ) async throws {
    let code: Int?
    do {
      code = try await withDeadline(limit, body)
    } catch is DeadlinePassed {
      throw HookCommandFailure(place: place, reason: "did not end within \(limit.components.seconds) s")
    }
    guard let code, code != 0 else { return }
    throw HookCommandFailure(place: place, reason: "ended with \(code)")
  }
}

extension EngineClient {
  /// Runs a hook of a service in `container`, for at most `limit`. What it prints is dropped, as by Compose.
  func run(_ hook: Hook, called place: String, in container: String, limit: Duration) async throws {
    let exec = try await createExec(in: container, ExecSpec(hook))
    let connection = try await startExec(exec, hasTTY: false)
    try await Hook.run(called: place, limit: limit) {
      for try await _ in connection.output {}
      return try await self.inspectExec(exec).exitCode
    }
  }
}
