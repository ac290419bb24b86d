/// One entry of `include`.
private struct Inclusion {
  /// The main file first, then those that override it.
  var paths: [Node]
  var projectDirectory: Node?
  var envFiles: [Node]
}

extension ProjectReading {
  /// Loads what `document` includes and puts it below: what the document says itself wins, an earlier include wins over a
  /// later one.
  mutating func include(into document: inout Node, of file: String, in scope: FileScope, _ cuts: TagCuts) {
    guard let list = document["include"] else { return }
    document["include"] = nil
    guard !list.isNull else { return }
    guard let items = list.items else {
      report(.include, list.position, "include must be a list, not \(list.kind)", fix: "write each file as `- path`")
      return
    }
    for item in items {
      inclusionCount += 1
      guard inclusionCount <= limits.files else {
        return report(
          .limit, item.position, "more than \(limits.files) files are included", fix: "include fewer files, each once")
      }
      guard let inclusion = inclusion(item), let imported = imported(inclusion, by: file, in: scope) else { continue }
      add(imported, to: &document, cuts)
    }
  }

  /// Text that a value takes in an ordinary file, about.
  private static var bytesOfValue: Int { 8 }

  private mutating func inclusion(_ node: Node) -> Inclusion? {
    if node.string != nil { return Inclusion(paths: [node], projectDirectory: nil, envFiles: []) }
    guard let entries = node.entries else {
      report(
        .include, node.position, "an entry of include must be a path or a mapping, not \(node.kind)",
        fix: "write `- path` or `- path: …`")
      return nil
    }
    var result = Inclusion(paths: [], projectDirectory: nil, envFiles: [])
    for entry in entries {
      switch entry.key {
      case "path": result.paths = texts(entry.value, of: "path")
      case "env_file": result.envFiles = texts(entry.value, of: "env_file")
      case "project_directory":
        if entry.value.items == nil {
          result.projectDirectory = texts(entry.value, of: "project_directory").first
        } else {
          report(
            .include, entry.value.position, "include.project_directory must be a path, not a list", fix: "write one path")
        }
      case let key where key.hasPrefix("x-"): break
      default:
        report(
          .unknownKey, entry.keyPosition, "include: unknown attribute `\(entry.key)`",
          fix: "use path, project_directory and env_file")
      }
    }
    if result.paths.isEmpty {
      report(.include, node.position, "an entry of include has no path", fix: "add `path: FILE`")
      return nil
    }
    return result
  }

  /// A text or a list of texts.
  private mutating func texts(_ node: Node, of attribute: String) -> [Node] {
    if node.string != nil { return [node] }
    if node.isNull { return [] }
    guard let items = node.items, items.allSatisfy({ $0.string != nil }) else {
      report(
        .include, node.position, "include.\(attribute) must be a path or a list of paths, not \(node.kind)",
        fix: "write the path as text")
      return []
    }
    return items
  }

  private mutating func imported(_ inclusion: Inclusion, by file: String, in scope: FileScope) -> Node? {
    let outer = paths(in: scope.directory, scope)
    let chain = scope.includeChain + [file]
    var files: [ParsedFile] = []
    var directory = scope.directory
    for (index, node) in inclusion.paths.enumerated() {
      let text = node.string ?? ""
      if Self.isRemote(text) {
        report(
          .unsupported, node.position, "include: `\(text)` is not a local file",
          fix: "download the file and include it by its path")
        return nil
      }
      let path = PathText.cleaned(outer.absolute(text))
      if index == 0 {
        var given = inclusion.projectDirectory?.string.map { PathText.cleaned(outer.absolute($0)) }
        // As in Docker Compose: of what is no folder, the folder that it would be in.
        if let path = given, source.kind(of: path) != .directory { given = PathText.directory(of: path) }
        directory = given ?? PathText.directory(of: path)
        if let start = chain.firstIndex(of: path) {
          let cycle = (chain[start...] + [path]).joined(separator: " includes ")
          report(.cycle, node.position, "include cycle: \(cycle)", fix: "remove one of these includes")
          return nil
        }
        guard chain.count <= limits.includeChain else {
          report(
            .limit, node.position, "more than \(limits.includeChain) files include one another in a chain",
            fix: "include the files from one place")
          return nil
        }
      }
      // A file that is included again and again costs more each time, so that few large repetitions are too many; small files that
      // many others share stay cheap.
      let times = inclusions[path, default: 0]
      inclusions[path] = times + 1
      let size = inputs.first { $0.path == path }?.bytes.count ?? 0
      guard times == 0 || spend(times * size / Self.bytesOfValue, at: node.position) else { return nil }
      guard let parsed = parsedFile(path, as: .include, askedFor: node.position) else { return nil }
      files.append(parsed)
    }
    let environment = environment(of: inclusion, in: directory, outer, scope)
    return merged(
      files,
      in: FileScope(id: nextScope(), directory: directory, environment: environment, includeChain: chain))
  }

  /// The parent's variables over those of the included project's own env files.
  private mutating func environment(
    of inclusion: Inclusion, in directory: String, _ outer: PathResolution, _ scope: FileScope
  ) -> [String: String] {
    var files: [(path: String, position: SourcePosition?)] = []
    if inclusion.envFiles.isEmpty {
      let usual = PathText.joined(directory, ".env")
      if source.kind(of: usual) == .file { files = [(usual, nil)] }
    }
    for node in inclusion.envFiles where node.string != "/dev/null" {
      files.append((PathText.cleaned(outer.absolute(node.string ?? "")), node.position))
    }
    return scope.environment.merging(variables(of: files, over: scope.environment)) { parent, _ in parent }
  }

  private mutating func add(_ imported: Node, to document: inout Node, _ cuts: TagCuts) {
    if let ours = imported[SlipwaySchema.key] {
      warnings.append(
        ComposeWarning(
          at: ours.position, "\(SlipwaySchema.key) of an included file is ignored; write it in the file that includes it"))
    }
    for section in ["services", "volumes", "networks", "secrets", "configs", "models"] {
      guard let added = imported[section]?.entries, !added.isEmpty else { continue }
      var entries = document[section]?.entries ?? []
      var places: [String: Int] = [:]
      for (index, entry) in entries.enumerated() { places[entry.key] = index }
      for entry in added {
        guard let place = places[entry.key] else {
          places[entry.key] = entries.count
          entries.append(entry)
          continue
        }
        var merger = Merger()
        let base = cuts.below(section).below(entry.key).applied(to: entry.value)
        entries[place].value = merger.merged(base, entries[place].value, section: section, name: entry.key)
        problems += merger.problems
      }
      document[section] = Node(.map(entries), at: document[section]?.position ?? added[0].keyPosition)
    }
  }

  static func isRemote(_ path: String) -> Bool {
    ["https://", "http://", "git://", "ssh://", "oci://", "git@", "github.com/"].contains { path.hasPrefix($0) }
  }
}
