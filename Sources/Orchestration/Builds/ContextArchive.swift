import ComposeFile
import Glibc
import Synchronization

/// Folders and files as a tar archive, made while they are read: whatever their size, one piece of them is in memory.
///
/// Owners become root, as Docker sends contexts; sockets, pipes and devices stay behind. A file that cannot be read ends the
/// archive with a `ContextProblem`, which `problem` keeps.
struct ContextArchive: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  /// Bytes of one element, about.
  static let chunkBytes = 256 << 10

  /// What a part of the archive is made of.
  struct Source: Hashable, Sendable {
    /// Absolute; a folder with all that is in it, or a file.
    var root: String
    /// Its path in the archive, without a slash at its begin or end; empty: what is in the folder comes at the top.
    var place = ""
    var ignored = IgnorePatterns()
    /// Paths that go whatever the patterns say.
    var kept: Set<String> = []
    /// What is in the folder comes along.
    var isDeep = true

    init(root: String, place: String = "", ignored: IgnorePatterns = IgnorePatterns()) {
      self.root = root
      self.place = place
      self.ignored = ignored
    }

    func path(of entry: FolderWalk.Entry) -> String {
      [place, entry.path].filter { !$0.isEmpty }.joined(separator: "/")
    }
  }

  let sources: [Source]
  /// Files at the top that are not on the disk, or have another content there.
  var inserted: [String: [UInt8]] = [:]
  private let end = End()

  init(_ sources: [Source]) { self.sources = sources }

  /// Why the archive ended early.
  var problem: ContextProblem? { end.problem.withLock { $0 } }

  func makeAsyncIterator() -> Iterator { Iterator(self) }

  private final class End: Sendable {
    let problem = Mutex<ContextProblem?>(nil)
  }

  struct Iterator: AsyncIteratorProtocol {
    private let archive: ContextArchive
    /// Those that are left, the next last.
    private var sources: [Source]
    private var walk: FolderWalk?
    private var inserted: [(name: String, bytes: [UInt8])]
    private var file: OpenFile?
    private var hasEnded = false

    fileprivate init(_ archive: ContextArchive) {
      self.archive = archive
      sources = archive.sources.reversed()
      inserted = archive.inserted.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
    }

    mutating func next() async throws -> [UInt8]? {
      guard !hasEnded else { return nil }
      var chunk: [UInt8] = []
      chunk.reserveCapacity(ContextArchive.chunkBytes + 8192)
      do {
        while chunk.count < ContextArchive.chunkBytes {
          if try copyFile(into: &chunk) { continue }
          if let (name, bytes) = inserted.popLast() {
            chunk += TarHeader(path: name, kind: .file(bytes: bytes.count), mode: 0o644).bytes + bytes
            chunk += TarHeader.padding(after: bytes.count)
            continue
          }
          guard let entry = try walk?.next() else {
            guard let source = sources.popLast() else {
              hasEnded = true
              return chunk + TarHeader.end
            }
            walk = FolderWalk(source)
            continue
          }
          if let source = walk?.source, archive.inserted[source.path(of: entry)] == nil {
            try begin(entry, of: source, in: &chunk)
          }
        }
      } catch {
        hasEnded = true
        archive.end.problem.withLock { $0 = error }
        throw error
      }
      return chunk
    }

    private mutating func begin(
      _ entry: FolderWalk.Entry, of source: Source, in chunk: inout [UInt8]
    ) throws(ContextProblem) {
      var header = TarHeader(path: source.path(of: entry), kind: .directory, mode: entry.mode)
      header.modifiedAtSeconds = entry.modifiedAtSeconds < 0 ? 0 : entry.modifiedAtSeconds
      switch entry.kind {
      case .folder: break
      case .link(let target): header.kind = .symbolicLink(to: target)
      case .file(let bytes):
        header.kind = .file(bytes: bytes)
        file = try OpenFile(entry.path.isEmpty ? source.root : source.root + "/" + entry.path, bytes: bytes)
      }
      chunk += header.bytes
    }

    /// False: no file is being copied.
    private mutating func copyFile(into chunk: inout [UInt8]) throws(ContextProblem) -> Bool {
      guard let file else { return false }
      guard file.restBytes > 0 else {
        chunk += TarHeader.padding(after: file.bytes)
        self.file = nil
        return true
      }
      try file.copy(upTo: ContextArchive.chunkBytes, into: &chunk)
      return true
    }
  }
}

/// Why a folder cannot be sent.
struct ContextProblem: Error, Hashable, CustomStringConvertible {
  var path: String
  var reason: String

  var description: String {
    "\(path): \(reason)\n  fix: correct it, or leave it out by a line in .dockerignore"
  }

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// After a call that failed.
  init(_ path: String, errorNumber: CInt) {
    self.init(path, "cannot be read: \(unsafe String(cString: strerror(errorNumber)))")
  }
}

/// A file that is copied to the end that it had when it was looked at.
private final class OpenFile {
  let bytes: Int
  private(set) var restBytes: Int
  private let path: String
  private let descriptor: CInt

  init(_ path: String, bytes: Int) throws(ContextProblem) {
    self.path = path
    self.bytes = bytes
    restBytes = bytes
    descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw ContextProblem(path, errorNumber: errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func copy(upTo limit: Int, into chunk: inout [UInt8]) throws(ContextProblem) {
    let wanted = min(restBytes, limit)
    var (count, error): (Int, CInt) = (0, 0)
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      count = unsafe read(descriptor, buffer.baseAddress, wanted)
      error = errno
      initialized = count < 0 ? 0 : count
    }
    if count < 0, error == EINTR { return }
    guard count >= 0 else { throw ContextProblem(path, errorNumber: error) }
    guard count > 0 else { throw ContextProblem(path, "became shorter while it was read") }
    chunk += piece
    restBytes -= count
  }
}
