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
    yaml(project.canonical, doublesDollars: doublesDollars)
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

extension ComposeValue {
  /// The value with `$$` for every `$` in its texts (not in keys).
  var doublingDollars: ComposeValue {
    switch self {
    case .string(let text): .string(text.utf8.contains(UInt8(ascii: "$")) ? text.replacing("$", with: "$$") : text)
    case .list(let items): .list(items.map(\.doublingDollars))
    case .map(let map): .map(ComposeMap(map.pairs.map { ($0.key, $0.value.doublingDollars) }))
    default: self
    }
  }
}
