import Glibc
import Synchronization

/// A file, or a folder with all that is in it, as a tar archive with its owners, made while it is read: whatever its size, one
/// piece of it is in memory.
///
/// Sockets, FIFOs and devices stay behind; `notes` names them.
struct TreeArchive: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  static let chunkBytes = 256 << 10

  /// Absolute.
  let path: String
  /// What the file or folder is called in the archive; nil: what is in the folder comes at the top.
  let name: String?
  /// Whether `path` may be a link to what is meant.
  let followsLink: Bool
  private let findings = Findings()

  private final class Findings: Sendable {
    let problem = Mutex<TarProblem?>(nil)
    let skipped = Mutex<[String]>([])
  }

  init(_ path: String, as name: String?, followsLink: Bool) {
    self.path = path
    self.name = name
    self.followsLink = followsLink
  }

  /// Why the archive ended early.
  var problem: TarProblem? { findings.problem.withLock { $0 } }
  /// What was left out; at most twenty.
  var skipped: [String] { findings.skipped.withLock { $0 } }

  func makeAsyncIterator() -> Iterator { Iterator(self) }

  struct Iterator: AsyncIteratorProtocol {
    private let archive: TreeArchive
    private var levels: [Level] = []
    private var file: OpenedFile?
    private var hasBegun = false
    private var hasEnded = false

    private struct Level {
      /// On this machine, and in the archive.
      var path: String
      var name: String
      /// Names that are left, the next last.
      var names: [String]
    }

    fileprivate init(_ archive: TreeArchive) { self.archive = archive }

    mutating func next() async throws(TarProblem) -> [UInt8]? {
      guard !hasEnded else { return nil }
      var chunk: [UInt8] = []
      do {
        while chunk.count < TreeArchive.chunkBytes {
          if try copyFile(into: &chunk) { continue }
          guard try nextMember(into: &chunk) else {
            hasEnded = true
            return chunk + TarHeader.end
          }
        }
      } catch {
        hasEnded = true
        archive.findings.problem.withLock { $0 = error }
        throw error
      }
      return chunk
    }

    /// False at the end.
    private mutating func nextMember(into chunk: inout [UInt8]) throws(TarProblem) -> Bool {
      guard hasBegun else {
        hasBegun = true
        try add(archive.path, archive.name ?? "", isTop: true, into: &chunk)
        return true
      }
      while let index = levels.indices.last {
        guard let name = levels[index].names.popLast() else {
          levels.removeLast()
          continue
        }
        let level = levels[index]
        try add("\(level.path)/\(name)", level.name.isEmpty ? name : "\(level.name)/\(name)", isTop: false, into: &chunk)
        return true
      }
      return false
    }

    private mutating func add(_ path: String, _ name: String, isTop: Bool, into chunk: inout [UInt8]) throws(TarProblem) {
      var info = stat()
      let follows = isTop && archive.followsLink
      guard unsafe (follows ? stat(path, &info) : lstat(path, &info)) == 0 else {
        // Gone since its folder was read.
        if errno == ENOENT, !isTop { return }
        throw Self.problem(path)
      }
      var header = TarHeader(path: name, kind: .directory, mode: UInt32(info.st_mode & 0o7777))
      header.uid = Int(info.st_uid)
      header.gid = Int(info.st_gid)
      header.modifiedAtSeconds = Swift.max(0, Int(info.st_mtim.tv_sec))
      switch info.st_mode & S_IFMT {
      case S_IFDIR: levels.append(Level(path: path, name: name, names: try Self.names(in: path)))
      case S_IFREG:
        let opened = try OpenedFile(path, bytes: Int(info.st_size), followsLink: follows)
        header.kind = .file(bytes: opened.bytes)
        file = opened
      case S_IFLNK: header.kind = .symbolicLink(to: try Self.target(of: path))
      default:
        archive.findings.skipped.withLock { if $0.count < 20 { $0.append(path) } }
        return
      }
      if !name.isEmpty { chunk += header.bytes }
    }

    /// False: no file is being copied.
    private mutating func copyFile(into chunk: inout [UInt8]) throws(TarProblem) -> Bool {
      guard let file else { return false }
      if file.rest > 0 {
        try file.read(into: &chunk)
      } else {
        chunk += TarHeader.padding(after: file.bytes)
        self.file = nil
      }
      return true
    }

    private static func target(of path: String) throws(TarProblem) -> String {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return -1 }
        return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), bytes.count)
      }
      guard count >= 0 else { throw problem(path) }
      return try TarReader.text(buffer[..<count])
    }

    /// Sorted backwards, so that the next is the last.
    private static func names(in folder: String) throws(TarProblem) -> [String] {
      guard let handle = unsafe opendir(folder) else { throw problem(folder) }
      defer { unsafe closedir(handle) }
      var names: [String] = []
      while let entry = unsafe readdir(handle) {
        let bytes = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
        guard let name = String(validating: bytes, as: UTF8.self) else {
          throw TarProblem("\(folder) has a file whose name is not UTF-8: \(String(decoding: bytes, as: UTF8.self))")
        }
        if name != ".", name != ".." { names.append(name) }
      }
      return names.sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }
    }

    fileprivate static func problem(_ path: String) -> TarProblem {
      TarProblem("\(path) cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
  }

  /// A file that is copied to the end that it had when it was opened.
  private final class OpenedFile {
    let bytes: Int
    private(set) var rest: Int
    private let path: String
    private let descriptor: CInt

    init(_ path: String, bytes: Int, followsLink: Bool) throws(TarProblem) {
      self.path = path
      self.bytes = bytes
      rest = bytes
      descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW))
      guard descriptor >= 0 else { throw Iterator.problem(path) }
    }

    deinit { close(descriptor) }

    func read(into chunk: inout [UInt8]) throws(TarProblem) {
      var buffer = [UInt8](repeating: 0, count: Swift.min(rest, 64 << 10))
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { return }
      guard count >= 0 else { throw Iterator.problem(path) }
      guard count > 0 else { throw TarProblem("\(path) became shorter while it was read") }
      chunk += buffer[..<count]
      rest -= count
    }
  }
}
