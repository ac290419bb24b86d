/// The services of one file, while `extends` among them is being resolved.
struct ExtensionTable {
  struct ID: Hashable {
    var path: String
    var scope: Int
    /// The document of a file that is being loaded; -1: the whole file as a base of others.
    var document: Int
  }

  var path: String
  var services: [String: Node]
  var cuts: TagCuts
  /// Services without `extends` left in them.
  var finished: Set<String> = []
}

/// A service that is being extended, for cycles.
private struct ExtensionStep: Hashable, CustomStringConvertible {
  var path: String
  var service: String

  var description: String { "\(service) (\(path))" }
}

extension ProjectReading {
  /// A number that no other scope or document of this load has.
  mutating func nextScope() -> Int {
    scopeCount += 1
    return scopeCount
  }

  /// Replaces each service that has `extends` by its base with the service on top.
  mutating func extend(_ document: inout Node, of file: String, in scope: FileScope, _ cuts: TagCuts) {
    guard let section = document["services"], var entries = section.entries,
      entries.contains(where: { $0.value["extends"] != nil })
    else { return }
    guard admits(entries) else { return }
    let id = ExtensionTable.ID(path: file, scope: scope.id, document: nextScope())
    extensionTables[id] = ExtensionTable(
      path: file, services: Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }, cuts: cuts)
    for index in entries.indices where entries[index].value["extends"] != nil {
      entries[index].value = extended(entries[index].key, in: id, scope, chain: [])
    }
    extensionTables[id] = nil
    document["services"] = Node(.map(entries), at: section.position)
  }

  /// Whether the services are small enough to be extended; told before the first of them is.
  private mutating func admits(_ entries: [Node.Entry]) -> Bool {
    let services = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    var sizes: [String: Int] = [:]
    for entry in entries where entry.value["extends"] != nil {
      // From the service down to the first base that is known or in another file.
      var chain: [String] = []
      var next: String? = entry.key
      while let name = next, sizes[name] == nil, chain.count <= limits.extendsChain, let service = services[name] {
        chain.append(name)
        let extends = service["extends"]
        next = extends?.string ?? (extends?["file"] == nil ? extends?["service"]?.string : nil)
      }
      var size = next.flatMap { sizes[$0] } ?? 0
      for name in chain.reversed() {
        size += services[name]?.count(upTo: limits.mergedNodes) ?? 0
        sizes[name] = size
      }
      guard spend(size, at: entry.keyPosition) else { return false }
    }
    return true
  }

  /// The service `name` of a table with all its bases merged in.
  private mutating func extended(
    _ name: String, in id: ExtensionTable.ID, _ scope: FileScope, chain: [ExtensionStep]
  ) -> Node {
    guard let table = extensionTables[id], var service = table.services[name] else {
      return Node(.null, at: SourcePosition(file: id.path, line: 0, column: 0))
    }
    guard !table.finished.contains(name), let extends = service["extends"] else { return service }
    service["extends"] = nil
    if let base = base(extends, of: name, in: id, scope, chain),
      extends["file"] == nil || spend(base.count(upTo: limits.mergedNodes), at: extends.position)
    {
      var merger = Merger()
      let cut = table.cuts.below("services").below(name).applied(to: base)
      service = merger.merged(cut, service, section: "services", name: name)
      problems += merger.problems
    }
    extensionTables[id]?.services[name] = service
    extensionTables[id]?.finished.insert(name)
    return service
  }

  /// What `extends` names, extended itself; nil (and a problem) when it cannot be had.
  private mutating func base(
    _ extends: Node, of name: String, in id: ExtensionTable.ID, _ scope: FileScope, _ chain: [ExtensionStep]
  ) -> Node? {
    let target = extends.string == nil ? extends["service"] : extends
    guard let target, let reference = target.string else {
      report(
        .extends, extends.position, "services.\(name).extends: the name of the service is missing",
        fix: "write extends: {service: NAME, file: FILE}")
      return nil
    }
    let steps = chain + [ExtensionStep(path: id.path, service: name)]
    guard steps.count <= limits.extendsChain else {
      report(
        .limit, extends.position, "more than \(limits.extendsChain) services extend one another in a chain",
        fix: "extend the last of them directly")
      return nil
    }
    var baseID = id
    if let file = extends["file"], !file.isNull {
      guard let other = baseTable(file, of: name, scope) else { return nil }
      baseID = other
    }
    let step = ExtensionStep(path: baseID.path, service: reference)
    if let start = steps.firstIndex(of: step) {
      let cycle = (steps[start...] + [step]).map(\.description).joined(separator: " extends ")
      report(.cycle, extends.position, "services.\(name).extends: cycle: \(cycle)", fix: "remove one of these extends")
      return nil
    }
    guard let services = extensionTables[baseID]?.services, services[reference] != nil else {
      let known = (extensionTables[baseID]?.services.keys.sorted() ?? [])
      report(
        .extends, target.position, "services.\(name).extends: there is no service `\(reference)` in \(baseID.path)",
        fix: Spelling.nearest(to: reference, among: known).map { "did you mean `\($0)`?" } ?? "define it there")
      return nil
    }
    let result = extended(reference, in: baseID, scope, chain: steps)
    return result.entries == nil ? nil : result
  }

  /// The services of another file, in long form and with absolute paths.
  private mutating func baseTable(_ file: Node, of name: String, _ scope: FileScope) -> ExtensionTable.ID? {
    guard let text = file.string, !text.isEmpty else {
      report(.extends, file.position, "services.\(name).extends.file must be a path, not \(file.kind)", fix: "name a file")
      return nil
    }
    if Self.isRemote(text) {
      report(
        .unsupported, file.position, "services.\(name).extends.file: `\(text)` is not a local file",
        fix: "download the file and name it by its path")
      return nil
    }
    let path = PathText.cleaned(paths(in: scope.directory, scope).absolute(text))
    let id = ExtensionTable.ID(path: path, scope: scope.id, document: -1)
    if extensionTables[id] != nil { return id }
    guard let parsed = parsedFile(path, as: .extends, askedFor: file.position) else { return nil }
    let (base, cuts) = merged(parsed, onto: nil, in: scope, as: .extensionBase)
    guard var root = base else { return nil }
    paths(in: PathText.directory(of: path), scope).resolve(&root)
    let services = root["services"]?.entries ?? []
    extensionTables[id] = ExtensionTable(
      path: path, services: Dictionary(services.map { ($0.key, $0.value) }) { first, _ in first }, cuts: cuts)
    return id
  }
}
