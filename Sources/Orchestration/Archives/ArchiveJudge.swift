/// Looks at an archive on its way into a container, and refuses what would not stay in its folder (S-TAR-1).
package struct ArchiveJudge: Sendable {
  private static let linkLimit = 100_000

  private var reader = TarReader()
  /// Links that the archive makes: nothing may be put below them.
  private var links: Set<String> = []

  package init() {}

  /// Throws at the first bad member; the bytes before it are judged.
  package mutating func take(_ bytes: [UInt8]) throws(TarProblem) { try take(bytes) { _ in } }

  /// As `take`.
  ///
  /// - Parameter see: is shown what the archive has, members after they were judged.
  mutating func take(_ bytes: [UInt8], see: (TarReader.Event) -> Void) throws(TarProblem) {
    reader.take(bytes)
    while let event = try reader.next() {
      if case .entry(let entry) = event { try check(entry) }
      see(event)
    }
  }

  /// Throws when the archive is cut off.
  package func finish() throws(TarProblem) {
    guard reader.isComplete else { throw reader.hasMembers ? TarProblem("the archive ends early") : .notPlain }
  }

  private mutating func check(_ entry: TarEntry) throws(TarProblem) {
    guard !entry.path.hasPrefix("/") else { throw TarProblem("the archive has an absolute path: \(entry.path)") }
    let parts = try ArchivePath.parts(of: entry.path)
    var place = ""
    for part in parts.dropLast() {
      place += "/" + part
      guard !links.contains(place) else { throw TarProblem("the archive puts \(entry.path) below a link of its own") }
    }
    switch entry.kind {
    case .file, .directory: break
    case .symbolicLink(let target):
      try ArchivePath.checkLink(at: parts, to: target)
      guard links.count < Self.linkLimit else { throw TarProblem("the archive has more than \(Self.linkLimit) links") }
      links.insert(place + "/" + (parts.last ?? ""))
    case .hardLink(let target):
      guard !target.hasPrefix("/") else { throw TarProblem("the archive has a hard link to an absolute path: \(target)") }
      _ = try ArchivePath.parts(of: target)
    case .other(let flag):
      throw TarProblem(
        "the archive has a device, a FIFO or another special file: \(entry.path) (type \(Character(Unicode.Scalar(flag))))")
    }
  }
}
