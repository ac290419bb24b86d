import ComposeFile
import DockerEngine
import RevisionStore
package import SSHTransport
import StackPlanning
import Synchronization

/// The machine of an engine that does not see our files.
package final class ProjectFilesServer: Sendable {
  let name: String
  private let connect: @Sendable () async throws(SFTPError) -> any ServerFiles
  /// Used again by what comes next; ends with the operations that have it.
  private let last = Mutex<(any ServerFiles)?>(nil)

  package init(_ link: SSHLink, name: String) {
    self.name = name
    connect = { () async throws(SFTPError) -> any ServerFiles in
      let session: SSHSession
      do throws(SSHError) {
        session = try await link.session()
      } catch {
        if case .cancelled = error { throw .cancelled(server: name) }
        throw .lost(server: name, reason: error.message)
      }
      return try await SFTPClient.open(session, server: name)
    }
  }

  /// An engine on this machine, where it or we run in a container.
  ///
  /// - Parameter folder: what both see.
  package init(_ folder: SharedFolder, name: String) {
    self.name = name
    connect = { () async throws(SFTPError) -> any ServerFiles in
      let files = EngineFolder(here: folder.here, there: folder.there)
      guard try files.stat(folder.there)?.kind == .folder else {
        throw .missing(server: files.server, path: folder.here)
      }
      return files
    }
  }

  /// A transfer that lives; begun when there is none.
  func transfer() async throws(SFTPError) -> any ServerFiles {
    if let known = last.withLock({ $0 }), !known.hasEnded { return known }
    let made = try await connect()
    last.withLock { $0 = made }
    return made
  }
}

extension StackOperations {
  /// What a deploy brings to the server, as things are now; nil where the engine sees the files of this machine, or nothing of
  /// the project is mounted.
  ///
  /// - Throws: `OperationRefused` with all that cannot be sent; `SFTPError`.
  func delivery(_ request: DeployRequest, in store: RevisionStore?) async throws -> ProjectDelivery? {
    guard projectFiles != nil else { return nil }
    let services = request.options.services.isEmpty ? nil : DeployPlanner.targets(request.project, request.options)
    switch request.kind {
    case .deploy, .adopt:
      // What was read before is not read again; what changes meanwhile is found when it is sent.
      return try await delivery(of: request.project, services, from: nil, known: request.delivery?.items, in: store)
    case .rollback(let number), .restored(let number):
      let revision = try await store?.revision(of: key(request.project.name), number: number)
      return try await delivery(of: request.project, services, from: revision, in: store)
    }
  }

  /// - Parameters:
  ///   - revision: whose files it is about; nil: those on disk.
  ///   - known: what was read from the disk already.
  func delivery(
    of project: Project, _ services: Set<String>?, from revision: Revision?, known: [ProjectDelivery.Item]? = nil,
    in store: RevisionStore?
  ) async throws -> ProjectDelivery? {
    let sources = ProjectFileSources(of: project, services: services) { DiskFiles.realPath($0) }
    if revision == nil {
      guard sources.problems.isEmpty else { throw OperationRefused(description: sources.problems.joined(separator: "\n")) }
    }
    var delivery = ProjectDelivery(sources: sources.sent, items: [], origin: .disk, foreign: sources.foreign)
    guard projectFiles != nil else { return nil }
    guard !sources.sent.isEmpty else { return sources.foreign.isEmpty ? nil : delivery }
    let label = try await store?.contentLabel(of: Array("project files".utf8), stack: key(project.name))
    if revision == nil {
      if let known { delivery.items = known } else { delivery.items = try await Self.read(sources.sent, project) }
    }
    guard let label else { return delivery }
    let begun = delivery
    return try await withTransfer { files in
      let path = try ServerFolder.path(home: try await files.realPath("."), place: files.place, key: label)
      let folder = ServerFolder(files: files, path: path)
      var found = begun
      found.folder = path
      found.record = try await folder.record()
      if let revision, let store {
        let contents = try await kept(revision, in: store)
        found.origin = .kept(contents.bytes)
        found.items = Self.items(
          of: sources.sent, try await folder.record(ofRevision: revision.number), contents.files)
        found.leaveWhatIsNotKept()
      }
      found.present = try await folder.present(Set(found.items.filter { !$0.source.isShared }.map(\.tree.digest)))
      return found
    }
  }

