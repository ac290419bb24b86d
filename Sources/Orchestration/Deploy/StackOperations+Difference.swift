import ComposeFile
package import RevisionStore
package import StackPlanning

extension StackOperations {
  /// What differs between two revisions, without secret values: of these only that they changed (S-SEC-3).
  package func difference(
    _ before: Revision, _ after: Revision, in store: RevisionStore
  ) async throws -> ProjectDifference {
    let (old, new) = (try await project(of: before, in: store), try await project(of: after, in: store))
    var difference = ProjectDifference.between(
      old, new, imagesBefore: before.images.mapValues { $0.digest ?? $0.imageID },
      imagesAfter: after.images.mapValues { $0.digest ?? $0.imageID })
    for (section, objects) in [("secret", new.secrets), ("config", new.configs)] {
      for object in objects.values.sorted(by: { $0.key < $1.key }) {
        guard case .environment(let name, _) = object.source,
          case .secret(let was)? = before.variables[name], case .secret(let now)? = after.variables[name], was != now
        else { continue }
        difference.entries.append(
          .init(
            section: section, name: object.key, kind: .changed,
            changes: [AttributeChange(path: "environment.\(name)", before: "•••", after: "•••")]))
      }
    }
    for (project, revision) in [(old, before), (new, after)] {
      let redactor = Redactor(
        project: project, variables: try await variables(of: revision, store), secrets: revision.secretVariables)
      difference = redactor.redacted(difference)
    }
    return difference
  }
}

extension StackOperations {
  /// What a deploy changes in the model of the revision that runs, without secret values; nil: none runs. Which images it gets is known
  /// only when they are pulled.
  package func difference(ofDeploying request: DeployRequest) async throws -> ProjectDifference? {
    guard let store = try readingStore(), let current = try await store.currentRevision(of: key(request.project.name)) else {
      return nil
    }
    let before = try await project(of: current, in: store)
    let redactor = Redactor(
      project: before, variables: try await variables(of: current, store), secrets: current.secretVariables)
    return self.redactor(for: request).redacted(redactor.redacted(ProjectDifference.between(before, request.project)))
  }
}

extension Revision {
  /// Variables whose values it keeps sealed.
  var secretVariables: Set<String> {
    Set(variables.compactMap { name, variable in if case .secret = variable { name } else { nil } })
  }
}
