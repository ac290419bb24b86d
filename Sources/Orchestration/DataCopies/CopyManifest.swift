import ComposeFile
import RevisionStore

/// What a copy of a data directory holds: a line for each file, folder and link, with the SHA-256 of each file.
///
/// It is the copy's last member but one; the SHA-256 of itself is the last. A copy is verified by making these lines again of
/// what was unpacked: equal bytes, equal copy.
struct CopyManifest: Sendable {
  /// The folder that everything of a copy is in.
  static let top = "slipway-data"
  /// Names in the top folder.
  static let name = ".slipway-copy"
  static let hashName = ".slipway-copy.sha256"
  static let limitBytes = 256 << 20
  private static let format = "slipway-data-copy 1"

  /// When and by which version the copy was made, and whether `master.key` is in it.
  struct Head: Hashable, Sendable {
    var madeAt: String
    var version: String
    var hasKey: Bool

    var lines: String { "\(CopyManifest.format)\nmade \(madeAt)\nslipway \(version)\nkey \(hasKey ? "yes" : "no")\n" }

    init(madeAt: String, version: String, hasKey: Bool) {
      self.madeAt = madeAt
      self.version = version
      self.hasKey = hasKey
    }

    /// Reads the first lines of a manifest; nil: it is none, or of a later format.
    init?(_ text: Substring) {
      let lines = text.split(separator: "\n", maxSplits: 4, omittingEmptySubsequences: false)
      guard lines.count == 5, lines[0] == CopyManifest.format, lines[1].hasPrefix("made "), lines[2].hasPrefix("slipway "),
        lines[3] == "key yes" || lines[3] == "key no"
      else { return nil }
      madeAt = String(lines[1].dropFirst("made ".count))
      version = String(lines[2].dropFirst("slipway ".count))
      hasKey = lines[3] == "key yes"
    }
  }

  private(set) var lines: [UInt8] = []
  private(set) var files = 0
  private(set) var bytes = 0
  /// The copy's own members, as far as they were seen.
  private(set) var own: [String: [UInt8]] = [:]
  private var reader = TarReader()
  private var entry: TarEntry?
  private var hash = RunningHash()
  private var ownBytes: [UInt8] = []

  /// Whether what was taken may end here.
  var isComplete: Bool { reader.isComplete }

  /// Takes the next bytes of an archive.
  mutating func take(_ bytes: [UInt8]) throws(TarProblem) {
    reader.take(bytes)
    while let event = try reader.next() {
      switch event {
      case .entry(let next):
        entry = next
        hash = RunningHash()
        ownBytes = []
      case .content(let piece):
        hash.take(piece)
        if isOwn {
          ownBytes += piece
          guard ownBytes.count <= Self.limitBytes else { throw TarProblem("its list of files is too long") }
        }
      case .entryEnd: try endEntry()
      }
    }
  }

  private var ownName: String? {
    guard let entry else { return nil }
    return [Self.name, Self.hashName].first { entry.path == "\(Self.top)/\($0)" }
  }

  private var isOwn: Bool { ownName != nil }

  private mutating func endEntry() throws(TarProblem) {
    guard let entry else { return }
    defer { self.entry = nil }
    if let ownName {
      own[ownName] = ownBytes
      return
    }
    let path = Self.escaped(entry.path.hasSuffix("/") ? String(entry.path.dropLast()) : entry.path)
    let mode = String(entry.mode, radix: 8)
    switch entry.kind {
    case .file:
      files += 1
      bytes += entry.bytes
      lines += Array("file \(mode) \(entry.bytes) \(hexadecimal(hash.digest)) \(path)\n".utf8)
    case .directory: lines += Array("folder \(mode) \(path)\n".utf8)
    case .symbolicLink(let target): lines += Array("link \(Self.escaped(target)) \(path)\n".utf8)
    case .hardLink, .other: throw TarProblem("it has a member that no copy has: \(entry.path)")
    }
    guard lines.count <= Self.limitBytes else { throw TarProblem("its list of files is too long") }
  }

  /// The last members of a copy, and its end.
  func closing(_ head: Head) -> [UInt8] {
    let text = Array(head.lines.utf8) + lines
    let sum = Array("\(ContentHash.hexadecimal(text))  \(Self.name)\n".utf8)
    return Self.member(Self.name, text) + Self.member(Self.hashName, sum) + TarHeader.end
  }

  /// Compares what was taken with what the copy says of itself.
  ///
  /// - Throws: what differs, by the first line that does.
  func verified() throws(TarProblem) -> Head {
    guard reader.isComplete, let text = own[Self.name], let sum = own[Self.hashName] else {
      throw TarProblem("it ends early, or it is no copy that slipway backup-data has made")
    }
    guard sum == Array("\(ContentHash.hexadecimal(text))  \(Self.name)\n".utf8) else {
      throw TarProblem("its list of files was changed after it was written")
    }
    guard let head = Head(String(decoding: text, as: UTF8.self)[...]) else {
      throw TarProblem("it was made by a newer Slipway")
    }
    let told = text.dropFirst(head.lines.utf8.count)
    guard told.elementsEqual(lines) else {
      let known = Set(told.split(separator: 10))
      let other = lines.split(separator: 10).first { !known.contains($0) }
      let place = other.map { String(decoding: $0.split(separator: 32).last ?? [], as: UTF8.self) } ?? "a file that is missing"
      throw TarProblem("it was changed after it was written: \(place)")
    }
    return head
  }

  private static func member(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    TarHeader(path: "\(top)/\(name)", kind: .file(bytes: bytes.count), mode: 0o600).bytes + bytes
      + TarHeader.padding(after: bytes.count)
  }

  /// A line for each entry, and words between blanks, whatever is in a name.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 <= 32 || $0 == 127 || $0 == UInt8(ascii: "%") }) else { return text }
    return String(
      decoding: text.utf8.flatMap { byte -> [UInt8] in
        guard byte <= 32 || byte == 127 || byte == UInt8(ascii: "%") else { return [byte] }
        return Array("%\(hexadecimal([byte]))".utf8)
      }, as: UTF8.self)
  }
}
