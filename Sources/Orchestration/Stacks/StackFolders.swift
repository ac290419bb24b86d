import ComposeFile
import Glibc
import RevisionStore

/// The folders of the stacks that a server keeps (decision 16): one a stack, plain, usable by Docker Compose as they are.
///
/// Changes are made one after the other; a file is replaced whole or not at all.
package actor StackFolders {
  /// One thing in a folder.
  package struct Entry: Hashable, Sendable {
    package var path: String
    package var isFolder: Bool
    package var sizeBytes: Int
    package var mode: UInt32
    package var modifiedSeconds: Int
  }

  /// A change to one file.
  package enum Change: Hashable, Sendable {
    /// With its permission bits; nil: those that it has, and for a new one the usual.
    case put([UInt8], mode: UInt32? = nil)
    case remove
  }

  /// A file of a new stack.
  package struct NewFile: Sendable {
    package var path: FolderPath
    package var bytes: [UInt8]
    /// Permission bits; nil: the usual.
    package var mode: UInt32?

    package init(_ path: FolderPath, _ bytes: [UInt8], mode: UInt32? = nil) {
      self.path = path
      self.bytes = bytes
      self.mode = mode
    }
  }

  /// What a file must be for a change to be made (RFC 9110, 13.1).
  package enum Expectation: Hashable, Sendable {
    /// Not there.
    case absent
    /// There, whatever is in it.
    case present
    case tagged(String)

    func isMet(by tag: String?) -> Bool {
      switch self {
      case .absent: tag == nil
      case .present: tag != nil
      case .tagged(let wanted): tag == wanted
      }
    }
  }

  /// Why files were not changed.
  package enum Refusal: Error, Hashable, Sendable {
    case noSuchStack(String)
    case stackExists(String)
    case noSuchFile(String)
    /// Somebody else has changed it meanwhile; its tag now, nil: it is not there.
    case changed(path: String, tag: String?)
    case unusable(path: String, reason: String)
    case tooLarge(path: String, limitBytes: Int)
    case full(reason: String)
  }

  /// Bytes of one file and of all that one call brings, and files that a folder may show (S-IN-4).
  package static let fileLimitBytes = 1 << 20
  package static let bundleLimitBytes = 16 << 20
  private static let entryLimit = 2000
  /// Names of compose files, the preferred first (Compose Specification, "Compose file").
  package static let composeNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]

  package nonisolated let root: String

  /// - Parameter root: absolute; made when it is not there.
  package init(root: String) throws {
    if unsafe mkdir(root, 0o700) != 0, errno != EEXIST {
      throw OperationRefused(
        description:
          "the folder of the stacks \(root) cannot be made: \(unsafe String(cString: strerror(errno)))\n  fix: give another with --stacks-root"
      )
    }
    guard let real = DiskFiles.realPath(root) else {
      throw OperationRefused(
        description: "the folder of the stacks \(root) cannot be used\n  fix: give another with --stacks-root")
    }
    self.root = real
  }

  // MARK: Looking

  /// Names of the stacks that have a folder with a compose file.
  package nonisolated func names() -> [String] {
    (FolderNames.sorted(in: root) ?? []).filter { StackName($0) != nil && composeFile(of: $0) != nil }
  }

  package nonisolated func path(of stack: StackName) -> String { root + "/" + stack.text }

  package nonisolated func folder(of stack: StackName) -> ConfinedFolder { ConfinedFolder(root: path(of: stack)) }

  package nonisolated func exists(_ stack: StackName) -> Bool {
    ConfinedFolder(root: root).kind(of: path(of: stack)) == .directory
  }

  private nonisolated func composeFile(of name: String) -> String? {
    let folder = ConfinedFolder(root: root + "/" + name)
    return Self.composeNames.first { folder.kind(of: folder.root + "/" + $0) == .file }
  }

  /// All that is in a stack's folder, but Git's own; bounded.
  package nonisolated func entries(of stack: StackName) throws(Refusal) -> [Entry] {
    guard exists(stack) else { throw .noSuchStack(stack.text) }
    var found: [Entry] = []
    let top = unsafe open(path(of: stack), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard top >= 0 else { throw .noSuchStack(stack.text) }
    defer { close(top) }
    Self.walk(top, "", &found)
    return found.sorted { $0.path < $1.path }
  }

  private static func walk(_ folder: Int32, _ below: String, _ found: inout [Entry]) {
    for name in FolderNames.sorted(in: folder) ?? [] where name != ".git" && !name.hasPrefix(temporaryPrefix) {
      guard found.count < entryLimit else { return }
      let path = below.isEmpty ? name : below + "/" + name
      var info = stat()
      guard FolderPath(path) != nil, unsafe fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      let kind = info.st_mode & S_IFMT
      guard kind == S_IFREG || kind == S_IFDIR else { continue }
      found.append(
        Entry(
          path: path, isFolder: kind == S_IFDIR, sizeBytes: kind == S_IFDIR ? 0 : Int(info.st_size),
          mode: info.st_mode & 0o7777, modifiedSeconds: info.st_mtim.tv_sec))
      guard kind == S_IFDIR else { continue }
      let next = unsafe openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else { continue }
      defer { close(next) }
      walk(next, path, &found)
    }
  }

  /// The permission bits of a file; nil: there is none.
  package nonisolated func mode(of path: FolderPath, of stack: StackName) -> UInt32? {
    // WHY try?: what cannot be reached has none.
    try? folder(of: stack).withParent(of: path.parts) { (parent, name) throws(FileSourceError) in
      var info = stat()
      guard unsafe fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw .missing }
      return info.st_mode & 0o777
    }
  }

  package nonisolated func read(_ path: FolderPath, of stack: StackName) throws(Refusal) -> [UInt8] {
    guard exists(stack) else { throw .noSuchStack(stack.text) }
    do throws(FileSourceError) {
      return try folder(of: stack).read(path.parts, limit: Self.fileLimitBytes)
    } catch {
      switch error {
      case .missing: throw .noSuchFile(path.text)
      case .tooLarge: throw .tooLarge(path: path.text, limitBytes: Self.fileLimitBytes)
      case .isDirectory: throw .unusable(path: path.text, reason: "it is a folder")
      case .notRegular: throw .unusable(path: path.text, reason: "it is no regular file")
      case .denied(let reason): throw .unusable(path: path.text, reason: reason)
      }
    }
  }

  /// Changes with a file's bytes.
  package static func tag(of bytes: [UInt8]) -> String {
    String(ContentHash.hexadecimal(bytes).prefix(32))
  }

  // MARK: Changing

  /// Makes the folder of a new stack with its files, all or none.
  package func create(_ stack: StackName, _ files: [NewFile]) throws(Refusal) {
    guard !exists(stack) else { throw .stackExists(stack.text) }
    try check(files.map { ($0.path, .put($0.bytes)) })
    let target = path(of: stack)
    let made = "\(root)/\(Self.temporaryPrefix)\(stack.text)"
    Self.removeAll(made)
    guard unsafe mkdir(made, 0o755) == 0 else { throw .full(reason: Self.reason()) }
    do throws(Refusal) {
      var edit = FolderEdit(folder: ConfinedFolder(root: made))
      for file in files { try edit.put(file.bytes, at: file.path, mode: file.mode) }
    } catch {
      Self.removeAll(made)
      throw error
    }
    guard unsafe rename(made, target) == 0 else {
      let reason = Self.reason()
      Self.removeAll(made)
      throw .full(reason: reason)
    }
  }

  /// Changes files of a stack, all or none; of a process that is killed meanwhile each file is the old or the new one.
  ///
  /// - Parameter expected: by path, what a file must be now. What is not named is not asked.
  /// - Returns: the new tags by path; nil: removed.
  package func change(
    _ stack: StackName, _ changes: [(path: FolderPath, change: Change)], expected: [String: Expectation] = [:]
  ) throws(Refusal) -> [String: String?] {
    guard exists(stack) else { throw .noSuchStack(stack.text) }
    try check(changes)
    for (path, wanted) in expected {
      guard let path = FolderPath(path) else { throw .unusable(path: path, reason: "it is no path within the folder") }
      let now = try tag(path, stack)
      guard wanted.isMet(by: now) else { throw .changed(path: path.text, tag: now) }
    }
    var edit = FolderEdit(folder: folder(of: stack))
    var tags: [String: String?] = [:]
    do throws(Refusal) {
      for (path, change) in changes {
        switch change {
        case .put(let bytes, let mode):
          try edit.put(bytes, at: path, mode: mode)
          tags[path.text] = Self.tag(of: bytes)
        case .remove:
          try edit.remove(path)
          tags.updateValue(nil, forKey: path.text)
        }
      }
    } catch {
      edit.undo()
      throw error
    }
    edit.finish()
    return tags
  }

  /// The tag of a file as it is; nil: there is none, but perhaps a folder, or a file where a folder is to be.
  private nonisolated func tag(_ path: FolderPath, _ stack: StackName) throws(Refusal) -> String? {
    let folder = folder(of: stack)
    guard folder.kind(of: folder.root + "/" + path.text) == .file else { return nil }
    do throws(Refusal) {
      return Self.tag(of: try read(path, of: stack))
    } catch {
      guard case .noSuchFile = error else { throw error }
      return nil
    }
  }

  /// Removes a stack's folder with all that is in it.
  package func remove(_ stack: StackName) throws(Refusal) {
    guard exists(stack) else { throw .noSuchStack(stack.text) }
    // Out of sight at once: a crash leaves no half folder under the stack's name.
    let doomed = "\(root)/\(Self.temporaryPrefix)removed-\(stack.text)"
    Self.removeAll(doomed)
    guard unsafe rename(path(of: stack), doomed) == 0 else { throw .full(reason: Self.reason()) }
    Self.removeAll(doomed)
  }

  private func check(_ changes: [(path: FolderPath, change: Change)]) throws(Refusal) {
    var total = 0
    var seen: Set<String> = []
    for (path, change) in changes {
      guard seen.insert(path.text).inserted else { throw .unusable(path: path.text, reason: "it is named twice") }
      guard path.parts.first != ".git", !path.name.hasPrefix(Self.temporaryPrefix) else {
        throw .unusable(path: path.text, reason: "this name is taken")
      }
      guard case .put(let bytes, _) = change else { continue }
      guard bytes.count <= Self.fileLimitBytes else { throw .tooLarge(path: path.text, limitBytes: Self.fileLimitBytes) }
      total += bytes.count
      guard total <= Self.bundleLimitBytes else { throw .tooLarge(path: path.text, limitBytes: Self.bundleLimitBytes) }
    }
  }
}

