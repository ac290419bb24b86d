/// Defaults and implied attributes of one service, on the located tree in long form.
struct ServiceNormalization {
  /// Build contexts that are not given are this folder.
  let workingDirectory: String

  /// The service with everything that its attributes imply written out.
  func normalized(_ service: Node) -> Node {
    var node = service.mappingEntries { entry in
      switch entry.key {
      case "build": entry.value = build(entry.value)
      case "ports": entry.value = entry.value.listItems { _, item in port(item) }
      case "secrets": entry.value = entry.value.listItems { _, item in secret(item) }
      case "gpus": entry.value = entry.value.listItems { _, item in deviceRequest(item) }
      case "deploy": entry.value = deploy(entry.value)
      case "pull_policy":
        if entry.value.string == "if_not_present" { entry.value.content = .string("missing") }
      default: break
      }
    }
    node = withNetworks(node)
    node = withScale(node)
    node = withImpliedDependencies(node)
    guard let hooks = node["pre_start"] else { return node }
    var base = withNetworks(service)
    if let secrets = node["secrets"] { base["secrets"] = secrets }
    let inherited = Node(
      .map((base.entries ?? []).filter { ServiceShape.inheritedByPreStart.contains($0.key) }), at: node.position)
    node["pre_start"] = hooks.listItems { _, hook in preStart(hook, inheriting: inherited, hasNetworks: node) }
    return node
  }

  private func text(_ text: String, at position: SourcePosition) -> Node { Node(.string(text), at: position) }

  private func build(_ node: Node) -> Node {
    guard node.entries != nil else { return node }
    var build = node
    if build["context"].isAbsent { build["context"] = text(workingDirectory, at: node.position) }
    if build["dockerfile"].isAbsent, build["dockerfile_inline"].isAbsent {
      build["dockerfile"] = text("Dockerfile", at: node.position)
    }
    return build
  }

  private func port(_ node: Node) -> Node {
    guard node.entries != nil else { return node }
    var port = node
    if port["mode"].isAbsent { port["mode"] = text("ingress", at: node.position) }
    if port["protocol"].isAbsent { port["protocol"] = text("tcp", at: node.position) }
    return port
  }

  private func secret(_ node: Node) -> Node {
    guard node.entries != nil, node["target"].isAbsent, let source = node["source"]?.string else { return node }
    var secret = node
    secret["target"] = text("/run/secrets/\(source)", at: node.position)
    return secret
  }

  private func deviceRequest(_ node: Node) -> Node {
    guard node.entries != nil, node["count"].isAbsent, node["device_ids"].isAbsent else { return node }
    var request = node
    request["count"] = Node(.int(-1), at: node.position)
    return request
  }

  private func deploy(_ node: Node) -> Node {
    node.mappingEntries { entry in
      guard entry.key == "resources" else { return }
      entry.value = entry.value.mappingEntries { part in
        part.value = part.value.mappingEntries { attribute in
          guard attribute.key == "devices" else { return }
          attribute.value = attribute.value.listItems { _, item in deviceRequest(item) }
        }
      }
    }
  }

  /// A service without networks of its own is on the default one.
  private func withNetworks(_ service: Node) -> Node {
    guard service["network_mode"].isAbsent, service["provider"].isAbsent,
      service["networks"]?.entries?.isEmpty ?? true
    else { return service }
    var result = service
    result["networks"] = Node(
      .map([Node.Entry(key: "default", keyPosition: service.position, value: Node(.null, at: service.position))]),
      at: service.position)
    return result
  }

  private func withScale(_ service: Node) -> Node {
    guard let scale = service["scale"], !scale.isNull, var deploy = service["deploy"], deploy.entries != nil,
      deploy["replicas"].isAbsent
    else { return service }
    deploy["replicas"] = scale
    var result = service
    result["deploy"] = deploy
    return result
  }

