/// Why files on a server could not be read or changed.
package enum SFTPError: Error, Hashable, Sendable {
  /// The server has no file transfer, or ended it before it began.
  case unavailable(server: String, reason: String)
  case missing(server: String, path: String)
  case denied(server: String, path: String)
  /// The file system is full.
  case noSpace(server: String, path: String, freeBytes: UInt64)
  /// The server says no more than that it failed. `reason`: its words.
  case failed(server: String, what: String, path: String, reason: String)
  /// The server lacks something that is needed.
  case unsupported(server: String, what: String)
  /// More than we take: of bytes in a file, or of names in a folder.
  case tooLarge(server: String, path: String, limit: Int)
  /// The server does not keep to the protocol; nothing more is asked of it.
  case malformed(server: String, reason: String)
  case timedOut(server: String, limit: Duration)
  case lost(server: String, reason: String)
  case cancelled(server: String)
}

extension SFTPError: CustomStringConvertible {
  package var description: String { "\(message)\n  fix: \(fix)" }

  /// What happened, one line.
  package var message: String {
    switch self {
    case .unavailable(let server, let reason): "\(server): the server offers no file transfer (sftp): \(reason)"
    case .missing(let server, let path): "\(server): \(path): no such file or folder"
    case .denied(let server, let path): "\(server): \(path): permission denied"
    case .noSpace(let server, let path, let free): "\(server): \(path): no space left (\(free >> 20) MiB free)"
    case .failed(let server, let what, let path, let reason): "\(server): could not \(what) \(path): \(reason)"
    case .unsupported(let server, let what): "\(server): its file transfer cannot \(what)"
    case .tooLarge(let server, let path, let limit): "\(server): \(path): more than \(limit), which is the limit"
    case .malformed(let server, let reason): "\(server): its file transfer answers out of order: \(reason)"
    case .timedOut(let server, let limit): "\(server): file transfer: no answer within \(limit)"
    case .lost(let server, let reason): "\(server): file transfer was cut off: \(reason)"
    case .cancelled(let server): "\(server): file transfer was cancelled"
    }
  }

  /// What to do about it.
  package var fix: String {
    switch self {
    case .unavailable: "set Subsystem sftp internal-sftp in its sshd_config, and restart its SSH server"
    case .missing: "look whether somebody removed it on the server, and try again"
    case .denied(_, let path): "make \(path) on the server belong to the user who logs in, or log in as its owner"
    case .noSpace: "free disk space on the server"
    case .failed: "look at the path on the server: its disk may be full, a quota reached, or the file system read-only"
    case .unsupported: "use OpenSSH 7.4 or newer on the server"
    case .tooLarge: "look at the path on the server: Slipway did not make it so"
    case .malformed: "check which program answers as sftp in its sshd_config; OpenSSH's internal-sftp is right"
    case .timedOut, .lost: "check the network and the server, and try again"
    case .cancelled: "run the command again"
    }
  }

  /// Whether the link, not the request, was the trouble.
  package var isTransient: Bool {
    switch self {
    case .timedOut, .lost: true
    default: false
    }
  }
}
