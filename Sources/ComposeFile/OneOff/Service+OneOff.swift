extension Service {
  /// The service as a one-off container of it is made (observed with Docker Compose 5.6.1).
  ///
  /// - Parameters:
  ///   - directory: what relative paths of volumes count from; absolute.
  ///   - home: what `~` stands for.
  /// - Throws: all that is wrong with the changes.
  package func oneOff(
    _ changes: OneOffChanges, directory: String, home: String?
  ) throws(ComposeProblems) -> Service {
    var parts = OneOffParts(directory: directory, home: home)
    var map = canonical.map ?? ComposeMap()
    map["container_name"] = .string(changes.containerName)
    map["scale"] = .int(1)
    map["restart"] = nil
    if var deploy = map["deploy"]?.map {
      deploy["restart_policy"] = nil
      map["deploy"] = .map(deploy)
    }
    map["tty"] = changes.hasTTY ? .bool(true) : nil
    map["stdin_open"] = changes.isStdinOpen ? .bool(true) : nil
    if let line = changes.entrypoint {
      map["entrypoint"] = Self.texts(parts.words(of: line))
      map["command"] = .list([])
    }
    if !changes.command.isEmpty { map["command"] = Self.texts(changes.command) }
    if let user = changes.user { map["user"] = .string(user) }
    if let folder = changes.workingDirectory { map["working_dir"] = .string(folder) }
    if !changes.environment.isEmpty { map["environment"] = Self.merged(map["environment"], changes.environment) }
    if !changes.labels.isEmpty { map["labels"] = Self.merged(map["labels"], changes.labels) }
    map["cap_add"] = Self.list(capAdd.filter { !changes.droppedCapabilities.contains($0) } + changes.addedCapabilities)
    map["cap_drop"] = Self.list(capDrop.filter { !changes.addedCapabilities.contains($0) } + changes.droppedCapabilities)
    if !changes.volumes.isEmpty {
      map["volumes"] = .list((map["volumes"]?.list ?? []) + parts.volumes(changes.volumes))
    }
    switch changes.ports {
    case .none: map["ports"] = nil
    case .ofService: break
    case .published(let texts): map["ports"] = .list(parts.ports(texts))
    }
    var result = Service(name: name, decoding: .map(map)) { parts.report($0) }
    guard parts.problems.isEmpty else { throw ComposeProblems(parts.problems) }
    // Without what the project does not have.
    result.dependsOn = dependsOn
    // Of several mounts with one target the last is made; the hash is of them all.
    result.volumes = result.volumes.enumerated().filter { index, mount in
      !result.volumes[(index + 1)...].contains { $0.target == mount.target }
    }.map(\.element)
    return result
  }

  private static func texts(_ words: [String]) -> ComposeValue { .list(words.map { .string($0) }) }

  private static func list(_ words: [String]) -> ComposeValue? { words.isEmpty ? nil : texts(words) }

  private static func merged(_ value: ComposeValue?, _ changes: [String: String]) -> ComposeValue {
    var map = value?.map ?? ComposeMap()
    for (key, text) in changes.sorted(by: { $0.key < $1.key }) { map[key] = .string(text) }
    return .map(map)
  }
}

/// Turns the short syntax of options into what the canonical model has, by the ways that documents go.
private struct OneOffParts {
  let directory: String
  let home: String?
  private(set) var problems: [ComposeProblem] = []

  /// An option is to blame, no file.
  private static let place = SourcePosition(file: "", line: 0, column: 0)

  init(directory: String, home: String?) {
    self.directory = directory
    self.home = home
  }

  mutating func report(_ message: String) {
    problems.append(ComposeProblem(.invalidValue, at: Self.place, message, fix: "correct the option"))
  }

  mutating func words(of line: String) -> [String] {
    guard let words = ShellWords.split(line) else {
      report("--entrypoint \(line): a quote is not closed, or a parenthesis stands alone")
      return []
    }
    return words
  }

  mutating func ports(_ texts: [String]) -> [ComposeValue] {
    var rewriter = CanonicalRewriter()
    let node = rewriter.ports(Self.node(texts), at: AttributePath("--publish"))
    return encoded("ports", node, rewriter.problems)
  }

  mutating func volumes(_ texts: [String]) -> [ComposeValue] {
    var rewriter = CanonicalRewriter()
    let node = Self.node(texts).listItems { index, item in rewriter.volume(item, index, of: AttributePath("--volume")) }
    return encoded("volumes", node, rewriter.problems)
  }

  /// The attribute with this value, its paths resolved, in canonical form.
  private mutating func encoded(_ attribute: String, _ value: Node, _ found: [ComposeProblem]) -> [ComposeValue] {
    problems += found
    guard found.isEmpty else { return [] }
    func wrap(_ key: String, _ node: Node) -> Node {
      Node(.map([Node.Entry(key: key, keyPosition: Self.place, value: node)]), at: Self.place)
    }
    var document = wrap("services", wrap("run", wrap(attribute, value)))
    PathResolution(directory: directory, home: home).resolve(&document)
    guard let service = document["services"]?["run"] else { return [] }
    var encoder = ShapeEncoder(at: AttributePath("run"))
    let canonical = encoder.object(service, as: ServiceShape.service)
    problems += encoder.problems
    return canonical?[attribute]?.list ?? []
  }

  private static func node(_ texts: [String]) -> Node { Node(.list(texts.map { Node(.string($0), at: place) }), at: place) }
}
