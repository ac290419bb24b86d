/// What an edit means for the values of a document, without regard to how they are written.
enum TreeChange {
  /// Sets an entry; mappings on the way are made where they are missing.
  case set([String], Node.Content)
  case remove([String])
  /// Sets `name` in a section that is a mapping or a list of `NAME=value`.
  case setting([String], name: String, value: String)
  case removeSetting([String], name: String)

  var path: [String] {
    switch self {
    case .set(let path, _), .remove(let path): path
    case .setting(let path, let name, _), .removeSetting(let path, let name): path + [name]
    }
  }

  /// `root` after the change; nil when something on the way is of the wrong kind.
  func applied(to root: Node) -> Node? {
    switch self {
    case .set(let path, let content):
      root.changing(path[...]) { old in
        if let old, !old.isNull, old.isCollection { return nil }
        return Node(content, at: old?.position ?? root.position)
      }
    case .remove(let path):
      root.changing(path.dropLast()) { old in
        guard var old, let key = path.last, old[key] != nil else { return nil }
        old[key] = nil
        return old
      }
    case .setting(let path, let name, let value):
      root.changing(path[...]) { old in
        guard let old, !old.isNull else {
          return Node.mapping([(name, value)], at: root.position)
        }
        guard let items = old.items else {
          return old.changing([name]) { Node(.string(value), at: $0?.position ?? old.position) }
        }
        var changed = items
        let item = Node(.string("\(name)=\(value)"), at: old.position)
        if let index = items.lastIndex(where: { Self.isSetting($0, name) }) {
          changed[index] = item
        } else {
          changed.append(item)
        }
        return Node(.list(changed), at: old.position, tag: old.tag)
      }
    case .removeSetting(let path, let name):
      root.changing(path[...]) { old in
        guard var old else { return nil }
        guard let items = old.items else {
          guard old[name] != nil else { return nil }
          old[name] = nil
          return old
        }
        return Node(.list(items.filter { !Self.isSetting($0, name) }), at: old.position, tag: old.tag)
      }
    }
  }

  /// `NAME=value` or a bare `NAME`.
  static func isSetting(_ item: Node, _ name: String) -> Bool { item.scalarText.map { isSetting($0, name) } ?? false }

  static func isSetting(_ item: String, _ name: String) -> Bool {
    item == name || (item.utf8.starts(with: name.utf8) && item.utf8.dropFirst(name.utf8.count).first == UInt8(ascii: "="))
  }
}

extension Node {
  fileprivate var isCollection: Bool { entries != nil || items != nil }

  /// This mapping with the value at `path` changed; `change` gets nil when nothing is there, and gives nil when it cannot.
  fileprivate func changing(_ path: ArraySlice<String>, _ change: (Node?) -> Node?) -> Node? {
    guard let key = path.first else { return change(self) }
    guard var entries = isNull ? [] : entries else { return nil }
    let index = entries.firstIndex { $0.key == key }
    let old = index.map { entries[$0].value }
    let rest = path.dropFirst()
    guard var new = rest.isEmpty ? change(old) : (old ?? Node(.null, at: position)).changing(rest, change) else { return nil }
    if let index {
      new.tag = old?.tag
      entries[index].value = new
    } else {
      entries.append(Entry(key: key, keyPosition: position, value: new))
    }
    return Node(.map(entries), at: self.position, tag: tag)
  }

  /// The paths at which two trees differ, at most `limit`; the order of keys and the places do not matter.
  ///
  /// - Parameter lenient: of the values at and below this path only the text counts: `5432` is `"5432"`.
  func differences(from other: Node, lenient: [String]? = nil, limit: Int = 50) -> [[String]] {
    var found: [[String]] = []
    compare(other, at: [], lenient, limit, &found)
    return found
  }

  private func compare(_ other: Node, at path: [String], _ lenient: [String]?, _ limit: Int, _ found: inout [[String]]) {
    guard found.count < limit else { return }
    guard tag == other.tag else { return found.append(path) }
    switch (content, other.content) {
    case (.map(let entries), .map(let others)):
      var rest: [String: Node] = [:]
      for entry in others { rest[entry.key] = entry.value }
      for entry in entries {
        guard let counterpart = rest.removeValue(forKey: entry.key) else {
          found.append(path + [entry.key])
          continue
        }
        entry.value.compare(counterpart, at: path + [entry.key], lenient, limit, &found)
      }
      for key in rest.keys.sorted() { found.append(path + [key]) }
    case (.list(let items), .list(let others)):
      guard items.count == others.count else { return found.append(path) }
      for (index, pair) in zip(items, others).enumerated() {
        pair.0.compare(pair.1, at: path + [String(index)], lenient, limit, &found)
      }
    case (.map, _), (_, .map), (.list, _), (_, .list):
      found.append(path)
    case (.null, .null): return
    default:
      if content.isSame(other.content) { return }
      if let lenient, path.starts(with: lenient), let text = scalarText, text == other.scalarText { return }
      found.append(path)
    }
  }
}

extension Node.Content {
  /// Equal scalars of one type.
  fileprivate func isSame(_ other: Node.Content) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
    case (.timestamp(let a), .timestamp(let b)), (.string(let a), .string(let b)): a == b
    default: false
    }
  }

  init(_ value: ComposeValue, at position: SourcePosition) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let text): self = .string(text)
    case .list(let items): self = .list(items.map { Node(Node.Content($0, at: position), at: position) })
    case .map(let map):
      self = .map(
        map.pairs.map {
          Node.Entry(
            key: $0.key, keyPosition: position, value: Node(Node.Content($0.value, at: position), at: position))
        })
    }
  }
}

extension ComposeValue {
  /// The value with `$$` for every `$` of its texts, so that interpolation gives them back; keys are never interpolated.
  var escapingVariables: ComposeValue {
    switch self {
    case .string(let text): .string(text.escapingVariables)
    case .list(let items): .list(items.map(\.escapingVariables))
    case .map(let map): .map(ComposeMap(map.pairs.map { ($0.key, $0.value.escapingVariables) }))
    case .null, .bool, .int, .double: self
    }
  }
}

extension String {
  var escapingVariables: String { doubling(UInt8(ascii: "$")) }
}
