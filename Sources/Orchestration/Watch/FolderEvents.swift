import Dispatch
import Glibc
import Synchronization

/// Tells which paths below some folders have changed, by the kernel's inotify.
///
/// Folders that appear are watched too, and what is in them counts as changed. Bounded: more than `pathLimit` changes that nobody
/// took, or more than the kernel keeps, become `hasMissedSome`.
final class FolderEvents: Sendable {
  struct Changes: Sendable {
    var paths: Set<String> = []
    /// Changes were lost: everything must be looked at again.
    var hasMissedSome = false

    var isEmpty: Bool { paths.isEmpty && !hasMissedSome }
  }

  /// Why nothing can be watched.
  struct Refusal: Error, CustomStringConvertible {
    var description: String
  }

  static let pathLimit = 50_000
  /// Folders at most; the kernel's own limit is usually reached before.
  static let folderLimit = 500_000

  private struct State {
    var folders: [CInt: String] = [:]
    var descriptors: [String: CInt] = [:]
    var changes = Changes()
  }

  private let descriptor: CInt
  private let isWanted: @Sendable (String) -> Bool
  private let state = Mutex(State())
  private let wake: AsyncStream<Void>.Continuation
  /// One element or more when there is something to take.
  let arrivals: AsyncStream<Void>
  private nonisolated(unsafe) var source: (any DispatchSourceRead)?

  private static let mask = UInt32(
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR)

  /// Begins to watch.
  ///
  /// - Parameters:
  ///   - roots: folders, or files: of these the folder is watched, without what is below it.
  ///   - isWanted: folders that it refuses are not watched, with all that is in them.
  /// - Throws: `Refusal` at the kernel's limits.
  init(_ roots: [String], isWanted: @escaping @Sendable (String) -> Bool) throws(Refusal) {
    self.isWanted = isWanted
    (arrivals, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    // IN_NONBLOCK and IN_CLOEXEC are these (inotify_init(2)).
    descriptor = inotify_init1(O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == EMFILE
        ? Refusal(
          description:
            "this user has no inotify instance left (fs.inotify.max_user_instances is \(Self.limit("max_user_instances")))\n  fix: end another program that watches files, or raise it: sysctl fs.inotify.max_user_instances=512"
        ) : Refusal(description: "inotify: \(unsafe String(cString: strerror(errno)))")
    }
    do {
      for root in roots {
        if Self.isFolder(root) {
          try watch(root, notes: false)
        } else {
          try add(Self.folder(of: root))
        }
      }
    } catch {
      close(descriptor)
      throw error
    }
    let source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "slipway.watch"))
    source.setEventHandler { [weak self] in self?.read() }
    source.setCancelHandler { [descriptor] in close(descriptor) }
    // SAFETY: written once, here, before anyone else has this object; read in deinit only.
    unsafe self.source = source
    source.resume()
  }

  deinit {
    unsafe source?.cancel()
    wake.finish()
  }

  /// What has changed since the last call.
  func take() -> Changes {
    state.withLock { state in
      defer { state.changes = Changes() }
      return state.changes
    }
  }

  // MARK: Folders

  /// Watches a folder and those in it. `notes`: it is new, and what is in it counts as changed.
  private func watch(_ folder: String, notes: Bool) throws(Refusal) {
    var waiting = [folder]
    while let next = waiting.popLast() {
      guard isWanted(next) else { continue }
      try add(next)
      guard let handle = unsafe opendir(next) else { continue }
      defer { unsafe closedir(handle) }
      while let entry = unsafe readdir(handle) {
        let valid = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
          unsafe String(validatingCString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
        }
        guard let name = valid, name != ".", name != ".." else { continue }
        let path = next == "/" ? "/\(name)" : "\(next)/\(name)"
        if notes { note(path) }
        var info = stat()
        if unsafe lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { waiting.append(path) }
      }
    }
  }

  private func add(_ folder: String) throws(Refusal) {
    let number = unsafe inotify_add_watch(descriptor, folder, Self.mask)
    // Gone again, or nothing that we may see.
    if number < 0, [ENOENT, ENOTDIR, EACCES].contains(errno) { return }
    let count = state.withLock { state -> Int in
      guard number >= 0 else { return state.folders.count }
      state.folders[number] = folder
      state.descriptors[folder] = number
      return state.folders.count
    }
    guard number < 0 || count > Self.folderLimit else { return }
    throw Refusal(
      description:
        "more folders than can be watched: \(count) are, and fs.inotify.max_user_watches is \(Self.limit("max_user_watches"))\n  fix: leave some out with `ignore` or .dockerignore, or raise it: sysctl fs.inotify.max_user_watches=524288"
    )
  }

  /// A folder has gone elsewhere: what happens there is no concern any more.
  private func forget(_ folder: String) {
    let numbers = state.withLock { state -> [CInt] in
      let gone = state.descriptors.filter { $0.key == folder || $0.key.hasPrefix(folder + "/") }
      for (path, number) in gone {
        state.descriptors[path] = nil
        state.folders[number] = nil
      }
      return Array(gone.values)
    }
    for number in numbers { _ = inotify_rm_watch(descriptor, number) }
  }

  // MARK: Events

  private func note(_ path: String) {
    state.withLock { state in
      if state.changes.paths.count < Self.pathLimit {
        state.changes.paths.insert(path)
      } else {
        state.changes.hasMissedSome = true
      }
    }
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      var place = 0
      // struct inotify_event: wd, mask, cookie, len, then the name, filled up with zeros (inotify(7)).
      while place + 16 <= count {
        let (number, mask, length) = unsafe buffer.withUnsafeBytes { bytes in
          (
            unsafe bytes.loadUnaligned(fromByteOffset: place, as: CInt.self),
            unsafe bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self),
            Int(unsafe bytes.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
          )
        }
        let name = buffer[(place + 16)..<min(count, place + 16 + length)].prefix { $0 != 0 }
        handle(number, mask, String(validating: name, as: UTF8.self) ?? "")
        place += 16 + length
      }
    }
    if !state.withLock({ $0.changes.isEmpty }) { wake.yield() }
  }

  private func handle(_ number: CInt, _ mask: UInt32, _ name: String) {
    if mask & UInt32(IN_Q_OVERFLOW) != 0 {
      state.withLock { $0.changes.hasMissedSome = true }
      return
    }
    guard let folder = state.withLock({ $0.folders[number] }) else { return }
    if mask & UInt32(IN_IGNORED) != 0 {
      state.withLock { state in
        state.folders[number] = nil
        if state.descriptors[folder] == number { state.descriptors[folder] = nil }
      }
      return
    }
    guard !name.isEmpty else { return }
    let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    if mask & UInt32(IN_ISDIR) != 0 {
      if mask & UInt32(IN_MOVED_FROM) != 0 { forget(path) }
      if mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
        do {
          try watch(path, notes: true)
        } catch {
          // At the limit: looking at everything again keeps what is synced right, if late.
          state.withLock { $0.changes.hasMissedSome = true }
        }
      }
    }
    note(path)
  }

  // MARK: System

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return unsafe stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func limit(_ name: String) -> String {
    // WHY try?: only a number in a message.
    let bytes = try? DiskFiles().read("/proc/sys/fs/inotify/\(name)", limit: 64)
    return bytes.map { String(decoding: $0.filter { $0 > 32 }, as: UTF8.self) } ?? "unknown"
  }
}
