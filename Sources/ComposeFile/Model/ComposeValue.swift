/// A value of the canonical model: plain data without places, mappings in printing order.
package enum ComposeValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([ComposeValue])
  case map(ComposeMap)

  package subscript(key: String) -> ComposeValue? {
    if case .map(let map) = self { map[key] } else { nil }
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var int: Int? { if case .int(let value) = self { value } else { nil } }
  package var list: [ComposeValue]? { if case .list(let items) = self { items } else { nil } }
  package var map: ComposeMap? { if case .map(let map) = self { map } else { nil } }
}

/// A mapping that keeps the order of its keys; equality ignores the order.
package struct ComposeMap: Hashable, Sendable {
  package private(set) var keys: [String] = []
  private var values: [ComposeValue] = []
  /// Where the keys are, of a mapping so large that looking at each takes longer than a table.
  private var places: [String: Int] = [:]

  private static let smallCount = 12

  package init() {}

  package init(_ pairs: [(String, ComposeValue)]) {
    for (key, value) in pairs { self[key] = value }
  }

  package subscript(key: String) -> ComposeValue? {
    get { place(of: key).map { values[$0] } }
    set {
      guard let newValue else { return remove(key) }
      if let place = place(of: key) {
        values[place] = newValue
      } else {
        keys.append(key)
        values.append(newValue)
        growTable()
      }
    }
  }

  package var isEmpty: Bool { keys.isEmpty }
  package var pairs: [(key: String, value: ComposeValue)] { zip(keys, values).map { ($0, $1) } }

  private func place(of key: String) -> Int? {
    keys.count <= Self.smallCount ? keys.firstIndex(of: key) : places[key]
  }

  /// After a key was added at the end.
  private mutating func growTable() {
    guard keys.count > Self.smallCount else { return }
    for place in (places.isEmpty ? 0 : keys.count - 1)..<keys.count { places[keys[place]] = place }
  }

  private mutating func remove(_ key: String) {
    guard let removed = place(of: key) else { return }
    keys.remove(at: removed)
    values.remove(at: removed)
    guard keys.count > Self.smallCount else {
      places = [:]
      return
    }
    places[key] = nil
    for index in places.values.indices where places.values[index] > removed { places.values[index] -= 1 }
  }

  package static func == (a: ComposeMap, b: ComposeMap) -> Bool {
    guard a.keys.count == b.keys.count else { return false }
    if a.keys == b.keys { return a.values == b.values }
    return a.keys.indices.allSatisfy { b[a.keys[$0]] == a.values[$0] }
  }

  package func hash(into hasher: inout Hasher) {
    // The order of the keys must not count.
    var sum = 0
    for (key, value) in zip(keys, values) {
      var entry = Hasher()
      entry.combine(key)
      entry.combine(value)
      sum ^= entry.finalize()
    }
    hasher.combine(keys.count)
    hasher.combine(sum)
  }
}
