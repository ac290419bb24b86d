import ComposeFile
import DockerEngine
import RevisionStore
package import StackPlanning

/// What differs between the current revision of a stack and what runs.
package struct StackDrift: Sendable {
  package var project: String
  package var revision: Int
  /// Before: the revision; after: what is there. Without secret values.
  package var difference: ProjectDifference

  package init(project: String, revision: Int, difference: ProjectDifference) {
    self.project = project
    self.revision = revision
    self.difference = difference
  }

  package var isEmpty: Bool { difference.isEmpty }
}

extension StackOperations {
  /// Compares the current revision of a stack with the engine and with the mounted files on disk; nothing is changed.
  ///
  /// Looks at each container by itself: one call for each, and one for each image. A stack that was taken down should have nothing.
  package func drift(of name: String) async throws -> StackDrift {
    let stack = key(name)
    guard let store = try readingStore(), let revision = try await store.currentRevision(of: stack) else {
      throw OperationRefused(
        description:
          "\(name) has no deployed revision in \(dataDirectory)\n  fix: deploy it, or take it over as it runs with slipway adopt \(name)"
      )
    }
    if let open = try await store.unfinishedOperations(server: server).first(where: { $0.stack == stack }) {
      progress(.warning("an operation on \(name) is not finished (\(open.title)): what it is changing counts as a difference"))
    }
    let images = Set(revision.images.values.map(\.imageID))
    let live = try await EngineObserver(engine).live(project: name, otherImages: images)
    var project = try await project(of: revision, in: store)
    let variables = try await variables(of: revision, store)
    project.resolveFileObjects(in: environment.merging(variables.compactMapValues { $0 }) { _, recorded in recorded })
    let isDown = try await store.isDown(stack)
    if isDown { project.services = [] }
    var comparison = StackComparison(
      project, scale: revision.scale, images: revision.images, live: live, adopted: try await adoptedHashes(of: name, in: store))
    comparison.enginePaths = try await delivery(of: project, nil, from: revision, in: store)?.enginePaths ?? [:]
    if let end = try await store.operation(revision.operation)?.endedAt {
      comparison.accepted = .init(
        until: EngineTimestamp(seconds: end.milliseconds / 1000, nanoseconds: Int32(end.milliseconds % 1000) * 1_000_000),
        takesFailures: revision.kind == .adopt)
    }
    var entries = comparison.containerEntries()
    if !isDown {
      for container in try await containersWithOldContents(project, live, in: store) {
        entries.append(
          .init(
            section: "container", name: container.name, kind: .changed,
            changes: [AttributeChange(path: "contents of configs and secrets", before: "•••", after: "•••")]))
      }
      entries += comparison.resourceEntries()
      entries += try await fileEntries(of: revision, in: store)
    }
    let redactor = comparison.redactor(variables)
    return StackDrift(
      project: name, revision: revision.number, difference: redactor.redacted(ProjectDifference(entries: entries)))
  }

  /// Files that containers have mounted and that are not on disk as the revision had them (decision 0007).
  private func fileEntries(of revision: Revision, in store: RevisionStore) async throws -> [ProjectDifference.Entry] {
    var entries: [ProjectDifference.Entry] = []
    for file in revision.files {
      switch file.role {
      case .secret, .config, .bind: break
      case .compose, .environment, .serviceEnvironment, .writableBind: continue
      }
      switch try await state(of: file, of: revision, in: store).condition {
      case .same: continue
      case .missing: entries.append(.init(section: "file", name: file.path, kind: .removed, changes: []))
      case .differs:
        entries.append(
          .init(
            section: "file", name: file.path, kind: .changed,
            changes: [AttributeChange(path: "content", before: "•••", after: "•••")]))
      }
    }
    return entries
  }

  /// What was adopted as it ran, for the planner and for comparing.
  func adoptedHashes(of project: String, in store: RevisionStore?) async throws -> AdoptedHashes {
    var hashes = AdoptedHashes()
    for hash in try await store?.adoptedHashes(of: key(project)) ?? [] {
      let kind: AdoptedHashes.Kind =
        switch hash.kind {
        case .service: .service
        case .network: .network
        case .volume: .volume
        }
      hashes.accept(hash.running, for: kind, hash.name, model: hash.model)
    }
    return hashes
  }
}
