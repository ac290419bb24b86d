import ComposeFile

/// What an archive of a volume holds, for comparing it with another one: each member's path, kind, size, mode, owner, link and
/// the SHA-256 of its content.
///
/// Judges the archive on the way (S-TAR-1). Its memory is bounded whatever the number of members.
struct ArchiveInventory {
  /// Members that are kept by name, to say which differ.
  private static let namedLimit = 20_000

  struct Content: Hashable, Sendable {
    /// The root folder is one of them.
    var entries = 0
    var bytes: Int64 = 0
    /// The sum of the members' hashes: the same in whatever order they come.
    fileprivate var sum: [UInt64] = [0, 0, 0, 0]
    /// Hashes of the first members, by path.
    fileprivate var named: [String: [UInt8]] = [:]

    /// In what another content differs; nil: in nothing.
    func difference(from other: Content) -> String? {
      guard entries != other.entries || bytes != other.bytes || sum != other.sum else { return nil }
      let places = Set(named.keys).union(other.named.keys).filter { named[$0] != other.named[$0] }.sorted()
      let counts = "\(entries) files and folders with \(bytes) bytes against \(other.entries) with \(other.bytes)"
      guard !places.isEmpty else { return counts }
      let shown = places.prefix(3).map { $0.isEmpty ? "the folder itself" : $0 }.joined(separator: ", ")
      return "\(counts); not the same: \(shown)\(places.count > 3 ? " and \(places.count - 3) more" : "")"
    }
  }

  /// What was seen so far.
  private struct Tally {
    var entry: TarEntry?
    var hash = RunningHash()
    var content = Content()

    mutating func see(_ event: TarReader.Event) {
      switch event {
      case .entry(let next):
        entry = next
        hash = RunningHash()
      case .content(let piece): hash.take(piece)
      case .entryEnd:
        if let entry { ArchiveInventory.add(entry, hash.digest, to: &content) }
        entry = nil
      }
    }
  }

  private var judge = ArchiveJudge()
  private var tally = Tally()

  /// Throws at the first member that must not be unpacked; the bytes before it are judged.
  mutating func take(_ bytes: [UInt8]) throws(TarProblem) {
    // Taken out meanwhile: the judge and the tally are both changed, and nothing is to be copied for that.
    var tally = Tally()
    swap(&tally, &self.tally)
    defer { swap(&tally, &self.tally) }
    try judge.take(bytes) { tally.see($0) }
  }

  /// Throws when the archive is cut off.
  func finish() throws(TarProblem) -> Content {
    try judge.finish()
    return tally.content
  }

  private static func add(_ entry: TarEntry, _ contentHash: [UInt8], to content: inout Content) {
    let path = place(entry.path)
    let kind =
      switch entry.kind {
      case .file: "file"
      case .directory: "directory"
      case .symbolicLink(let target): "link \(target)"
      case .hardLink(let target): "hard link \(place(target))"
      case .other(let flag): "other \(flag)"
      }
    var whole = RunningHash()
    for field in [path, kind, "\(entry.bytes)", String(entry.mode, radix: 8), "\(entry.uid)", "\(entry.gid)"] {
      whole.take(Array(field.utf8) + [0])
    }
    whole.take(contentHash)
    let digest = whole.digest
    content.entries += 1
    content.bytes += Int64(entry.bytes)
    for lane in 0..<4 {
      let word = digest[lane * 8..<lane * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      content.sum[lane] &+= word
    }
    if content.named.count < namedLimit { content.named[path] = digest }
  }

  /// A path without the name of the folder that the archive is of; empty for that folder.
  private static func place(_ path: String) -> String {
    path.split(separator: "/").filter { $0 != "." }.dropFirst().joined(separator: "/")
  }
}
