import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Commands in running containers, and their programs themselves.
extension ServerParts {
  var terminalRoutes: [Route] {
    let answer = [Route.Answer.json(TerminalBody.schema, "Where to go on.", status: .created)]
    return [
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/exec", access: .may(.containerExec, .stack), tag: "containers",
        summary: "Ask for a command in a container",
        details: "Then open the WebSocket /api/v1/exec/{id} within a minute, once. Needs its own right, and step-up.",
        body: .json(ExecBody.schema), answers: answer, refusals: Self.engineRefusals, handle: openTerminal),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/attach", access: .may(.containerExec, .stack), tag: "containers",
        summary: "Ask to join the program of a container",
        details:
          "Then open the WebSocket /api/v1/exec/{id} within a minute, once; its input and output are base64. Needs the right to exec.",
        body: .json(AttachBody.schema), answers: answer, refusals: Self.engineRefusals, handle: openAttachment),
    ]
  }

  @Sendable private func openTerminal(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(ExecBody.self)
    guard !body.command.isEmpty else { throw Problem(.unprocessable, "invalid_body", "command is empty") }
    let engine = try await fleet.member(key.server).engine
    let running = try await engine.serviceContainers(of: key.project).filter(\.isUp)
    let found = running.first { container in
      if let wanted = body.container { return container.name == wanted || container.id == wanted }
      return body.service.map { container.service == $0 } ?? true
    }
    guard let found else { throw Problem.notFound("running container of \(key.project)") }
    let isDetached = body.detach ?? false
    var spec = ExecSpec()
    spec.command = body.command
    spec.hasTTY = body.tty ?? true
    spec.attachesStdin = !isDetached && body.stdin ?? true
    spec.attachesStdout = !isDetached
    spec.attachesStderr = !isDetached
    spec.user = body.user ?? ""
    spec.workingDirectory = body.workingDirectory ?? ""
    spec.environment = body.environment ?? []
    if spec.hasTTY {
      // The engine gives the programs of a command line's terminal its own word, and so does whoever sends bytes.
      if body.bytes != true { spec.environment.append("TERM=xterm-256color") }
      if let rows = body.rows, let columns = body.columns { spec.consoleSize = [rows, columns] }
    }
    // The fact is written down, never what is typed or shown.
    try await store.appendAudit([
      try audit(
        call, .containerExec, "\(key)", detail: ["container": found.name, "command": String(body.command[0].prefix(200))])
    ])
    return try .json(
      try terminals.add(
        Terminals.Waiting(
          work: isDetached ? .detachedExec(spec) : .exec(spec), server: key.server, container: found.id, stack: key.project,
          name: found.name, isBytes: body.bytes ?? false, hasTTY: spec.hasTTY, credential: try call.caller().credential)),
      status: .created)
  }

  @Sendable private func openAttachment(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(AttachBody.self)
    let engine = try await fleet.member(key.server).engine
    let running = try await engine.serviceContainers(of: key.project).filter(\.isUp)
    guard let found = running.first(where: { $0.name == body.container || $0.id == body.container }) else {
      throw Problem.notFound("running container \(body.container) of \(key.project)")
    }
    let hasTTY = try await engine.inspectContainer(found.id).config.hasTTY
    try await store.appendAudit([
      try audit(call, .containerExec, "\(key)", detail: ["container": found.name, "what": "attach"])
    ])
    return try .json(
      try terminals.add(
        Terminals.Waiting(
          work: .attach(takesInput: body.stdin ?? true, detachKeys: body.detachKeys), server: key.server, container: found.id,
          stack: key.project, name: found.name, isBytes: true, hasTTY: hasTTY, credential: try call.caller().credential)),
      status: .created)
  }
}
