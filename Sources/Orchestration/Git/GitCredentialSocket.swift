import Glibc
import RevisionStore

/// Tells `git` the token of one repository while one command of it runs (S-SEC-5).
///
/// `git` asks its own `git credential-cache` for it, and that asks this unix socket: so the token is in no argument, no environment,
/// no address and no file. The socket is in a folder that nobody else can enter, answers to processes of this user only, and only
/// for the repository's own host. What `git` wants to be stored is read and forgotten.
final class GitCredentialSocket: Sendable {
  /// What a process may send, and how long it may take.
  private static let requestBytes = 16 << 10
  private static let requestLimit: Duration = .seconds(5)
  /// Between two looks at the socket.
  private static let pause: Duration = .milliseconds(5)
  /// unix(7): 108 bytes with the final NUL.
  private static let pathLimit = 107

  let path: String
  private let folder: String
  private let descriptor: CInt
  private let address: GitAddress
  private let token: GitToken

  /// - Parameter parent: a folder of ours; when its path is too long or has characters that `git` would hand to a shell, `/tmp`.
  /// - Throws: `failed` when no socket can be made.
  init(_ token: GitToken, for address: GitAddress, below parent: String) throws(GitProblem) {
    self.token = token
    self.address = address
    let usable = parent.utf8.count + 24 <= Self.pathLimit && parent.utf8.allSatisfy(Self.isPlain)
    var template = Array(((usable ? parent : "/tmp") + "/.ask-XXXXXX").utf8CString)
    // SAFETY: a buffer of ours with its final NUL, which the call writes into; the folder is made with mode 0700.
    guard unsafe mkdtemp(&template) != nil else { throw Self.failed() }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = folder + "/s"
    descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0, Self.listen(on: descriptor, at: path) else {
      let problem = Self.failed()
      if descriptor >= 0 { close(descriptor) }
      Self.remove(path, folder)
      throw problem
    }
  }

  deinit {
    close(descriptor)
    Self.remove(path, folder)
  }

  /// What `git` is told, before its command.
  var settings: [String] {
    // The first takes helpers of the user's own settings away.
    ["credential.helper=", "credential.helper=cache --socket=\(path)", "credential.useHttpPath=false"]
  }

  /// Answers until the task is cancelled.
  func serve() async throws {
    while true {
      let client = accept(descriptor, nil, nil)
      guard client >= 0 else {
        try await Task.sleep(for: Self.pause)
        continue
      }
      defer { close(client) }
      guard fcntl(client, F_SETFD, FD_CLOEXEC) == 0, fcntl(client, F_SETFL, O_NONBLOCK) == 0 else { continue }
      guard Self.isOwn(client), let request = try await Self.request(from: client) else { continue }
      Self.send(answer(to: request), to: client)
    }
  }

  /// Of `git-credential-cache`: a line `action=get`, then what is asked for (git-credential(1)).
  func answer(to request: String) -> String {
    var fields: [Substring: Substring] = [:]
    for line in request.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      fields[line[..<equals]] = line[line.index(after: equals)...]
    }
    let host = fields["host"].map(String.init)
    guard fields["action"] == "get", fields["protocol"] == Substring(address.scheme.rawValue),
      host == address.host || host == "\(address.host):\(address.port)" || host == "[\(address.host)]:\(address.port)"
    else { return "" }
    return "username=\(token.user)\npassword=\(token.token.reveal())\n"
  }

  // MARK: The socket

  private static func request(from client: CInt) async throws -> String? {
    let end = ContinuousClock.now + requestLimit
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < requestBytes, ContinuousClock.now < end {
      let count = unsafe recv(client, &buffer, buffer.count, 0)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      if count > 0 {
        bytes += buffer[..<count]
      } else {
        guard errno == EAGAIN || errno == EINTR else { return nil }
        try await Task.sleep(for: pause)
      }
    }
    return nil
  }

  /// A few hundred bytes to four thousand: they fit into the socket's buffer at once.
  private static func send(_ text: String, to client: CInt) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return }
    // What is not taken is asked for again by nobody: git then says that it was not let in.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
  }

  /// Whether the process at the other end is this user's.
  private static func isOwn(_ client: CInt) -> Bool {
    // struct ucred of unix(7): process, user, group.
    var found: (pid_t, uid_t, gid_t) = (0, .max, .max)
    var length = socklen_t(MemoryLayout<(pid_t, uid_t, gid_t)>.size)
    // SAFETY: three words of ours, and their size.
    return unsafe getsockopt(client, SOL_SOCKET, SO_PEERCRED, &found, &length) == 0 && found.1 == geteuid()
  }

  private static func listen(on descriptor: CInt, at path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count <= pathLimit else { return false }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in unsafe place.copyBytes(from: bytes) }
    // SAFETY: one address of ours, with its size.
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    } && Glibc.listen(descriptor, 8) == 0
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "/._-".utf8.contains(byte)
  }

  private static func failed() -> GitProblem {
    .failed(what: "handing git its token", words: unsafe String(cString: strerror(errno)))
  }

  private static func remove(_ path: String, _ folder: String) {
    // SAFETY: both paths for the calls only.
    _ = unsafe unlink(path)
    _ = unsafe rmdir(folder)
  }
}
