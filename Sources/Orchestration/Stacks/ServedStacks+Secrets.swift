import ComposeFile
package import RevisionStore

extension ServedStacks {
  /// What is secret about a stack: all that is kept sealed for it, and what its files say, as far as they can be read.
  ///
  /// - Throws: `StoreError` when the secrets do not open.
  @concurrent
  package func known(of key: StackKey) async throws -> KnownSecrets {
    let sealed = try await store.secretValues(of: key, deployed: true).mapValues { $0.reveal() }
    var values = Array(sealed.values)
    // Without files of the stack's own nothing else can be told of it.
    guard let name = try await folderIfKept(of: key) else { return KnownSecrets(values) }
    let folder = folders.folder(of: name)
    for entry in (try? folders.entries(of: name)) ?? [] where !entry.isFolder && KnownSecrets.isEnvironmentFile(entry.path) {
      let path = folder.root + "/" + entry.path
      guard let bytes = try? folder.read(path, limit: StackFolders.fileLimitBytes) else { continue }
      values += KnownSecrets.values(of: KnownSecrets.variables(bytes, file: path) ?? [:])
    }
    let set = try await store.secretValues(of: key).mapValues { $0.reveal() }
    // WHY try?: files that are wrong tell no more.
    guard let loaded = try? Self.load(folder, DraftFiles(folder: folder, draft: [:]), set, profiles: ["*"]) else {
      return KnownSecrets(values)
    }
    values += Redactor.values(of: loaded.project, variables: loaded.usedVariables, secrets: Set(sealed.keys))
    var files: Set<String> = []
    for input in loaded.inputs where input.path.hasPrefix(folder.root + "/") {
      switch input.role {
      case .dotEnv, .envFile: files.insert(String(input.path.dropFirst(folder.root.utf8.count + 1)))
      case .compose, .include, .extends, .labelFile: break
      }
    }
    for secret in loaded.project.secrets.values {
      guard case .file(let path) = secret.source, path.hasPrefix(folder.root + "/") else { continue }
      files.insert(String(path.dropFirst(folder.root.utf8.count + 1)))
      if let bytes = try? folder.read(path, limit: Self.secretFileLimitBytes) {
        values.append(String(decoding: bytes, as: UTF8.self))
      }
    }
    return KnownSecrets(values, files: files.filter { !KnownSecrets.isEnvironmentFile($0) }, isWhole: true)
  }

  /// Bytes of a secret that is looked for elsewhere; the engine takes no larger one in Swarm, and people rarely have one.
  private static let secretFileLimitBytes = 500 << 10

  /// What hides the secrets of something on an engine: what its own names say, and all that is kept sealed for its stack.
  package func mask(
    _ stack: StackKey?, environment: [String] = [], labels: [String: String] = [:]
  ) async throws -> InspectionMask {
    let known =
      if let stack { try await store.secretValues(of: stack, deployed: true).values.map { $0.reveal() } } else { [String]() }
    return InspectionMask(environment: environment, labels: labels, known: known)
  }
}
