import Glibc
import NIOCore

/// Who is at the other end of a unix socket (unix(7), SO_PEERCRED).
enum PeerUser {
  /// `struct ucred`, which Swift's Glibc does not show.
  private struct Credentials: Sendable {
    var process: pid_t
    var user: uid_t
    var group: gid_t
  }

  /// The account's name, or its number where it has none.
  static func name(of channel: any Channel) async -> String {
    guard let provider = channel as? any SocketOptionProvider else { return "unknown" }
    // WHY try?: only the owner of the socket's folder comes this way; the name is for the audit.
    let found: Credentials? = try? await provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
    ).get()
    return found.map { name(of: $0.user) } ?? "unknown"
  }

  private static func name(of user: uid_t) -> String {
    var entry = unsafe passwd()
    var result: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    guard unsafe getpwuid_r(user, &entry, &buffer, buffer.count, &result) == 0, unsafe result != nil,
      let name = unsafe entry.pw_name
    else { return "uid-\(user)" }
    return unsafe String(cString: name)
  }
}
