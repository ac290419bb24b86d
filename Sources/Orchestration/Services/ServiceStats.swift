package import DockerEngine
import StackPlanning
import Synchronization

/// What the containers of a project use of the machine.
package struct ServiceStats: Sendable {
  package struct Row: Sendable {
    package var id: String
    package var name: String
    /// nil: it does not run, or has not told yet.
    package var usage: ContainerUsage?

    package init(id: String, name: String, usage: ContainerUsage? = nil) {
      self.id = id
      self.name = name
      self.usage = usage
    }
  }

  /// How long the first look waits for all containers to tell.
  private static let firstLimit: Duration = .seconds(3)

  private let engine: EngineClient
  private let project: String
  private let service: String?
  private let includesStopped: Bool

  /// - Parameter service: nil: all.
  package init(_ engine: EngineClient, project: String, service: String?, includesStopped: Bool) {
    self.engine = engine
    self.project = project
    self.service = service
    self.includesStopped = includesStopped
  }

  /// One look at all, with the use of about a second.
  package func once() async throws -> [Row] {
    let containers = try await self.containers()
    return try await withThrowingTaskGroup(of: (Int, ContainerUsage?).self) { group in
      var rows = containers.map { Row(id: $0.id, name: $0.name) }
      for (index, container) in containers.enumerated() where container.state == .running {
        group.addTask {
          do {
            return (index, ContainerUsage(try await engine.statsOnce(of: container.id, waitsForPrevious: true)))
          } catch {
            guard case .notFound? = error as? EngineError else { throw error }
            return (index, nil)
          }
        }
      }
      for try await (index, usage) in group { rows[index].usage = usage }
      return rows
    }
  }

  /// What the streams have told.
  private final class Samples: Sendable {
    let latest = Mutex<[String: ContainerUsage]>([:])
    /// Containers whose streams are read.
    let watched = Mutex<Set<String>>([])
  }

  /// Looks again and again, one second apart, until `show` says false.
  package func watch(_ show: ([Row]) async throws -> Bool) async throws {
    let samples = Samples()
    try await withThrowingDiscardingTaskGroup { group in
      defer { group.cancelAll() }
      let start = ContinuousClock.now
      while true {
        let containers = try await self.containers()
        for container in containers where container.state == .running {
          guard samples.watched.withLock({ $0.insert(container.id).inserted }) else { continue }
          group.addTask { await read(container.id, into: samples) }
        }
        let rows = containers.map { container in
          Row(
            id: container.id, name: container.name,
            usage: container.state == .running ? samples.latest.withLock { $0[container.id] } : nil)
        }
        let isWhole = zip(containers, rows).allSatisfy { $0.state != .running || $1.usage != nil }
        guard isWhole || ContinuousClock.now - start > Self.firstLimit else {
          try await Task.sleep(for: .milliseconds(100))
          continue
        }
        guard try await show(rows) else { return }
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  /// Until the container ends; one that cannot tell is looked at again.
  private func read(_ container: String, into samples: Samples) async {
    do {
      for try await stats in try await engine.stats(of: container) {
        samples.latest.withLock { $0[container] = ContainerUsage(stats) }
      }
    } catch {
      // The list of containers tells what became of it, and a lost engine.
    }
    samples.latest.withLock { $0[container] = nil }
    samples.watched.withLock { _ = $0.remove(container) }
  }

  /// In the engine's order: the newest first.
  private func containers() async throws -> [ContainerSummary] {
    var labels: [String: String?] = [ComposeLabel.project: project]
    if let service { labels[ComposeLabel.service] = service }
    return try await engine.listContainers(all: includesStopped, filters: .labels(labels))
  }
}
