import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Images of a server: what they are kept for, pulling, removing, and pruning what nobody needs (D7).
extension ServerParts {
  var imageRoutes: [Route] {
    let path = "/api/v1/servers/{server}/images"
    return [
      Route(
        method: .get, path: path, access: .may(.imageRead, .server), tag: "images", summary: "Images of a server",
        query: Paging.parameters + [.optional("filter", .text(limit: 255), "part of a tag")],
        answers: [.json(.page(of: ImageBody.schema), "A page of images by name, with what needs them.")],
        refusals: Self.engineRefusals, handle: listImages),
      Route(
        method: .post, path: path + "/pull", access: .may(.imagePull, .server), tag: "images", summary: "Pull an image",
        body: .json(ImagePullBody.schema), answers: [.accepted], refusals: Self.engineRefusals, isIdempotent: true,
        handle: pullImage),
      Route(
        method: .post, path: path + "/prune", access: .may(.imagePrune, .server), tag: "images",
        summary: "Remove what nobody needs",
        details: """
          Images of containers stay, running or not, and those of the newest revisions of each stack (setting images.keep_revisions). \
          With dry_run it only tells what would go, and why the rest stays.
          """, body: .optionalJSON(ImagePruneBody.schema),
        answers: [.json(ImagePlanBody.schema, "What would go; with dry_run."), .accepted], refusals: Self.engineRefusals,
        handle: pruneImages),
      Route(
        method: .delete, path: path + "/{image}", access: .may(.imageRemove, .server), tag: "images", summary: "Remove an image",
        details: "Or one of its names. One that containers use is refused, and one that revisions need, unless force is said.",
        query: [.optional("force", .boolean, "also one that revisions need; never one that containers use")],
        answers: [.json(ImageRemovalBody.schema, "What was removed.")], refusals: Self.engineRefusals, handle: removeImage),
    ]
  }

  /// What the images of a server are needed for, as it is now.
  private func imagePlan(_ server: String, onlyUntagged: Bool = false) async throws -> ImagePrunePlan {
    let engine = try await fleet.member(server).engine
    async let images = engine.listImages()
    async let containers = engine.listContainers(all: true)
    async let uses = store.imageUses(onServer: server, keeping: ServerSettings(store).keptRevisions())
    return try await ImagePrunePlan(images: images, containers: containers, uses: uses, onlyUntagged: onlyUntagged)
  }

  @Sendable private func listImages(_ call: APICall) async throws -> APIAnswer {
    let plan = try await imagePlan(try call.parameter("server"))
    let filter = call.value("filter")?.lowercased()
    let images = (plan.removed + plan.kept).filter { image in
      filter.map { filter in image.tags.contains { $0.lowercased().contains(filter) } } ?? true
    }
    func key(_ image: ImagePrunePlan.Image) -> String { (image.tags.first ?? "~") + " " + image.id }
    return try .json(Paging(call).page(images, key: key) { ImageBody($0) })
  }

  @Sendable private func pullImage(_ call: APICall) async throws -> APIAnswer {
    let server = try call.parameter("server")
    let body = try call.body(ImagePullBody.self)
    let reference = try ImageName.checked(body.reference)
    let author = try call.caller().name
    let stacks = stacks
    return try await accept(
      call, "image.pull", .imagePull, on: server, target: "image:\(server)/\(reference)", title: "pull \(reference)"
    ) { progress in
      progress.reach(.pulling)
      let operations = try await stacks.operations(on: server, author: author, progress: progress.sink)
      try await operations.pullImage(reference, platform: body.platform)
      let image = try await operations.engine.inspectImage(reference)
      imagesChanged(server)
      return JobRunner.Outcome(
        .done, [("id", .string(image.id)), ("digests", .list(image.digests.map { .string($0) }))])
    }
  }

