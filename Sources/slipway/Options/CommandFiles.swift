import ComposeFile
import Glibc
import Orchestration
import Synchronization

/// The files of this machine, standard input as the compose file `-`, and pipes that the command line names as compose files
/// (`-f <(…)`). Pipes that a compose file names are not waited for.
///
/// Standard input and pipes can be read once only, and a command may load its project twice: what came is kept for the process.
final class CommandFiles: FileSource {
  private let named: Set<String>
  private static let streams = Mutex<[String: Result<[UInt8], FileSourceError>]>([:])

  /// - Parameter files: the compose files of the command line.
  init(_ files: [String] = []) { named = Set(files) }

  func kind(of path: String) -> FileKind? { isStream(path) ? .file : DiskFiles().kind(of: path) }

  func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard isStream(path) else { return try DiskFiles().read(path, limit: limit) }
    return try Self.streams.withLock { streams in
      let result = streams[path] ?? Self.content(of: path, limit: limit)
      streams[path] = result
      return result
    }.get()
  }

  private func isStream(_ path: String) -> Bool {
    if path == "-" { return true }
    var info = stat()
    guard named.contains(path), unsafe stat(path, &info) == 0 else { return false }
    return info.st_mode & S_IFMT == S_IFIFO
  }

  /// To its end; waits for whoever writes it, as every filter does.
  private static func content(of path: String, limit: Int) -> Result<[UInt8], FileSourceError> {
    let descriptor = unsafe path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failure(.denied(reason: StandardOutput.lastError)) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return .success(bytes) }
      guard count > 0 else {
        if errno == EINTR { continue }
        return .failure(errno == EISDIR ? .isDirectory : .denied(reason: StandardOutput.lastError))
      }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit { return .failure(.tooLarge(limit: limit)) }
    }
  }
}
