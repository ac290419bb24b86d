/// The canonical model as `docker compose config` prints it.
package enum CanonicalOutput {
  /// `config --format json`. Every `$` is doubled (unless told otherwise), so that the output can be loaded again; top-level
  /// `models` is left out, as Compose does.
  package static func json(_ project: Project, doublesDollars: Bool = true) -> String {
    var root = project.canonical.map ?? ComposeMap()
    root["models"] = nil
    return json(.map(root), doublesDollars: doublesDollars)
  }

  /// `config`.
  package static func yaml(_ project: Project, doublesDollars: Bool = true) -> String {
    yaml(project.canonical.withoutEmptyDefaults, doublesDollars: doublesDollars)
  }

  package static func json(_ value: ComposeValue, doublesDollars: Bool) -> String {
    (doublesDollars ? value.doublingDollars : value).json(indented: true) + "\n"
  }

  package static func yaml(_ value: ComposeValue, doublesDollars: Bool) -> String {
    var out = YAMLText()
    out.append(doublesDollars ? value.doublingDollars : value)
    return out.text
  }
}

extension ComposeMap {
  /// Of a service or hook: without what YAML leaves out, and in a form that the schema takes where JSON has another.
  fileprivate var withoutEmptyDefaults: ComposeMap {
    var result = self
    for key in ["command", "entrypoint"] where result[key] == .null { result[key] = nil }
    result["ulimits"] = result["ulimits"]?.mapValues { $0.map?.isEmpty ?? false ? .int(0) : $0 }
    result["blkio_config"] = result["blkio_config"]?.mapValues { $0.lowercasingKeysOfItems }
    if var deploy = result["deploy"]?.map {
      for key in ["resources", "placement"] where deploy[key]?.map?.isEmpty ?? false { deploy[key] = nil }
      result["deploy"] = .map(deploy)
    }
    return result
  }
}

extension ComposeValue {
  /// What `config` prints as JSON but not as YAML: commands that are the image's own, empty `ipam`, `resources`, `placement`.
  fileprivate var withoutEmptyDefaults: ComposeValue {
    guard var root = map else { return self }
    func edit(_ section: String, _ change: (inout ComposeMap) -> Void) {
      guard let entries = root[section]?.map else { return }
      root[section] = .map(
        ComposeMap(
          entries.pairs.map { key, value in
            guard var map = value.map else { return (key, value) }
            change(&map)
            return (key, .map(map))
          }))
    }
    edit("services") { service in
      service = service.withoutEmptyDefaults
      if let hooks = service["pre_start"]?.list {
        service["pre_start"] = .list(hooks.map { hook in hook.map.map { .map($0.withoutEmptyDefaults) } ?? hook })
      }
    }
    edit("networks") { network in
      if network["ipam"]?.map?.isEmpty ?? false { network["ipam"] = nil }
    }
    return .map(root)
  }

  fileprivate func mapValues(_ change: (ComposeValue) -> ComposeValue) -> ComposeValue {
    guard let map else { return self }
    return .map(ComposeMap(map.pairs.map { ($0.key, change($0.value)) }))
  }

  fileprivate var lowercasingKeysOfItems: ComposeValue {
    guard let list else { return self }
    return .list(
      list.map { item in
        guard let map = item.map else { return item }
        return .map(ComposeMap(map.pairs.map { ($0.key.lowercased(), $0.value) }))
      })
  }

  /// The value with `$$` for every `$`, in keys too: Compose doubles the printed text.
  var doublingDollars: ComposeValue {
    switch self {
    case .string(let text): .string(text.escapingVariables)
    case .list(let items): .list(items.map(\.doublingDollars))
    case .map(let map): .map(ComposeMap(map.pairs.map { ($0.key.escapingVariables, $0.value.doublingDollars) }))
    default: self
    }
  }
}
