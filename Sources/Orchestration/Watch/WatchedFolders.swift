import Glibc

/// The folders that an inotify instance watches, and the names in them.
///
/// The names tell what has gone when a folder goes with all that is in it, or when events were lost. The folders above a root are
/// watched too, the ones farther up for their own end only: so a root is found again when it, or a folder above it, is made anew.
struct WatchedFolders: Sendable {
  /// As the kernel tells it.
  struct Event {
    var number: CInt
    var mask: UInt32
    /// Empty: of the folder itself, or not UTF-8.
    var name: String

    func isOne(of bits: Int...) -> Bool { bits.contains { mask & UInt32($0) != 0 } }
  }

  private struct Folder {
    /// The kernel's. A folder that is reached by several paths has one number.
    var number: CInt
    var names: Set<String> = []
    /// All names are there.
    var isWhole = true
  }

  /// Folders at most; the kernel's own limit is usually reached before.
  static let folderLimit = 500_000
  /// Names at most, in all folders: about 10 MB.
  static let nameLimit = 200_000
  /// The way to a root is looked at so often when it changes meanwhile.
  static let wayLimit = 10

  private static let selfMask = UInt32(IN_DELETE_SELF | IN_MOVE_SELF)
  private static let nameMask = selfMask | UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
  private static let contentMask = UInt32(IN_CLOSE_WRITE | IN_ATTRIB)

  private let descriptor: CInt
  private let roots: [String]
  private let isWanted: @Sendable (String) -> Bool
  /// At and below the roots.
  private var folders: [String: Folder] = [:]
  /// Above the roots.
  private var ways: [String: CInt] = [:]
  private var paths: [CInt: [String]] = [:]
  private var nameCount = 0
  /// Of some folder not all names are kept.
  private var leavesNamesOut = false
  private var changes = FolderChanges()

  init(_ roots: [String], on descriptor: CInt, isWanted: @escaping @Sendable (String) -> Bool) {
    self.roots = roots
    self.descriptor = descriptor
    self.isWanted = isWanted
  }

  mutating func begin() throws(FolderEvents.Refusal) {
    for root in roots { try settle(root, notes: false) }
  }

  mutating func takeChanges() -> FolderChanges {
    defer { changes = FolderChanges() }
    return changes
  }

  // MARK: Events

  mutating func handle(_ event: Event) {
    if event.isOne(of: Int(IN_Q_OVERFLOW)) {
      for root in roots { settleAgain(root, notes: false) }
      changes.hasMissedSome = true
      return
    }
    guard let places = paths[event.number] else { return }
    if event.isOne(of: Int(IN_IGNORED)) {
      paths[event.number] = nil
      for place in places {
        if ways[place] == event.number { ways[place] = nil }
        if folders[place]?.number == event.number { forget(place) }
      }
    }
    if event.isOne(of: Int(IN_IGNORED), Int(IN_DELETE_SELF), Int(IN_MOVE_SELF), Int(IN_UNMOUNT)) {
      for root in roots where places.contains(where: { Self.isAt($0, root) }) { settleAgain(root, notes: true) }
      return
    }
    guard !event.name.isEmpty else { return }
    let changesNames = event.isOne(of: Int(IN_CREATE), Int(IN_DELETE), Int(IN_MOVED_FROM), Int(IN_MOVED_TO))
    for place in places {
      let path = Self.path(place, event.name)
      if folders[place] != nil { handle(event, at: path, in: place) }
      guard ways[place] != nil else { continue }
      for root in roots {
        if changesNames, Self.isAt(path, root) {
          settleAgain(root, notes: true)
        } else if path == root, !event.isOne(of: Int(IN_ISDIR)) {
          changes.note(root)
        }
      }
    }
  }

  private mutating func handle(_ event: Event, at path: String, in folder: String) {
    if event.isOne(of: Int(IN_DELETE), Int(IN_MOVED_FROM)) {
      if folders[folder]?.names.remove(event.name) != nil { nameCount -= 1 }
      changes.noteGone(path)
      forget(path)
      return
    }
    changes.note(path)
    guard event.isOne(of: Int(IN_CREATE), Int(IN_MOVED_TO)) else { return }
    keep(event.name, in: folder)
    guard event.isOne(of: Int(IN_ISDIR)) else { return forget(path) }
    do {
      try watch(path, notes: true)
    } catch {
      refuse(error)
    }
  }

  /// At the limit: looking at everything keeps what is synced right, if late.
  private mutating func refuse(_ refusal: FolderEvents.Refusal) {
    changes.refusal = refusal.description
    changes.hasMissedSome = true
  }

  // MARK: Roots

  private mutating func settleAgain(_ root: String, notes: Bool) {
    do {
      try settle(root, notes: notes)
    } catch {
      refuse(error)
    }
  }

  /// Watches a root as it is now. `notes`: it, and what is in it, counts as changed.
  private mutating func settle(_ root: String, notes: Bool) throws(FolderEvents.Refusal) {
    for _ in 0..<Self.wayLimit {
      if try watchWay(to: root) { break }
    }
    if notes { changes.note(root) }
    if Self.isFolder(root) { try watch(root, notes: notes) } else { forget(root) }
  }

