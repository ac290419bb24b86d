import Accounts
import DockerEngine
import HTTPTypes
import HummingbirdCore
import NIOCore
import Orchestration
import RevisionStore
import SlipwayAPI

/// Files into and out of a container, and images of it: as good as a shell in it, and so with the same right.
extension ServerParts {
  var containerFileRoutes: [Route] {
    let at = Route.Parameter(
      name: "path", schema: .text(limit: 4096, minimum: 1), about: "in the container, from its root", isRequired: true)
    let access = Route.Access.may(.containerCopy, .object(.container))
    func archive(_ about: String) -> [Route.Answer] { [Route.Answer(status: .ok, about: about, type: Self.archiveType)] }
    return [
      Route(
        method: .get, path: Self.containerPath + "/path", access: access, tag: "containers", summary: "What stands at a path",
        query: [at], answers: [.json(ContainerPathBody.schema, "The file, folder or link itself.")],
        refusals: Self.engineRefusals, handle: showPath),
      Route(
        method: .get, path: Self.containerPath + "/archive", access: access, tag: "containers", summary: "Files out of it",
        query: [at], answers: archive("A tar archive of the file or folder."), refusals: Self.engineRefusals, handle: readArchive),
      Route(
        method: .put, path: Self.containerPath + "/archive", access: access, tag: "containers", summary: "Files into it",
        details: "A tar archive, as bytes. What fails in the midst may have left a part.",
        query: [
          at, .optional("keep_kinds", .boolean, "a folder is not replaced by a file, nor the other way round"),
          .optional("owners", .boolean, "the owners of the archive stay"),
        ], body: .bytes(type: UploadRoom.type, limit: UploadRoom.limitBytes), answers: [.empty("They are there.")],
        refusals: Self.engineRefusals, handle: writeArchive),
      Route(
        method: .get, path: Self.containerPath + "/export", access: access, tag: "containers", summary: "Its whole file system",
        details: "Without its volumes.", answers: archive("A tar archive."), refusals: Self.engineRefusals,
        handle: exportContainer),
      Route(
        method: .post, path: Self.containerPath + "/commit", access: access, tag: "containers",
        summary: "Make an image of what it has changed", details: "Without its volumes. It takes the right to pull images too.",
        body: .optionalJSON(CommitBody.schema),
        answers: [.json(CommittedImageBody.schema, "The image.", status: .created)], refusals: Self.engineRefusals,
        handle: commitContainer),
    ]
  }

  private static let archiveType = "application/x-tar"

  private func path(_ call: APICall) throws -> String {
    guard let path = call.value("path"), path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw Problem(.unprocessable, "invalid_query", "path begins with / in the container")
    }
    return path
  }

  @Sendable private func showPath(_ call: APICall) async throws -> APIAnswer {
    let found = try await engine(call).statPath(try path(call), in: try container(call).id)
    return try .json(
      ContainerPathBody(
        name: found.name, sizeBytes: max(0, found.sizeBytes), mode: Int(clamping: found.mode), linkTarget: found.linkTarget))
  }

  @Sendable private func readArchive(_ call: APICall) async throws -> APIAnswer {
    let (path, container, engine) = (try path(call), try container(call), try await engine(call))
    let archive = try await audited(call, .containerCopy, try call.engineObject().target, detail: ["from": path]) {
      try await engine.getArchive(path, from: container.id).archive
    }
    return Self.stream(archive)
  }

  @Sendable private func exportContainer(_ call: APICall) async throws -> APIAnswer {
    let (container, engine) = (try container(call), try await engine(call))
    let archive = try await audited(call, .containerCopy, try call.engineObject().target, detail: ["what": "export"]) {
      try await engine.exportContainer(container.id)
    }
    return Self.stream(archive)
  }

  private static func stream(_ archive: ByteStream) -> APIAnswer {
    APIAnswer(
      status: .ok,
      content: .stream(type: archiveType) { writer in
        // SAFETY: the chunks are given one after the other, and nobody else writes meanwhile.
        nonisolated(unsafe) var taken = writer
        for try await chunk in archive { unsafe try await taken.write(ByteBuffer(bytes: chunk)) }
        unsafe writer = taken
      })
  }

  @Sendable private func writeArchive(_ call: APICall) async throws -> APIAnswer {
    guard let body = call.stream else { throw Problem(.badRequest, "invalid_body", "the archive is missing") }
    guard call.headers[.contentType] == UploadRoom.type else {
      throw Problem(.unsupportedMediaType, "archive_wanted", "the body must be \(UploadRoom.type)")
    }
    let (path, container, engine) = (try path(call), try container(call), try await engine(call))
    let (keepsKinds, owners) = (call.flag("keep_kinds"), call.flag("owners"))
    try await audited(call, .containerCopy, try call.engineObject().target, detail: ["to": path]) {
      let room = UploadRoom()
      let archive = body.map { part -> [UInt8] in
        let bytes = Array(part.readableBytesView)
        try room.take(bytes)
        return bytes
      }
      do {
        try await engine.putArchive(archive, to: path, in: container.id, keepsKinds: keepsKinds, copiesOwners: owners)
        try room.finish()
      } catch {
        throw room.problem ?? error
      }
    }
    return .empty
  }

  @Sendable private func commitContainer(_ call: APICall) async throws -> APIAnswer {
    let object = try call.engineObject()
    let body = try call.body(CommitBody.self)
    try await accounts.require(
      try call.caller(), .imagePull,
      // A name may be that of any image of the server.
      on: body.reference == nil ? EngineObject.resource(object.server, object.stackName) : .server(object.server))
    var options = CommitOptions()
    options.reference = try body.reference.map { try ImageName.checked($0) }
    options.author = body.author
    options.comment = body.message
    options.changes = body.changes ?? []
    options.pauses = body.pause ?? true
    let (container, engine, chosen) = (try container(call), try await engine(call), options)
    let detail = ["what": "commit", "image": chosen.reference ?? ""]
    let id = try await audited(call, .containerCopy, object.target, detail: detail) {
      try await engine.commitContainer(container.id, chosen)
    }
    events.publish("images.changed", server: object.server)
    return try .json(CommittedImageBody(id: id), status: .created)
  }
}
