package import ComposeFile
import Glibc

/// A folder of this machine that nothing leads out of: every part of a path is opened by itself, and links are not followed
/// (S-IN-2).
///
/// Blocks the thread as file systems do.
package struct ConfinedFolder: FileSource {
  /// Absolute, without links.
  package let root: String

  package init(root: String) { self.root = root }

  // MARK: As a source of compose files

  package func kind(of path: String) -> FileKind? {
    guard let parts = parts(of: path) else { return nil }
    guard !parts.isEmpty else { return .directory }
    // WHY try?: nil is the answer for what is not there or leads out.
    guard
      let kind = try? withParent(
        of: parts,
        { (parent, name) throws(FileSourceError) -> FileKind? in
          var info = stat()
          guard unsafe fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
          return switch info.st_mode & S_IFMT {
          case S_IFREG: .file
          case S_IFDIR: .directory
          case S_IFLNK: nil
          default: .other
          }
        })
    else { return nil }
    return kind
  }

  package func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard let parts = parts(of: path), !parts.isEmpty else {
      throw .denied(reason: "it is outside the stack's folder")
    }
    return try read(parts, limit: limit)
  }

  /// The parts of an absolute path below the root; nil: it is elsewhere.
  private func parts(of path: String) -> [String]? {
    if path == root { return [] }
    guard path.hasPrefix(root + "/") else { return nil }
    let parts = path.dropFirst(root.utf8.count + 1).split(separator: "/").map(String.init)
    // The system would take a name to end at the first zero byte.
    return parts.contains { $0 == ".." || $0.utf8.contains(0) } ? nil : parts.filter { $0 != "." }
  }

  // MARK: By parts

  func read(_ parts: [String], limit: Int) throws(FileSourceError) -> [UInt8] {
    try withParent(of: parts) { (parent, name) throws(FileSourceError) in
      let descriptor = unsafe openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.failure() }
      defer { close(descriptor) }
      return try DiskFiles.read(descriptor, limit: limit)
    }
  }

  /// Runs `body` with the folder that the last part is in.
  func withParent<Value>(
    of parts: [String], makesFolders: Bool = false, _ body: (Int32, String) throws(FileSourceError) -> Value
  ) throws(FileSourceError) -> Value {
    var folder = unsafe open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw Self.failure() }
    defer { close(folder) }
    for part in parts.dropLast() {
      if makesFolders, unsafe mkdirat(folder, part, 0o755) != 0, errno != EEXIST { throw Self.failure() }
      let next = unsafe openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else { throw Self.failure() }
      close(folder)
      folder = next
    }
    return try body(folder, parts.last ?? ".")
  }

  static func failure() -> FileSourceError {
    switch errno {
    case ENOENT: .missing
    case ENOTDIR, ELOOP: .denied(reason: "a link or a file is on the way; links are not followed here")
    default: .denied(reason: unsafe String(cString: strerror(errno)))
    }
  }
}
