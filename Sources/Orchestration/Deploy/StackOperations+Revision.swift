import ComposeFile
import RevisionStore
import StackPlanning

extension StackOperations {
  /// The model that a revision of this deploy records.
  ///
  /// A deploy of some services leaves the others as they are: these are recorded as the revision before has them, so that each
  /// revision says what runs with it.
  func recordedModel(of request: DeployRequest, over current: Revision?, in store: RevisionStore?) async throws -> ComposeValue {
    let project = request.project
    guard !request.options.services.isEmpty else { return project.canonical }
    let targets = DeployPlanner.targets(project, request.options)
    var before: ComposeValue?
    if let current, let store {
      before = try ComposeValue(json: try await store.content(current.canonical, of: current.stack).reveal())
    }
    return RecordedModel.of(project, targets: targets, over: before)
  }

  /// - Parameters:
  ///   - model: what `recordedModel` gave.
  ///   - isKept: it will be stored: then the content of writable folders is read too.
  func newRevision(_ request: DeployRequest, _ model: ComposeValue, isKept: Bool) throws -> NewRevision {
    let project = request.project
    let canonical = Array(model.json(indented: false).utf8)
    var files = request.inputs.map { input -> NewFile in
      switch input.role {
      case .compose, .include, .extends:
        // Sealed too: people write secrets into compose files.
        NewFile(path: input.path, role: .compose, mode: 0o644, content: .sealed(Secret(input.bytes)))
      case .dotEnv:
        NewFile(path: input.path, role: .environment, mode: 0o600, content: .sealed(Secret(input.bytes)))
      case .envFile, .labelFile:
        NewFile(path: input.path, role: .serviceEnvironment, mode: 0o600, content: .sealed(Secret(input.bytes)))
      }
    }
    for (objects, role) in [(project.secrets, FileRole.secret), (project.configs, .config)] {
      for object in objects.values.sorted(by: { $0.key < $1.key }) {
        guard case .file(let path) = object.source, !files.contains(where: { $0.path == path }),
          let bytes = try? DiskFiles().read(path, limit: Self.projectFileLimitBytes)
        else { continue }
        files.append(NewFile(path: path, role: role, mode: MountedFiles.mode(of: path) ?? 0o600, content: .sealed(Secret(bytes))))
      }
    }
    let mounted = MountedFiles(of: project, known: Set(files.map(\.path)), includesWritable: isKept)
    files += mounted.files
    if isKept { for note in mounted.notes { progress(.warning(note)) } }
    var variables: [String: NewVariable] = [:]
    for (name, value) in request.variables {
      guard let value else { continue }
      let isSecret = request.secretVariables.contains(name) || SecretName.looksSecret(name)
      variables[name] = isSecret ? .secret(Secret(value)) : .plain(value)
    }
    // Secrets and configs may come straight from the environment: a rollback must not need it.
    for object in Array(project.secrets.values) + Array(project.configs.values) {
      if case .environment(let name, let value?) = object.source { variables[name] = .secret(Secret(value)) }
    }
    return NewRevision(
      kind: request.kind, author: author, message: request.message, projectName: project.name,
      workingDirectory: project.workingDirectory, configFiles: project.configFiles,
      environmentFiles: project.environmentFiles, profiles: request.profiles, scale: request.options.scale, files: files,
      variables: variables, canonical: .sealed(Secret(canonical)))
  }

  /// Bytes of the largest secret or config file that a revision keeps.
  static let projectFileLimitBytes = 1 << 20
}
