/// A program on the server, by its arguments.
///
/// A server's shell reads the line, so that each argument is checked: no character that a shell gives a meaning (S-IN-5).
package struct RemoteCommand: Sendable {
  let line: String
  var name: String { line.prefix { $0 != " " }.description }

  /// - Parameter arguments: of letters, digits and `/._-+@:=,`.
  private init(_ arguments: [String]) {
    let other = Array("/._-+@:=,".utf8)
    precondition(arguments.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0.isLetterOrDigit || other.contains($0) } })
    line = arguments.joined(separator: " ")
  }

  /// Joins its input and output to the engine; part of the Docker command line since 18.09.
  static func dialStdio(_ socket: RemotePath) -> RemoteCommand {
    // Without -H it takes the user's own setting, such as a rootless engine's socket.
    socket == .dockerSocket
      ? RemoteCommand(["docker", "system", "dial-stdio"])
      : RemoteCommand(["docker", "-H", "unix://\(socket.text)", "system", "dial-stdio"])
  }

  static func socat(_ socket: RemotePath) -> RemoteCommand { RemoteCommand(["socat", "-", "UNIX-CONNECT:\(socket.text)"]) }

  /// Ends with 0 when the path is a socket.
  static func isSocket(_ socket: RemotePath) -> RemoteCommand { RemoteCommand(["test", "-S", socket.text]) }
  /// Ends with 0 when the user may write there, which is what connecting needs (unix(7)).
  static func isWritable(_ socket: RemotePath) -> RemoteCommand { RemoteCommand(["test", "-w", socket.text]) }
  /// Ends with 0 when there is such a program.
  static func has(_ program: String) -> RemoteCommand { RemoteCommand(["command", "-v", program]) }

  // MARK: The system

  /// Linux's load, time since the start, and memory; in this order (proc(5)).
  package static let systemState = RemoteCommand(["cat", "/proc/loadavg", "/proc/uptime", "/proc/meminfo"])
  /// Space of the file system with this path, in the form of POSIX.
  package static func freeSpace(at path: RemotePath) -> RemoteCommand { RemoteCommand(["df", "-Pk", path.text]) }
  /// As `freeSpace`, where a session begins: the user's home folder.
  package static let freeSpaceAtHome = RemoteCommand(["df", "-Pk", "."])

  // MARK: The user's keys

  /// Prints `slipway`, unless the login is bound to another command.
  package static let greet = RemoteCommand(["echo", "slipway"])
  package static let readKeys = RemoteCommand(["cat", ".ssh/authorized_keys"])
  /// Ends with 0 when the file is there, with 1 when it is not.
  package static let isKeyFileThere = RemoteCommand(["test", "-e", ".ssh/authorized_keys"])
  /// Ends with 0 when the file is a link.
  package static let isKeyFileLink = RemoteCommand(["test", "-L", ".ssh/authorized_keys"])
  package static let makeKeyFolder = RemoteCommand(["mkdir", "-p", "-m", "700", ".ssh"])
  /// Its input is the new file's text; nothing uses that file yet.
  package static let writeKeys = RemoteCommand(["tee", ".ssh/authorized_keys.slipway"])
  package static let protectKeys = RemoteCommand(["chmod", "600", ".ssh/authorized_keys.slipway"])
  /// Puts the new file in the old one's place, at one moment (rename(2)).
  package static let useKeys = RemoteCommand(["mv", "-f", ".ssh/authorized_keys.slipway", ".ssh/authorized_keys"])
}
