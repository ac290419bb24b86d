/// The rules for names in archives (S-TAR-1): nothing in them leaves the place where an archive is unpacked.
enum ArchivePath {
  static let limitBytes = 4096

  /// The names between the slashes, without `.`; throws for what leads out of the place, and what no file can be called.
  static func parts(of path: String) throws(TarProblem) -> [String] {
    guard path.utf8.count <= limitBytes else {
      throw TarProblem("the archive has a path of \(path.utf8.count) bytes, more than \(limitBytes)")
    }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw TarProblem("the archive has a member without a usable name") }
    let parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
    guard !parts.contains("..") else { throw TarProblem("the archive has a path that leads out of the folder: \(path)") }
    return parts
  }

  /// Refuses a link that leads out of the root, as far as its text tells; an absolute one is left as it is, because nothing is
  /// written through it.
  static func checkLink(at parts: [String], to target: String) throws(TarProblem) {
    guard !target.isEmpty, !target.utf8.contains(0), target.utf8.count <= limitBytes else {
      throw TarProblem("the archive has a link without a usable target: \(parts.joined(separator: "/"))")
    }
    guard !target.hasPrefix("/") else { return }
    var depth = parts.count - 1
    for part in target.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      guard depth >= 0 else {
        throw TarProblem("the archive has a link that leads out of the folder: \(parts.joined(separator: "/")) -> \(target)")
      }
    }
  }
}
