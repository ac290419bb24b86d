/// Rewrites the short forms of the Compose syntax into the long ones, places kept.
///
/// Adds no defaults and resolves no paths. A document that is already in long form comes back unchanged. Values of a wrong
/// kind are left alone: `ComposeSchema` reports them.
enum CanonicalForm {
  static func transform(_ document: Node, problems: inout [ComposeProblem]) -> Node {
    var rewriter = CanonicalRewriter()
    let result = document.mappingEntries { entry in
      switch entry.key {
      case "services":
        entry.value = entry.value.mappingEntries { service in
          service.value = rewriter.service(service.value, at: AttributePath("services", service.key))
        }
      case "networks", "volumes", "secrets", "configs":
        entry.value = entry.value.mappingEntries { resource in
          resource.value = resource.value.mappingEntries { attribute in
            if attribute.key == "labels" { attribute.value = KeyValueForm.map(attribute.value, bare: .emptyText) }
          }
        }
      default: break
      }
    }
    problems += rewriter.problems
    return result
  }
}

/// One walk over the services of a document.
struct CanonicalRewriter {
  var problems: [ComposeProblem] = []
  /// Ports of short entries so far.
  var portCount = 0
  /// Entries so far of attributes that make a service wait for others.
  private var dependencyCount = 0

  /// What all services of a document may wait for: each entry becomes a mapping of its own.
  private static let dependencyLimit = 10_000

  mutating func service(_ node: Node, at path: AttributePath) -> Node {
    node.mappingEntries { entry in
      let here = path.appending(entry.key)
      switch entry.key {
      case "build": entry.value = build(entry.value, at: here)
      case "depends_on": entry.value = dependencies(bounded(entry.value, at: here))
      case "links", "volumes_from": entry.value = bounded(entry.value, at: here)
      case "deploy":
        entry.value = entry.value.mappingEntries { attribute in
          switch attribute.key {
          case "labels": attribute.value = KeyValueForm.map(attribute.value, bare: .emptyText)
          case "resources": attribute.value = resources(attribute.value)
          default: break
          }
        }
      case "develop": entry.value = develop(entry.value, at: here)
      case "healthcheck":
        entry.value = entry.value.mappingEntries { attribute in
          guard attribute.key == "test", let text = attribute.value.string else { return }
          let position = attribute.value.position
          attribute.value = Node(
            .list([Node(.string("CMD-SHELL"), at: position), Node(.string(text), at: position)]), at: position)
        }
      case "ports": entry.value = ports(entry.value, at: here)
      case "extends":
        if entry.value.string != nil { entry.value = entry.value.wrapped(in: "service") }
      case "pre_start", "post_start", "pre_stop":
        entry.value = entry.value.listItems { index, item in self.container(item, at: here.appending(index)) }
      default: container(&entry, at: here)
      }
    }
  }

  /// A hook: a mapping of container attributes.
  private mutating func container(_ node: Node, at path: AttributePath) -> Node {
    node.mappingEntries { entry in container(&entry, at: path.appending(entry.key)) }
  }

  /// An attribute of a plain container.
  private mutating func container(_ entry: inout Node.Entry, at path: AttributePath) {
    switch entry.key {
    case "environment":
      checkNames(entry.value, at: path)
      entry.value = KeyValueForm.map(entry.value, bare: .null)
    case "labels", "annotations", "sysctls": entry.value = KeyValueForm.map(entry.value, bare: .emptyText)
    case "dns":
      entry.value = entry.value.listed
      if let items = entry.value.items { entry.value.content = .list(items.filter { $0.string != "" }) }
    case "dns_search": entry.value = entry.value.listed
    case "label_file", "tmpfs":
      if entry.value.string != nil { entry.value.content = .list([Node(entry.value.content, at: entry.value.position)]) }
    case "env_file":
      entry.value = entry.value.listed.listItems { _, item in
        var file = item.string == nil ? item : item.wrapped(in: "path")
        if file.entries != nil, file["required"] == nil {
          file["required"] = Node(.bool(true), at: item.position)
        }
        return file
      }
    case "extra_hosts": entry.value = extraHosts(entry.value, at: path)
    case "secrets", "configs":
      entry.value = entry.value.listItems { _, item in item.string == nil ? item : item.wrapped(in: "source") }
    case "networks", "models": entry.value = keys(entry.value)
    case "volumes": entry.value = entry.value.listItems { index, item in self.volume(item, index, of: path) }
    case "devices": entry.value = entry.value.listItems { index, item in self.device(item, index, of: path) }
    case "gpus": entry.value = gpus(entry.value)
    default: break
    }
  }