  @Sendable private func pruneImages(_ call: APICall) async throws -> APIAnswer {
    let server = try call.parameter("server")
    let body = try call.body(ImagePruneBody.self)
    let onlyUntagged = body.untaggedOnly ?? false
    if body.dryRun == true { return try .json(ImagePlanBody(try await imagePlan(server, onlyUntagged: onlyUntagged))) }
    return try await accept(
      call, "image.prune", .imagePrune, on: server, target: "server:\(server)", title: "prune images",
      sameAs: "prune \(onlyUntagged)"
    ) { progress in
      progress.reach(.applying)
      // What is needed when its turn has come.
      let plan = try await imagePlan(server, onlyUntagged: onlyUntagged)
      let engine = try await fleet.member(server).engine
      let result = try await ImagePrune(engine).run(plan) { progress.tell("image.removed", [("image", .string($0))]) }
      imagesChanged(server)
      return JobRunner.Outcome(
        .done,
        [
          ("removed", .list(result.removed.map { .string($0) })), ("reclaimed_bytes", .int(Int(result.reclaimedBytes))),
          ("failures", .map(ComposeMap(result.failures.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
        ])
    }
  }

  @Sendable private func removeImage(_ call: APICall) async throws -> APIAnswer {
    let (server, named) = (try call.parameter("server"), try call.parameter("image"))
    let engine = try await engine(call)
    let image = try await engine.inspectImage(named)
    // By its own id it goes with all its names; a name may be one of several.
    let isWhole = image.id == named || image.id.hasPrefix("sha256:\(named)") || image.tags.count <= 1
    let plan = try await imagePlan(server)
    let reasons = plan.kept.first { $0.id == image.id }?.reasons ?? []
    let holders = reasons.compactMap { if case .container(let name) = $0 { name } else { nil } }
    guard holders.isEmpty || !isWhole else {
      throw Problem(
        .conflict, "image_in_use", "\(named) is used by \(holders.prefix(10).joined(separator: ", "))",
        remedy: "remove these containers first")
    }
    let revisions = reasons.compactMap {
      if case .revision(let stack, let number) = $0 { "\(stack.project) \(number)" } else { nil }
    }
    guard revisions.isEmpty || !isWhole || call.flag("force") else {
      throw Problem(
        .conflict, "image_kept", "\(named) is kept for revisions: \(revisions.prefix(10).joined(separator: ", "))",
        remedy: "send force=true; rolling back to them may then not be possible")
    }
    // Its names one after the other: by force it would be taken from containers that began to use it meanwhile.
    let references = isWhole && image.tags.count > 1 ? image.tags : [named]
    let removals = try await audited(call, .imageRemove, "image:\(server)/\(named)") {
      var removals: [ImageRemoval] = []
      for reference in references { removals += try await engine.removeImage(reference) }
      return removals
    }
    imagesChanged(server)
    return try .json(
      ImageRemovalBody(untagged: removals.compactMap(\.untagged), deleted: removals.compactMap(\.deleted)))
  }

  private func imagesChanged(_ server: String) { events.publish("images.changed", server: server) }
}

extension ImageBody {
  init(_ image: ImagePrunePlan.Image) {
    self.init(
      id: image.id, tags: image.tags, digests: image.digests,
      createdAt: Timestamp(seconds: image.createdAtSeconds).secondsText, sizeBytes: max(0, image.sizeBytes),
      usedBy: image.reasons.compactMap { if case .container(let name) = $0 { name } else { nil } },
      keptBy: image.reasons.compactMap { reason in
        guard case .revision(let stack, let number) = reason else { return nil }
        return Use(stack: stack.project, revision: number)
      })
  }
}

extension ImagePlanBody {
  init(_ plan: ImagePrunePlan) {
    self.init(
      removed: plan.removed.map { Image($0) }, kept: plan.kept.map { Image($0) },
      reclaimableBytes: plan.removed.map(\.ownBytes).clampedSum())
  }
}

extension ImagePlanBody.Image {
  init(_ image: ImagePrunePlan.Image) {
    self.init(
      id: image.id, tags: image.tags, digests: image.digests, sizeBytes: max(0, image.sizeBytes),
      reasons: image.reasons.map { reason in
        switch reason {
        case .container(let name): .init(kind: "container", container: name, stack: nil, revision: nil)
        case .revision(let stack, let number): .init(kind: "revision", container: nil, stack: stack.project, revision: number)
        case .tagged: .init(kind: "tagged", container: nil, stack: nil, revision: nil)
        }
      })
  }
}
