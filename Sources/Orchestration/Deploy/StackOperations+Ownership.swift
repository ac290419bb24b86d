import DockerEngine
import RevisionStore
import StackPlanning

extension StackOperations {
  /// Refuses to change what another Slipway instance has deployed (R-LOCK-2).
  ///
  /// Foreign is what carries the label of an operation that this store does not know and that is newer than the store's own last
  /// deployed revision of the stack: after a take-over, containers that were kept stay the stack's own.
  func requireOwnership(of observed: ObservedStack, takesOver: Bool, in store: RevisionStore?) async throws {
    if takesOver { return }
    let made = observed.containers.compactMap { container in container.operation.map { (name: container.name, operation: $0) } }
    try await requireOwnership(of: made, project: observed.project, in: store)
  }

  /// - Parameter made: containers with the value of their label `slipway.op`.
  func requireOwnership(of made: [(name: String, operation: String)], project: String, in store: RevisionStore?) async throws {
    let labels = Set(made.map(\.operation)).sorted()
    guard !labels.isEmpty else { return }
    let current = try await store?.currentRevision(of: key(project))
    for label in labels {
      guard let (id, startedAt) = Self.parts(ofLabel: label) else { continue }
      if let known = try await store?.operation(id), known.startedAt.milliseconds == startedAt { continue }
      if let current, current.createdAt.milliseconds >= startedAt { continue }
      let container = made.first { $0.operation == label }?.name ?? ""
      throw OperationRefused(
        description:
          "\(project) was deployed by another Slipway: container \(container) is of operation \(label), which \(dataDirectory) does not know\n  fix: use the data directory that it was deployed with (SLIPWAY_DATA), or take the stack over with slipway deploy --take-over"
      )
    }
  }

  /// Number and start of an operation, from the value of its label `slipway.op`.
  private static func parts(ofLabel label: String) -> (id: Int64, startedAt: Int64)? {
    let parts = label.split(separator: "-")
    guard parts.count >= 2, let id = Int64(parts[0]), let startedAt = Int64(parts[1]) else { return nil }
    return (id, startedAt)
  }
}