  private mutating func checkNames(_ environment: Node, at path: AttributePath) {
    for (index, item) in (environment.items ?? []).enumerated() {
      guard let name = item.string?.utf8.prefix(while: { $0 != UInt8(ascii: "=") }), name.last == 32 else { continue }
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      problems.append(
        ComposeProblem(
          .invalidValue, at: item.position, "\(path.appending(index)): the name of the variable ends with a space",
          fix: "remove the space before the `=`"))
    }
  }

  private mutating func build(_ node: Node, at path: AttributePath) -> Node {
    if node.string != nil { return node.wrapped(in: "context") }
    return node.mappingEntries { entry in
      switch entry.key {
      case "args": entry.value = KeyValueForm.map(entry.value, bare: .null)
      case "labels": entry.value = KeyValueForm.map(entry.value, bare: .emptyText)
      case "additional_contexts":
        checkContexts(entry.value, at: path.appending("additional_contexts"))
        entry.value = KeyValueForm.map(entry.value, bare: .emptyText)
      case "ssh": entry.value = keys(ssh: entry.value)
      case "extra_hosts": entry.value = extraHosts(entry.value, at: path.appending("extra_hosts"))
      case "secrets":
        entry.value = entry.value.listItems { _, item in item.string == nil ? item : item.wrapped(in: "source") }
      default: break
      }
    }
  }

  private mutating func checkContexts(_ contexts: Node, at path: AttributePath) {
    for (index, item) in (contexts.items ?? []).enumerated() {
      guard let text = item.string, !text.utf8.contains(UInt8(ascii: "=")) else { continue }
      guard problems.count < ComposeProblems.gatheringLimit else { return }
      problems.append(
        ComposeProblem(
          .invalidValue, at: item.position, "\(path.appending(index)): `\(text)` has no path", fix: "write NAME=PATH"))
    }
  }

  /// Keys of an agent as `id` or `id=path` items.
  private func keys(ssh node: Node) -> Node {
    guard let entries = node.entries else { return node }
    return Node(
      .list(
        entries.map { entry in
          let path = entry.value.string ?? ""
          return Node(.string(path.isEmpty ? entry.key : "\(entry.key)=\(path)"), at: entry.keyPosition)
        }), at: node.position, tag: node.tag)
  }

  /// The entries of a service; none, and a problem, when those of all services are too many.
  private mutating func bounded(_ node: Node, at path: AttributePath) -> Node {
    let wasWithin = dependencyCount <= Self.dependencyLimit
    dependencyCount += node.items?.count ?? node.entries?.count ?? 0
    guard dependencyCount > Self.dependencyLimit else { return node }
    if wasWithin {
      problems.append(
        ComposeProblem(
          .limit, at: node.position, "\(path): up to here the services have more than \(Self.dependencyLimit) dependencies",
          fix: "make several projects"))
    }
    return Node(.null, at: node.position)
  }

  private func dependencies(_ node: Node) -> Node {
    switch node.content {
    case .list(let items):
      let entries = items.compactMap { item -> Node.Entry? in
        guard let name = item.string else { return nil }
        let options = Node(
          .map([
            Node.Entry(
              key: "condition", keyPosition: item.position, value: Node(.string("service_started"), at: item.position)),
            Node.Entry(key: "required", keyPosition: item.position, value: Node(.bool(true), at: item.position)),
          ]), at: item.position)
        return Node.Entry(key: name, keyPosition: item.position, value: options)
      }
      return Node(.map(entries), at: node.position, tag: node.tag)
    case .map:
      return node.mappingEntries { entry in
        if entry.value.entries != nil, entry.value["required"] == nil {
          entry.value["required"] = Node(.bool(true), at: entry.keyPosition)
        }
      }
    default: return node
    }
  }

