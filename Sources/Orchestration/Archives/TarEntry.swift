/// The head of one member of an archive that is read.
struct TarEntry: Hashable {
  enum Kind: Hashable {
    case file
    case directory
    case symbolicLink(to: String)
    /// To an earlier member.
    case hardLink(to: String)
    /// A device, a FIFO, or a kind that is not known; the type flag of the head.
    case other(UInt8)
  }

  /// As it stands in the archive.
  var path: String
  var kind: Kind
  /// Of the content that follows.
  var bytes = 0
  /// Permission bits.
  var mode: UInt32 = 0o644
  var uid = 0
  var gid = 0
  var modifiedAtSeconds = 0
}

/// Why an archive is not read on.
package struct TarProblem: Error, Hashable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }

  static let notPlain = TarProblem(
    "it is not a plain tar archive, or it is damaged\n  fix: unpack a compressed one first, as with gzip -dc")
}
