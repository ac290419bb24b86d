import Glibc
package import RevisionStore

/// `slipway backup-data`: everything of a data directory as one tar archive, while a server goes on using it.
///
/// The database is copied by SQLite as it was at one moment, and checked; the other files as they are when they are read.
/// `master.key` stays out unless it is asked for: who has it and the copy has every secret.
package struct DataCopy: Sendable {
  package struct Outcome: Hashable, Sendable {
    package var path: String
    package var files: Int
    package var sizeBytes: Int
    /// Sockets, pipes and devices, which have no content; at most 20.
    package var skipped: [String]
  }

  private let dataDirectory: String
  private let stacksRoot: String?
  private let hasKey: Bool
  private let version: String
  private let now: Timestamp

  /// - Parameter stacksRoot: the folder of the stacks where it is not in the data directory.
  /// - Throws: `OperationRefused` when one of the folders is not there.
  package init(dataDirectory: String, stacksRoot: String?, hasKey: Bool, version: String, now: Timestamp) throws {
    guard let real = DiskFiles.realPath(dataDirectory) else {
      throw OperationRefused(description: "there is no data directory \(dataDirectory)\n  fix: name the server's with --data")
    }
    self.dataDirectory = real
    self.stacksRoot = try stacksRoot.map { path in
      guard let real = DiskFiles.realPath(path) else {
        throw OperationRefused(description: "there is no folder \(path)\n  fix: name the folder of the stacks with --stacks-root")
      }
      return real
    }
    self.hasKey = hasKey
    self.version = version
    self.now = now
  }

  /// Writes the copy to a new file, 0600, which appears under its name when it is whole and on the disk.
  ///
  /// - Parameter destination: a file that is not there, or a folder, where it is named after the time.
  /// - Throws: `OperationRefused`, `StoreError`, and the trouble with a file that cannot be read; then nothing is left behind.
  @concurrent
  package func write(to destination: String) async throws -> Outcome {
    let path = try place(destination)
    let partial = path + ".partial-\(getpid())"
    let database = partial + ".db"
    defer { for leftover in [partial, database] { _ = unsafe unlink(leftover) } }
    try RevisionStore.copyDatabase(of: dataDirectory, to: database)
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.refused(partial) }
    defer { close(descriptor) }
    let archive = FolderArchive(try sources(database: database))
    let manifest = try await copy(archive, to: descriptor, partial)
    let closing = manifest.closing(.init(madeAt: now.text, version: version, hasKey: hasKey))
    guard StackOperations.writeAll(closing, to: descriptor), fsync(descriptor) == 0 else { throw Self.refused(path) }
    // Never over another one: a link fails where there is something.
    guard unsafe link(partial, path) == 0 else { throw Self.refused(path) }
    return Outcome(path: path, files: manifest.files, sizeBytes: manifest.bytes, skipped: archive.skipped)
  }

  /// Writes all of the archive but its end.
  private func copy(_ archive: FolderArchive, to descriptor: CInt, _ path: String) async throws -> CopyManifest {
    var manifest = CopyManifest()
    var held: [UInt8] = []
    for try await chunk in archive {
      try manifest.take(chunk)
      guard StackOperations.writeAll(held, to: descriptor) else { throw Self.refused(path) }
      held = chunk
    }
    guard StackOperations.writeAll(held.dropLast(TarHeader.end.count), to: descriptor) else { throw Self.refused(path) }
    return manifest
  }

  private func sources(database: String) throws -> [FolderSource] {
    var outside = RevisionStore.namesOutsideCopies + [CopyManifest.name, CopyManifest.hashName]
    if stacksRoot != nil { outside.append("stacks") }
    var folder = FolderSource(root: dataDirectory, place: CopyManifest.top)
    folder.ignored = try IgnorePatterns(outside)
    var sources = [folder, FolderSource(root: database, place: "\(CopyManifest.top)/\(RevisionStore.databaseName)")]
    if hasKey {
      let key = try RevisionStore.masterKeyPath(of: dataDirectory, forCopy: database)
      sources.append(FolderSource(root: key, place: "\(CopyManifest.top)/\(RevisionStore.masterKeyName)"))
    }
    if let stacksRoot { sources.append(FolderSource(root: stacksRoot, place: "\(CopyManifest.top)/stacks")) }
    return sources
  }

  private func place(_ destination: String) throws -> String {
    var info = stat()
    var path = destination
    if unsafe stat(destination, &info) == 0 {
      guard info.st_mode & S_IFMT == S_IFDIR else {
        throw OperationRefused(description: "\(destination) is there already\n  fix: name a file that is not, or a folder")
      }
      path += "/slipway-data-\(now.secondsText.filter { $0 != ":" && $0 != "-" }).tar"
    }
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard let folder = DiskFiles.realPath(parent.isEmpty ? "/" : parent) else {
      throw OperationRefused(description: "there is no folder \(parent)\n  fix: make it, or name another place")
    }
    for root in [dataDirectory, stacksRoot].compactMap(\.self) where "\(folder)/".hasPrefix("\(root)/") {
      throw OperationRefused(
        description: "\(path) is within \(root), which is what is copied\n  fix: name a place outside, best on another disk")
    }
    return path
  }

  private static func refused(_ path: String) -> OperationRefused {
    OperationRefused(
      description:
        "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))\n  fix: free space, or name a folder that you may write to"
    )
  }
}
