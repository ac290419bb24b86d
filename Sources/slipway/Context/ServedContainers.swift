import ComposeFile
import DockerEngine
import FoundationEssentials
import Orchestration
import SlipwayAPI
import SlipwayClient
import Synchronization

/// The containers of a stack, through the server of the context.
struct ServedContainers: ContainerAccess {
  let stack: ServedStack

  private var connection: ServerConnection { stack.connection }

  /// A call about one container.
  func path(_ container: String, _ part: String) -> String {
    "/api/v1/servers/\(stack.server)/containers/\(ServerConnection.escaped(container))\(part)"
  }

  var files: any ContainerFiles { ServedFiles(containers: self) }

  func summaries(all: Bool) async throws -> [ContainerSummary] {
    try await connection.summaries(server: stack.server, stack: stack.name, all: all)
  }

  func processes(of container: String) async throws -> ContainerProcesses? {
    do {
      let body = try await connection.call(.get, path(container, "/top"), as: ProcessesBody.self)
      var processes = ContainerProcesses()
      processes.titles = body.titles
      processes.rows = body.rows
      return processes
    } catch let problem as ServerProblem {
      guard [404, 409].contains(problem.status) else { throw problem }
      return nil
    }
  }

  func images(_ ids: Set<String>) async throws -> [String: ShownImage] {
    struct Listing: Decodable, Sendable { var items: [StackImageBody] }
    let listed = try await connection.call(.get, stack.path("images"), as: Listing.self).items
    return Dictionary(
      listed.filter { ids.contains($0.id) }.map { image in
        (
          image.id,
          ShownImage(
            tags: image.tags, os: image.os, architecture: image.architecture, variant: image.variant,
            createdAt: image.createdAt.flatMap { EngineTimestamp($0) } ?? .never, sizeBytes: image.sizeBytes)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  func volumes() async throws -> [VolumeInspection] {
    let list = "/api/v1/servers/\(stack.server)/volumes"
    let names = try await connection.items(list, query: [("stack", stack.name)], as: VolumeBody.self).map(\.name)
    let connection = connection
    return try await names.concurrentMap(atOnce: 4) { name in
      let body = try await connection.call(.get, "\(list)/\(ServerConnection.escaped(name))", as: VolumeDetailBody.self)
      var volume = VolumeInspection()
      volume.name = body.volume.name
      volume.driver = body.volume.driver
      volume.scope = body.volume.scope
      volume.mountpoint = body.mountpoint
      volume.labels = Dictionary(body.labels.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
      return volume
    }
  }

  func events(
    since: EngineTimestamp?, until: EngineTimestamp?, _ take: @escaping @Sendable (EngineEvent) -> Bool
  ) async throws {
    var fields = ComposeMap([("stack", .string("\(stack.name)@\(stack.server)"))])
    if let since { fields["since"] = .string("\(since)") }
    if let until { fields["until"] = .string("\(until)") }
    try await connection.follow(.containerEvents(fields), notice: Self.tell) { message in
      guard let event: EngineEvent = JobNotice.decoded(message["event"]) else { return true }
      return take(event)
    }
  }

  func ends(of containers: [ServiceContainer], _ take: @escaping @Sendable (ServiceContainer, Int) -> Bool) async throws {
    let waiting = Waiting(containers)
    let fields = ComposeMap([("stack", .string("\(stack.name)@\(stack.server)"))])
    try await connection.follow(.containerEvents(fields), notice: Self.tell) { message in
      if message["begun"] != nil {
        // What has ended before nothing tells any more; what ends from now on is told.
        for id in waiting.ids {
          guard let code = try await endedBefore(id) else { continue }
          guard waiting.end(id, code, take) else { return false }
        }
      }
      guard let event: EngineEvent = JobNotice.decoded(message["event"]), event.action == "die" else { return true }
      return waiting.end(event.actor.id, event.actor.attributes["exitCode"].flatMap { Int($0) } ?? 0, take)
    }
  }

  /// Containers whose end was not told yet.
  private final class Waiting: Sendable {
    private let containers: Mutex<[String: ServiceContainer]>

    init(_ containers: [ServiceContainer]) {
      self.containers = Mutex(Dictionary(containers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    var ids: [String] { containers.withLock { $0.keys.sorted() } }

    /// False: nothing more is waited for.
    func end(_ id: String, _ code: Int, _ take: (ServiceContainer, Int) -> Bool) -> Bool {
      guard let container = containers.withLock({ $0.removeValue(forKey: id) }) else { return true }
      return take(container, code) && !containers.withLock { $0.isEmpty }
    }
  }

  /// The exit code of a container that does not run; nil: it does.
  private func endedBefore(_ id: String) async throws -> Int? {
    let detail = try await connection.call(.get, path(id, ""), as: ContainerDetailBody.self)
    return ["running", "restarting", "paused"].contains(detail.container.status) ? nil : detail.exitCode ?? 0
  }

  func export(_ container: String, _ take: ([UInt8]) async throws -> Void) async throws {
    try await connection.download(path(container, "/export")) { bytes in
      while let chunk = try await bytes.next() { try await take(chunk) }
    }
  }

  func commit(_ container: String, _ options: CommitOptions) async throws -> String {
    var body = CommitBody()
    body.reference = options.reference
    body.author = options.author
    body.message = options.comment
    body.changes = options.changes
    body.pause = options.pauses
    // A large container takes its time.
    var patient = connection
    patient.limits.call = .seconds(3600)
    return try await patient.call(.post, path(container, "/commit"), sending: body, as: CommittedImageBody.self).id
  }

  static let tell: @Sendable (SocketNotice) -> Void = { notice in
    switch notice {
    case .lost(let reason): StandardError.warn("the server is lost; it is tried again: \(reason)")
    case .isBack: StandardError.note("the server is back")
    }
  }
}

extension ServerConnection {
  /// Containers as the engine lists them.
  func summaries(server: String, stack: String?, all: Bool) async throws -> [ContainerSummary] {
    struct Listing: Decodable { var items: [ContainerSummary] }
    let query = [("server", server), ("all", all ? "true" : "false")] + (stack.map { [("stack", $0)] } ?? [])
    let answer = try await call(.get, "/api/v1/containers", query: query)
    do {
      // In the engine's own names.
      return try JSONDecoder().decode(Listing.self, from: Data(answer.bytes)).items
    } catch {
      throw ConnectionFailure.unreadable(server: name, reason: "a list of containers in another form")
    }
  }
}

/// Files of containers, through the server of the context.
private struct ServedFiles: ContainerFiles {
  let containers: ServedContainers

  func containers(of project: String) async throws -> [ServiceContainer] { try await containers.containers() }

  func seen(at path: String, in container: String) async throws -> ArchivePathStat? {
    do {
      let body = try await containers.stack.connection.call(
        .get, containers.path(container, "/path"), query: [("path", path)], as: ContainerPathBody.self)
      var stat = ArchivePathStat()
      stat.name = body.name
      stat.sizeBytes = body.sizeBytes
      stat.mode = UInt64(clamping: body.mode)
      stat.linkTarget = body.linkTarget
      return stat
    } catch let problem as ServerProblem {
      guard problem.status == 404 else { throw problem }
      return nil
    }
  }

  func withArchive(
    at path: String, of container: String, _ body: (ArchivePathStat, ArchiveBytes) async throws -> Void
  ) async throws {
    let stat = try await seen(at: path, in: container) ?? ArchivePathStat()
    try await containers.stack.connection.download(containers.path(container, "/archive"), query: [("path", path)]) { bytes in
      var source = bytes
      try await body(stat, ArchiveBytes { try await source.next() })
    }
  }

  func put<Archive: AsyncSequence & Sendable>(
    _ archive: Archive, to path: String, in container: String, keepsKinds: Bool, copiesOwners: Bool
  ) async throws where Archive.Element == [UInt8] {
    try await containers.stack.connection.upload(
      .put, containers.path(container, "/archive"),
      query: [("path", path), ("keep_kinds", "\(keepsKinds)"), ("owners", "\(copiesOwners)")], type: "application/octet-stream",
      archive)
  }
}
