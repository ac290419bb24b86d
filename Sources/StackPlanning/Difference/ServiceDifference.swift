package import ComposeFile

/// One attribute that differs between two forms of a service (or network, volume …).
package struct AttributeChange: Hashable, Sendable, Codable {
  /// Path below the object: `image`, `environment.PORT`, `ports[0].published`.
  package var path: String
  /// Compact text; nil: absent.
  package var before: String?
  package var after: String?

  package init(path: String, before: String?, after: String?) {
    self.path = path
    self.before = before
    self.after = after
  }

  package var text: String {
    switch (before, after) {
    case ("•••", "•••"): "\(path) changed"
    case (let before?, let after?): "\(path): \(before) -> \(after)"
    case (nil, let after?): "\(path): + \(after)"
    case (let before?, nil): "\(path): - \(before)"
    case (nil, nil): path
    }
  }
}

package enum ServiceDifference {
  /// Attributes that `up` does not look at.
  private static let ignored: Set<String> = ["build", "pull_policy", "scale", "depends_on", "profiles"]

  /// What differs and makes Compose replace containers, in order of the attribute names.
  package static func between(_ before: Service, _ after: Service) -> [AttributeChange] {
    ValueDifference.between(before.canonical, after.canonical).filter { change in
      !ignored.contains(String(change.path.prefix { $0 != "." && $0 != "[" }))
    }
  }
}

package enum ValueDifference {
  /// The leaves that differ between two values, by path; lists are compared whole when their lengths differ.
  package static func between(_ before: ComposeValue, _ after: ComposeValue, path: String = "") -> [AttributeChange] {
    if before == after { return [] }
    switch (before, after) {
    case (.map(let old), .map(let new)):
      let keys = Set(old.keys).union(new.keys).sorted()
      return keys.flatMap { key -> [AttributeChange] in
        let place = path.isEmpty ? key : "\(path).\(key)"
        switch (old[key], new[key]) {
        case (let a?, let b?): return between(a, b, path: place)
        case (let a?, nil): return [AttributeChange(path: place, before: text(a, at: place), after: nil)]
        case (nil, let b?): return [AttributeChange(path: place, before: nil, after: text(b, at: place))]
        case (nil, nil): return []
        }
      }
    case (.list(let old), .list(let new)) where old.count == new.count:
      return zip(old, new).enumerated().flatMap { index, pair in
        between(pair.0, pair.1, path: "\(path)[\(index)]")
      }
    default:
      return [AttributeChange(path: path, before: text(before, at: path), after: text(after, at: path))]
    }
  }

  /// Attributes below which values may be secret.
  private static let secretKeys: Set<String> = ["environment", "content"]

  /// A short one-line form; at most 80 characters. Values of environments and inline contents may be secret: dots.
  private static func text(_ value: ComposeValue, at path: String) -> String {
    let isSecret =
      path.hasSuffix(".content") || path == "content" || path.hasPrefix("environment") || path.contains(".environment")
    return isSecret ? "•••" : text(value)
  }

  private static func text(_ value: ComposeValue) -> String {
    let full: String
    switch value {
    case .null: full = "null"
    case .bool(let flag): full = flag ? "true" : "false"
    case .int(let number): full = String(number)
    case .double(let number): full = String(number)
    case .string(let text): full = text.isEmpty ? "\"\"" : text.replacing("\n", with: "\\n")
    case .list(let items): full = "[" + items.map(Self.text).joined(separator: ", ") + "]"
    case .map(let map):
      let pairs = map.pairs.map { key, value in "\(key): \(secretKeys.contains(key) ? "•••" : Self.text(value))" }
      full = "{" + pairs.joined(separator: ", ") + "}"
    }
    return full.count > 80 ? full.prefix(77) + "..." : full
  }
}
