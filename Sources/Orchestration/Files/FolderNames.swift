import Glibc

/// What is in a folder, by name.
package enum FolderNames {
  /// Sorted; nil: it cannot be read, as `errno` says.
  ///
  /// - Parameter limit: names that are read at most.
  package static func sorted(in path: String, limit: Int = .max) -> [String]? {
    guard let folder = unsafe opendir(path) else { return nil }
    return unsafe names(of: folder, limit: limit)
  }

  /// As `sorted(in:)`, of an open folder, which stays open and where it is in its reading does not count.
  static func sorted(in descriptor: Int32) -> [String]? {
    let own = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { return nil }
    guard let folder = unsafe fdopendir(own) else {
      close(own)
      return nil
    }
    return unsafe names(of: folder, limit: .max)
  }

  private static func names(of folder: OpaquePointer, limit: Int) -> [String] {
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while names.count < limit {
      guard let entry = unsafe readdir(folder) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
