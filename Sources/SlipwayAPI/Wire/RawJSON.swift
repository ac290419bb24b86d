package import ComposeFile

/// Any JSON within a body; names in it are kept as they are.
package struct RawJSON: Codable, Hashable, Sendable {
  package var value: ComposeValue

  package init(_ value: ComposeValue) { self.value = value }

  /// Null where the text is no JSON.
  package init(text: String) { value = (try? ComposeValue(json: Array(text.utf8))) ?? .null }

  package func encode(to encoder: any Encoder) throws { try Self.encode(value, to: encoder) }

  private static func encode(_ value: ComposeValue, to encoder: any Encoder) throws {
    switch value {
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(RawJSON(item)) }
    case .map(let map):
      // The strategy for names leaves the keys of a dictionary alone, but only of one that a container is given; its order does
      // not count in JSON.
      var container = encoder.singleValueContainer()
      try container.encode(Dictionary(map.pairs.map { ($0.key, RawJSON($0.value)) }, uniquingKeysWith: { _, last in last }))
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .int(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .double(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .string(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .null
    } else if let flag = try? container.decode(Bool.self) {
      value = .bool(flag)
    } else if let number = try? container.decode(Int.self) {
      value = .int(number)
    } else if let number = try? container.decode(Double.self) {
      value = .double(number)
    } else if let text = try? container.decode(String.self) {
      value = .string(text)
    } else if let items = try? container.decode([RawJSON].self) {
      value = .list(items.map(\.value))
    } else {
      let map = try container.decode([String: RawJSON].self)
      value = .map(ComposeMap(map.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }))
    }
  }
}
