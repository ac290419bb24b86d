import FoundationEssentials
import SSHTransport

/// A stack's folder on a server.
///
///     files/DIGEST/NAME    a file or folder, named by its content and never changed; what containers mount read-only
///     shared/…             what services may write to, as in the project folder
///     revisions/N.json     what revision N has brought
///     current              a link to the newest of them
///     undo/LABEL           what an operation has replaced in shared, until it has succeeded
///     kept/LABEL           what was replaced although somebody had changed it on the server
///
/// Everything appears under its name by a rename when it is whole; a name that begins with `.partial` is a rest.
struct ServerFolder: Sendable {
  let files: any ServerFiles
  let path: String

  /// - Parameters:
  ///   - home: the start folder, as the server says.
  ///   - place: where stacks have their folders, from there on.
  static func path(home: String, place: [String], key: String) throws -> String {
    let isPlain =
      home.hasPrefix("/") && home.utf8.count <= 1024 && ProjectFileSources.isPlain(home)
      && home.split(separator: "/").allSatisfy { $0 != ".." && $0 != "." }
    guard isPlain, key.utf8.count == 32, key.allSatisfy(\.isHexDigit) else {
      throw OperationRefused(
        description:
          "the folder \(home) on the server cannot be used for project files: it must be an absolute path without colons\n  fix: log in as a user with another home folder, or name another one with SLIPWAY_PROJECT_FILES"
      )
    }
    return ([home == "/" ? "" : home] + place + [key]).joined(separator: "/")
  }

  // MARK: Looking

  /// What was brought last; nil: nothing, or nothing that can be read.
  func record() async throws -> ServerRecord? { try await record("current") }

  func record(ofRevision number: Int) async throws -> ServerRecord? { try await record("revisions/\(number).json") }

  private func record(_ name: String) async throws -> ServerRecord? {
    try await files.read("\(path)/\(name)", limit: ServerRecord.limitBytes).flatMap { ServerRecord($0) }
  }

  /// Those of the trees that are there.
  func present(_ digests: Set<String>) async throws -> Set<String> {
    try await withThrowingTaskGroup(of: String?.self) { group in
      for digest in digests {
        group.addTask { try await files.lstat("\(path)/files/\(digest)")?.kind == .folder ? digest : nil }
      }
      return try await group.reduce(into: []) { if let digest = $1 { $0.insert(digest) } }
    }
  }

  // MARK: Sending

  /// Brings all that is wanted. Done again after it was cut off, it begins anew with what is there.
  ///
  /// - Parameters:
  ///   - label: names the operation.
  ///   - hasSucceeded: whether the operation of another label has.
  /// - Returns: as `settle`, of operations that were not settled.
  @discardableResult
  func send(
    _ delivery: ProjectDelivery, revision: Int, label: String, hasSucceeded: (String) async -> Bool
  ) async throws -> [Kept] {
    let trees = delivery.items.filter { !$0.source.isShared }
    async let undone = names(in: "undo")
    async let there = names(in: "files")
    async let found = present(Set(trees.map(\.tree.digest)))
    var delivery = delivery
    // What operations have left that did not come to an end, or were cut off after it; only one works on a stack at a time.
    let left = try await undone
    if left == nil { try await makeFolders() }
    var kept: [Kept] = []
    for name in left ?? [] {
      if await hasSucceeded(name) {
        kept += try await keepForeign(name)
      } else {
        try await putBack(name)
        delivery.record = try await record()
      }
    }
    for name in try await there ?? [] where name.hasPrefix(".partial") { try await files.removeTree("\(path)/files/\(name)") }
    let present = try await found
    let missing = trees.filter { !present.contains($0.tree.digest) }
    let shared = delivery.items.filter(\.source.isShared)
    try await requireSpace(missing, shared, delivery)
    var sent = present
    for item in missing where sent.insert(item.tree.digest).inserted { try await sendTree(item, delivery) }
    let changes = try await stage(shared, delivery, label)
    let record = try delivery.newRecord(revision: revision).bytes()
    async let isRecorded: Void = replace("revisions/\(revision).json", by: record)
    let undo = SharedUndo(previous: try await files.readLink("\(path)/current"), changes: changes)
    try await replace("undo/\(label)/undo.json", by: Array(try JSONEncoder().encode(undo)))
    try await isRecorded
    try await apply(changes, label)
    try await point(to: "revisions/\(revision).json")
    return kept
  }

