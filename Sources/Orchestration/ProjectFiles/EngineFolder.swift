import FoundationEssentials
import Glibc
import SSHTransport

private typealias FileStatus = stat

/// A folder that Slipway and the engine both see, where they do not see the same files: one of them runs in a container.
///
/// Paths are the engine's; they are turned into ours for each call.
struct EngineFolder: ServerFiles {
  /// Absolute, without a slash at the end.
  let here: String
  let there: String

  let server = "the folder of SLIPWAY_PROJECT_FILES"
  let openFiles = 16
  let replacesByRename = true
  let makesHardLinks = true
  let hasEnded = false
  let place = ["stacks"]

  private static let chunkBytes = 256 << 10

  private func local(_ path: String) throws(SFTPError) -> String {
    guard path == there || path.hasPrefix(there + "/"), !path.split(separator: "/").contains("..") else {
      throw .denied(server: server, path: path)
    }
    return here + path.dropFirst(there.count)
  }

  private func failure(_ what: String, _ path: String) -> SFTPError {
    let code = errno
    switch code {
    case ENOENT, ENOTDIR: return .missing(server: server, path: path)
    case EACCES, EPERM, EROFS: return .denied(server: server, path: path)
    case ENOSPC, EDQUOT: return .noSpace(server: server, path: path, freeBytes: 0)
    default:
      return .failed(server: server, what: what, path: path, reason: unsafe String(cString: strerror(code)))
    }
  }

  /// A call that gives 0, or −1 and `errno`.
  private func succeed(_ what: String, _ path: String, _ result: CInt) throws(SFTPError) {
    guard result == 0 else { throw failure(what, path) }
  }

  // MARK: Names

  func realPath(_ path: String) throws(SFTPError) -> String {
    guard path != "." else { return there }
    return path
  }

  func stat(_ path: String) throws(SFTPError) -> SFTPAttributes? {
    var status = FileStatus()
    return try attributes(unsafe fstatat(AT_FDCWD, try local(path), &status, 0), path, status)
  }

  func lstat(_ path: String) throws(SFTPError) -> SFTPAttributes? {
    var status = FileStatus()
    return try attributes(unsafe fstatat(AT_FDCWD, try local(path), &status, AT_SYMLINK_NOFOLLOW), path, status)
  }

  private func attributes(_ result: CInt, _ path: String, _ status: FileStatus) throws(SFTPError) -> SFTPAttributes? {
    guard result != 0 else {
      return SFTPAttributes(
        sizeBytes: UInt64(max(0, status.st_size)), mode: UInt32(status.st_mode),
        modifiedSeconds: UInt32(truncatingIfNeeded: status.st_mtim.tv_sec))
    }
    let failure = failure("look at", path)
    if case .missing = failure { return nil }
    throw failure
  }

  func list(_ folder: String) throws(SFTPError) -> [(name: String, attributes: SFTPAttributes)] {
    guard let names = FolderNames.sorted(in: try local(folder)) else { throw failure("open", folder) }
    var found: [(name: String, attributes: SFTPAttributes)] = []
    for name in names {
      guard let attributes = try lstat(folder + "/" + name) else { continue }
      found.append((name, attributes))
    }
    return found
  }

  func makeFolder(_ path: String, mode: UInt32) throws(SFTPError) {
    let local = try local(path)
    guard unsafe mkdir(local, mode_t(mode)) != 0 else { return }
    let failure = failure("make the folder", path)
    guard try stat(path)?.kind == .folder else { throw failure }
  }

  func remove(_ path: String) throws(SFTPError) {
    guard unsafe unlink(try local(path)) != 0 else { return }
    let failure = failure("remove", path)
    guard case .missing = failure else { throw failure }
  }

  func removeFolder(_ path: String) throws(SFTPError) {
    guard unsafe rmdir(try local(path)) != 0 else { return }
    let failure = failure("remove the folder", path)
    guard case .missing = failure else { throw failure }
  }

  func removeTree(_ path: String) throws(SFTPError) {
    guard let found = try lstat(path) else { return }
    guard found.kind == .folder else { return try remove(path) }
    // Its owner may have no right to change what is in it.
    if (found.mode ?? 0) & 0o700 != 0o700 { try setAttributes(SFTPAttributes(mode: 0o700), of: path) }
    for (name, _) in try list(path) { try removeTree(path + "/" + name) }
    try removeFolder(path)
  }

  func rename(_ path: String, to other: String) throws(SFTPError) {
    try succeed("rename", path, unsafe Glibc.rename(try local(path), try local(other)))
  }

  func makeHardLink(_ path: String, to existing: String) throws(SFTPError) {
    try succeed("make a hard link to", existing, unsafe link(try local(existing), try local(path)))
  }

  func makeLink(_ path: String, to target: String) throws(SFTPError) {
    try succeed("make the link", path, unsafe symlink(target, try local(path)))
  }

  func readLink(_ path: String) throws(SFTPError) -> String? {
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = unsafe readlink(try local(path), &buffer, buffer.count)
    if count >= 0 { return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    let failure = failure("read the link", path)
    guard case .missing = failure else { throw failure }
    return nil
  }

  func setAttributes(_ attributes: SFTPAttributes, of path: String) throws(SFTPError) {
    let local = try local(path)
    if let mode = attributes.mode { try succeed("change", path, unsafe chmod(local, mode_t(mode & 0o7777))) }
    guard let seconds = attributes.modifiedSeconds else { return }
    let times = [timespec(tv_sec: Int(seconds), tv_nsec: 0), timespec(tv_sec: Int(seconds), tv_nsec: 0)]
    try succeed("change", path, unsafe utimensat(AT_FDCWD, local, times, 0))
  }

  func freeBytes(at path: String) throws(SFTPError) -> UInt64? {
    var status = statvfs()
    try succeed("look at the space of", path, unsafe statvfs(try local(path), &status))
    let (bytes, overflows) = UInt64(status.f_frsize).multipliedReportingOverflow(by: UInt64(status.f_bavail))
    return overflows ? .max : bytes
  }

  // MARK: Contents

  func read(_ path: String, limit: Int) throws(SFTPError) -> [UInt8]? {
    let descriptor = unsafe open(try local(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let failure = failure("open", path)
      guard case .missing = failure else { throw failure }
      return nil
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("read", path)
      }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw .tooLarge(server: server, path: path, limit: limit) }
    }
  }

  func write(
    _ path: String, mode: UInt32, modifiedSeconds: UInt32?, _ creation: SFTPClient.Creation, from source: SFTPClient.Source
  ) throws {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (creation == .new ? O_EXCL : O_TRUNC)
    let descriptor = unsafe open(try local(path), flags, mode_t(mode & 0o700 | 0o600))
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { close(descriptor) }
    while let part = try source(Self.chunkBytes) {
      var rest = part[...]
      while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
          if errno == EINTR { continue }
          throw failure("write", path)
        }
        rest = rest.dropFirst(count)
      }
    }
    try succeed("write", path, fchmod(descriptor, mode_t(mode & 0o7777)))
    if let modifiedSeconds {
      let time = timespec(tv_sec: Int(modifiedSeconds), tv_nsec: 0)
      try succeed("write", path, unsafe futimens(descriptor, [time, time]))
    }
    try succeed("write", path, fsync(descriptor))
  }
}
