import Glibc

/// Writes an archive that a container sent into a folder of this machine, and nowhere else.
///
/// The folder itself may be reached by links; below it none is followed, whoever made it. A file appears whole, or not at all.
/// Owners are those of this process; set-user-ID and the like are dropped.
struct ArchiveExtraction: ~Copyable {
  /// A folder that the archive made: it gets its mode and time when nothing more comes into it.
  private struct OpenFolder {
    var parts: [String]
    var mode: UInt32
    var modifiedAtSeconds: Int
  }

  private struct OpenFile {
    var descriptor: CInt
    var folder: [String]
    var temporaryName: String
    var name: String
    var entry: TarEntry
  }

  private let target: CopyTarget
  private let root: CInt
  private let takesLinksOut: Bool
  private var reader = TarReader()
  /// The path of the first member: all others are below it.
  private var top: [String]?
  private var folders: [OpenFolder] = []
  private var file: OpenFile?
  /// The folder that was written to last, kept open.
  private var last: (parts: [String], descriptor: CInt)?
  private var random = SystemRandomNumberGenerator()
  /// What was left out, for a warning.
  private(set) var skipped: [String] = []

  private static let skippedLimit = 20

  /// - Parameter takesLinksOut: links may lead out of the folder, as they did where the archive was made; none is followed here.
  init(into target: CopyTarget, takesLinksOut: Bool = false) throws(TarProblem) {
    self.target = target
    self.takesLinksOut = takesLinksOut
    root = unsafe open(target.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else { throw Self.problem(target.folder, "cannot be written to") }
  }

  deinit {
    if let file {
      close(file.descriptor)
      // The folder of a file is the one that was used last.
      unsafe unlinkat(file.folder.isEmpty ? root : last?.descriptor ?? root, file.temporaryName, 0)
    }
    if let last { close(last.descriptor) }
    close(root)
  }

  mutating func take(_ bytes: [UInt8]) throws(TarProblem) {
    reader.take(bytes)
    while let event = try reader.next() {
      switch event {
      case .entry(let entry): try begin(entry)
      case .content(let bytes): try write(bytes)
      case .entryEnd: try endFile()
      }
    }
  }

  /// Throws when the archive is cut off.
  mutating func finish() throws(TarProblem) {
    guard reader.isComplete else { throw TarProblem("the archive ends early") }
    try leaveFolders(for: [])
  }

  // MARK: Members

  private mutating func begin(_ entry: TarEntry) throws(TarProblem) {
    guard let place = try self.place(of: entry.path) else {
      guard entry.kind == .directory else { throw TarProblem("\(target.folder) is a folder, and a file would take its place") }
      return
    }
    try leaveFolders(for: place)
    switch entry.kind {
    case .directory: try makeFolder(place, entry)
    case .file: try beginFile(place, entry)
    case .symbolicLink(let destination):
      if !takesLinksOut { try ArchivePath.checkLink(at: place, to: destination) }
      try replace(place) { folder, name in unsafe symlinkat(destination, folder, name) }
    case .hardLink(let source):
      guard let from = try self.place(of: source) else {
        throw TarProblem("the archive has a hard link to a folder: \(entry.path)")
      }
      try link(from, place)
    case .other:
      if skipped.count < Self.skippedLimit { skipped.append(entry.path) }
    }
  }

  /// Where a member goes, from the folder; nil: it is the folder.
  private mutating func place(of path: String) throws(TarProblem) -> [String]? {
    let parts = try ArchivePath.parts(of: path)
    let root = top ?? parts
    top = root
    guard parts.starts(with: root) else { throw TarProblem("the archive has a member beside what was asked for: \(path)") }
    let place = (target.name.map { [$0] } ?? []) + parts.dropFirst(root.count)
    return place.isEmpty ? nil : place
  }

  private mutating func makeFolder(_ place: [String], _ entry: TarEntry) throws(TarProblem) {
    let parent = try folder(place.dropLast())
    let name = place[place.count - 1]
    if unsafe mkdirat(parent, name, 0o700) == 0 {
      folders.append(OpenFolder(parts: place, mode: entry.mode & 0o1777, modifiedAtSeconds: entry.modifiedAtSeconds))
      return
    }
    let number = errno
    guard number == EEXIST, Self.kind(parent, name) == S_IFDIR else {
      throw Self.problem(
        shown(place), number == EEXIST ? "is no folder, and a folder would take its place" : "cannot be made", number)
    }
  }

  private mutating func beginFile(_ place: [String], _ entry: TarEntry) throws(TarProblem) {
    let parent = try folder(place.dropLast())
    let temporary = temporaryName()
    let descriptor = unsafe openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.problem(shown(place), "cannot be written") }
    file = OpenFile(
      descriptor: descriptor, folder: Array(place.dropLast()), temporaryName: temporary, name: place[place.count - 1],
      entry: entry)
  }

