import Glibc
import RevisionStore
import SlipwayServer

/// The server that owns a data directory, seen from outside.
enum StoreOwner {
  /// `struct ucred` (unix(7)), which Swift's Glibc does not show.
  private struct Credentials {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
  }

  /// The process that listens on the socket of a data directory; nil: none does.
  static func process(dataDirectory: String) -> pid_t? {
    let path = SlipwayServer.socketPath(dataDirectory: dataDirectory)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8) + [0]
    guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, size) == 0 }
    }
    var found = Credentials()
    var length = socklen_t(MemoryLayout<Credentials>.size)
    guard isConnected, unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &length) == 0 else { return nil }
    return found.process
  }

  /// Says who keeps the store, where a server does; other errors stay as they are.
  static func explained(_ error: StoreError, dataDirectory: String) -> any Error {
    guard case .busy = error, let process = process(dataDirectory: dataDirectory) else { return error }
    return CommandFailure(
      "the store \(dataDirectory) belongs to the server that runs as process \(process)\n  fix: work through it (slipway context show), or stop it for this command: kill \(process)"
    )
  }
}
