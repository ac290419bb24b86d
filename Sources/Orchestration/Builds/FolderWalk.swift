import Glibc

/// What a folder holds, one entry at a time, by name, a folder before what is in it; a file or a link is an entry alone.
///
/// Holds the names of the folders on the way to the present entry, no more.
struct FolderWalk {
  struct Entry: Hashable {
    enum Kind: Hashable {
      case file(bytes: Int)
      case folder
      case link(to: String)
    }
    /// From the root, without a slash at its begin or end; empty: the root itself.
    var path: String
    var kind: Kind
    var mode: UInt32
    var modifiedAtSeconds: Int
  }

  private struct Level {
    /// Empty for the root.
    var path: String
    /// Names that are left, the next last.
    var names: [String]
    var matches: IgnorePatterns.Matches?
  }

  let source: ContextArchive.Source
  private var levels: [Level] = []
  private var hasBegun = false

  private var root: String { source.root }

  init(_ source: ContextArchive.Source) { self.source = source }

  mutating func next() throws(ContextProblem) -> Entry? {
    if !hasBegun {
      hasBegun = true
      guard source.isDeep, isFolder else { return try entry("") }
      levels = [Level(path: "", names: try Self.names(in: root))]
    }
    while let level = levels.indices.last {
      guard let name = levels[level].names.popLast() else {
        levels.removeLast()
        continue
      }
      let path = levels[level].path.isEmpty ? name : "\(levels[level].path)/\(name)"
      let matches = source.ignored.isEmpty ? nil : source.ignored.matches(path, below: levels[level].matches)
      let isKept = matches?.isIgnored != true || source.kept.contains(path)
      if !isKept, !mayHoldKept(path) { continue }
      guard let entry = try entry(path) else { continue }
      if entry.kind == .folder {
        levels.append(Level(path: path, names: try Self.names(in: root + "/" + path), matches: matches))
      }
      if isKept { return entry }
    }
    return nil
  }

  private func mayHoldKept(_ folder: String) -> Bool {
    source.ignored.mayKeepSomething(in: folder) || source.kept.contains { $0.hasPrefix(folder + "/") }
  }

  /// The root is a folder, or cannot be looked at: then its names cannot be read either, which tells why. A link to a folder
  /// counts as the folder only where it is the whole source of what comes at the top.
  private var isFolder: Bool {
    var info = stat()
    let result = source.place.isEmpty ? unsafe stat(root, &info) : unsafe lstat(root, &info)
    return result != 0 ? source.place.isEmpty : info.st_mode & S_IFMT == S_IFDIR
  }

  /// nil: it is gone, or of a kind that has no content.
  private func entry(_ path: String) throws(ContextProblem) -> Entry? {
    let full = path.isEmpty ? root : root + "/" + path
    var info = stat()
    guard unsafe lstat(full, &info) == 0 else {
      if errno == ENOENT { return nil }
      throw ContextProblem(full, errorNumber: errno)
    }
    let kind: Entry.Kind
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .file(bytes: Int(info.st_size))
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link(to: try Self.target(of: full))
    default: return nil
    }
    return Entry(path: path, kind: kind, mode: UInt32(info.st_mode & 0o7777), modifiedAtSeconds: Int(info.st_mtim.tv_sec))
  }

  private static func target(of path: String) throws(ContextProblem) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe readlink(path, base.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard count >= 0 else { throw ContextProblem(path, errorNumber: errno) }
    guard let target = String(validating: buffer[..<count], as: UTF8.self) else {
      throw ContextProblem(path, "is a link to a name that is not UTF-8")
    }
    return target
  }

  /// Sorted backwards, so that the next is the last.
  private static func names(in folder: String) throws(ContextProblem) -> [String] {
    guard let handle = unsafe opendir(folder) else { throw ContextProblem(folder, errorNumber: errno) }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let (valid, shown) = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        let text = unsafe UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
        return (unsafe String(validatingCString: text), unsafe String(cString: text))
      }
      guard let name = valid else { throw ContextProblem("\(folder)/\(shown)", "has a name that is not UTF-8") }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }
  }
}
