import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Logging
import Orchestration
import RevisionStore
import SlipwayAPI
import StackPlanning

/// Containers for one run of a service's program.
extension ServerParts {
  var oneOffRoutes: [Route] {
    [
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/run", access: .may(.containerExec, .stack), tag: "containers",
        summary: "Make a container for one run of a service",
        details: """
          What the service depends on is up before, which takes the right to deploy. The result names the container, and the WebSocket that \
          starts it: within a minute, once; its input and output are base64. It mounts and may what the stack's files say, and nothing more.
          """, body: .json(OneOffBody.schema), answers: [.accepted], refusals: Self.engineRefusals, handle: runOneOff)
    ]
  }

  @Sendable private func runOneOff(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let (body, caller) = (try call.body(OneOffBody.self), try call.caller())
    try await accounts.require(caller, .stackDeploy, on: .stack(server: key.server, name: key.project))
    _ = try await draft(call, nil, variables: body.variables)
    // What is wrong with it is told at once, not by an operation that fails.
    try await hiding(key) { _ in
      var needed = try await request(body, of: key).0
      needed.options.services = [body.service]
      try await requirePolicy(call, key, needed)
    }
    let author = caller.name
    let asked = try asker(call)
    try await store.appendAudit([
      try audit(call, .containerExec, "\(key)", detail: ["what": "run", "service": body.service])
    ])
    let (stacks, terminals) = (stacks, terminals)
    let rights = buildRights(caller, key)
    return try await accept(call, "run", .stackDeploy, title: "run \(body.service)") { progress in
      progress.reach(.applying)
      let (deploy, request) = try await request(body, of: key)
      let operations = try await stacks.operations(
        on: key.server, stack: key, author: author, asked: asked, progress: progress.sink
      ).redacting(Redactor(project: deploy.project, variables: deploy.variables))
      let made = try await withContexts(body.contexts, rights, of: key, by: caller, progress) { contexts in
        var request = request
        if let contexts {
          request.builds.contexts = .caller(contexts)
          request.dependencies?.builds.contexts = .caller(contexts)
        }
        return try await operations.makeOneOff(request)
      }
      if body.detach == true {
        do {
          try await ContainerSession(operations.engine).startDetached(made)
        } catch {
          await operations.removeOneOff(made.id)
          throw error
        }
        return Self.outcome(made)
      }
      let terminal: TerminalBody
      do {
        terminal = try terminals.add(
          Terminals.Waiting(
            work: .oneOff(made, takesInput: request.attachesStdin), server: key.server, container: made.id, stack: key.project,
            name: made.name, isBytes: true, hasTTY: made.service.isTTY, credential: caller.credential)
        ) { await forget($0) }
      } catch {
        await operations.removeOneOff(made.id)
        throw error
      }
      return Self.outcome(made, [("socket", .string(terminal.socket))])
    }
  }

  /// Removes the container of a terminal that will not be joined any more, unless it was started.
  func forget(_ terminal: Terminals.Waiting) async {
    guard case .oneOff = terminal.work else { return }
    // WHY: a task of its own is not cancelled with this one.
    await Task {
      do {
        let engine = try await fleet.member(terminal.server).engine
        guard try await engine.inspectContainer(terminal.container).state.status == .created else { return }
        try await engine.removeContainer(terminal.container, force: true, volumes: true)
      } catch EngineError.notFound {
      } catch {
        logger.warning(
          "a one-off container stays that was never started", metadata: ["name": "\(terminal.name)", "error": "\(error)"])
      }
    }.value
  }

  private func request(_ body: OneOffBody, of key: StackKey) async throws -> (DeployRequest, OneOffRequest) {
    let loaded = try await stacks.load(
      key, profiles: body.profiles ?? [], variables: body.variables ?? [:], activating: [body.service])
    var deploy = stacks.request(loaded, profiles: body.profiles ?? [])
    deploy.options.gate = .started
    deploy.builds.defaultPlatform = body.contexts?.defaultPlatform
    return (deploy, try body.request(deploy))
  }

  @Sendable func runProject(_ call: APICall) async throws -> APIAnswer {
    try Self.requireLocal(call)
    let body = try call.body(ProjectRunBody.self)
    let deploy = try body.deploy.request()
    let request = try body.run.request(
      deploy, addedCapabilities: body.addCapabilities, volumes: body.volumes, home: body.home)
    return try await accept(
      call, "run", .stackDeploy, body.deploy.place, deploy.project.name, title: "run \(body.run.service)"
    ) { operations, progress in
      progress.reach(.applying)
      let redacted = operations.redacting(Redactor(project: deploy.project, variables: deploy.variables))
      return Self.outcome(try await redacted.makeOneOff(request))
    }
  }

  private static func outcome(_ made: OneOffContainer, _ more: [(String, ComposeValue)] = []) -> JobRunner.Outcome {
    JobRunner.Outcome(
      .done,
      [("container", .string(made.id)), ("name", .string(made.name)), ("tty", .bool(made.service.isTTY))] + more)
  }
}