  /// Reads what is on disk; this takes as long as hashing it takes.
  @concurrent
  private static func read(_ sources: [ProjectFileSource], _ project: Project) async throws -> [ProjectDelivery.Item] {
    var reader = ProjectFileReader(root: DiskFiles.realPath(project.workingDirectory) ?? project.workingDirectory)
    let wanted = sources.filter { !$0.isShared } + ProjectFileSources.topmost(sources.filter(\.isShared))
    let items = wanted.map { ProjectDelivery.Item(source: $0, tree: reader.tree(of: DiskFiles.realPath($0.path))) }
    guard reader.problems.isEmpty else {
      throw OperationRefused(
        description: "project files cannot be sent to the server:\n" + reader.problems.joined(separator: "\n"))
    }
    return items
  }

  /// What a revision has kept of the files that its services mount, by hash, and by path.
  private func kept(
    _ revision: Revision, in store: RevisionStore
  ) async throws -> (bytes: [String: [UInt8]], files: [String: ProjectFileTree.Entry]) {
    var contents: [String: [UInt8]] = [:]
    var files: [String: ProjectFileTree.Entry] = [:]
    for file in revision.files {
      switch file.role {
      case .secret, .config, .bind, .writableBind: break
      case .compose, .environment, .serviceEnvironment: continue
      }
      var entry = ProjectFileTree.Entry(path: "", kind: .file, mode: file.mode)
      if case .hashOnly(let hash, let size) = file.content {
        (entry.sha256, entry.sizeBytes) = (hexadecimal(hash), size)
      } else {
        let bytes = try await store.content(file.content, of: revision.stack).reveal()
        (entry.sha256, entry.sizeBytes) = (ContentHash.hexadecimal(bytes), bytes.count)
        contents[entry.sha256] = bytes
      }
      files[file.path] = entry
    }
    return (contents, files)
  }

  /// The trees of a revision: as it has brought them, or else as far as its own files tell.
  private static func items(
    of sources: [ProjectFileSource], _ record: ServerRecord?, _ files: [String: ProjectFileTree.Entry]
  ) -> [ProjectDelivery.Item] {
    let wanted = sources.filter { !$0.isShared } + ProjectFileSources.topmost(sources.filter(\.isShared))
    return wanted.map { source in
      if let item = record?.item(source.name), item.isShared == source.isShared {
        return ProjectDelivery.Item(source: source, tree: item.tree)
      }
      // Revisions name files by where they really are.
      let real = DiskFiles.realPath(source.path) ?? source.path
      if var file = files[real] ?? files[source.path] {
        file.path = ""
        return ProjectDelivery.Item(source: source, tree: ProjectFileTree([file]))
      }
      var entries = [ProjectFileTree.Entry(path: "", kind: .folder, mode: 0o755)]
      var folders: Set<String> = []
      for (path, file) in files where path.hasPrefix(real + "/") {
        var entry = file
        entry.path = String(path.dropFirst(real.count + 1))
        entries.append(entry)
        var above = ""
        for part in entry.path.split(separator: "/").dropLast() {
          above = ProjectFileTree.join(above, String(part))
          folders.insert(above)
        }
      }
      entries += folders.map { .init(path: $0, kind: .folder, mode: 0o755) }
      return ProjectDelivery.Item(source: source, tree: ProjectFileTree(entries))
    }
  }

  // MARK: Doing it

  private func withTransfer<Value: Sendable>(_ body: (any ServerFiles) async throws -> Value) async throws -> Value {
    guard let projectFiles else { throw OperationRefused(description: "the engine is on this machine") }
    return try await body(try await projectFiles.transfer())
  }

  /// Brings the files to the server; a link that is lost is the engine's being gone, which operations wait for.
  func send(_ delivery: ProjectDelivery, _ operation: JournaledOperation, in store: RevisionStore) async throws {
    do {
      try await withTransfer { files in
        guard let path = delivery.folder else { return }
        let kept = try await ServerFolder(files: files, path: path).send(
          delivery, revision: operation.revision ?? delivery.record?.revision ?? 0, label: Self.label(of: operation)
        ) { label in
          guard let id = label.split(separator: "-").first.flatMap({ Int64($0) }) else { return false }
          // WHY try?: an operation that cannot be looked up has not succeeded.
          guard let known = try? await store.operation(id), Self.label(of: known) == label else { return false }
          return known.state == .done
        }
        tell(kept)
      }
    } catch let error as SFTPError {
      guard error.isTransient else { throw error }
      throw EngineError.unreachable(endpoint: projectFiles?.name ?? "", reason: error.message, hint: error.fix)
    }
  }