  /// Nil: there is no such folder.
  private func names(in folder: String) async throws -> [String]? {
    do {
      return try await files.list("\(path)/\(folder)").map(\.name)
    } catch {
      guard case .missing = error else { throw error }
      return nil
    }
  }

  private func makeFolders() async throws {
    // The last one tells that all are there.
    var folder = ""
    let parts = path.split(separator: "/")
    let own = files.place.count + 1
    for (index, part) in parts.enumerated() {
      folder += "/" + part
      // The login folder is there; what is below it is nobody else's.
      if index >= parts.count - own { try await files.makeFolder(folder, mode: index >= parts.count - 3 ? 0o700 : 0o755) }
    }
    try await files.makeFolder("\(path)/files", mode: 0o700)
    // Mounted as a whole where the project folder is.
    try await files.makeFolder("\(path)/shared", mode: 0o755)
    for name in ["revisions", "undo"] { try await files.makeFolder("\(path)/\(name)", mode: 0o700) }
  }

  private func requireSpace(
    _ trees: [ProjectDelivery.Item], _ shared: [ProjectDelivery.Item], _ delivery: ProjectDelivery
  ) async throws {
    let bytes = (trees + shared).reduce(0) { sum, item in
      sum + item.tree.changes(since: delivery.record?.item(item.source.name)?.tree).written.reduce(0) { $0 + $1.sizeBytes }
    }
    guard bytes > 0, let free = try await files.freeBytes(at: path), free < UInt64(bytes) + Self.spareBytes else { return }
    throw SFTPError.noSpace(server: files.server, path: path, freeBytes: free)
  }

  /// What must stay free beside the files.
  private static let spareBytes: UInt64 = 16 << 20

  private func sendTree(_ item: ProjectDelivery.Item, _ delivery: ProjectDelivery) async throws {
    let digest = item.tree.digest
    let partial = "\(path)/files/.partial-\(digest)"
    try await files.makeFolder(partial, mode: 0o755)
    let top = "\(partial)/\(ProjectDelivery.leaf(of: item.source))"
    var links: [String: String] = [:]
    if files.makesHardLinks, let before = delivery.record?.item(item.source.name), !before.isShared {
      let old = "\(path)/files/\(before.tree.digest)/\(ProjectDelivery.leaf(of: item.source))"
      for entry in before.tree.files { links["\(entry.sha256) \(entry.mode)"] = ProjectFileTree.join(old, entry.path) }
    }
    try await write(item.tree.entries, of: item.source, to: top, links: links, delivery)
    try await files.rename(partial, to: "\(path)/files/\(digest)")
  }

  /// Makes entries below `top`; folders get their modes when all is in them.
  private func write(
    _ entries: [ProjectFileTree.Entry], of source: ProjectFileSource, to top: String, links: [String: String],
    _ delivery: ProjectDelivery
  ) async throws {
    let folders = entries.filter { $0.kind == .folder }
    let levels = Dictionary(grouping: folders) { $0.path.isEmpty ? 0 : $0.path.split(separator: "/").count }
    for (_, level) in levels.sorted(by: { $0.key < $1.key }) {
      try await forEach(level) { try await files.makeFolder(ProjectFileTree.join(top, $0.path), mode: 0o700) }
    }
    try await forEach(entries.filter { $0.kind != .folder }) { entry in
      let path = ProjectFileTree.join(top, entry.path)
      switch entry.kind {
      case .folder: return
      case .link: try await files.makeLink(path, to: entry.target)
      case .file:
        if let old = links["\(entry.sha256) \(entry.mode)"] {
          do throws(SFTPError) {
            return try await files.makeHardLink(path, to: old)
          } catch {
            // Not there any more, too many links, a file system without them: then it is sent.
            switch error {
            case .missing, .failed, .denied, .unsupported: break
            default: throw error
            }
          }
        }
        try await write(entry, of: source, to: path, delivery)
      }
    }
    for (_, level) in levels.sorted(by: { $0.key > $1.key }) {
      try await forEach(level) { folder in
        try await files.setAttributes(SFTPAttributes(mode: folder.mode), of: ProjectFileTree.join(top, folder.path))
      }
    }
  }

