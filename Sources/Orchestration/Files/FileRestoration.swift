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

extension StackOperations {
  /// Brings mounted files back to how a revision had them, as far as wanted, and tells what differs.
  func restoreFiles(of revision: Revision, in store: RevisionStore, _ restoration: FileRestoration) async throws {
    if case .none = restoration { return }
    var differing: [String] = []
    var lost: [String] = []
    for file in revision.files {
      switch file.role {
      case .secret, .config, .bind, .writableBind: break
      case .compose, .environment, .serviceEnvironment: continue
      }
      let isThere = DiskFiles().kind(of: file.path) != nil
      if case .hashOnly(let hash, _) = file.content {
        if !isThere { lost.append(file.path) } else if MountedFiles.hash(of: file.path) != hash { lost.append(file.path) }
        continue
      }
      let bytes = try await store.content(file.content, of: revision.stack).reveal()
      if !isThere {
        try Self.write(bytes, to: file.path, mode: file.mode)
        progress(.warning("\(file.path) was missing and has been written again from revision \(revision.number)"))
      } else if (try? DiskFiles().read(file.path, limit: bytes.count)) != bytes {
        guard case .all = restoration else {
          if file.role != .writableBind { differing.append(file.path) }
          continue
        }
        let kept = try keepAside(file.path, of: revision)
        try Self.replace(file.path, with: bytes, mode: file.mode)
        progress(.warning("\(file.path) is as in revision \(revision.number) again; what it was is in \(kept)"))
      }
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
  }

  private static func list(_ paths: [String]) -> String {
    paths.prefix(10).joined(separator: ", ") + (paths.count > 10 ? " and \(paths.count - 10) more" : "")
  }

  /// Copies a file into the data directory before it is replaced; gives the copy's path.
  private func keepAside(_ path: String, of revision: Revision) throws -> String {
    let bytes: [UInt8]
    do {
      bytes = try DiskFiles().read(path, limit: 1 << 30)
    } catch {
      throw OperationRefused(description: "cannot keep \(path) aside: \(error)\n  fix: make it readable")
    }
    let folder = "\(dataDirectory)/replaced-files/\(revision.stack.project)/\(Timestamp.systemNow().milliseconds)"
    let copy = folder + path
    try Self.write(bytes, to: copy, mode: 0o600, folderMode: 0o700)
    return copy
  }

  /// Puts new bytes in the place of a file: whole, or not at all.
  private static func replace(_ path: String, with bytes: [UInt8], mode: UInt32) throws {
    let partial = path + ".slipway-\(getpid())"
    unsafe unlink(partial)
    try write(bytes, to: partial, mode: mode)
    guard unsafe rename(partial, path) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      unsafe unlink(partial)
      throw OperationRefused(description: "cannot write \(path): \(reason)\n  fix: make the folder writable")
    }
  }

  /// Writes a file that is not there, and the folders above it.
  static func write(_ bytes: [UInt8], to path: String, mode: UInt32, folderMode: UInt32 = 0o755) throws {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if unsafe mkdir(folder, folderMode) != 0, errno != EEXIST { break }
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else {
      throw OperationRefused(
        description: "cannot write \(path): \(unsafe String(cString: strerror(errno)))\n  fix: make the folder writable")
    }
    defer { close(descriptor) }
    // The mask of this process must not take rights away that the file had.
    fchmod(descriptor, mode)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let reason = unsafe String(cString: strerror(errno))
        unsafe unlink(path)
        throw OperationRefused(description: "cannot write \(path): \(reason)\n  fix: free disk space")
      }
      rest = rest.dropFirst(count)
    }
    fsync(descriptor)
  }
}
