import ComposeFile
import Glibc
import Synchronization

/// Folders and files as a tar archive, made while they are read: whatever their size, one piece of them is in memory.
///
/// Sockets, pipes and devices stay behind; `skipped` names them. A file that cannot be read ends the archive with a
/// `FolderProblem`, which `problem` keeps.
struct FolderArchive: AsyncSequence, Sendable {
  typealias Element = [UInt8]

  /// Bytes of one element, about.
  static let chunkBytes = 256 << 10

  let sources: [FolderSource]
  /// Files at the top that are not on the disk, or have another content there.
  var inserted: [String: [UInt8]] = [:]
  private let findings = Findings()

  init(_ sources: [FolderSource]) { self.sources = sources }

  /// Why the archive ended early.
  var problem: FolderProblem? { findings.problem.withLock { $0 } }
  /// What was left out so far; at most `FolderWalk.skippedLimit`.
  var skipped: [String] { findings.skipped.withLock { $0 } }

  func makeAsyncIterator() -> Iterator { Iterator(self) }

  private final class Findings: Sendable {
    let problem = Mutex<FolderProblem?>(nil)
    let skipped = Mutex<[String]>([])
  }

  struct Iterator: AsyncIteratorProtocol {
    private let archive: FolderArchive
    /// Those that are left, the next last.
    private var sources: [FolderSource]
    private var walk: FolderWalk?
    private var inserted: [(name: String, bytes: [UInt8])]
    private var file: OpenFile?
    private var hasEnded = false

    fileprivate init(_ archive: FolderArchive) {
      self.archive = archive
      sources = archive.sources.reversed()
      inserted = archive.inserted.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
    }

    mutating func next() async throws -> [UInt8]? {
      guard !hasEnded else { return nil }
      var chunk: [UInt8] = []
      chunk.reserveCapacity(FolderArchive.chunkBytes + 8192)
      do {
        while chunk.count < FolderArchive.chunkBytes {
          if try copyFile(into: &chunk) { continue }
          if let (name, bytes) = inserted.popLast() {
            chunk += TarHeader(path: name, kind: .file(bytes: bytes.count), mode: 0o644).bytes + bytes
            chunk += TarHeader.padding(after: bytes.count)
            continue
          }
          guard let entry = try walk?.next() else {
            note(walk?.skipped ?? [])
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
        archive.findings.problem.withLock { $0 = error }
        throw error
      }
      return chunk
    }

    private func note(_ skipped: [String]) {
      guard !skipped.isEmpty else { return }
      archive.findings.skipped.withLock { $0 = Array(($0 + skipped).prefix(FolderWalk.skippedLimit)) }
    }

    private mutating func begin(
      _ entry: FolderWalk.Entry, of source: FolderSource, in chunk: inout [UInt8]
    ) throws(FolderProblem) {
      var header = TarHeader(path: source.path(of: entry), kind: .directory, mode: entry.mode)
      header.modifiedAtSeconds = entry.modifiedAtSeconds < 0 ? 0 : entry.modifiedAtSeconds
      if source.keepsOwners {
        header.uid = entry.uid
        header.gid = entry.gid
      }
      switch entry.kind {
      case .folder: break
      case .link(let target): header.kind = .symbolicLink(to: target)
      case .file(let bytes):
        header.kind = .file(bytes: bytes)
        let isRoot = entry.path.isEmpty
        file = try OpenFile(
          isRoot ? source.root : source.root + "/" + entry.path, bytes: bytes, followsLink: isRoot && source.followsLink)
      }
      chunk += header.bytes
    }

    /// False: no file is being copied.
    private mutating func copyFile(into chunk: inout [UInt8]) throws(FolderProblem) -> Bool {
      guard let file else { return false }
      guard file.restBytes > 0 else {
        chunk += TarHeader.padding(after: file.bytes)
        self.file = nil
        return true
      }
      try file.copy(upTo: FolderArchive.chunkBytes, into: &chunk)
      return true
    }
  }
}

/// Why a folder or file cannot be read.
struct FolderProblem: Error, Hashable, CustomStringConvertible {
  var path: String
  var reason: String

  var description: String { "\(path): \(reason)" }

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

  init(_ path: String, bytes: Int, followsLink: Bool) throws(FolderProblem) {
    self.path = path
    self.bytes = bytes
    restBytes = bytes
    descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else { throw FolderProblem(path, errorNumber: errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func copy(upTo limit: Int, into chunk: inout [UInt8]) throws(FolderProblem) {
    let wanted = min(restBytes, limit)
    var (count, error): (Int, CInt) = (0, 0)
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      count = unsafe read(descriptor, buffer.baseAddress, wanted)
      error = errno
      initialized = count < 0 ? 0 : count
    }
    if count < 0, error == EINTR { return }
    guard count >= 0 else { throw FolderProblem(path, errorNumber: error) }
    guard count > 0 else { throw FolderProblem(path, "became shorter while it was read") }
    chunk += piece
    restBytes -= count
  }
}
