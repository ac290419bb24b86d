import DockerEngine
import Orchestration

/// The containers of a stack, at the engine itself.
struct EngineContainers: ContainerAccess {
  let engine: EngineClient
  let project: String

  var files: any ContainerFiles { engine }

  func summaries(all: Bool) async throws -> [ContainerSummary] {
    try await engine.listContainers(all: all, filters: .labels([ComposeLabel.project: project]))
  }

  func processes(of container: String) async throws -> ContainerProcesses? {
    do {
      return try await engine.topContainer(container)
    } catch {
      switch error {
      case .notFound, .conflict: return nil
      default: throw error
      }
    }
  }

  func images(_ ids: Set<String>) async throws -> [String: ShownImage] {
    var images: [String: ShownImage] = [:]
    for id in ids {
      do {
        let image = try await engine.inspectImage(id)
        images[id] = ShownImage(
          tags: image.tags, os: image.os, architecture: image.architecture, variant: image.variant, createdAt: image.createdAt,
          sizeBytes: image.sizeBytes)
      } catch {
        // Removed by force, below a running container.
        guard case .notFound = error else { throw error }
      }
    }
    return images
  }

  func volumes() async throws -> [VolumeInspection] {
    try await engine.listVolumes(filters: .labels([ComposeLabel.project: project]))
  }

  private func stats(_ service: String?, all: Bool) -> ServiceStats {
    ServiceStats(engine, project: project, service: service, includesStopped: all)
  }

  func usage(_ service: String?, all: Bool) async throws -> [ServiceStats.Row] { try await stats(service, all: all).once() }

  func watchUsage(
    _ service: String?, all: Bool, _ show: @escaping @Sendable ([ServiceStats.Row]) async throws -> Bool
  ) async throws {
    try await stats(service, all: all).watch(show)
  }

  func events(
    since: EngineTimestamp?, until: EngineTimestamp?, _ take: @escaping @Sendable (EngineEvent) -> Bool
  ) async throws {
    var filters = EngineFilters.labels([ComposeLabel.project: project])
    filters.values["type"] = ["container"]
    for try await event in try await engine.events(since: since, until: until, filters: filters) {
      guard take(event) else { return }
    }
    // Only an engine that stops ends a stream without an end of its own.
    if until == nil, !Task.isCancelled { throw LostEngine.failure(engine.name, "the events end here") }
  }

  func ends(of containers: [ServiceContainer], _ take: @escaping @Sendable (ServiceContainer, Int) -> Bool) async throws {
    try await withThrowingTaskGroup(of: (ServiceContainer, Int).self) { group in
      for container in containers {
        group.addTask { (container, try await engine.waitContainer(container.id, for: .notRunning).statusCode) }
      }
      while let (container, code) = try await group.next() {
        guard take(container, code) else { break }
      }
      group.cancelAll()
    }
  }

  func export(_ container: String, _ take: ([UInt8]) async throws -> Void) async throws {
    for try await chunk in try await engine.exportContainer(container) { try await take(chunk) }
  }

  func commit(_ container: String, _ options: CommitOptions) async throws -> String {
    try await engine.commitContainer(container, options)
  }
}
