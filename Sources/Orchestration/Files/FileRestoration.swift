import ComposeFile
import FoundationEssentials
import Glibc
import RevisionStore

/// What a rollback does with the files that services mount.
package enum FileRestoration: Sendable {
  /// Nothing: only a plan is wanted.
  case none
  /// Files that are gone are written again; files that differ are named.
  case missing
  /// Files that differ are written too, what they replace is kept aside.
  case all
}

/// Which mounted files a rollback will write, once it holds the stack's lock.
struct FileRestorationPlan: Sendable {
  struct Write: Sendable {
    var path: String
    var bytes: [UInt8]
    var mode: UInt32
    /// What is there now is kept aside first.
    var replaces: Bool
  }
  var revision = 0
  var writes: [Write] = []

  var paths: Set<String> { Set(writes.map(\.path)) }
}

extension StackOperations {
  /// Compares mounted files with how a revision had them, tells what differs, and gives what is to be written.
  func restorationPlan(
    of revision: Revision, in store: RevisionStore, _ restoration: FileRestoration
  ) async throws -> FileRestorationPlan {
    var plan = FileRestorationPlan(revision: revision.number)
    if case .none = restoration { return plan }
    var differing: [String] = []
    var lost: [String] = []
    for file in revision.files {
      switch file.role {
      case .secret, .config, .bind, .writableBind: break
      case .compose, .environment, .serviceEnvironment: continue
      }
      let (condition, kept) = try await state(of: file, of: revision, in: store)
      if condition == .same { continue }
      guard let bytes = kept else {
        lost.append(file.path)
        continue
      }
      let isThere = condition != .missing
      if isThere {
        guard case .all = restoration else {
          if file.role != .writableBind { differing.append(file.path) }
          continue
        }
      }
      plan.writes.append(.init(path: file.path, bytes: bytes, mode: file.mode, replaces: isThere))
    }
    if !differing.isEmpty {
      progress(
        .warning(
          "files on disk differ from revision \(revision.number) and stay as they are: \(Self.list(differing))\n  fix: --restore-files brings them back"
        ))
    }
    if !lost.isEmpty {
      progress(
        .warning("files differ from revision \(revision.number), which has only their hashes: \(Self.list(lost))"))
    }
    return plan
  }

  /// How a file of a revision is on disk now.
  enum FileCondition { case same, missing, differs }

  /// Compares a file of a revision with the disk; gives the bytes too that the revision kept of it, nil where it has its hash only.
  func state(
    of file: RevisionFile, of revision: Revision, in store: RevisionStore
  ) async throws -> (condition: FileCondition, kept: [UInt8]?) {
    let isThere = DiskFiles().kind(of: file.path) != nil
    if case .hashOnly(let hash, _) = file.content {
      return (!isThere ? .missing : MountedFiles.hash(of: file.path) == hash ? .same : .differs, nil)
    }
    let bytes = try await store.content(file.content, of: revision.stack).reveal()
    guard isThere else { return (.missing, bytes) }
    return ((try? DiskFiles().read(file.path, limit: bytes.count)) == bytes ? .same : .differs, bytes)
  }

  /// Writes the files; what is replaced is kept aside first, in a folder of the operation.
  func restoreFiles(_ plan: FileRestorationPlan, _ operation: JournaledOperation) throws {
    for write in plan.writes {
      guard write.replaces else {
        try Self.write(write.bytes, to: write.path, mode: write.mode)
        progress(.warning("\(write.path) was missing and has been written again from revision \(plan.revision)"))
        continue
      }
      let kept = try keepAside(write.path, operation)
      try Self.overwrite(write.path, with: write.bytes, mode: write.mode)
      progress(.warning("\(write.path) is as in revision \(plan.revision) again; what it was is in \(kept)"))
    }
  }

  /// Brings back what `restoreFiles` replaced for an operation that did not succeed.
  func putFilesBack(_ operation: JournaledOperation) {
    let folder = folderOfReplaced(operation)
    for path in Self.files(below: folder) {
      do {
        let bytes = try DiskFiles().read(folder + path, limit: 1 << 30)
        try Self.overwrite(path, with: bytes, mode: nil)
      } catch {
        progress(.warning("\(path) could not be brought back: \(error)\n  fix: it is kept in \(folder)\(path)"))
      }
    }
  }

  private func folderOfReplaced(_ operation: JournaledOperation) -> String {
    "\(dataDirectory)/replaced-files/\(operation.stack.project)/\(Self.label(of: operation))"
  }

  /// Paths of the regular files below a folder, from the folder on.
  private static func files(below folder: String) -> [String] {
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder) else { return [] }
    return names.sorted().map { "/" + $0 }.filter {
      !$0.hasSuffix(partialSuffix) && DiskFiles().kind(of: folder + $0) == .file
    }
  }

  private static let partialSuffix = ".slipway-partial"

  private static func list(_ paths: [String]) -> String {
    paths.prefix(10).joined(separator: ", ") + (paths.count > 10 ? " and \(paths.count - 10) more" : "")
  }

  /// Copies a file into the data directory before it is replaced; gives the copy's path.
  private func keepAside(_ path: String, _ operation: JournaledOperation) throws -> String {
    let bytes: [UInt8]
    do {
      bytes = try DiskFiles().read(path, limit: 1 << 30)
    } catch {
      throw OperationRefused(description: "cannot keep \(path) aside: \(error)\n  fix: make it readable")
    }
    let copy = folderOfReplaced(operation) + path
    // Whole or not there: a copy that was cut off must never be put back.
    try WholeFile.put(bytes, at: copy, suffix: Self.partialSuffix)
    return copy
  }

  /// Gives a file other bytes and leaves it the same file: a container that has it mounted sees them, and its owner stays.
  ///
  /// - Parameter mode: nil: as it is.
  private static func overwrite(_ path: String, with bytes: [UInt8], mode: UInt32?) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw cannotWrite(path, fix: "make the file writable") }
    defer { close(descriptor) }
    if let mode { fchmod(descriptor, mode) }
    guard writeAll(bytes, to: descriptor) else { throw cannotWrite(path, fix: "free disk space") }
    fsync(descriptor)
  }

  private static func cannotWrite(_ path: String, fix: String) -> OperationRefused {
    OperationRefused(description: "cannot write \(path): \(unsafe String(cString: strerror(errno)))\n  fix: \(fix)")
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Writes a file that is not there, and the folders above it.
  static func write(_ bytes: [UInt8], to path: String, mode: UInt32, folderMode: UInt32 = 0o755) throws {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if unsafe mkdir(folder, folderMode) != 0, errno != EEXIST { break }
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw cannotWrite(path, fix: "make the folder writable") }
    defer { close(descriptor) }
    // The mask of this process must not take rights away that the file had.
    fchmod(descriptor, mode)
    guard writeAll(bytes, to: descriptor) else {
      let failure = cannotWrite(path, fix: "free disk space")
      unsafe unlink(path)
      throw failure
    }
    fsync(descriptor)
  }
}