extension StackFolders {
  /// Makes a folder of the data directory where there is none.
  nonisolated func makeFolder(_ path: String) throws(Refusal) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .full(reason: Self.reason()) }
  }

  static let temporaryPrefix = ".slipway-"

  static func refusal(_ error: FileSourceError, _ path: FolderPath) -> Refusal {
    switch error {
    case .missing: .noSuchFile(path.text)
    case .isDirectory: .unusable(path: path.text, reason: "it is a folder")
    case .notRegular: .unusable(path: path.text, reason: "something that is no regular file is there")
    case .tooLarge(let limit): .tooLarge(path: path.text, limitBytes: limit)
    case .denied(let reason): .unusable(path: path.text, reason: reason)
    }
  }

  private static func reason() -> String { unsafe String(cString: strerror(errno)) }

  /// A folder with all that is in it; what links lead to stays, also when somebody changes them meanwhile.
  private static func removeAll(_ name: String, in parent: Int32) {
    let folder = unsafe openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    for entry in FolderNames.sorted(in: folder) ?? [] where unsafe unlinkat(folder, entry, 0) != 0 {
      removeAll(entry, in: folder)
    }
    _ = unsafe unlinkat(parent, name, AT_REMOVEDIR)
  }

  static func removeAll(_ path: String) { removeAll(path, in: AT_FDCWD) }
}