  /// Watches the folders above a root, as far as there are any. False: they changed meanwhile.
  private mutating func watchWay(to root: String) throws(FolderEvents.Refusal) -> Bool {
    let above = Self.above(root)
    let parentMask = Self.isFolder(root) ? Self.nameMask : Self.nameMask | Self.contentMask
    var tellsNames = true
    for (index, folder) in above.enumerated() {
      let isParent = index + 1 == above.count
      // Whatever takes the place of what is no folder itself is told by names only.
      let needsNames = isParent || !Self.isFolder(above[index + 1], followsLink: false)
      let mask = isParent ? parentMask : needsNames ? Self.nameMask : Self.selfMask
      if let number = try number(folder, mask) {
        let old = ways.updateValue(number, forKey: folder)
        bind(folder, to: number, was: old)
        tellsNames = needsNames
      } else if !Self.isFolder(folder) {
        for gone in above[index...] {
          if let old = ways.removeValue(forKey: gone) { release(old, gone) }
        }
        return tellsNames
      }
    }
    return true
  }

  // MARK: Folders

  /// Watches a folder and those in it. `notes`: what is in it counts as changed.
  private mutating func watch(_ folder: String, notes: Bool) throws(FolderEvents.Refusal) {
    var waiting = [folder]
    while let next = waiting.popLast() {
      guard isWanted(next) else { continue }
      guard let number = try number(next, Self.nameMask | Self.contentMask) else {
        forget(next)
        continue
      }
      let old = folders[next]
      guard old != nil || folders.count < Self.folderLimit, waiting.count < Self.folderLimit else { throw tooMany() }
      folders[next] = Folder(number: number)
      bind(next, to: number, was: old?.number)
      nameCount -= old?.names.count ?? 0
      Self.forEachName(in: next) { name, isFolder in
        keep(name, in: next)
        let path = Self.path(next, name)
        if notes { changes.note(path) }
        if isFolder { if waiting.count < Self.folderLimit { waiting.append(path) } } else { forget(path) }
      }
      guard let old else { continue }
      if !old.isWhole { changes.hasLostRemovals = true }
      for name in old.names where folders[next]?.names.contains(name) != true {
        let path = Self.path(next, name)
        changes.noteGone(path)
        forget(path)
      }
    }
  }

  private mutating func keep(_ name: String, in folder: String) {
    guard nameCount < Self.nameLimit else {
      folders[folder]?.isWhole = false
      leavesNamesOut = true
      return
    }
    if folders[folder]?.names.insert(name).inserted == true { nameCount += 1 }
  }

  /// A folder is not there any more, nor anything that was in it.
  private mutating func forget(_ folder: String) {
    var waiting = [folder]
    if leavesNamesOut, folders[folder] != nil { waiting += folders.keys.filter { Self.isAt(folder, $0) } }
    while let next = waiting.popLast() {
      guard let old = folders.removeValue(forKey: next) else { continue }
      release(old.number, next)
      nameCount -= old.names.count
      if !old.isWhole { changes.hasLostRemovals = true }
      for name in old.names {
        let path = Self.path(next, name)
        changes.noteGone(path)
        waiting.append(path)
      }
    }
  }

  // MARK: Numbers

  /// The kernel's number for a folder; nil: it is gone, or nothing that we may see.
  private func number(_ folder: String, _ mask: UInt32) throws(FolderEvents.Refusal) -> CInt? {
    // A folder that is watched by another path keeps what it tells.
    let number = unsafe inotify_add_watch(descriptor, folder, mask | UInt32(IN_MASK_ADD) | UInt32(IN_ONLYDIR))
    if number >= 0 { return number }
    guard [ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG].contains(errno) else { throw tooMany() }
    return nil
  }

  private mutating func bind(_ path: String, to number: CInt, was old: CInt?) {
    if let old, old != number { release(old, path) }
    if paths[number]?.contains(path) != true { paths[number, default: []].append(path) }
  }

  /// A path does not lead to this number any more; the last one ends the watch.
  private mutating func release(_ number: CInt, _ path: String) {
    guard folders[path]?.number != number, ways[path] != number else { return }
    paths[number]?.removeAll { $0 == path }
    guard paths[number]?.isEmpty == true else { return }
    paths[number] = nil
    inotify_rm_watch(descriptor, number)
  }

  private func tooMany() -> FolderEvents.Refusal {
    FolderEvents.Refusal(
      description:
        "more folders than can be watched: \(folders.count) are, and fs.inotify.max_user_watches is \(FolderEvents.limit("max_user_watches"))\n  fix: leave some out with `ignore` or .dockerignore, or raise it: sysctl fs.inotify.max_user_watches=524288"
    )
  }

  // MARK: System

  private static func path(_ folder: String, _ name: String) -> String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

  /// Whether `path` is `folder`, or below it.
  private static func isAt(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  /// `/`, `/a` and `/a/b` of `/a/b/c`.
  private static func above(_ path: String) -> [String] {
    var above: [String] = []
    var place = "/"
    for part in path.split(separator: "/") {
      above.append(place)
      place = Self.path(place, String(part))
    }
    return above
  }

  private static func isFolder(_ path: String, followsLink: Bool = true) -> Bool {
    var info = stat()
    return unsafe (followsLink ? stat(path, &info) : lstat(path, &info)) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func forEachName(in folder: String, _ take: (_ name: String, _ isFolder: Bool) -> Void) {
    guard let handle = unsafe opendir(folder) else { return }
    defer { unsafe closedir(handle) }
    while let entry = unsafe readdir(handle) {
      let valid = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe String(validatingCString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
      }
      guard let name = valid, name != ".", name != ".." else { continue }
      take(name, isFolder(path(folder, name), followsLink: false))
    }
  }
}
