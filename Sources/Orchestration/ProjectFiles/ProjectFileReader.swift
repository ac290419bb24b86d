import ComposeFile
import Glibc
import RevisionStore

/// Reads what files and folders of the project hold, for a deploy to a server that has none of them.
///
/// What cannot be sent is an error, all of it at once: a deploy must not run with a part of its files.
struct ProjectFileReader {
  /// Bytes of all files of a stack together.
  static let limitBytes = 1 << 30
  /// Files, folders and links of a stack together.
  static let limitEntries = 50_000

  /// The project folder, without links.
  let root: String
  private var bytes = 0
  private var entries = 0
  private(set) var problems: [String] = []

  init(root: String) { self.root = root }

  /// - Parameter path: without links; nil where nothing is: an empty folder is made, as the engine does for a bind mount.
  mutating func tree(of path: String?) -> ProjectFileTree {
    guard let path else { return ProjectFileTree([.init(path: "", kind: .folder, mode: 0o755)]) }
    var found: [ProjectFileTree.Entry] = []
    walk(path, "", &found)
    return ProjectFileTree(found)
  }

  private mutating func walk(_ top: String, _ path: String, _ found: inout [ProjectFileTree.Entry]) {
    let full = ProjectFileTree.join(top, path)
    guard entries < Self.limitEntries, bytes <= Self.limitBytes else { return }
    var info = stat()
    guard unsafe lstat(full, &info) == 0 else { return fail(full, "cannot be read: \(Self.systemError())", "make it readable") }
    entries += 1
    if entries == Self.limitEntries {
      fail(
        full, "is one too many: at most \(Self.limitEntries) files and folders are sent", "mount fewer files, or a named volume")
    }
    let mode = info.st_mode & 0o7777
    switch info.st_mode & S_IFMT {
    case S_IFREG:
      let size = Int(info.st_size)
      bytes += size
      guard bytes <= Self.limitBytes else {
        return fail(
          full, "is too much: at most \(Self.limitBytes >> 20) MiB of project files are sent",
          "mount fewer files, or a named volume")
      }
      guard let hash = Self.hash(of: full, size: size) else {
        return fail(full, "cannot be read, or changes while it is read", "make it readable")
      }
      found.append(
        .init(
          path: path, kind: .file, mode: mode, sizeBytes: size, sha256: hash,
          modifiedSeconds: UInt32(clamping: info.st_mtim.tv_sec)))
    case S_IFDIR:
      found.append(.init(path: path, kind: .folder, mode: mode))
      guard let names = FolderNames.sorted(in: full, limit: Self.limitEntries + 1) else {
        return fail(full, "cannot be read: \(Self.systemError())", "make it readable")
      }
      for name in names where name != ".git" { walk(top, ProjectFileTree.join(path, name), &found) }
    case S_IFLNK:
      guard let target = Self.target(of: full) else {
        return fail(full, "cannot be read: \(Self.systemError())", "make it readable")
      }
      guard let problem = Self.problem(ofLink: target, at: full, root: root) else {
        return found.append(.init(path: path, kind: .link, mode: 0, target: target))
      }
      fail(full, "is a link \(problem)", "put a copy in its place, or make it a link to a file of the project")
    default:
      fail(full, "is neither a file nor a folder nor a link and cannot be sent", "remove it, or mount another folder")
    }
  }

  private mutating func fail(_ path: String, _ reason: String, _ fix: String) {
    guard problems.count < 20 else { return }
    problems.append("\(path) \(reason)\n  fix: \(fix)")
  }

  /// Why a link may not be sent; nil when it stays in the project folder.
  static func problem(ofLink target: String, at path: String, root: String) -> String? {
    guard !target.hasPrefix("/") else { return "with an absolute target (\(target)), which is another place on a server" }
    var parts = path.split(separator: "/").dropLast()
    for part in target.split(separator: "/") where part != "." {
      if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
    }
    let end = "/" + parts.joined(separator: "/")
    return end == root || end.hasPrefix(root + "/") ? nil : "that leads out of the project folder (\(target))"
  }

  /// Of a file that has that size to its end.
  private static func hash(of path: String, size: Int) -> String? {
    guard let parts = LocalFileParts(path) else { return nil }
    do {
      while try parts.next(256 << 10) != nil {}
    } catch {
      return nil
    }
    return parts.bytes == size ? parts.digest() : nil
  }

  private static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = unsafe readlink(path, &buffer, buffer.count)
    return count > 0 && count < 4097 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  private static func systemError() -> String { unsafe String(cString: strerror(errno)) }
}

/// A file of this machine in parts, hashed on the way.
final class LocalFileParts {
  private let descriptor: Int32
  private var hash: FileDigest? = FileDigest()
  private(set) var bytes = 0

  /// Nil when it is no regular file, or cannot be opened.
  init?(_ path: String) {
    let opened = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard opened >= 0 else { return nil }
    var info = stat()
    guard unsafe fstat(opened, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      return nil
    }
    descriptor = opened
  }

  deinit { close(descriptor) }

  struct Failed: Error {}

  func next(_ limit: Int) throws(Failed) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return nil }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failed()
      }
      buffer.removeLast(limit - count)
      bytes += count
      hash?.add(buffer[...])
      return buffer
    }
  }

  /// Of all that was read; once.
  func digest() -> String {
    let digest = hash.take()?.finish() ?? []
    return hexadecimal(digest)
  }
}
