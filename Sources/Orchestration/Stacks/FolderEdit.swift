import ComposeFile
import Glibc

/// Changes to files of one folder that can be taken back until they are finished: what was there stays beside, under another name.
///
/// Blocks the thread as file systems do.
struct FolderEdit {
  private enum Step {
    /// The outermost first.
    case madeFolders([[String]])
    case made(FolderPath)
    /// The old file is kept in the same folder.
    case replaced(FolderPath, kept: String)
    /// The file is kept at the root: the folder that it was in may have to make room for a file.
    case removed(FolderPath, kept: String)
    /// It was empty.
    case removedFolder([String])
  }

  private let folder: ConfinedFolder
  private var steps: [Step] = []

  init(folder: ConfinedFolder) { self.folder = folder }

  /// Writes beside the old file, and puts the new one in its place when it is on the disk.
  mutating func put(_ bytes: [UInt8], at path: FolderPath, mode: UInt32? = nil) throws(StackFolders.Refusal) {
    // Known before they are made: a step that fails leaves none behind either.
    let missing = missingFolders(above: path)
    if !missing.isEmpty { steps.append(.madeFolders(missing)) }
    makeRoom(for: path)
    let kept = try change(path, makesFolders: true) { (parent, name) throws(FileSourceError) in
      try Self.put(bytes, in: parent, name, mode)
    }
    steps.append(kept.map { .replaced(path, kept: $0) } ?? .made(path))
  }

  mutating func remove(_ path: FolderPath) throws(StackFolders.Refusal) {
    let kept = Self.temporaryName()
    try change(path) { (parent, name) throws(FileSourceError) in
      var info = stat()
      guard unsafe fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw ConfinedFolder.failure() }
      guard info.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory }
      guard unsafe renameat(parent, name, AT_FDCWD, folder.root + "/" + kept) == 0 else { throw ConfinedFolder.failure() }
      fsync(parent)
    }
    steps.append(.removed(path, kept: kept))
  }

  /// A folder that this change has emptied gives way to a file of its name.
  private mutating func makeRoom(for path: FolderPath) {
    let isEmptied = steps.contains { if case .removed(let gone, _) = $0 { gone.text.hasPrefix(path.text + "/") } else { false } }
    guard isEmptied else { return }
    for parts in emptyFolders(folder.root + "/" + path.text, path.parts) ?? [] {
      leave(parts) { parent, name in
        if unsafe unlinkat(parent, name, AT_REMOVEDIR) == 0 { steps.append(.removedFolder(parts)) }
      }
    }
  }

  /// A folder and those in it, the innermost first; nil: it is none, or there is something else in it.
  private func emptyFolders(_ path: String, _ parts: [String]) -> [[String]]? {
    guard folder.kind(of: path) == .directory, let names = FolderNames.sorted(in: path) else { return nil }
    var found: [[String]] = []
    for name in names {
      guard let inner = emptyFolders(path + "/" + name, parts + [name]) else { return nil }
      found += inner
    }
    return found + [parts]
  }

  /// Puts back what was there. It takes no room on the disk, so that it works on a full one too.
  mutating func undo() {
    for step in steps.reversed() {
      switch step {
      case .made(let path): leave(path) { parent, name in _ = unsafe unlinkat(parent, name, 0) }
      case .replaced(let path, let kept): leave(path) { parent, name in _ = unsafe renameat(parent, kept, parent, name) }
      case .removed(let path, let kept):
        leave(path) { parent, name in _ = unsafe renameat(AT_FDCWD, folder.root + "/" + kept, parent, name) }
      case .removedFolder(let parts): leave(parts) { parent, name in _ = unsafe mkdirat(parent, name, 0o755) }
      case .madeFolders(let folders):
        for parts in folders.reversed() { leave(parts) { parent, name in _ = unsafe unlinkat(parent, name, AT_REMOVEDIR) } }
      }
    }
    steps = []
  }

  /// Gives up what was there before.
  mutating func finish() {
    for step in steps {
      switch step {
      case .replaced(let path, let kept): leave(path) { parent, _ in _ = unsafe unlinkat(parent, kept, 0) }
      case .removed(_, let kept): _ = unsafe unlink(folder.root + "/" + kept)
      case .made, .madeFolders, .removedFolder: break
      }
    }
    steps = []
  }

  // MARK: One file

  /// Gives the name that the old file is kept under; nil: there was none.
  private static func put(
    _ bytes: [UInt8], in parent: Int32, _ name: String, _ wanted: UInt32?
  ) throws(FileSourceError) -> String? {
    var old = stat()
    let isThere = unsafe fstatat(parent, name, &old, AT_SYMLINK_NOFOLLOW) == 0
    if isThere, old.st_mode & S_IFMT != S_IFREG { throw .notRegular }
    // What people write into environment files is often secret.
    let mode = wanted ?? (isThere ? old.st_mode & 0o777 : name.hasSuffix(".env") ? 0o600 : 0o644)
    let new = temporaryName()
    let descriptor = unsafe openat(parent, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw ConfinedFolder.failure() }
    do throws(FileSourceError) {
      defer { close(descriptor) }
      try write(bytes, to: descriptor)
      guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw ConfinedFolder.failure() }
      let kept = isThere ? temporaryName() : nil
      if let kept { try keep(name, as: kept, in: parent) }
      guard unsafe renameat(parent, new, parent, name) == 0 else {
        let failure = ConfinedFolder.failure()
        if let kept { _ = unsafe renameat(parent, kept, parent, name) }
        throw failure
      }
      fsync(parent)
      return kept
    } catch {
      _ = unsafe unlinkat(parent, new, 0)
      throw error
    }
  }

  /// By a second name, so that there is no moment without the file; where the file system has none, or the file is another's
  /// (`protected_hardlinks`, proc(5)), by renaming it.
  private static func keep(_ name: String, as kept: String, in parent: Int32) throws(FileSourceError) {
    guard unsafe linkat(parent, name, parent, kept, 0) != 0 else { return }
    guard unsafe renameat(parent, name, parent, kept) == 0 else { throw ConfinedFolder.failure() }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileSourceError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ConfinedFolder.failure() }
      rest = rest.dropFirst(count)
    }
  }

  private static func temporaryName() -> String { StackFolders.temporaryPrefix + "\(UInt32.random(in: .min ... .max))" }

  // MARK: Places

  private func missingFolders(above path: FolderPath) -> [[String]] {
    var missing: [[String]] = []
    var parts = path.parts.dropLast()
    while !parts.isEmpty, folder.kind(of: folder.root + "/" + parts.joined(separator: "/")) == nil {
      missing.insert(Array(parts), at: 0)
      parts = parts.dropLast()
    }
    return missing
  }

  private func change<Value>(
    _ path: FolderPath, makesFolders: Bool = false, _ body: (Int32, String) throws(FileSourceError) -> Value
  ) throws(StackFolders.Refusal) -> Value {
    do throws(FileSourceError) {
      return try folder.withParent(of: path.parts, makesFolders: makesFolders, body)
    } catch {
      throw StackFolders.refusal(error, path)
    }
  }

  private func leave(_ path: FolderPath, _ body: (Int32, String) -> Void) { leave(path.parts, body) }

  private func leave(_ parts: [String], _ body: (Int32, String) -> Void) {
    // WHY try?: somebody has taken the folder away meanwhile, and with it what was to be done there.
    try? folder.withParent(of: parts) { (parent, name) throws(FileSourceError) in
      body(parent, name)
      fsync(parent)
    }
  }
}
