import ComposeFile
import Orchestration
import SlipwayAPI
import SlipwayClient
import SlipwayServer

/// `run` through the server of the context: that makes the container of its own copy of the files, and joins us to it.
extension RunCommand {
  func served(_ prepared: Prepared, _ session: StackSession, _ connection: ServerConnection) async throws -> Int? {
    guard addedCapabilities.isEmpty, volumes.isEmpty else {
      throw CommandFailure(
        "--cap-add and --volume would give a container on the server's machine more than the stack's files do\n  fix: write it into the compose file; or run it with --context embedded on that machine"
      )
    }
    let stack = session.served(prepared.deploy.project.name, connection)
    let bundle = try ProjectBundle(prepared.deploy, session)
    try await stack.send(bundle, over: try await stack.files())
    var body = OneOffBody(prepared.request, prepared.changes, isDetached: isDetached)
    body.profiles = global.profiles
    body.variables = bundle.variables
    let contexts = session.contexts(prepared.deploy.project, stack)
    body.contexts = contexts?.body
    let operation = try await session.operate(
      connection, stack.path("run"), body, isQuiet: isQuiet, hiding: hidden, notice: "cancelling",
      contexts: contexts?.uploads)
    try operation.requireDone(connection)
    let container = operation.result?.value["container"]?.string ?? ""
    guard !isDetached else {
      StandardOutput.write(container + "\n")
      return 0
    }
    guard let path = operation.result?.value["socket"]?.string else {
      throw ConnectionFailure.unreadable(server: connection.name, reason: "a run without a socket")
    }
    let terminal = ServedTerminal(connection: connection, path: path)
    do {
      return try await Self.join(terminal, hasTTY: prepared.request.service.isTTY, isInteractive: isInteractive)
    } catch let failure as ConnectionFailure {
      // It goes on there; with --rm the engine removes it when it ends.
      throw failure
    } catch {
      if removesItself { await Self.remove(container, stack) }
      throw error
    }
  }

  private static func join(_ terminal: ServedTerminal, hasTTY: Bool, isInteractive: Bool) async throws -> Int? {
    let input = isInteractive ? StandardInput() : nil
    if hasTTY {
      return try await Interruption.cancelling(notice: nil) {
        try await TerminalMode.raw { try await terminal.join(input: input) }
      }
    }
    let signals = ForwardedSignals()
    return try await Interruption.forwarding(to: { signals.take($0) }) {
      try await terminal.join(input: input, signals: signals)
    }
  }

  /// With `--rm` nothing is left of a container that is ended or was refused.
  private static func remove(_ container: String, _ stack: ServedStack) async {
    // WHY: a task of its own is not cancelled with this one.
    await Task {
      do {
        _ = try await stack.connection.call(
          .delete, ServedContainers(stack: stack).path(container, ""), query: [("force", "true")])
      } catch let problem as ServerProblem where problem.status == 404 {
        // It is gone already.
      } catch {
        StandardError.warn("container \(container.prefix(12)) could not be removed: \(error)")
      }
    }.value
  }
}