  private func write(
    _ entry: ProjectFileTree.Entry, of source: ProjectFileSource, to path: String, _ delivery: ProjectDelivery
  ) async throws {
    switch delivery.origin {
    case .kept(let contents):
      guard let bytes = contents[entry.sha256] else {
        throw OperationRefused(
          description:
            "\(ProjectFileTree.join(source.name, entry.path)) of that revision is no longer on the server, and was too large to be kept here\n  fix: bring the file back as it was and deploy it"
        )
      }
      var rest = bytes[...]
      try await files.write(path, mode: entry.mode, modifiedSeconds: entry.modifiedSeconds) { limit in
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(limit) }
        return Array(rest.prefix(limit))
      }
    case .disk:
      let local = ProjectFileTree.join(DiskFiles.realPath(source.path) ?? source.path, entry.path)
      let changed = OperationRefused(description: "\(local) has changed while it was sent\n  fix: run the command again")
      guard let parts = LocalFileParts(local) else { throw changed }
      try await files.write(path, mode: entry.mode, modifiedSeconds: entry.modifiedSeconds) { try parts.next($0) }
      guard parts.digest() == entry.sha256 else { throw changed }
    }
  }

  /// Side by side, as many as the server may have open files.
  func forEach<Value: Sendable>(
    _ values: [Value], _ body: @escaping @Sendable (Value) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, value) in values.enumerated() {
        if index >= files.openFiles { try await group.next() }
        group.addTask { try await body(value) }
      }
      try await group.waitForAll()
    }
  }

  /// Writes a small file of our own, whole or not at all.
  private func replace(_ name: String, by bytes: [UInt8]) async throws {
    let partial = "\(path)/\(name).partial"
    try await files.write(bytes, to: partial, mode: 0o600, .overwriting)
    if !files.replacesByRename { try await files.remove("\(path)/\(name)") }
    try await files.rename(partial, to: "\(path)/\(name)")
  }

  /// The one moment at which `current` changes.
  private func point(to target: String) async throws {
    let link = "\(path)/.partial-current"
    do {
      try await files.makeLink(link, to: target)
    } catch {
      // Left by one that was cut off.
      guard case .failed = error else { throw error }
      try await files.remove(link)
      try await files.makeLink(link, to: target)
    }
    if !files.replacesByRename { try await files.remove("\(path)/current") }
    try await files.rename(link, to: "\(path)/current")
  }

  // MARK: What services write to

  /// How what an operation has changed in shared folders is brought back.
  struct SharedUndo: Codable, Sendable {
    struct Change: Codable, Sendable {
      /// `mode`: a folder stays, and gets other permissions.
      enum Kind: String, Codable, Sendable { case folder, mode, file, link, removal }
      var number: Int
      var kind: Kind
      /// Below `shared`.
      var path: String
      var mode: UInt32
      /// Something was there.
      var replaces: Bool
      /// It was not as it had been sent.
      var isForeign: Bool
      /// A single file that is mounted: it must stay the same file.
      var staysSame: Bool
      /// Of a folder before, where that changes.
      var oldMode: UInt32?
    }
    /// Where `current` led.
    var previous: String?
    var changes: [Change]
  }

  /// Sends what has changed since it was sent last beside its place; nothing is switched yet.
  private func stage(
    _ shared: [ProjectDelivery.Item], _ delivery: ProjectDelivery, _ label: String
  ) async throws -> [SharedUndo.Change] {
    let folder = "\(path)/undo/\(label)"
    try await files.makeFolder(folder, mode: 0o700)
    var changes: [SharedUndo.Change] = []
    for item in shared {
      let before = delivery.record?.item(item.source.name).flatMap { $0.isShared ? $0.tree : nil }
      let (written, removed) = item.tree.changes(since: before)
      let sentBefore = Dictionary(
        (before?.entries ?? []).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
      let top = item.source.name == "." ? "" : item.source.name
      // The folders above the mounted one.
      var above = ""
      for part in top.split(separator: "/").dropLast() {
        above = ProjectFileTree.join(above, String(part))
        try await files.makeFolder("\(path)/shared/\(above)", mode: 0o755)
      }
      try await requireFolders(above: (written + removed).map { ProjectFileTree.join(top, $0.path) })
      var found: [String: SFTPAttributes] = [:]
      for (entry, attributes) in try await look(at: written + removed, below: top) { found[entry] = attributes }
      for entry in written {
        let seen = found[entry.path]
        let last = sentBefore[entry.path]
        // Never sent by us, and there all the same: it is the service's.
        if last == nil, seen != nil, entry.kind != .folder { continue }
        if entry.kind == .folder, let seen, seen.kind == .folder {
          guard let last, last.kind == .folder, last.mode != entry.mode, let mode = seen.mode.map({ $0 & 0o7777 }) else {
            continue
          }
          changes.append(
            .init(
              number: changes.count, kind: .mode, path: ProjectFileTree.join(top, entry.path), mode: entry.mode, replaces: false,
              isForeign: false, staysSame: true, oldMode: mode))
          continue
        }
        changes.append(
          .init(
            number: changes.count, kind: entry.kind == .folder ? .folder : entry.kind == .link ? .link : .file,
            path: ProjectFileTree.join(top, entry.path), mode: entry.mode, replaces: seen != nil,
            // A folder may hold what services wrote, whatever it looks like itself.
            isForeign: seen.map { !Self.isAsSent($0, last) || $0.kind == .folder } ?? false,
            staysSame: entry.path.isEmpty && entry.kind == .file && seen?.kind == .file))
      }
      let leaves = Set(written.filter { $0.kind != .folder }.map(\.path))
      for entry in removed.reversed() where entry.kind != .folder {
        // A file takes the place of a folder: what was in it goes aside with it.
        if Self.folders(above: entry.path).contains(where: leaves.contains) { continue }
        // What a service has changed stays.
        guard let seen = found[entry.path], Self.isAsSent(seen, entry) else { continue }
        changes.append(
          .init(
            number: changes.count, kind: .removal, path: ProjectFileTree.join(top, entry.path), mode: entry.mode, replaces: true,
            isForeign: false, staysSame: false))
      }
      let byPath = Dictionary(written.map { (ProjectFileTree.join(top, $0.path), $0) }, uniquingKeysWith: { first, _ in first })
      try await forEach(changes.filter { byPath[$0.path] != nil }) { change in
        guard let entry = byPath[change.path] else { return }
        let staged = "\(folder)/\(change.number).new"
        switch change.kind {
        case .file: try await write(entry, of: item.source, to: staged, delivery)
        case .link: try await files.makeLink(staged, to: entry.target)
        case .folder, .mode, .removal: return
        }
      }
    }
    return changes
  }

  private static func folders(above path: String) -> [String] {
    var folders: [String] = []
    var folder = path
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      folders.append(folder)
    }
    return folders
  }

  /// A service may have put a link in the place of a folder: what is written below it would land where the link leads to.
  private func requireFolders(above paths: [String]) async throws {
    let folders = paths.reduce(into: Set<String>()) { $0.formUnion(Self.folders(above: $1)) }
    try await forEach(folders.sorted()) { folder in
      guard try await files.lstat("\(path)/shared/\(folder)")?.kind == .link else { return }
      throw OperationRefused(
        description:
          "\(files.server): a service has put a link in the place of the folder \(folder): \(path)/shared/\(folder); nothing is written through it\n  fix: remove the link there, or take the folder out of what the service may write to"
      )
    }
  }

  private func look(
    at entries: [ProjectFileTree.Entry], below top: String
  ) async throws -> [(String, SFTPAttributes)] {
    var result: [(String, SFTPAttributes)] = []
    var rest = entries[...]
    while !rest.isEmpty {
      let part = rest.prefix(2000)
      rest = rest.dropFirst(part.count)
      try await withThrowingTaskGroup(of: (String, SFTPAttributes?).self) { group in
        for entry in part {
          let place = ProjectFileTree.join("\(path)/shared", ProjectFileTree.join(top, entry.path))
          group.addTask { (entry.path, try await files.lstat(place)) }
        }
        for try await (name, attributes) in group { if let attributes { result.append((name, attributes)) } }
      }
    }
    return result
  }

  /// Whether a file on the server is what was sent: of that size, and not written to since.
  private static func isAsSent(_ seen: SFTPAttributes, _ sent: ProjectFileTree.Entry?) -> Bool {
    guard let sent else { return false }
    switch sent.kind {
    case .file:
      return seen.kind == .file && seen.sizeBytes == UInt64(sent.sizeBytes) && seen.modifiedSeconds == sent.modifiedSeconds
    case .folder: return seen.kind == .folder
    case .link: return seen.kind == .link
    }
  }

  /// The first moment at which somebody can see anything of it.
  private func apply(_ changes: [SharedUndo.Change], _ label: String) async throws {
    let undo = "\(path)/undo/\(label)"
    for change in changes where change.kind == .folder {
      if change.replaces { try await files.rename("\(path)/shared/\(change.path)", to: "\(undo)/\(change.number).old") }
      try await files.makeFolder("\(path)/shared/\(change.path)", mode: 0o700)
      try await files.setAttributes(SFTPAttributes(mode: change.mode), of: "\(path)/shared/\(change.path)")
    }
    for change in changes where change.kind == .mode {
      try await files.setAttributes(SFTPAttributes(mode: change.mode), of: "\(path)/shared/\(change.path)")
    }
    try await forEach(changes.filter { $0.kind != .folder && $0.kind != .mode }) { change in
      let place = "\(path)/shared/\(change.path)"
      let old = "\(undo)/\(change.number).old"
      if change.staysSame {
        try await files.remove(old + ".partial")
        try await copy(place, to: old + ".partial", .new)
        try await files.rename(old + ".partial", to: old)
        try await copy("\(undo)/\(change.number).new", to: place, .overwriting)
        return
      }
      if change.replaces { try await files.rename(place, to: old) }
      if change.kind != .removal { try await files.rename("\(undo)/\(change.number).new", to: place) }
    }
  }

  /// Copies a file on the server through this machine, with its mode and time.
  private func copy(_ from: String, to place: String, _ creation: SFTPClient.Creation) async throws {
    guard let seen = try await files.stat(from), let bytes = try await files.read(from, limit: ProjectFileReader.limitBytes)
    else {
      throw SFTPError.missing(server: files.server, path: from)
    }
    var rest = bytes[...]
    try await files.write(place, mode: seen.mode ?? 0o644, modifiedSeconds: seen.modifiedSeconds, creation) { limit in
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(limit) }
      return Array(rest.prefix(limit))
    }
  }

  /// Brings back what an operation has replaced; nothing to bring back is fine.
  func putBack(_ label: String) async throws {
    let folder = "\(path)/undo/\(label)"
    guard let bytes = try await files.read("\(folder)/undo.json", limit: ServerRecord.limitBytes) else {
      // It had switched nothing.
      return try await files.removeTree(folder)
    }
    guard let undo = try? JSONDecoder().decode(SharedUndo.self, from: Data(bytes)),
      ProjectFileTree(undo.changes.map { .init(path: $0.path, kind: .file, mode: 0) }).isSound,
      undo.previous.map(Self.isRecordName) ?? true
    else {
      throw OperationRefused(
        description: "\(files.server): \(folder)/undo.json cannot be read\n  fix: look into \(folder), then remove it")
    }
    try await requireFolders(above: undo.changes.map(\.path))
    let there = Set(try await files.list(folder).map(\.name))
    for change in undo.changes where change.kind == .mode {
      guard let mode = change.oldMode, try await files.lstat("\(path)/shared/\(change.path)")?.kind == .folder else { continue }
      try await files.setAttributes(SFTPAttributes(mode: mode), of: "\(path)/shared/\(change.path)")
    }
    try await forEach(undo.changes.filter { $0.kind != .folder && $0.kind != .mode }) { change in
      let place = "\(path)/shared/\(change.path)"
      if there.contains("\(change.number).old") {
        if change.staysSame { return try await copy("\(folder)/\(change.number).old", to: place, .overwriting) }
        if !files.replacesByRename { try await files.remove(place) }
        try await files.rename("\(folder)/\(change.number).old", to: place)
      } else if !change.replaces, !there.contains("\(change.number).new") {
        try await files.remove(place)
      }
    }
    for change in undo.changes.reversed() where change.kind == .folder {
      // A folder that a service has put something into stays.
      if !change.replaces { try? await files.removeFolder("\(path)/shared/\(change.path)") }
      guard there.contains("\(change.number).old") else { continue }
      try await files.removeTree("\(path)/shared/\(change.path)")
      try await files.rename("\(folder)/\(change.number).old", to: "\(path)/shared/\(change.path)")
    }
    if let previous = undo.previous { try await point(to: previous) } else { try await files.remove("\(path)/current") }
    try await files.removeTree(folder)
  }

  private static func isRecordName(_ name: String) -> Bool {
    guard name.hasPrefix("revisions/"), name.hasSuffix(".json") else { return false }
    return Int(name.dropFirst("revisions/".count).dropLast(".json".count)) != nil
  }

  // MARK: Settling

  /// Records that are kept beside the newest, and the files that they name.
  static let keptRevisions = 10

  /// The operation has succeeded: what it replaced goes, and what no kept revision and no container needs.
  ///
  /// - Parameter mounted: sources of the mounts of all containers of the engine.
  /// - Returns: what was replaced although somebody had changed it on the server, and where it is kept.
  func settle(_ label: String, mounted: Set<String>) async throws -> [Kept] {
    let kept = try await keepForeign(label)
    try await prune(mounted)
    return kept
  }

  /// A file of the server that gave way to one of ours.
  typealias Kept = (path: String, keptAt: String)

  private func keepForeign(_ label: String) async throws -> [Kept] {
    var kept: [Kept] = []
    let folder = "\(path)/undo/\(label)"
    let there = Set(try await names(in: "undo/\(label)") ?? [])
    if let bytes = try await files.read("\(folder)/undo.json", limit: ServerRecord.limitBytes),
      let undo = try? JSONDecoder().decode(SharedUndo.self, from: Data(bytes))
    {
      for change in undo.changes where change.isForeign && there.contains("\(change.number).old") {
        if kept.isEmpty {
          try await files.makeFolder("\(path)/kept", mode: 0o700)
          try await files.makeFolder("\(path)/kept/\(label)", mode: 0o700)
        }
        // The number tells files of one name apart.
        let place = "\(path)/kept/\(label)/\(change.number)_\(change.path.split(separator: "/").last ?? "file")"
        try await files.rename("\(folder)/\(change.number).old", to: place)
        kept.append((change.path, place))
      }
    }
    try await files.removeTree(folder)
    return kept
  }

  private func prune(_ mounted: Set<String>) async throws {
    let numbers = try await files.list("\(path)/revisions").compactMap { name, _ -> Int? in
      name.hasSuffix(".json") ? Int(name.dropLast(".json".count)) : nil
    }.sorted(by: >)
    var needed: Set<String> = []
    try await withThrowingTaskGroup(of: [String].self) { group in
      for number in numbers.prefix(Self.keptRevisions + 1) {
        group.addTask { (try await record(ofRevision: number)?.items ?? []).filter { !$0.isShared }.map(\.tree.digest) }
      }
      for try await digests in group { needed.formUnion(digests) }
    }
    for number in numbers.dropFirst(Self.keptRevisions + 1) { try await files.remove("\(path)/revisions/\(number).json") }
    for (name, _) in try await files.list("\(path)/files") where !needed.contains(name) {
      let tree = "\(path)/files/\(name)"
      if mounted.contains(where: { $0.hasPrefix(tree + "/") }) { continue }
      try await files.removeTree(tree)
    }
  }

  /// Removes all of it.
  func remove() async throws { try await files.removeTree(path) }
}
