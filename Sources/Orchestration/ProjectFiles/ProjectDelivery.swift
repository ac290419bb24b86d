import StackPlanning

/// What is to be brought to a server, and what is there: pure, but for where the bytes are.
struct ProjectDelivery: Sendable {
  struct Item: Sendable {
    var source: ProjectFileSource
    var tree: ProjectFileTree
  }

  /// Where the bytes of files come from.
  enum Origin: Sendable {
    /// The files of this machine, by their paths without links.
    case disk
    /// What a revision has kept, by hash.
    case kept([String: [UInt8]])
  }

  /// All that is mounted.
  var sources: [ProjectFileSource]
  /// What is sent: folders that are never replaced only once, where they lie in each other.
  var items: [Item]
  var origin: Origin
  /// The stack's folder on the server; nil while the stack has no key that names it.
  var folder: String?
  /// What was brought there last.
  var record: ServerRecord?
  /// Digests of trees that the server has.
  var present: Set<String> = []
  /// Binds that mean a path of the server.
  var foreign: [String] = []
  /// What a person should know, one line each.
  var notes: [String] = []

  /// Of what services write to, files that the revision has not kept stay as they are: they are no reason to refuse a rollback.
  mutating func leaveWhatIsNotKept() {
    guard case .kept(let contents) = origin else { return }
    for index in items.indices where items[index].source.isShared {
      let name = items[index].source.name
      let last = Dictionary(
        (record?.item(name)?.tree.entries ?? []).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
      var left = 0
      items[index].tree.entries = items[index].tree.entries.compactMap { entry in
        guard entry.kind == .file, contents[entry.sha256] == nil, last[entry.path].map({ !$0.isSame(as: entry) }) ?? true else {
          return entry
        }
        left += 1
        return last[entry.path]
      }
      if left > 0 { notes.append("\(left) files of \(name) stay as they are: the revision has kept only their hashes") }
    }
  }

  /// Of a tree that is never changed.
  static func leaf(of source: ProjectFileSource) -> String {
    let name = source.name == "." ? "" : source.name.split(separator: "/").last.map(String.init) ?? ""
    return name.isEmpty || !ProjectFileSources.isPlain(name) ? "content" : name
  }

  /// The path for the engine.
  func enginePath(of source: ProjectFileSource) -> String {
    let folder = folder ?? "/nonexistent"
    if source.isShared { return source.name == "." ? "\(folder)/shared" : "\(folder)/shared/\(source.name)" }
    guard let item = items.first(where: { $0.source.path == source.path }) else { return folder }
    return "\(folder)/files/\(item.tree.digest)/\(Self.leaf(of: source))"
  }

  var enginePaths: [String: String] {
    Dictionary(sources.map { ($0.path, enginePath(of: $0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// For the planner.
  func mountedFiles() -> [String: MountedFile] {
    var result: [String: MountedFile] = [:]
    for source in sources {
      // Of folders in each other, the outer one stands for all.
      let item =
        items.first { $0.source.path == source.path }
        ?? items.first { $0.source.isShared && source.path.hasPrefix($0.source.path + "/") }
      result[source.path] = MountedFile(
        path: enginePath(of: source), name: source.name, digest: source.isShared ? nil : item?.tree.digest,
        change: item.flatMap(change))
    }
    return result
  }

  /// What of an item is not on the server, in words.
  func change(of item: Item) -> String? {
    let before = record?.item(item.source.name)
    guard let before, before.isShared == item.source.isShared else { return item.tree.words(since: nil, name: item.source.name) }
    if let words = item.tree.words(since: before.tree, name: item.source.name) { return words }
    return item.source.isShared || present.contains(item.tree.digest) ? nil : item.tree.words(since: nil, name: item.source.name)
  }

  var isThere: Bool { items.allSatisfy { change(of: $0) == nil } }

  /// What the server has after it; what this deploy was not about stays recorded.
  func newRecord(revision: Int) -> ServerRecord {
    let names = Set(items.map(\.source.name))
    let others = (record?.items ?? []).filter { !names.contains($0.name) }
    return ServerRecord(
      revision: revision,
      items: (others + items.map { .init(name: $0.source.name, isShared: $0.source.isShared, tree: $0.tree) }).sorted {
        $0.name < $1.name
      })
  }
}
