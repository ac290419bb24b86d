import DockerEngine
import Orchestration
import SlipwayAPI
import SlipwayClient

/// A command or program in a container, through the server of the context, joined to this process's own input and output.
struct ServedTerminal: Sendable {
  let connection: ServerConnection
  /// As the server has told it; good for one use.
  let path: String

  /// Stays until it ends; gives the exit code, or nil when it goes on without us.
  ///
  /// - Parameters:
  ///   - input: nil: it gets none of ours.
  ///   - signals: nil: none are passed on.
  func join(input: StandardInput?, signals: ForwardedSignals? = nil) async throws -> Int? {
    let sink = OutputQueue().sink()
    return try await connection.terminal(
      path, input: input, controls: Self.controls(signals), delivered: { signals?.delivered() },
      output: { isError, bytes in try await sink(LogFrame(stream: isError ? .stderr : .stdout, bytes: bytes)) })
  }

  /// The sizes of the terminal and the signals, in one stream.
  private static func controls(_ signals: ForwardedSignals?) -> AsyncStream<TerminalControl> {
    AsyncStream(bufferingPolicy: .bufferingNewest(16)) { continuation in
      // WHY: they live as long as the stream is read.
      let sizes = Task {
        for await size in TerminalSizes.changes() { continuation.yield(.resize(rows: size.rows, columns: size.columns)) }
      }
      let numbers = signals.map { signals in
        Task { for await number in signals.signals { continuation.yield(.signal(number)) } }
      }
      continuation.onTermination = { _ in
        sizes.cancel()
        numbers?.cancel()
      }
    }
  }
}

extension ServedStack {
  /// A command in a container of the stack.
  func exec(_ spec: ExecSpec, in container: ServiceContainer, isDetached: Bool) async throws -> ServedTerminal {
    var body = ExecBody(command: spec.command)
    body.container = container.name
    body.tty = spec.hasTTY
    body.user = spec.user.isEmpty ? nil : spec.user
    body.workingDirectory = spec.workingDirectory.isEmpty ? nil : spec.workingDirectory
    body.environment = spec.environment
    body.stdin = spec.attachesStdin
    body.detach = isDetached
    body.bytes = true
    if spec.hasTTY, let size = TerminalSizes.now { (body.rows, body.columns) = (size.rows, size.columns) }
    let made = try await connection.call(.post, path("exec"), sending: body, as: TerminalBody.self)
    return ServedTerminal(connection: connection, path: made.socket)
  }

  /// The program of a container of the stack; also whether it has a terminal.
  func attachment(
    to container: ServiceContainer, takesInput: Bool, detachKeys: String?
  ) async throws -> (terminal: ServedTerminal, hasTTY: Bool) {
    var body = AttachBody(container: container.name)
    body.stdin = takesInput
    body.detachKeys = detachKeys
    let made = try await connection.call(.post, path("attach"), sending: body, as: TerminalBody.self)
    return (ServedTerminal(connection: connection, path: made.socket), made.tty)
  }
}
