import ComposeFile
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
}
