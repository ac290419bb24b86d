import Glibc

/// A folder with all that is in it, or a file, and what is taken of it.
struct FolderSource: Hashable, Sendable {
  /// Absolute.
  var root: String
  /// Its path in an archive, without a slash at its begin or end; empty: what is in the folder comes at the top, without it.
  var place = ""
  var ignored = IgnorePatterns()
  /// Paths that go whatever the patterns say.
  var kept: Set<String> = []
  /// What is in the folder comes along.
  var isDeep = true
  /// The root may be a link to what is meant.
  var followsLink: Bool
  /// Otherwise all is root's, as Docker sends contexts.
  var keepsOwners = false
  /// Otherwise a root that is gone is an empty one.
  var isRequired = true

  init(root: String, place: String = "", ignored: IgnorePatterns = IgnorePatterns()) {
    self.root = root
    self.place = place
    self.ignored = ignored
    followsLink = place.isEmpty
  }

  func path(of entry: FolderWalk.Entry) -> String {
    [place, entry.path].filter { !$0.isEmpty }.joined(separator: "/")
  }
}

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
    var uid: Int
    var gid: Int
    var modifiedAtSeconds: Int
  }

  private struct Level {
    /// Empty for the root.
    var path: String
    /// Names that are left, the next last.
    var names: [String]
    var matches: IgnorePatterns.Matches?
  }

  /// Names kept of what is left out.
  static let skippedLimit = 20

  let source: FolderSource
  /// What has no content to take: sockets, pipes, devices.
  private(set) var skipped: [String] = []
  private var levels: [Level] = []
  private var hasBegun = false

  private var root: String { source.root }

  init(_ source: FolderSource) { self.source = source }

  mutating func next() throws(FolderProblem) -> Entry? {
    if !hasBegun {
      hasBegun = true
      guard let top = try entry("") else { return nil }
      guard source.isDeep, top.kind == .folder else { return top }
      levels = [Level(path: "", names: try Self.names(in: root))]
      if !source.place.isEmpty { return top }
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

  /// nil: it is gone, or of a kind that has no content.
  private mutating func entry(_ path: String) throws(FolderProblem) -> Entry? {
    let full = path.isEmpty ? root : root + "/" + path
    var info = stat()
    let follows = path.isEmpty && source.followsLink
    guard unsafe (follows ? stat(full, &info) : lstat(full, &info)) == 0 else {
      if errno == ENOENT, !path.isEmpty || !source.isRequired { return nil }
      throw FolderProblem(full, errorNumber: errno)
    }
    let kind: Entry.Kind
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .file(bytes: Int(info.st_size))
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link(to: try Self.target(of: full))
    default:
      if skipped.count < Self.skippedLimit { skipped.append(full) }
      return nil
    }
    return Entry(
      path: path, kind: kind, mode: UInt32(info.st_mode & 0o7777), uid: Int(info.st_uid), gid: Int(info.st_gid),
      modifiedAtSeconds: Int(info.st_mtim.tv_sec))
  }

  /// What a link says.
  static func target(of path: String) throws(FolderProblem) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe readlink(path, base.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard count >= 0 else { throw FolderProblem(path, errorNumber: errno) }
    guard let target = String(validating: buffer[..<count], as: UTF8.self) else {
      throw FolderProblem(path, "is a link to a name that is not UTF-8")
    }
    return target
  }

  /// Sorted backwards, so that the next is the last.
  private static func names(in folder: String) throws(FolderProblem) -> [String] {
    guard let handle = unsafe opendir(folder) else { throw FolderProblem(folder, errorNumber: errno) }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let (valid, shown) = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        let text = unsafe UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
        return (unsafe String(validatingCString: text), unsafe String(cString: text))
      }
      guard let name = valid else { throw FolderProblem("\(folder)/\(shown)", "has a name that is not UTF-8") }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }
  }
}
