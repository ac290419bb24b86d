import Glibc
import RevisionStore

/// `slipway restore-data`: makes a data directory of a copy, when all of the copy has been verified.
///
/// It is unpacked into a folder beside its place, in the new directory; names move to where they belong when every byte has its
/// SHA-256, and the database has passed SQLite's check. A crash in between leaves a directory without a database, to be removed.
package struct DataRestoration: Sendable {
  package struct Outcome: Hashable, Sendable {
    package var madeAt: String
    package var version: String
    package var hasKey: Bool
    package var files: Int
    package var sizeBytes: Int
  }

  private static let staging = ".restore"
  private static let chunkBytes = 1 << 20

  private let file: String
  private let dataDirectory: String

  package init(file: String, dataDirectory: String) {
    self.file = file
    self.dataDirectory = dataDirectory
  }

  /// Verifies the copy and puts it in place; after a failure there is nothing that was not there before.
  ///
  /// - Throws: `OperationRefused` for a directory that is not empty or in use and for a copy that is cut off or changed; `StoreError`
  ///   for what is wrong with the directory or the database.
  @concurrent
  package func run() async throws -> Outcome {
    let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw OperationRefused(
        description:
          "\(file) cannot be read: \(unsafe String(cString: strerror(errno)))\n  fix: name a file that slipway backup-data has made"
      )
    }
    defer { close(descriptor) }
    let isNew = try requireEmpty()
    let claim = try DataDirectoryClaim(dataDirectory)
    defer { withExtendedLifetime(claim) {} }
    do {
      return try restore(from: descriptor)
    } catch {
      StackFolders.removeAll("\(dataDirectory)/\(Self.staging)")
      _ = unsafe unlink("\(dataDirectory)/slipway.lock")
      if isNew { _ = unsafe rmdir(dataDirectory) }
      throw error
    }
  }

  /// Whether the directory is not there yet.
  private func requireEmpty() throws -> Bool {
    guard let names = FolderNames.sorted(in: dataDirectory) else {
      guard errno == ENOENT else {
        throw OperationRefused(
          description:
            "\(dataDirectory) cannot be used: \(unsafe String(cString: strerror(errno)))\n  fix: name a folder of yours")
      }
      return true
    }
    guard names.isEmpty else {
      let isOwned = DataDirectoryClaim.isHeld(dataDirectory)
      throw OperationRefused(
        description: isOwned
          ? "a server owns \(dataDirectory)\n  fix: stop it, and restore into a folder that is not there; then start it with that"
          : "\(dataDirectory) is not empty, and nothing is ever put over data\n  fix: name a folder that is not there, or move this one away"
      )
    }
    return false
  }

  private func restore(from descriptor: CInt) throws -> Outcome {
    let staging = "\(dataDirectory)/\(Self.staging)"
    guard unsafe mkdir(staging, 0o700) == 0 else { throw Self.refused(staging) }
    let manifest: CopyManifest
    let head: CopyManifest.Head
    do {
      manifest = try unpack(descriptor, into: staging)
      head = try manifest.verified()
    } catch let problem as TarProblem {
      throw OperationRefused(
        description: "\(file) is not restored: \(problem)\n  fix: take another copy; this one cannot be trusted")
    }
    let database = "\(staging)/\(RevisionStore.databaseName)"
    guard unsafe access(database, F_OK) == 0 else {
      throw OperationRefused(description: "\(file) has no database\n  fix: take a file that slipway backup-data has made")
    }
    try RevisionStore.checkDatabase(at: database)
    for name in [CopyManifest.name, CopyManifest.hashName] { _ = unsafe unlink("\(staging)/\(name)") }
    try place(staging)
    return Outcome(
      madeAt: head.madeAt, version: head.version, hasKey: head.hasKey, files: manifest.files, sizeBytes: manifest.bytes)
  }

  private func unpack(_ descriptor: CInt, into staging: String) throws -> CopyManifest {
    var manifest = CopyManifest()
    var extraction = try ArchiveExtraction(into: CopyTarget(folder: staging, name: nil), takesLinksOut: true)
    while true {
      var (count, number): (Int, CInt) = (0, 0)
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, initialized in
        count = unsafe read(descriptor, buffer.baseAddress, Self.chunkBytes)
        number = errno
        initialized = max(0, count)
      }
      if count < 0, number == EINTR { continue }
      guard count >= 0 else {
        throw OperationRefused(
          description:
            "\(file) cannot be read: \(unsafe String(cString: strerror(number)))\n  fix: look at its disk, or take another copy")
      }
      if count == 0 { break }
      try manifest.take(chunk)
      try extraction.take(chunk)
    }
    try extraction.finish()
    return manifest
  }

  /// Lets everything take its place, the database last: without it no server takes the directory for one of its own.
  private func place(_ staging: String) throws {
    guard let names = FolderNames.sorted(in: staging) else { throw Self.refused(staging) }
    let expected = Set(RevisionStore.namesOutsideCopies).subtracting([RevisionStore.databaseName, RevisionStore.masterKeyName])
    if let name = names.first(where: expected.contains) {
      throw OperationRefused(description: "\(file) has a file that no copy has: \(name)\n  fix: take another copy")
    }
    var walk = FolderWalk(FolderSource(root: staging, place: CopyManifest.top))
    while let entry = try walk.next() {
      if case .link = entry.kind { continue }
      try Self.synchronize(entry.path.isEmpty ? staging : "\(staging)/\(entry.path)")
    }
    for name in names.filter({ $0 != RevisionStore.databaseName }) + [RevisionStore.databaseName] {
      guard unsafe rename("\(staging)/\(name)", "\(dataDirectory)/\(name)") == 0 else {
        throw Self.refused("\(dataDirectory)/\(name)")
      }
    }
    _ = unsafe rmdir(staging)
    try Self.synchronize(dataDirectory)
  }

  /// Returns when a file, or the names in a folder, are on the disk.
  private static func synchronize(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    // What its own mode keeps even its owner from reading stays as the system writes it.
    if descriptor < 0, errno == EACCES { return }
    guard descriptor >= 0 else { throw refused(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw refused(path) }
  }

  private static func refused(_ path: String) -> OperationRefused {
    OperationRefused(
      description:
        "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))\n  fix: free space, or name a folder of yours")
  }
}
