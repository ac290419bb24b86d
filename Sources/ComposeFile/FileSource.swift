/// Where the loader gets the text of files from: the disk for the command line, an uploaded bundle or a stored revision
/// for the server. Keeps this module free of IO.
///
/// All paths are absolute and cleaned (no `.`, `..`, doubled `/`), but for `-`, which is the standard input of the command.
package protocol FileSource: Sendable {
  /// The bytes of a regular file; throws `FileSourceError`. At most `limit` bytes are read.
  func read(_ path: String, limit: Int) throws(FileSourceError) -> [UInt8]
  /// What is at `path`, links followed; nil when nothing is.
  func kind(of path: String) -> FileKind?
}

package enum FileKind: Sendable { case file, directory, other }

package enum FileSourceError: Error, Hashable, Sendable {
  case missing
  case isDirectory
  case notRegular
  case tooLarge(limit: Int)
  case denied(reason: String)

  /// What is wrong, to be said behind the file's name.
  package var reason: String {
    switch self {
    case .missing: "no such file"
    case .isDirectory: "is a folder, not a file"
    case .notRegular: "is not a regular file"
    case .tooLarge(let limit): "has more than \(limit) bytes"
    case .denied(let reason): "cannot be read: \(reason)"
    }
  }
}
