import ComposeFile
import DockerEngine
import RevisionStore
package import StackPlanning

extension StackOperations {
  /// Deploys the snapshot of an earlier revision as a new revision: its files, its environment, its image digests.
  ///
  /// - Parameter number: nil: the deployed revision before the current one.
  package func rollbackRequest(
    project name: String, to number: Int?, message: String?, options: PlanOptions, waits: WaitLimits,
    files: FileRestoration
  ) async throws -> DeployRequest {
    let stack = key(name)
    guard let store = try readingStore() else {
      throw OperationRefused(
        description: "there are no revisions of \(name) in \(dataDirectory)\n  fix: deploy it first, or set SLIPWAY_DATA")
    }
    let target = try await target(of: stack, number, store)
    var request = try await self.request(of: target, in: store, options: options, waits: waits)
    request.kind = .rollback(from: target.number)
    request.message = message ?? "rollback to revision \(target.number)"
    request.options.pinnedImages = try await pinnedImages(of: target, request.project)
    request.restoration = try await restorationPlan(of: target, in: store, files)
    return request
  }

  /// Adds to a rollback that was prepared elsewhere what is to be done with mounted files.
  ///
  /// A request of another kind stays as it is.
  package func restoring(_ request: DeployRequest, _ files: FileRestoration) async throws -> DeployRequest {
    guard case .rollback(let from) = request.kind, let store = try readingStore(),
      let target = try await store.revision(of: key(request.project.name), number: from)
    else { return request }
    var request = request
    request.restoration = try await restorationPlan(of: target, in: store, files)
    return request
  }

  /// What deploys a stored revision once more, without its images.
  func request(
    of target: Revision, in store: RevisionStore, options: PlanOptions, waits: WaitLimits
  ) async throws -> DeployRequest {
    let variables = try await variables(of: target, store)
    var project = try await project(of: target, in: store)
    // What is set now counts (decision 11); what is not set has the value that was kept.
    project.resolveFileObjects(in: variables.compactMapValues { $0 }.merging(environment) { _, current in current })
    var request = DeployRequest(
      project: project, inputs: try await inputs(of: target, store), variables: variables)
    // Sealed values stay sealed, whatever their names say.
    request.secretVariables = target.secretVariables
    request.profiles = target.profiles
    request.options = options
    request.options.scale = target.scale
    request.waits = waits
    // What was deployed comes back, not what the sources of today would give.
    request.options.build = .never
    request.options.replacesOnContent = true
    return request
  }

  func target(of stack: StackKey, _ number: Int?, _ store: RevisionStore) async throws -> Revision {
    if let number {
      if let revision = try await store.revision(of: stack, number: number) { return revision }
      let known = try await store.revisions(of: stack, limit: 20).map { String($0.number) }.joined(separator: ", ")
      throw OperationRefused(
        description: known.isEmpty
          ? "\(stack.project) has no revisions\n  fix: deploy it first"
          : "\(stack.project) has no revision \(number)\n  fix: choose one of \(known)")
    }
    let current = try await store.currentRevision(of: stack)
    if let current, try await isLeftFailed(stack, after: current.number, store) { return current }
    let earlier = try await store.revisions(of: stack, limit: 1000, before: current?.number)
      .first { $0.outcome == .deployed }
    guard let earlier, let revision = try await store.revision(of: stack, number: earlier.number) else {
      if let current, try await store.isDown(stack) {
        throw OperationRefused(
          description:
            "\(stack.project) is down, and revision \(current.number) is the only one deployed\n  fix: run it again with slipway rollback \(current.number), or deploy the files with slipway up"
        )
      }
      throw OperationRefused(
        description: "\(stack.project) has no earlier deployed revision\n  fix: see slipway revisions -p \(stack.project)")
    }
    return revision
  }

  /// Whether the newest revision failed and was left as it is (`--no-rollback`): then the way back leads to the current one.
  private func isLeftFailed(_ stack: StackKey, after current: Int, _ store: RevisionStore) async throws -> Bool {
    guard let newest = try await store.revisions(of: stack, limit: 1).first, newest.number > current, newest.outcome == .failed,
      let revision = try await store.revision(of: stack, number: newest.number)
    else { return false }
    return try await store.steps(of: revision.operation).contains { $0.state != .planned }
  }

  private func inputs(of revision: Revision, _ store: RevisionStore) async throws -> [InputFile] {
    var files: [InputFile] = []
    for file in revision.files {
      let role: InputFile.Role
      switch file.role {
      case .compose: role = .compose
      case .environment: role = .dotEnv
      case .serviceEnvironment: role = .envFile
      case .config, .secret, .bind, .writableBind: continue
      }
      files.append(
        InputFile(path: file.path, role: role, bytes: try await store.content(file.content, of: revision.stack).reveal()))
    }
    return files
  }

  /// With the values that are in force now of those that are secret.
  func variables(of revision: Revision, _ store: RevisionStore) async throws -> [String: String?] {
    var values: [String: String?] = [:]
    for (name, variable) in revision.variables {
      switch variable {
      case .plain(let text): values[name] = text
      case .secret:
        values[name] = try await store.secretValue(named: name, of: revision.stack)?.reveal()
      }
    }
    return values
  }

  /// The image IDs of the revision; what the engine has lost is pulled by its digest.
  private func pinnedImages(of revision: Revision, _ project: Project) async throws -> [String: String] {
    let wanted = revision.images.filter { !$0.value.imageID.isEmpty && project.service($0.key) != nil }
    let present = try await EngineObserver(engine).observe(
      project: revision.stack.project, references: Array(Set(wanted.values.map(\.imageID))).sorted()
    ).images
    var missing: [String] = []
    for (service, image) in wanted.sorted(by: { $0.key < $1.key }) where present[image.imageID] == nil {
      guard let digest = image.digest else {
        missing.append("\(image.reference) of \(service) (\(image.imageID.prefix(19)))")
        continue
      }
      try await pullImage(digest)
    }
    guard missing.isEmpty else {
      throw OperationRefused(
        description:
          "images of revision \(revision.number) are no longer on the engine and have no registry digest to pull by (a rollback never builds): \(missing.joined(separator: ", "))\n  fix: load these images again, or deploy another revision, or build and deploy the files with slipway up --build"
      )
    }
    return wanted.mapValues(\.imageID)
  }
}
