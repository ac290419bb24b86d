import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Logging
import Orchestration
import RevisionStore
import SSHTransport
import SlipwayAPI

/// Adding servers, and changing those that there are (B2).
extension ServerParts {
  var serverChangeRoutes: [Route] {
    let unreachable: [HTTPResponse.Status: String] = [
      .badGateway: "The server cannot be reached, or another key is shown.", .gatewayTimeout: "It has not answered in time.",
      .conflict: "The host key is to be confirmed, or the server is in use.",
    ]
    return [
      Route(
        method: .post, path: "/api/v1/servers", access: .may(.serverWrite, .all), tag: "servers", summary: "Add a server",
        details: """
          A host key is confirmed in two steps: without its fingerprint the answer is the conflict host_key_unconfirmed, which tells \
          it; nothing was sent to the host, nothing is stored. Compare it, and send all of it again with the fingerprint.
          """,
        body: .json(NewServerBody.schema),
        answers: [.json(AddedServerBody.schema, "It is stored, and its engine has answered.", status: .created)],
        refusals: unreachable, handle: addServer),
      Route(
        method: .delete, path: "/api/v1/servers/{server}", access: .may(.serverWrite, .server), tag: "servers",
        summary: "Forget a server", details: "Nothing changes on it. The history of its stacks stays; rights on it end.",
        answers: [.empty("It is forgotten.")], refusals: unreachable, handle: removeServer),
      Route(
        method: .post, path: "/api/v1/servers/{server}/rename", access: .may(.serverWrite, .server), tag: "servers",
        summary: "Give it another name", details: "Its stacks, their revisions and the rights on them go along.",
        body: .json(ServerNameBody.schema), answers: [.json(ServerBody.schema, "The server.")], refusals: unreachable,
        handle: renameServer),
      Route(
        method: .post, path: "/api/v1/servers/{server}/rotate-key", access: .may(.serverTrust, .server), tag: "servers",
        summary: "Log in with another key from now on",
        details:
          "Without a key a new one is made, installed with the old login, tried and stored. What fails leaves a login that works.",
        body: .optionalJSON(KeyRotationBody.schema), answers: [.json(RotatedKeyBody.schema, "The new login.")],
        refusals: unreachable, handle: rotateKey),
    ]
  }

  @Sendable private func addServer(_ call: APICall) async throws -> APIAnswer {
    let body = try call.body(NewServerBody.self)
    let new = try ServerAddition(body)
    let name = new.name.text
    let action: Action = body.replace == true ? .serverTrust : .serverWrite
    let detail = ["what": body.replace == true ? "replace" : "add", "address": new.shownAddress]
    let test = try await noted(call, action, "server:\(name)", detail: detail) { entry in
      try await new.add(to: directory.audited(entry))
    }
    if body.replace == true { await fleet.forget(name) }
    await open(name)
    changed(name, "added")
    let added = AddedServerBody(server: try await serverBody(call, named: name), test: test.map { ServerTestBody(name, $0) })
    return try .json(added, status: .created).with(.location, "/api/v1/servers/\(name)")
  }

  @Sendable private func removeServer(_ call: APICall) async throws -> APIAnswer {
    let name = try stored(call)
    try await noted(call, .serverWrite, "server:\(name)", detail: ["what": "remove"]) { entry in
      try await store.removeServer(named: name, entry)
    }
    await fleet.forget(name)
    changed(name, "removed")
    return .empty
  }

  @Sendable private func renameServer(_ call: APICall) async throws -> APIAnswer {
    let name = try stored(call)
    let new = try Self.name(try call.body(ServerNameBody.self).name)
    try await noted(call, .serverWrite, "server:\(name)", detail: ["what": "rename", "to": new.text]) { entry in
      try await store.renameServer(name, to: new, entry)
    }
    await fleet.forget(name)
    await open(new.text)
    changed(name, "renamed", [("to", .string(new.text))])
    return try .json(await serverBody(call, named: new.text))
  }

  @Sendable private func rotateKey(_ call: APICall) async throws -> APIAnswer {
    let name = try stored(call)
    let body = try call.body(KeyRotationBody.self)
    let credential = try body.identity.map { try ServerAddition.key($0, passphrase: body.passphrase) }
    // What is done on the server itself is noted before; what the store then keeps, together with it.
    let entry = try audit(call, .serverTrust, "server:\(name)", detail: ["what": "rotated key"])
    let rotation = KeyRotation(directory.audited(entry))
    let result = try await audited(call, .serverTrust, "server:\(name)", detail: ["what": "rotate key"]) {
      if let credential { return try await rotation.rotate(name, to: credential) }
      return try await rotation.rotate(name)
    }
    await fleet.forget(name)
    await open(name)
    changed(name, "key")
    return try .json(
      RotatedKeyBody(server: name, key: result.key.line, fingerprint: result.key.fingerprint, leftover: result.leftover))
  }

  // MARK: The fleet

  /// Watches a server from now on. What is wrong with it is told by its state, not here: it is stored.
  private func open(_ name: String) async {
    do {
      _ = try await fleet.member(name)
    } catch {
      logger.info("a server cannot be used", metadata: ["server": "\(name)", "error": "\(error)"])
    }
  }

  private func changed(_ name: String, _ change: String, _ fields: [(String, ComposeValue)] = []) {
    catalog.refresh()
    events.publish("server.changed", server: name, [("change", .string(change))] + fields)
  }

  /// The server of the path, which must be one that is stored.
  private func stored(_ call: APICall) throws -> String {
    let name = try call.parameter("server")
    guard name != ServerName.local else {
      throw Problem(.conflict, "refused", "local is the engine of this machine: it has no name or login of its own")
    }
    return name
  }

  static func name(_ text: String) throws -> ServerName {
    guard let name = ServerName(text) else {
      throw Problem(
        .unprocessable, "invalid_name", "\"\(text.prefix(80))\" is no name for a server", remedy: ServerName.rule)
    }
    return name
  }
}
