import Accounts
import DockerEngine
import HTTPTypes
import Orchestration
import RevisionStore
import SlipwayAPI

/// Volumes of a server (G1): who uses them, how large they are, and which are nobody's.
extension ServerParts {
  var volumeRoutes: [Route] {
    let path = "/api/v1/servers/{server}/volumes"
    return [
      Route(
        method: .get, path: path, access: .may(.volumeRead, .within), tag: "volumes", summary: "Volumes of a server",
        query: Paging.parameters + [
          .optional("stack", .text(limit: 63), "only of this stack"),
          .optional("orphans", .boolean, "only those that no container mounts and no known stack has"),
          .optional("sizes", .boolean, "with their sizes, which takes the engine a while"),
        ],
        answers: [.json(.page(of: VolumeBody.schema), "A page of volumes by name.")], refusals: Self.engineRefusals,
        handle: listVolumes),
      Route(
        method: .get, path: path + "/usage", access: .may(.volumeRead, .within), tag: "volumes",
        summary: "What they take on disk",
        answers: [.json(VolumeUsageBody.schema, "In all, and the largest.")], refusals: Self.engineRefusals,
        handle: showVolumeUsage),
      Route(
        method: .get, path: path + "/{volume}", access: .may(.volumeRead, .object(.volume)), tag: "volumes", summary: "A volume",
        answers: [.json(VolumeDetailBody.schema, "The volume.")], refusals: Self.engineRefusals, handle: showVolume),
      Route(
        method: .post, path: path, access: .may(.volumeCreate, .server), tag: "volumes", summary: "Make a volume",
        details: "A local one, of no stack.", body: .json(NewVolumeBody.schema),
        answers: [.json(VolumeDetailBody.schema, "The volume.", status: .created)], refusals: Self.engineRefusals,
        isIdempotent: true, handle: createVolume),
      Route(
        method: .delete, path: path + "/{volume}", access: .may(.volumeRemove, .object(.volume)), tag: "volumes",
        summary: "Remove a volume with its data", details: "It takes a right of its own. One that containers mount is refused.",
        answers: [.empty("It is gone, and its data.")], refusals: Self.engineRefusals, handle: removeVolume),
    ]
  }

  /// A volume with who mounts it.
  private struct Held {
    var volume: VolumeInspection
    var stack: String?
    var users: [(container: ContainerSummary, mount: MountPoint)]
    var isOrphan: Bool
  }

  /// The volumes that the caller may see, by name.
  private func volumes(_ call: APICall, _ all: [VolumeInspection]) async throws -> [Held] {
    let (caller, server) = (try call.caller(), try call.parameter("server"))
    let containers = try await engine(call).listContainers(all: true)
    var users: [String: [(ContainerSummary, MountPoint)]] = [:]
    for container in containers {
      for mount in container.mounts where mount.kind == "volume" { users[mount.name, default: []].append((container, mount)) }
    }
    let known = Set(try await catalog.rows().filter { $0.key.server == server }.map(\.key.project))
    return all.compactMap { volume in
      let stack = EngineObject.stackName(volume.labels)
      guard isAllowed(caller, .volumeRead, server, stack: stack) else { return nil }
      let mine = users[volume.name] ?? []
      return Held(
        volume: volume, stack: stack, users: mine, isOrphan: mine.isEmpty && !(stack.map { known.contains($0) } ?? false))
    }
  }

  private func body(_ held: Held, _ caller: Principal, _ server: String) -> VolumeBody {
    let visible = held.users.filter { user in
      isAllowed(caller, .containerRead, server, stack: EngineObject.stackName(user.container.labels))
    }
    return VolumeBody(
      name: held.volume.name, driver: held.volume.driver, scope: held.volume.scope, stack: held.stack,
      anonymous: held.volume.labels["com.docker.volume.anonymous"] != nil, createdAt: held.volume.createdAt.wire,
      sizeBytes: held.volume.usage.flatMap { $0.sizeBytes >= 0 ? $0.sizeBytes : nil },
      users: visible.sorted { $0.container.name < $1.container.name }.map { container, mount in
        VolumeBody.User(
          container: container.id, name: container.name, stack: EngineObject.stackName(container.labels),
          service: container.labels[ComposeLabel.service], target: mount.destination, writable: mount.isWritable,
          running: container.state == .running)
      }, inUse: !held.users.isEmpty, orphan: held.isOrphan)
  }

