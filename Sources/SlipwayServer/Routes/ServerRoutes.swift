import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Servers as they are: the list, one of them, its machine, and the way there (B3, H3).
extension ServerParts {
  var serverRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/servers", access: .may(.serverRead, .all), tag: "servers", summary: "All servers",
        query: Paging.parameters, answers: [.json(.page(of: ServerBody.schema), "A page of servers; local is the first.")],
        handle: listServers),
      Route(
        method: .get, path: "/api/v1/servers/{server}", access: .may(.serverRead, .server), tag: "servers", summary: "A server",
        answers: [.json(ServerBody.schema, "The server.")], handle: { call in try .json(await serverBody(call)) }),
      Route(
        method: .get, path: "/api/v1/servers/{server}/info", access: .may(.systemRead, .server), tag: "servers",
        summary: "Its machine and engine", details: "Processors, memory, disks, clock; asked now.",
        query: [.optional("usage", .boolean, "also what is used on disk, which takes the engine a while")],
        answers: [.json(ServerInfoBody.schema, "As they are now.")], refusals: Self.engineRefusals, handle: showServerInfo),
      Route(
        method: .post, path: "/api/v1/servers/{server}/test", access: .may(.serverTest, .server), tag: "servers",
        summary: "Try the way to its engine",
        details: "Step by step, with what to do where one fails. Takes up to half a minute.",
        answers: [.json(ServerTestBody.schema, "What was found.")], refusals: Self.engineRefusals, handle: testServer),
    ]
  }

  @Sendable private func listServers(_ call: APICall) async throws -> APIAnswer {
    let caller = try call.caller()
    let stored = try await directory.servers()
    let identities = await fleet.identities
    let visible = ([nil] + stored.map(Optional.some)).filter { server in
      accounts.authorize(caller, .serverRead, on: .server(server?.name ?? ServerName.local)) == .allowed
    }
    // This machine's engine has the least of all keys, whatever the others are called.
    let page = Paging(call).page(visible, key: { $0?.name ?? "" }) { server in
      body(server, caller, identities[server?.name ?? ServerName.local])
    }
    return try .json(page)
  }

  private func body(_ server: Server?, _ caller: Principal, _ identity: EngineIdentity?) -> ServerBody {
    let name = server?.name ?? ServerName.local
    return ServerBody(
      server, fleet.states, identity,
      isWhole: isAllowed(caller, .systemRead, name, stack: nil),
      isVisible: { isAllowed(caller, .stackRead, name, stack: $0) })
  }

  /// The server that the path names, as it is now.
  func serverBody(_ call: APICall, named name: String? = nil) async throws -> ServerBody {
    let name = try name ?? call.parameter("server")
    let stored = name == ServerName.local ? nil : try await directory.server(named: name)
    return body(stored, try call.caller(), await fleet.identities[name])
  }

  @Sendable private func showServerInfo(_ call: APICall) async throws -> APIAnswer {
    let member = try await fleet.member(try call.parameter("server"))
    async let usage = call.flag("usage") ? member.engine.diskUsage() : nil
    let info = try await SystemInfo.gather(member.engine, target: member.target, dataDirectory: process.dataDirectory)
    return try .json(ServerInfoBody(info, try await usage))
  }

  @Sendable private func testServer(_ call: APICall) async throws -> APIAnswer {
    let name = try call.parameter("server")
    let test: ServerTest
    if name == ServerName.local {
      test = await ServerTest.run(try await fleet.member(name).engine, name: name)
    } else {
      _ = try await directory.server(named: name)
      test = try await directory.test([name])[0]
    }
    let outcome: AuditEntry.Outcome = test.failure == nil ? .ok : .failed
    try await store.appendAudit([try audit(call, .serverTest, "server:\(name)", outcome: outcome)])
    return try .json(ServerTestBody(name, test))
  }
}