  private mutating func write(_ bytes: [UInt8]) throws(TarProblem) {
    guard let file else { return }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file.descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.problem(shown(file.folder + [file.name]), "cannot be written") }
      rest = rest.dropFirst(count)
    }
  }

  private mutating func endFile() throws(TarProblem) {
    guard let file else { return }
    let parent = try folder(file.folder[...])
    fchmod(file.descriptor, mode_t(file.entry.mode & 0o1777))
    var times = Self.times(file.entry.modifiedAtSeconds)
    unsafe futimens(file.descriptor, &times)
    // A full disk may show only here.
    var isPlaced = close(file.descriptor) == 0
    self.file = nil
    if isPlaced { isPlaced = unsafe renameat(parent, file.temporaryName, parent, file.name) == 0 }
    guard isPlaced else {
      let number = errno
      unsafe unlinkat(parent, file.temporaryName, 0)
      throw Self.problem(
        shown(file.folder + [file.name]), number == EISDIR ? "is a folder, and a file would take its place" : "cannot be written",
        number)
    }
  }

  private mutating func link(_ source: [String], _ place: [String]) throws(TarProblem) {
    let from = try folder(source.dropLast())
    // Kept open while the other folder is: `folder` keeps one only.
    let held = dup(from)
    defer { close(held) }
    let name = source[source.count - 1]
    guard Self.kind(held, name) == S_IFREG else {
      throw TarProblem("the archive has a hard link to what is no file: \(place.joined(separator: "/"))")
    }
    try replace(place) { folder, temporary in unsafe linkat(held, name, folder, temporary, 0) }
  }

  /// Makes something under another name and lets it take its place.
  private mutating func replace(_ place: [String], _ make: (CInt, String) -> CInt) throws(TarProblem) {
    let parent = try folder(place.dropLast())
    let temporary = temporaryName()
    guard make(parent, temporary) == 0 else { throw Self.problem(shown(place), "cannot be made") }
    let isPlaced = unsafe renameat(parent, temporary, parent, place[place.count - 1]) == 0
    let number = errno
    // Of two names of one file the renaming leaves both.
    unsafe unlinkat(parent, temporary, 0)
    guard isPlaced else {
      throw Self.problem(
        shown(place), number == EISDIR ? "is a folder, and a link would take its place" : "cannot be made", number)
    }
  }

  // MARK: Folders

  /// Opens a folder below the root, following no link; what is missing is made.
  private mutating func folder(_ parts: ArraySlice<String>) throws(TarProblem) -> CInt {
    if parts.isEmpty { return root }
    if let last, last.parts[...] == parts { return last.descriptor }
    var current = root
    for (index, part) in parts.enumerated() {
      var next = unsafe openat(current, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      if next < 0, errno == ENOENT, unsafe mkdirat(current, part, 0o755) == 0 {
        next = unsafe openat(current, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      let number = errno
      if current != root { close(current) }
      guard next >= 0 else {
        let isOther = number == ELOOP || number == ENOTDIR
        throw Self.problem(
          shown(Array(parts.prefix(index + 1))), isOther ? "is no folder, and no link is followed" : "cannot be opened", number)
      }
      current = next
    }
    if let last { close(last.descriptor) }
    last = (Array(parts), current)
    return current
  }

  /// Folders that the next member is not in get their modes and times, the innermost first.
  private mutating func leaveFolders(for place: [String]) throws(TarProblem) {
    while let open = folders.last, place.count <= open.parts.count || !place.starts(with: open.parts) {
      folders.removeLast()
      let descriptor = try folder(open.parts[...])
      fchmod(descriptor, mode_t(open.mode))
      var times = Self.times(open.modifiedAtSeconds)
      unsafe futimens(descriptor, &times)
    }
  }

  private mutating func temporaryName() -> String { ".slipway-" + String(random.next() as UInt64, radix: 16) }

  private func shown(_ place: [String]) -> String { ([target.folder] + place).joined(separator: "/") }

  private static func kind(_ folder: CInt, _ name: String) -> mode_t? {
    var info = stat()
    return unsafe fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? info.st_mode & S_IFMT : nil
  }

  /// `UTIME_NOW` of utimensat(2), a macro that Swift does not see.
  private static let timeNow = (1 << 30) - 1

  private static func times(_ seconds: Int) -> [timespec] {
    [timespec(tv_sec: 0, tv_nsec: timeNow), timespec(tv_sec: seconds, tv_nsec: 0)]
  }

  private static func problem(_ path: String, _ what: String, _ number: CInt = errno) -> TarProblem {
    TarProblem("\(path) \(what): \(unsafe String(cString: strerror(number)))")
  }
}