  /// What a container of `run` mounts, brought to the server where it is not there; gives where it is for the engine.
  func sendForRun(_ project: Project) async throws -> [String: String] {
    let reading = try readingStore()
    guard let first = try await delivery(of: project, nil, from: nil, in: reading) else { return [:] }
    if first.folder != nil, first.isThere { return first.enginePaths }
    let store = try writingStore()
    let operation = try await store.beginOperation(
      NewOperation(
        stack: key(project.name), kind: OperationKind(rawValue: "run"), title: "send project files", author: author))
    do {
      try await store.advance(operation.handle, to: .applying)
      guard let delivery = try await delivery(of: project, nil, from: nil, known: first.items, in: store), delivery.folder != nil
      else {
        throw OperationRefused(
          description:
            "\(project.name) has not been deployed, so that there is no place for its files on the server\n  fix: slipway up first"
        )
      }
      try await send(delivery, operation, in: store)
      try await finish(store, operation.handle, .done, .deployed, "run", restored: nil)
      await settleFiles(operation, store)
      return delivery.enginePaths
    } catch {
      let isCancelled = error is CancellationError || Task.isCancelled
      try await finish(
        store, operation.handle, isCancelled ? .cancelled : .failed, isCancelled ? .cancelled : .failed, Self.reason(error),
        restored: nil)
      throw isCancelled ? CancellationError() : error
    }
  }

  /// Whether an operation has begun to bring files.
  private func hasSent(_ operation: JournaledOperation, _ store: RevisionStore) async -> Bool {
    guard projectFiles != nil, let steps = try? await store.steps(of: operation.id) else { return false }
    return steps.contains { $0.action == "send" && $0.state != .planned }
  }

  private func folder(of stack: StackKey, _ files: any ServerFiles, _ store: RevisionStore) async throws -> ServerFolder? {
    guard let label = try await store.contentLabel(of: Array("project files".utf8), stack: stack) else { return nil }
    return ServerFolder(
      files: files, path: try ServerFolder.path(home: try await files.realPath("."), place: files.place, key: label))
  }

  /// Brings back what an operation that did not succeed has changed in the files on the server.
  ///
  /// What fails here is only told: the next deploy does it before it sends anything.
  func returnProjectFiles(_ operation: JournaledOperation, _ store: RevisionStore) async {
    guard await hasSent(operation, store) else { return }
    do {
      // WHY: a task of its own is not cancelled with this one.
      try await Task {
        try await withTransfer { files in
          try await folder(of: operation.stack, files, store)?.putBack(Self.label(of: operation))
        }
      }.value
    } catch {
      progress(
        .warning("project files on the server could not be put back: \(Self.reason(error))\n  fix: the next deploy does it first")
      )
    }
  }

  /// An operation has succeeded: what nothing needs any more goes.
  func settleProjectFiles(_ operation: JournaledOperation, _ store: RevisionStore) async {
    guard await hasSent(operation, store) else { return }
    await settleFiles(operation, store)
  }

  private func settleFiles(_ operation: JournaledOperation, _ store: RevisionStore) async {
    do {
      let mounted = Set(try await engine.listContainers(all: true).flatMap { $0.mounts.map(\.source) })
      let kept = try await withTransfer { files in
        try await folder(of: operation.stack, files, store)?.settle(Self.label(of: operation), mounted: mounted) ?? []
      }
      tell(kept)
    } catch {
      progress(.warning("old project files on the server could not be removed: \(Self.reason(error))"))
    }
  }

  private func tell(_ kept: [ServerFolder.Kept]) {
    for (path, place) in kept {
      progress(
        .warning("\(path) had been changed on the server; it is now as it is here, and what it was is in \(place) there"))
    }
  }

  /// Removes all that a stack has on the server; a failure is only told: the stack is gone.
  func removeProjectFiles(_ stack: StackKey, _ store: RevisionStore) async {
    guard projectFiles != nil else { return }
    do {
      // Not asked of the server where no revision that is still known there has brought files: not all have a file transfer.
      for known in try await store.revisions(of: stack, limit: ServerFolder.keptRevisions + 1) {
        guard let revision = try await store.revision(of: stack, number: known.number) else { continue }
        let project = try await project(of: revision, in: store)
        guard !ProjectFileSources(of: project, realPath: { DiskFiles.realPath($0) }).sent.isEmpty else { continue }
        return try await withTransfer { files in try await folder(of: stack, files, store)?.remove() }
      }
    } catch {
      progress(.warning("the project files on the server could not be removed: \(Self.reason(error))"))
    }
  }

  /// What a plan says of the files.
  static func warnings(of delivery: ProjectDelivery?) -> [String] {
    guard let delivery else { return [] }
    guard !delivery.foreign.isEmpty else { return delivery.notes }
    let more = delivery.foreign.count > 5 ? " and \(delivery.foreign.count - 5) more" : ""
    return delivery.notes + [
      "mounted from outside the project folder, so that it must be on the server: \(delivery.foreign.prefix(5).joined(separator: ", "))\(more)"
    ]
  }
}