  /// `links`, `network_mode: service:x` and the like, and `volumes_from` imply an order.
  private func withImpliedDependencies(_ service: Node) -> Node {
    var implied: [(name: String, position: SourcePosition, restarts: Bool)] = []
    for link in service["links"]?.items ?? [] {
      guard let text = link.string, let name = text.split(separator: ":").first else { continue }
      implied.append((String(name), link.position, true))
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
      guard let node = service[key], let text = node.string, text.hasPrefix("service:") else { continue }
      implied.append((String(text.dropFirst(8)), node.position, true))
    }
    for item in service["volumes_from"]?.items ?? [] {
      guard let text = item.string, !text.hasPrefix("container:"), let name = text.split(separator: ":").first else {
        continue
      }
      implied.append((String(name), item.position, false))
    }
    guard !implied.isEmpty else { return service }
    var dependencies = service["depends_on"]?.entries ?? []
    var known = Set(dependencies.map(\.key))
    for (name, position, restarts) in implied where known.insert(name).inserted {
      var options = [
        Node.Entry(key: "condition", keyPosition: position, value: text("service_started", at: position)),
        Node.Entry(key: "required", keyPosition: position, value: Node(.bool(true), at: position)),
      ]
      if restarts {
        options.append(Node.Entry(key: "restart", keyPosition: position, value: Node(.bool(true), at: position)))
      }
      dependencies.append(Node.Entry(key: name, keyPosition: position, value: Node(.map(options), at: position)))
    }
    var result = service
    result["depends_on"] = Node(.map(dependencies), at: service["depends_on"]?.position ?? service.position)
    return result
  }

  /// A pre_start hook is a container of its own that starts from its service's attributes.
  private func preStart(_ hook: Node, inheriting base: Node, hasNetworks service: Node) -> Node {
    guard hook.entries != nil else { return hook }
    var merged = HookInheritance.merge(base, with: hook)
    merged = merged.mappingEntries { entry in
      switch entry.key {
      case "gpus": entry.value = entry.value.listItems { _, item in deviceRequest(item) }
      default: break
      }
    }
    return withNetworks(merged)
  }
}

/// Lays a pre_start hook over the attributes of its service.
enum HookInheritance {
  static func merge(_ base: Node, with own: Node) -> Node {
    guard var entries = base.entries, let ownEntries = own.entries else { return own }
    var places: [String: Int] = [:]
    for (place, entry) in entries.enumerated() { places[entry.key] = place }
    for entry in ownEntries {
      guard let place = places[entry.key] else {
        entries.append(entry)
        continue
      }
      entries[place].keyPosition = entry.keyPosition
      entries[place].value = combine(entry.key, entries[place].value, entry.value)
    }
    return Node(.map(entries), at: own.position)
  }

  private static func combine(_ key: String, _ base: Node, _ own: Node) -> Node {
    if own.isNull { return key == "command" || key == "entrypoint" ? own : base }
    switch (base.content, own.content) {
    case (.map, .map):
      let drivers = [base, own].compactMap { key == "logging" ? $0["driver"]?.string : nil }
      return drivers.count == 2 && drivers[0] != drivers[1] ? own : merge(base, with: own)
    case (.list(let old), .list(let new)):
      if key == "command" || key == "entrypoint" { return own }
      if key == "devices" { return Node(.list(old + new), at: own.position) }
      var items = old
      var places: [String: Int] = [:]
      for (place, item) in items.enumerated() { places[identity(item)] = place }
      for item in new {
        if let place = places[identity(item)] {
          items[place] = item
        } else {
          places[identity(item)] = items.count
          items.append(item)
        }
      }
      return Node(.list(items), at: own.position)
    default: return own
    }
  }

  /// Mounts and devices are the same when their targets are.
  private static func identity(_ item: Node) -> String {
    item["target"]?.fingerprint ?? item["source"]?.fingerprint ?? item["path"]?.fingerprint ?? item.fingerprint
  }
}

extension Node? {
  var isAbsent: Bool { self?.isNull ?? true }
}

extension String? {
  var isNilOrEmpty: Bool { self?.isEmpty ?? true }
}
