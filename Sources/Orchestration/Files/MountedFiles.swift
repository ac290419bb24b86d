import ComposeFile
import Glibc
import RevisionStore

/// The project's own files that services mount from inside the project folder (decision 17).
struct MountedFiles {
  /// Bytes that a revision keeps of them; what is beyond is recorded by hash.
  static let keptBytes = 16 << 20
  /// Files that a revision keeps; what is beyond is recorded by hash.
  static let keptFiles = 256
  /// Bytes that are read for hashes; what is beyond is only said.
  static let hashedBytes = 256 << 20
  /// Entries of folders that are looked at.
  static let walkedEntries = 5_000

  private(set) var files: [NewFile] = []
  /// What could not be kept, in words.
  private(set) var notes: [String] = []

  private var known: Set<String>
  private var bytes = 0
  private var hashed = 0
  private var entries = 0
  private var byHash = 0
  private var leftOut = 0

  /// - Parameters:
  ///   - known: paths that the revision has already.
  ///   - includesWritable: also folders that services may write to: their content is data, and does not make a deploy a change.
  init(of project: Project, known: Set<String>, includesWritable: Bool) {
    self.known = known
    guard let root = DiskFiles.realPath(project.workingDirectory) else { return }
    var sources: [String: Bool] = [:]
    for service in project.services {
      for mount in service.volumes where mount.kind == .bind {
        guard let source = mount.source, let path = DiskFiles.realPath(source), path.hasPrefix(root + "/") || path == root else {
          continue
        }
        sources[path] = (sources[path] ?? true) && mount.isReadOnly
      }
    }
    for (path, isReadOnly) in sources.sorted(by: { $0.key < $1.key }) {
      switch DiskFiles().kind(of: path) {
      case .file: add(path, .bind)
      case .directory where isReadOnly: walk(path, .bind)
      case .directory where includesWritable: walk(path, .writableBind)
      default: continue
      }
    }
    if byHash > 0 {
      notes.append(
        "\(byHash) mounted project files are recorded by hash only (more than \(Self.keptFiles) files or \(Self.keptBytes >> 20) MiB): a rollback cannot bring them back"
      )
    }
    if leftOut > 0 || entries >= Self.walkedEntries {
      notes.append("some mounted project files are not recorded: there are too many, or they are too large or not readable")
    }
  }

  /// Regular files below a folder, in path order; links are not followed, `.git` is left out.
  private mutating func walk(_ folder: String, _ role: FileRole) {
    guard entries < Self.walkedEntries, let names = FolderNames.sorted(in: folder, limit: Self.walkedEntries) else { return }
    for name in names where name != ".git" {
      entries += 1
      guard entries < Self.walkedEntries else { return }
      let path = folder + "/" + name
      var info = stat()
      guard unsafe lstat(path, &info) == 0 else { continue }
      switch info.st_mode & S_IFMT {
      case S_IFREG: add(path, role)
      case S_IFDIR: walk(path, role)
      default: continue
      }
    }
  }

  private mutating func add(_ path: String, _ role: FileRole) {
    guard known.insert(path).inserted else { return }
    var info = stat()
    guard unsafe stat(path, &info) == 0 else {
      leftOut += 1
      return
    }
    let size = Int(info.st_size)
    let mode = info.st_mode & 0o7777
    if files.count - byHash < Self.keptFiles, bytes + size <= Self.keptBytes,
      let content = try? DiskFiles().read(path, limit: Self.keptBytes - bytes)
    {
      bytes += content.count
      files.append(NewFile(path: path, role: role, mode: mode, content: .sealed(Secret(content))))
    } else if hashed + size <= Self.hashedBytes, let hash = Self.hash(of: path) {
      hashed += size
      byHash += 1
      files.append(NewFile(path: path, role: role, mode: mode, content: .hashOnly(sha256: hash, sizeBytes: size)))
    } else {
      leftOut += 1
    }
  }

  /// SHA-256 of a regular file; nil when it cannot be read.
  static func hash(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var info = stat()
    guard unsafe fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
    var hash = FileDigest()
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    var rest = hashedBytes
    while rest > 0 {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return hash.finish() }
      if count < 0 {
        guard errno == EINTR else { return nil }
        continue
      }
      hash.add(buffer[..<count])
      rest -= count
    }
    return nil
  }

  /// Permission bits of a file; nil when it is not there.
  static func mode(of path: String) -> UInt32? {
    var info = stat()
    return unsafe stat(path, &info) == 0 ? info.st_mode & 0o7777 : nil
  }
}
