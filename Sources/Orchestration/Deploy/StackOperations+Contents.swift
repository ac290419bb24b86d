import ComposeFile
import DockerEngine
import RevisionStore
import StackPlanning

extension StackOperations {
  /// What the label `slipway.contents` of each service's containers says: a keyed hash of the configs and secrets that are copied
  /// into them. Config hashes do not cover these contents (as with Docker Compose).
  ///
  /// Empty as long as the stack has no keys.
  func contentLabels(_ project: Project, in store: RevisionStore?) async throws -> [String: String] {
    guard let store else { return [:] }
    var labels: [String: String] = [:]
    for service in project.services {
      guard let bytes = try? FileArchive.bytes(of: service, in: project), bytes.count > FileArchive.emptyBytes else { continue }
      labels[service.name] = try await store.contentLabel(of: bytes, stack: key(project.name))
    }
    return labels
  }

  /// What the planner counts as the contents of containers that have no label, as Docker Compose makes them: these are looked at.
  func lookIntoUnlabelled(
    _ observed: ObservedStack, _ request: DeployRequest
  ) async throws -> (observed: ObservedStack, wanted: [String: String]) {
    var (observed, wanted) = (observed, request.options.contents)
    for (index, container) in observed.containers.enumerated() where container.contents == nil {
      guard let service = request.project.service(container.service),
        let files = try? FileArchive.files(of: service, in: request.project), !files.isEmpty
      else { continue }
      // Without a key there is no label to compare with; any text does.
      let label = wanted[service.name] ?? "contents"
      wanted[service.name] = label
      observed.containers[index].contents = try await has(files, container.id) ? label : ""
    }
    return (observed, wanted)
  }

  /// The containers that have other configs and secrets than the service gives them.
  func containersWithOldContents(
    _ project: Project, _ live: LiveStack, in store: RevisionStore
  ) async throws -> [ContainerInspection] {
    let labels = try await contentLabels(project, in: store)
    var found: [ContainerInspection] = []
    for container in live.containers {
      guard let service = project.service(container.service),
        let files = try? FileArchive.files(of: service, in: project), !files.isEmpty
      else { continue }
      let isSame =
        if let label = container.config.labels[ComposeLabel.contents], let wanted = labels[service.name] {
          label == wanted
        } else {
          try await has(files, container.id)
        }
      if !isSame { found.append(container) }
    }
    return found
  }

  /// Whether a container has these files with this content. A container that is gone has all.
  private func has(_ files: [FileArchive.File], _ container: String) async throws -> Bool {
    for file in files {
      do {
        let (seen, archive) = try await engine.getArchive(file.path, from: container)
        // Where a link leads to is not looked at.
        if seen.isSymbolicLink { continue }
        guard !seen.isDirectory, seen.sizeBytes == file.content.count else { return false }
        var (reader, content) = (TarReader(), [UInt8]())
        for try await chunk in archive {
          reader.take(chunk)
          while let event = try reader.next() {
            guard case .content(let bytes) = event else { continue }
            content += bytes
            guard content.count <= file.content.count else { return false }
          }
        }
        guard content == file.content else { return false }
      } catch {
        guard case .notFound? = error as? EngineError else { throw error }
        do { _ = try await engine.inspectContainer(container) } catch EngineError.notFound { return true }
        return false
      }
    }
    return true
  }
}