  @Sendable private func listVolumes(_ call: APICall) async throws -> APIAnswer {
    let (caller, server, engine) = (try call.caller(), try call.parameter("server"), try await engine(call))
    let all = call.flag("sizes") ? try await engine.diskUsage().volumes : try await engine.listVolumes()
    let (stack, isOrphansOnly) = (call.value("stack"), call.flag("orphans"))
    let wanted = try await volumes(call, all).filter { held in
      (stack == nil || held.stack == stack) && (!isOrphansOnly || held.isOrphan)
    }
    return try .json(Paging(call).page(wanted, key: \.volume.name) { body($0, caller, server) })
  }

  @Sendable private func showVolumeUsage(_ call: APICall) async throws -> APIAnswer {
    let held = try await volumes(call, try await engine(call).diskUsage().volumes)
    func size(_ held: Held) -> Int64 { max(0, held.volume.usage?.sizeBytes ?? 0) }
    let orphans = held.filter(\.isOrphan)
    return try .json(
      VolumeUsageBody(
        volumes: held.count, sizeBytes: held.map(size).clampedSum(), orphans: orphans.count,
        orphanBytes: orphans.map(size).clampedSum(),
        largest: held.sorted { (size($1), $0.volume.name) < (size($0), $1.volume.name) }.prefix(20).map {
          VolumeUsageBody.Size(name: $0.volume.name, stack: $0.stack, sizeBytes: size($0))
        }))
  }

  private func volume(_ call: APICall) throws -> VolumeInspection {
    guard case .volume(let volume) = try call.engineObject().found else { throw Problem.notFound("volume") }
    return volume
  }

  @Sendable private func showVolume(_ call: APICall) async throws -> APIAnswer {
    try .json(await detail(try volume(call), call))
  }

  private func detail(_ volume: VolumeInspection, _ call: APICall) async throws -> VolumeDetailBody {
    guard let held = try await volumes(call, [volume]).first else { throw Problem.notFound("volume \(volume.name)") }
    // Options of network drivers hold passwords: `o=username=…,password=…`.
    let server = try call.parameter("server")
    let mask = try await stacks.mask(
      EngineObject.stackName(volume.labels).map { StackKey(server: server, project: $0) },
      labels: volume.labels.merging(volume.options) { $1 })
    return VolumeDetailBody(
      volume: body(held, try call.caller(), server), mountpoint: volume.mountpoint,
      options: mask.labels(volume.options).map { entry in
        let parts = mask.arguments(entry.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        let value = parts.joined(separator: ",")
        return ContainerDetailBody.Entry(name: entry.name, value: value, masked: entry.isMasked || value != entry.value)
      }, labels: mask.labels(volume.labels).map { ContainerDetailBody.Entry($0) })
  }

  @Sendable private func createVolume(_ call: APICall) async throws -> APIAnswer {
    let server = try call.parameter("server")
    let body = try call.body(NewVolumeBody.self)
    let engine = try await engine(call)
    var spec = VolumeSpec()
    spec.name = body.name
    spec.driver = "local"
    spec.labels = try Self.ownLabels(body.labels)
    // The engine answers the one that is there; the caller wants to know.
    do {
      _ = try await engine.inspectVolume(body.name)
      throw Problem(.conflict, "volume_exists", "there is a volume \(body.name) already")
    } catch {
      guard case EngineError.notFound = error else { throw error }
    }
    let wanted = spec
    let made = try await audited(call, .volumeCreate, "volume:\(server)/\(body.name)") { try await engine.createVolume(wanted) }
    events.publish("volumes.changed", server: server)
    return try .json(await detail(made, call), status: .created).with(
      .location, "/api/v1/servers/\(server)/volumes/\(made.name)")
  }

  @Sendable private func removeVolume(_ call: APICall) async throws -> APIAnswer {
    let object = try call.engineObject()
    let engine = try await engine(call)
    try await audited(call, .volumeRemove, object.target) { try await engine.removeVolume(object.id) }
    events.publish("volumes.changed", server: object.server, stack: object.stackName)
    return .empty
  }
}
