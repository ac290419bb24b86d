package import ComposeFile
package import DockerEngine
package import RevisionStore
import StackPlanning

/// What a server does with the stacks that it keeps folders for: reads them, plans and deploys them, on the engines of its fleet.
package struct ServedStacks: Sendable {
  package let folders: StackFolders
  package let fleet: Fleet
  package let store: RevisionStore
  package let dataDirectory: String
  package let credentials: RegistryCredentials
  package let waits: WaitLimits

  package init(
    folders: StackFolders, fleet: Fleet, store: RevisionStore, dataDirectory: String, credentials: RegistryCredentials,
    waits: WaitLimits
  ) {
    self.folders = folders
    self.fleet = fleet
    self.store = store
    self.dataDirectory = dataDirectory
    self.credentials = credentials
    self.waits = waits
  }

  /// A stack's project as its files are now, or as a draft has them.
  package struct Loaded: Sendable {
    package var project: LoadedProject
    /// Variables whose values are kept sealed.
    package var secrets: Set<String>
  }

  /// Loads a stack's project from its folder.
  ///
  /// Only the folder's files are read, and the only environment is that of the stack: its secret variables, and what its env
  /// files say (S-IN-2, S-IN-3).
  ///
  /// - Parameters:
  ///   - draft: files by path within the folder that are taken instead of those on the disk; nil: one that is not there.
  ///   - variables: of whoever asks; they count before those of the stack.
  ///   - services: kept although no profile of theirs is active.
  /// - Throws: `ComposeProblems`, none with a secret value in it; `StoreError` when the secrets do not open;
  ///   `noSuchStack` where the server keeps no files of it; see `folder(of:)`.
  @concurrent
  package func load(
    _ key: StackKey, draft: [String: [UInt8]?] = [:], profiles: [String] = [], variables: [String: String] = [:],
    activating services: [String] = []
  ) async throws -> Loaded {
    // Files that are sent may be those of a stack that is still to be made.
    let folder = folders.folder(of: draft.isEmpty ? try await folder(of: key) : try await freeFolder(of: key))
    let secrets = try await store.secretValues(of: key).mapValues { $0.reveal() }
    let files = DraftFiles(folder: folder, draft: draft)
    let loaded = try Self.load(
      folder, files, secrets.merging(variables) { $1 }, secrets: secrets, profiles: profiles, activating: services)
    return Loaded(project: loaded, secrets: Set(secrets.keys))
  }

  /// Checks the files of a stack that is to be made.
  ///
  /// - Throws: `ComposeProblems`.
  @concurrent
  package func check(
    _ files: [String: [UInt8]?], ofNew name: StackName, secrets: [String: String]
  ) async throws -> LoadedProject {
    let folder = folders.folder(of: name)
    return try Self.load(folder, DraftFiles(folder: folder, draft: files), secrets, secrets: secrets)
  }

  /// - Parameter secrets: variables whose values stand in no message.
  /// - Throws: `ComposeProblems` without secret values.
  static func load(
    _ folder: ConfinedFolder, _ files: DraftFiles, _ environment: [String: String], secrets: [String: String] = [:],
    profiles: [String] = [], activating services: [String] = []
  ) throws(ComposeProblems) -> LoadedProject {
    func load(_ environment: [String: String]) throws(ComposeProblems) -> LoadedProject {
      var request = LoadRequest(environment: environment, currentDirectory: folder.root)
      request.profiles = profiles
      request.activatedServices = services
      return try ComposeLoader.load(request, from: files)
    }
    let loaded: LoadedProject
    do throws(ComposeProblems) {
      loaded = try load(environment)
    } catch {
      throw error.told(
        with: Self.problems { () throws(ComposeProblems) in
          _ = try load(environment.merging(placeholders(folder, files, secrets)) { $1 })
        })
    }
    let name = String(folder.root.split(separator: "/").last ?? "")
    guard loaded.project.name == name else {
      throw ComposeProblems([
        ComposeProblem(
          .invalidValue, at: SourcePosition(file: loaded.inputs.first?.path ?? folder.root, line: 1, column: 1),
          "the files give the project another name, and the stack is called \(name)",
          fix: "take `name:` out of the file, and COMPOSE_PROJECT_NAME out of .env, or set them to \(name)")
      ])
    }
    return loaded
  }

  private static func problems(_ load: () throws(ComposeProblems) -> Void) -> [ComposeProblem] {
    do throws(ComposeProblems) {
      try load()
      return []
    } catch {
      return error.problems
    }
  }

  /// What stands for the values that no message may have: those that are sealed, and those of `.env` whose names say so.
  private static func placeholders(
    _ folder: ConfinedFolder, _ files: DraftFiles, _ secrets: [String: String]
  ) -> [String: String] {
    let path = folder.root + "/.env"
    // WHY try?: an `.env` that cannot be read is a problem of the load itself.
    let bytes = (try? files.read(path, limit: StackFolders.fileLimitBytes)) ?? []
    let plain = KnownSecrets.variables(bytes, file: path) ?? [:]
    let names = Set(secrets.keys).union(
      plain.filter { SecretName.looksSecret($0.key) || Redactor.password(inURL: $0.value) != nil }.keys)
    return Dictionary(uniqueKeysWithValues: names.map { ($0, InspectionMask.mark) })
  }

  /// The folder of a stack: the one place where a stack on a server becomes a folder (S-AZ-2).
  ///
  /// Folders are called by the stack's name alone, so a stack of that name on another server has no part in it.
  /// - Throws: `noSuchStack` where there is none, also where the folder of that name belongs to another server's stack.
  package func folder(of key: StackKey) async throws -> StackName {
    guard let name = try await folderIfKept(of: key) else { throw StackFolders.Refusal.noSuchStack(key.project) }
    return name
  }

  /// The same; nil where `folder(of:)` refuses.
  package func folderIfKept(of key: StackKey) async throws -> StackName? {
    guard let name = StackName(key.project), folders.exists(name), try await isHome(key) else { return nil }
    return name
  }

  /// The folder that is, or will be, that of a stack.
  ///
  /// - Throws: `noSuchStack` where the folder of that name belongs to another server's stack.
  package func freeFolder(of key: StackKey) async throws -> StackName {
    guard let name = StackName(key.project) else { throw StackFolders.Refusal.noSuchStack(key.project) }
    let isFree =
      if try await store.stackHome(named: name.text) == nil, !folders.exists(name) { true } else { try await isHome(key) }
    guard isFree else { throw StackFolders.Refusal.noSuchStack(key.project) }
    return name
  }

  /// A folder that somebody put there belongs to this machine's engine.
  private func isHome(_ key: StackKey) async throws -> Bool {
    try await store.stackHome(named: key.project)?.server ?? ServerName.local == key.server
  }

  /// The files of a stack's own folder, and nothing else of this machine (S-IN-2).
  package func files(of name: StackName) -> any FileSource { DraftFiles(folder: folders.folder(of: name), draft: [:]) }

  /// What deploys a loaded stack.
  package func request(_ loaded: Loaded, profiles: [String] = []) -> DeployRequest {
    var request = DeployRequest(
      project: loaded.project.project, inputs: loaded.project.inputs, variables: loaded.project.usedVariables)
    request.secretVariables = loaded.secrets
    request.places = loaded.project.places
    request.profiles = profiles
    request.waits = waits
    request.options.gate = .ready
    if let name = StackName(request.project.name) { request.builds.contexts = .folder(folders.folder(of: name)) }
    return request
  }

  /// The operations on a server, in the name of who asked.
  ///
  /// - Parameters:
  ///   - stack: whose secret variables are at hand for secrets and configs that come from the environment.
  ///   - asked: whom the compose policy binds; nil: somebody who is called `author`, of whom nothing more is known.
  package func operations(
    on server: String, stack: StackKey? = nil, author: String, asked: PolicyAsker? = nil,
    progress: @escaping ProgressSink = { _ in }
  ) async throws -> StackOperations {
    let member = try await fleet.member(server)
    let environment =
      if let stack { try await store.secretValues(of: stack).mapValues { $0.reveal() } } else { [String: String]() }
    let projectFiles = member.target.link.map { ProjectFilesServer($0, name: server) }
    let standing: PolicyStanding
    switch asked ?? .user(AuditEntry(actor: author, way: .system, action: "policy.denied", target: server)) {
    case .host: standing = .advised
    case .user(let entry):
      standing = .bound(
        PolicyBinding(stacksRoot: folders.root, socketPath: member.target.socketPath, entry: entry))
    }
    return StackOperations(
      engine: member.engine, server: server, dataDirectory: dataDirectory,
      credentials: credentials, environment: environment, author: author, projectFiles: projectFiles, store: .shared(store),
      standing: standing, progress: progress
    ).redacting(Redactor(environment.values))
  }
}

/// A stack's folder with changes that are not saved yet.
struct DraftFiles: FileSource {
  let folder: ConfinedFolder
  /// By path within the folder.
  let draft: [String: [UInt8]?]

  func kind(of path: String) -> FileKind? {
    guard let own = own(path), let drafted = draft[own] else {
      return folder.kind(of: path) ?? (holdsDraft(path) ? .directory : nil)
    }
    return drafted == nil ? nil : .file
  }

  func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard let own = own(path), let drafted = draft[own] else { return try folder.read(path, limit: limit) }
    guard let bytes = drafted else { throw .missing }
    guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    return bytes
  }

  private func own(_ path: String) -> String? {
    path.hasPrefix(folder.root + "/") ? String(path.dropFirst(folder.root.utf8.count + 1)) : nil
  }

  private func holdsDraft(_ path: String) -> Bool {
    guard let own = own(path) else { return false }
    return draft.contains { $0.key.hasPrefix(own + "/") && $0.value != nil }
  }
}
