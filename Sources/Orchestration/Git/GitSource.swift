import ComposeFile
package import RevisionStore

/// Brings the files of a stack from its repository.
package struct GitSource: Sendable {
  /// What one look brought.
  package struct Synced: Sendable {
    package var commit: String
    package var subject: String
    /// What a revision of these files says.
    package var message: String
    /// Paths that were written or removed; empty: nothing had changed.
    package var changed: [String]
    package var skipped: [String]
    /// What was fetched to be deployed is not deployed yet.
    package var isPending: Bool
  }

  private let store: RevisionStore
  private let folders: StackFolders
  private let dataDirectory: String
  private let allowedHosts: Set<String>
  private let home: String

  package init(
    store: RevisionStore, folders: StackFolders, dataDirectory: String, allowedHosts: Set<String>, home: String
  ) {
    self.store = store
    self.folders = folders
    self.dataDirectory = dataDirectory
    self.allowedHosts = allowedHosts
    self.home = home
  }

  /// Where the commit of a stack's files is kept among the settings.
  package static func commitKey(_ name: StackName) -> String { "git.commit.\(name)" }
  /// All that is kept among the settings about the repository of a stack.
  package static func settingKeys(_ name: StackName) -> [String] {
    [commitKey(name), messageKey(name), filesKey(name), pendingKey(name)]
  }
  /// The commit that was fetched to be deployed, until it is.
  private static func pendingKey(_ name: StackName) -> String { "git.pending.\(name)" }
  /// What a revision of the files as they were fetched says, behind their hash.
  private static func messageKey(_ name: StackName) -> String { "git.message.\(name)" }
  private static func filesKey(_ name: StackName) -> String { "git.files.\(name)" }

  /// The commit that the files are of; nil before the first.
  package func commit(of name: StackName) async throws -> String? {
    try await store.setting(Self.commitKey(name)).map { Self.unquoted($0) }
  }

  /// What a revision of the stack's files says of where they come from: the commit, and whether they were changed here since. Nil:
  /// nothing was fetched.
  package func message(of name: StackName) async throws -> String? {
    guard let stored = try await store.setting(Self.messageKey(name)).map({ Self.unquoted($0) }),
      let space = stored.firstIndex(of: " ")
    else { return nil }
    let message = String(stored[stored.index(after: space)...])
    let hash = Self.hash(of: try await knownFiles(of: name), in: name, folders)
    return stored[..<space] == hash ? message : "\(message), changed here"
  }

  /// Paths that the repository had at the last fetch.
  private func knownFiles(of name: StackName) async throws -> [String] {
    try await store.setting(Self.filesKey(name)).map { Self.unquoted($0).split(separator: "\n").map(String.init) } ?? []
  }

  private static func hash(of files: [String], in name: StackName, _ folders: StackFolders) -> String {
    let tags = files.sorted().map { path in
      // WHY try?: a file that is gone is a change too.
      let bytes = FolderPath(path).flatMap { try? folders.read($0, of: name) }
      return "\(path) \(bytes.map { ContentHash.hexadecimal($0) } ?? "-")"
    }
    return String(ContentHash.hexadecimal(Array(tags.joined(separator: "\n").utf8)).prefix(32))
  }

  private func repository(_ name: StackName, _ git: StackHome.Git) async throws -> GitRepository {
    guard let address = GitAddress(git.url) else {
      throw OperationRefused(
        description:
          "\"\(git.url.prefix(200))\" is no address of a repository\n  fix: give https://HOST/PATH or ssh://USER@HOST/PATH, without a password in it"
      )
    }
    guard Self.isUsable(reference: git.ref) else {
      throw OperationRefused(description: "\"\(git.ref.prefix(200))\" is no branch, tag or commit")
    }
    guard git.path.isEmpty || FolderPath(git.path) != nil else {
      throw OperationRefused(description: "\"\(git.path.prefix(200))\" is no folder of a repository")
    }
    return GitRepository(
      folder: Self.copy(of: name, in: dataDirectory), address: address, allowedHosts: allowedHosts, home: home,
      token: try await store.gitToken(ofStack: name.text))
  }

  /// As `git check-ref-format` has it, in short: no options, no ranges, no control characters.
  package static func isUsable(reference: String) -> Bool {
    (1...200).contains(reference.utf8.count) && !reference.hasPrefix("-") && !reference.contains("..")
      && !reference.contains("@{")
      && reference.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"~^:?*[\\".utf8.contains($0) }
  }

  /// The commit that the repository has and that is yet to be fetched, or to be deployed; nil: all is done.
  package func news(_ name: StackName, _ git: StackHome.Git) async throws -> String? {
    guard let head = try await repository(name, git).head(git.ref) else { return nil }
    let known = try await commit(of: name)
    let pending = try await pending(of: name)
    return head != known || head == pending ? head : nil
  }

  /// The commit of the files, where it was fetched to be deployed and was not yet.
  package func pending(of name: StackName) async throws -> String? {
    try await store.setting(Self.pendingKey(name)).map { Self.unquoted($0) }
  }

  /// Nothing is to be deployed any more: it was, or somebody does not want it.
  package func settle(_ name: StackName, _ entry: AuditEntry) async throws {
    guard try await pending(of: name) != nil else { return }
    try await store.putSettings([Self.pendingKey(name): nil], entry)
  }

  /// Fetches, and makes the stack's folder what the commit has; files that are not of the repository stay.
  ///
  /// - Parameter deploys: what has changed is to be deployed: that is kept until it is settled, so that a deploy that fails or a
  ///   process that ends leaves it to be done.
  package func sync(_ name: StackName, _ git: StackHome.Git, deploys: Bool, _ entry: AuditEntry) async throws -> Synced {
    try folders.makeFolder(dataDirectory + "/git")
    let snapshot = try await repository(name, git).fetch(git.ref, path: git.path)
    let known = try await knownFiles(of: name)
    var changes: [(path: FolderPath, change: StackFolders.Change)] = []
    let isNew = !folders.exists(name)
    for file in snapshot.files {
      let was = folders.mode(of: file.path, of: name)
      // What may be run is so for its owner too, and only that.
      let isOther = was.map { ($0 & 0o100 != 0) != (file.mode != nil) } ?? true
      guard isNew || isOther || (try? folders.read(file.path, of: name)) != file.bytes else { continue }
      let mode = file.mode ?? (isOther ? was.map { $0 & 0o666 } : nil)
      changes.append((file.path, .put(file.bytes, mode: mode)))
    }
    let wasPending = try await pending(of: name) != nil
    // Tried once more: what somebody has mended here since is what is tried.
    let isRetry = try await commit(of: name) == snapshot.commit && wasPending && deploys && !isNew
    if isRetry { changes = [] }
    let present = Set(snapshot.files.map(\.path.text))
    for gone in known where !isRetry && !present.contains(gone) {
      guard let path = FolderPath(gone), (try? folders.read(path, of: name)) != nil else { continue }
      changes.append((path, .remove))
    }
    if isNew {
      try await folders.create(name, snapshot.files)
    } else if !changes.isEmpty {
      _ = try await folders.change(name, changes)
    }
    let message = "git \(snapshot.commit.prefix(12)): \(snapshot.subject)"
    let hash = Self.hash(of: Array(present), in: name, folders)
    var settings: [String: String?] =
      isRetry
      ? [:]
      : [
        Self.messageKey(name): Self.quoted("\(hash) \(message)"),
        Self.commitKey(name): Self.quoted(snapshot.commit),
        Self.filesKey(name): Self.quoted(present.sorted().joined(separator: "\n")),
      ]
    // Files of an earlier commit that were never deployed are so still with this one.
    let isPending = wasPending || (deploys && !changes.isEmpty)
    if isPending { settings[Self.pendingKey(name)] = Self.quoted(snapshot.commit) }
    try await store.putSettings(settings, entry)
    return Synced(
      commit: snapshot.commit, subject: snapshot.subject, message: message, changed: changes.map(\.path.text).sorted(),
      skipped: snapshot.skipped, isPending: isPending)
  }

  /// Removes the copy of a repository that is used no more.
  package func forgetCopy(of name: StackName) { GitCopy(folder: Self.copy(of: name, in: dataDirectory)).remove() }

  private static func copy(of name: StackName, in dataDirectory: String) -> String { "\(dataDirectory)/git/\(name).git" }

  private static func quoted(_ text: String) -> String { ComposeValue.string(text).json(indented: false) }

  private static func unquoted(_ json: String) -> String { (try? ComposeValue(json: Array(json.utf8)))?.string ?? "" }
}