  /// A list of names as a mapping of names to nothing.
  private func keys(_ node: Node) -> Node {
    guard let items = node.items else { return node }
    var seen: Set<String> = []
    let entries = items.compactMap { item -> Node.Entry? in
      guard let name = item.string, seen.insert(name).inserted else { return nil }
      return Node.Entry(key: name, keyPosition: item.position, value: Node(.null, at: item.position))
    }
    return Node(.map(entries), at: node.position, tag: node.tag)
  }

  private mutating func develop(_ node: Node, at path: AttributePath) -> Node {
    node.mappingEntries { entry in
      guard entry.key == "watch" else { return }
      let here = path.appending("watch")
      entry.value = entry.value.listItems { index, rule in
        rule.mappingEntries { attribute in
          switch attribute.key {
          // The name of `initial_sync` before the specification had it.
          case "x-initialSync": attribute.key = "initial_sync"
          case "exec": attribute.value = self.container(attribute.value, at: here.appending(index).appending("exec"))
          default: break
          }
        }
      }
    }
  }

  private func resources(_ node: Node) -> Node {
    node.mappingEntries { part in
      part.value = part.value.mappingEntries { entry in
        guard entry.key == "devices" else { return }
        entry.value = deviceOptions(entry.value)
      }
    }
  }

  private func gpus(_ node: Node) -> Node {
    guard node.string != nil else { return deviceOptions(node) }
    return Node(.list([Node(.int(-1), at: node.position).wrapped(in: "count")]), at: node.position, tag: node.tag)
  }

  private func deviceOptions(_ node: Node) -> Node {
    node.listItems { _, item in
      item.mappingEntries { attribute in
        if attribute.key == "options" { attribute.value = KeyValueForm.map(attribute.value, bare: .emptyText) }
      }
    }
  }

  private mutating func device(_ node: Node, _ index: Int, of path: AttributePath) -> Node {
    guard let text = node.string else {
      if node.entries != nil, node["target"] == nil, problems.count < ComposeProblems.gatheringLimit {
        problems.append(
          ComposeProblem(
            .missingValue, at: node.position, "\(path.appending(index)): `target` is missing",
            fix: "add the path of the device in the container as `target`"))
      }
      return node
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 3 else {
      guard problems.count < ComposeProblems.gatheringLimit else { return node }
      problems.append(
        ComposeProblem(
          .invalidValue, at: node.position, "\(path.appending(index)): `\(text)` has too many colons",
          fix: "write SOURCE:TARGET:PERMISSIONS, or the long form with source, target and permissions"))
      return node
    }
    let target = parts.count > 1 && !parts[1].isEmpty ? parts[1] : parts[0]
    return Node.mapping(
      [("source", parts[0]), ("target", target), ("permissions", parts.count > 2 ? parts[2] : "rwm")], at: node.position)
  }

  /// A mapping as `host=address` items; items of a list stay as written (`ExtraHosts` reads them), as merging compares them.
  private mutating func extraHosts(_ node: Node, at path: AttributePath) -> Node {
    switch node.content {
    case .map(let entries):
      var hosts: [Node] = []
      for entry in entries {
        for address in entry.value.items ?? [entry.value] {
          // Of another kind: the schema tells.
          guard let text = address.string else { return node }
          hosts.append(Node(.string("\(entry.key)=\(text)"), at: address.position))
        }
      }
      return Node(.list(hosts), at: node.position, tag: node.tag)
    case .list(let items):
      for (index, item) in items.enumerated() {
        guard let text = item.string else { continue }
        let host = ExtraHost(text)
        if let host, !host.name.isEmpty { continue }
        guard problems.count < ComposeProblems.gatheringLimit else { return node }
        problems.append(
          ComposeProblem(
            .invalidValue, at: item.position,
            "\(path.appending(index)): `\(text)` has no \(host == nil ? "address" : "host name")", fix: "write HOST=ADDRESS"))
      }
      return node
    default: return node
    }
  }
}
