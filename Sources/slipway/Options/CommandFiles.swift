import ComposeFile
import Glibc
import Orchestration
import Synchronization

/// The files of this machine, and standard input as the compose file `-`.
///
/// A class because standard input can be read once only, and a command may load its project twice.
final class CommandFiles: FileSource {
  private let input = Mutex<Result<[UInt8], FileSourceError>?>(nil)

  func kind(of path: String) -> FileKind? { path == "-" ? .file : DiskFiles().kind(of: path) }

  func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8] {
    guard path == "-" else { return try DiskFiles().read(path, limit: limit) }
    return try input.withLock { input in
      let result = input ?? Self.standardInput(limit: limit)
      input = result
      return result
    }.get()
  }

  /// To its end; waits for whoever writes it, as every filter does.
  private static func standardInput(limit: Int) -> Result<[UInt8], FileSourceError> {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
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
