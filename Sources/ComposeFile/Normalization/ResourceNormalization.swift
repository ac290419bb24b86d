/// Networks, volumes, secrets and configs on their way to the project: names, external ones, sources.
struct ResourceNormalization {
  enum Kind: String { case networks, volumes, secrets, configs }

  let kind: Kind
  /// nil: names are left as written.
  let projectName: String?
  var warnings: [ComposeWarning] = []
  var problems: [ComposeProblem] = []

  init(_ kind: Kind, projectName: String?) {
    self.kind = kind
    self.projectName = projectName
  }

  /// The resource in canonical form; nil when it cannot be used.
  mutating func canonical(_ entry: Node.Entry) -> ComposeValue? {
    var node = entry.value.isNull ? Node(.map([]), at: entry.keyPosition) : entry.value
    guard node.entries != nil else { return nil }
    let path = "\(kind.rawValue).\(entry.key)"
    let isExternal = readExternal(&node, of: entry, path)
    check(node, of: entry, path, isExternal: isExternal)
    if let projectName, node["name"].isAbsent || node["name"]?.string == "" {
      node["name"] = Node(.string(isExternal ? entry.key : "\(projectName)_\(entry.key)"), at: entry.keyPosition)
    }
    var encoder = ShapeEncoder(at: AttributePath(kind.rawValue, entry.key))
    let value = encoder.object(node, as: shape)
    problems += encoder.problems
    return value
  }

  private var shape: ObjectShape {
    switch kind {
    case .networks: ResourceShape.network
    case .volumes: ResourceShape.volume
    case .secrets, .configs: ResourceShape.fileObject
    }
  }

  /// `external: {name: x}` is the old way to write `external: true` and `name: x`.
  private mutating func readExternal(_ node: inout Node, of entry: Node.Entry, _ path: String) -> Bool {
    guard let external = node["external"] else { return false }
    guard external.entries != nil else { return external.bool ?? (external.string?.lowercased() == "true") }
    if let old = external["name"]?.string, !old.isEmpty {
      warnings.append(
        ComposeWarning(at: external.position, "\(path): `external.name` is deprecated; use `name` and `external: true`"))
      if let name = node["name"]?.string, name != old {
        problems.append(
          ComposeProblem(
            .conflictingValues, at: external.position, "\(path): `name` and `external.name` differ",
            fix: "keep `name` and write `external: true`"))
      }
      node["name"] = Node(.string(old), at: external.position)
    }
    node["external"] = Node(.bool(true), at: external.position)
    return true
  }

  private mutating func check(_ node: Node, of entry: Node.Entry, _ path: String, isExternal: Bool) {
    switch kind {
    case .networks: return
    case .volumes:
      guard isExternal else { return }
      for attribute in node.entries ?? [] where !["name", "external"].contains(attribute.key) {
        guard !attribute.key.hasPrefix("x-"), !attribute.value.isNull else { continue }
        problems.append(
          ComposeProblem(
            .conflictingValues, at: attribute.keyPosition, "\(path): is external, but has `\(attribute.key)`",
            fix: "remove `\(attribute.key)`: an external volume exists already"))
      }
    case .secrets, .configs:
      let sources = kind == .secrets ? ["file", "environment"] : ["file", "environment", "content"]
      let given = (node.entries ?? []).filter {
        sources.contains($0.key) && !$0.value.isNull && !($0.key == "environment" && $0.value.string == "")
      }
      let words = sources.map { "`\($0)`" }.joined(separator: ", ")
      if given.count > 1 {
        problems.append(
          ComposeProblem(
            .conflictingValues, at: given[1].keyPosition, "\(path): only one of \(words) can be set",
            fix: "remove all but one"))
      } else if given.isEmpty, !isExternal {
        problems.append(
          ComposeProblem(
            .missingValue, at: entry.keyPosition, "\(path): one of \(words) must be set",
            fix: "add one of them, or `external: true`"))
      }
    }
  }
}
