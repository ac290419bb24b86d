package import ComposeFile
import Glibc

/// The files of this machine, read with the rights of this process.
///
/// Only regular files are read; a FIFO, a device or a socket is refused instead of waited for.
package struct DiskFiles: FileSource {
  package init() {}

  package func kind(of path: String) -> FileKind? {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else { return nil }
    return switch info.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    default: .other
    }
  }

  /// Permission bits of what a path leads to; nil: nothing is there.
  package static func mode(of path: String) -> UInt32? {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else { return nil }
    return info.st_mode & 0o777
  }

  /// Where a path leads to, through all links; nil: nothing is there.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  package func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR ? .missing : .denied(reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    return try Self.read(descriptor, limit: limit)
  }

  /// The bytes of an open regular file.
  static func read(_ descriptor: Int32, limit: Int) throws(FileSourceError) -> [UInt8] {
    var info = stat()
    guard unsafe fstat(descriptor, &info) == 0 else { throw .denied(reason: unsafe String(cString: strerror(errno))) }
    switch info.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isDirectory
    default: throw .notRegular
    }
    // Files of /proc say 0 bytes and have more: read to the end, not to st_size.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(limit, max(4096, Int(info.st_size) + 1)))
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw .denied(reason: unsafe String(cString: strerror(errno)))
      }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit { throw .tooLarge(limit: limit) }
    }
  }
}
