import Glibc

/// Space of the file systems of this machine.
enum DiskSpace {
  /// Bytes free for ordinary users where `path` is, or will be; nil: not even its root can be asked.
  static func freeBytes(near path: String) -> UInt64? {
    var info = statvfs()
    var folder = path
    while unsafe statvfs(folder, &info) != 0 {
      guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return nil }
      folder = String(folder[..<slash])
    }
    return UInt64(info.f_bavail) * UInt64(info.f_frsize)
  }
}
