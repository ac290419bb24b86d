import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// The images of a stack: those that its containers are made of, pulling what its files name, and pushing what was built of them.
extension ServerParts {
  var stackImageRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/v1/stacks/{stack}/images", access: .may(.imageRead, .stack), tag: "images",
        summary: "The images that a stack's containers are made of",
        answers: [
          .json(
            .object([.required("items", .array(of: StackImageBody.schema))]), "By id; one that was removed by force is missing.")
        ], refusals: Self.engineRefusals, handle: listStackImages),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/pull", access: .may(.stackDeploy, .stack), tag: "stacks",
        summary: "Pull the images that the files name",
        details: "The result says of each image what became of it; one that fails does not keep the others.",
        body: .optionalJSON(StackPullBody.schema), answers: [.accepted], refusals: Self.engineRefusals, isIdempotent: true,
        takesBundle: true, handle: pullStackImages),
      Route(
        method: .post, path: "/api/v1/stacks/{stack}/push", access: .may(.containerExec, .stack), tag: "stacks",
        summary: "Push the images that are built under a name",
        details: """
          With the server's own credentials for the registries, so it takes the right to a shell, the right to deploy and the right to pull images on the server. The result \
          says of each image what became of it; one that fails does not keep the others.
          """,
        body: .optionalJSON(StackPushBody.schema), answers: [.accepted], refusals: Self.engineRefusals, isIdempotent: true,
        takesBundle: true, handle: pushStackImages),
    ]
  }

  @Sendable private func listStackImages(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let engine = try await fleet.member(key.server).engine
    let containers = try await engine.listContainers(all: true, filters: .labels([ComposeLabel.project: key.project]))
    var items: [StackImageBody] = []
    for id in Set(containers.map(\.imageID)).sorted() where !id.isEmpty {
      do {
        items.append(StackImageBody(try await engine.inspectImage(id), id: id))
      } catch {
        guard case .notFound = error else { throw error }
      }
    }
    return try .json(["items": items])
  }

  @Sendable private func pullStackImages(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let body = try call.body(StackPullBody.self)
    let draft = try await draft(call, body.files, variables: body.variables)
    let loaded = try await hiding(key) { _ in
      try await stacks.load(
        key, draft: draft, profiles: body.profiles ?? [], variables: body.variables ?? [:], activating: body.services ?? [])
    }
    var request = ImagePulls.Request(project: loaded.project.project)
    request.services = body.services ?? []
    request.includesDependencies = body.includeDependencies ?? false
    request.skipsBuildable = body.skipBuildable ?? false
    request.policy = body.policy.flatMap { ImagePulls.Policy(rawValue: $0) }
    let wanted = try ImagePulls.plan(request)
    let author = try call.caller().name
    return try await accept(call, "pull", .stackDeploy, title: "pull") { progress in
      progress.reach(.pulling)
      let operations = try await stacks.operations(on: key.server, stack: key, author: author, progress: progress.sink)
      let outcomes = try await operations.pull(wanted)
      events.publish("images.changed", server: key.server)
      return JobRunner.Outcome(.done, [("images", JobNotice.model(outcomes))])
    }
  }
}

extension ServerParts {
  @Sendable private func pushStackImages(_ call: APICall) async throws -> APIAnswer {
    let key = try call.stackKey()
    let (body, caller) = (try call.body(StackPushBody.self), try call.caller())
    try await accounts.require(caller, .stackDeploy, on: .stack(server: key.server, name: key.project))
    let draft = try await draft(call, body.files, variables: body.variables)
    let loaded = try await hiding(key) { _ in
      try await stacks.load(
        key, draft: draft, profiles: body.profiles ?? [], variables: body.variables ?? [:], activating: body.services ?? [])
    }
    let wanted = try ImagePushes.plan(
      loaded.project.project, services: body.services ?? [], includesDependencies: body.includeDependencies ?? false)
    // A name in a registry may be another stack's, as with builds.
    if wanted.contains(where: { $0.reasonToSkip == nil }) {
      try await accounts.require(caller, .imagePull, on: .server(key.server))
    }
    try await store.appendAudit([
      try audit(
        call, .containerExec, "\(key)",
        detail: [
          "what": "push",
          "images": String(wanted.filter { $0.reasonToSkip == nil }.map(\.reference).joined(separator: " ").prefix(4096)),
        ])
    ])
    return try await accept(call, "push", .stackDeploy, title: "push") { progress in
      progress.reach(.applying)
      let operations = try await stacks.operations(on: key.server, stack: key, author: caller.name, progress: progress.sink)
      return JobRunner.Outcome(.done, [("images", JobNotice.model(try await operations.push(wanted)))])
    }
  }
}

extension StackImageBody {
  /// - Parameter id: as containers name it; some engines inspect it under another.
  init(_ image: ImageInspection, id: String) {
    self.init(
      id: id, tags: image.tags, createdAt: image.createdAt.wire, sizeBytes: max(0, image.sizeBytes), os: image.os,
      architecture: image.architecture, variant: image.variant)
  }
}
