import Glibc

/// OpenSSH's own server program, speaking over a socket pair instead of a session.
package struct SFTPServerProcess: Sendable {
  package static let path = "/usr/lib/openssh/sftp-server"
  package static var isThere: Bool { unsafe access(path, X_OK) == 0 }

  package let pid: Int32
  /// Our end; the client takes it over.
  package let descriptor: CInt

  package init(_ arguments: [String] = []) throws {
    var pair: [CInt] = [-1, -1]
    guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else { throw Failed() }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, pair[1], 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, pair[1], 1)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe ([Self.path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let code = unsafe posix_spawn(&pid, Self.path, &actions, nil, &words, nil)
    Glibc.close(pair[1])
    guard code == 0 else {
      Glibc.close(pair[0])
      throw Failed()
    }
    self.pid = pid
    descriptor = pair[0]
  }

  package struct Failed: Error {}

  /// Ends it, if it has not ended with its connection.
  package func end() {
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }
}
