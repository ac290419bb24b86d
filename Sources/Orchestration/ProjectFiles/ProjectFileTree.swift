import ComposeFile

/// What a file or folder of the project holds: names, modes and hashes, without the bytes.
struct ProjectFileTree: Hashable, Codable, Sendable {
  struct Entry: Hashable, Codable, Sendable {
    enum Kind: String, Codable, Sendable { case file, folder, link }
    /// From the file or folder itself on, which is the empty path.
    var path: String
    var kind: Kind
    /// Permission bits; of links they mean nothing and are zero.
    var mode: UInt32
    var sizeBytes = 0
    /// Of a file, in lower-case hex.
    var sha256 = ""
    /// Of a link, as written.
    var target = ""
    /// Of a file, seconds since 1970; not part of what it is.
    var modifiedSeconds: UInt32 = 0

    func isSame(as other: Entry) -> Bool {
      path == other.path && kind == other.kind && mode == other.mode && sha256 == other.sha256 && target == other.target
    }
  }

  /// In path order, so that a folder comes before what is in it.
  var entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries.sorted { $0.path < $1.path } }

  var isFolder: Bool { entries.first?.kind == .folder }
  var files: [Entry] { entries.filter { $0.kind == .file } }
  var sizeBytes: Int { entries.reduce(0) { $0 + $1.sizeBytes } }

  /// Names the content: equal for equal names, modes, bytes and links.
  var digest: String {
    let lines = entries.map { entry in
      [entry.path, entry.kind.rawValue, String(entry.mode, radix: 8), entry.sha256, entry.target]
        .map { "\($0.utf8.count):\($0)" }.joined(separator: "\t")
    }
    return String(ContentHash.hexadecimal(Array((["slipway files 1"] + lines).joined(separator: "\n").utf8)).prefix(32))
  }

  private var byPath: [String: Entry] { Dictionary(entries.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }) }

  /// What is new or other than before, and what is gone.
  func changes(since before: ProjectFileTree?) -> (written: [Entry], removed: [Entry]) {
    let old = before?.byPath ?? [:]
    let written = entries.filter { entry in old[entry.path].map { !entry.isSame(as: $0) } ?? true }
    let new = Set(entries.map(\.path))
    return (written, (before?.entries ?? []).filter { !new.contains($0.path) })
  }

  /// The changes in words, such as `html/index.html`; nil when there are none.
  func words(since before: ProjectFileTree?, name: String) -> String? {
    guard let before else {
      return isFolder ? "\(name) (\(files.count) \(files.count == 1 ? "file" : "files"))" : name
    }
    let (written, removed) = changes(since: before)
    // A folder differs for its mode or its being there; what is in it says more.
    let parts = written.filter { $0.kind != .folder } + removed.filter { $0.kind != .folder }
    let all = parts.isEmpty ? written + removed : parts
    guard !all.isEmpty else { return nil }
    let names = all.prefix(3).map { Self.join(name, $0.path) }.joined(separator: ", ")
    return all.count > 3 ? "\(names) and \(all.count - 3) more" : names
  }

  static func join(_ folder: String, _ path: String) -> String {
    path.isEmpty ? folder : folder.isEmpty ? path : folder + "/" + path
  }
}
