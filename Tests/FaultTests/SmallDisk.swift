import Foundation
import Glibc

/// A small file system in memory; needs root.
enum SmallDisk {
  struct CannotMount: Error { var errno: Int32 }

  /// Mounts it for the length of `body`; a folder of mode 0700 with nothing in it.
  static func with<Value>(mebibytes: Int, at path: String, _ body: () async throws -> Value) async throws -> Value {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let options = "size=\(mebibytes)m,mode=0700"
    let result = unsafe options.withCString { unsafe mount("tmpfs", path, "tmpfs", 0, $0) }
    guard result == 0 else { throw CannotMount(errno: errno) }
    defer { unsafe umount2(path, Int32(MNT_DETACH)) }
    return try await body()
  }

  /// Writes a file until no byte is free.
  static func fill(_ path: String) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    var size: off_t = 0
    for step in [off_t(16 << 20), 1 << 20, 4096] {
      while posix_fallocate(file, size, step) == 0 { size += step }
    }
  }
}
