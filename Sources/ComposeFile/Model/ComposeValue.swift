/// A value of the canonical model: plain data without places, mappings in printing order.
package indirect enum ComposeValue: Hashable, Sendable {
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
  private var values: [String: ComposeValue] = [:]

  package init() {}

  package init(_ pairs: [(String, ComposeValue)]) {
    for (key, value) in pairs { self[key] = value }
  }

  package subscript(key: String) -> ComposeValue? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  package var isEmpty: Bool { keys.isEmpty }
  package var pairs: [(key: String, value: ComposeValue)] { keys.compactMap { key in values[key].map { (key, $0) } } }

  package static func == (a: ComposeMap, b: ComposeMap) -> Bool { a.values == b.values }
  package func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
