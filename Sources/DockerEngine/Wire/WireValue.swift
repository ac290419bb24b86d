/// A value that crosses the wire as JSON and has a default: what an engine leaves out, or answers with `null`.
package protocol WireValue: Codable, Hashable {
  init()
}

extension String: WireValue {}
extension Bool: WireValue {}
extension Int: WireValue {}
extension Int64: WireValue {}
extension UInt64: WireValue {}
extension Array: WireValue where Element: Codable & Hashable {}
extension Dictionary: WireValue where Key: Codable, Value: Codable & Hashable {}

/// A property that is never nil: a missing key and `null` decode as the default, and the default is not sent.
///
/// Go's encoder answers nil slices and maps with `null`, and engines of different ages leave out different keys.
@propertyWrapper
package struct OrDefault<Value: WireValue>: Codable, Hashable {
  package var wrappedValue: Value

  package init(wrappedValue: Value = Value()) {
    self.wrappedValue = wrappedValue
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? Value() : try container.decode(Value.self)
  }

  package func encode(to encoder: any Encoder) throws {
    try wrappedValue.encode(to: encoder)
  }
}

extension OrDefault: Sendable where Value: Sendable {}

extension KeyedDecodingContainer {
  func decode<Value>(_ type: OrDefault<Value>.Type, forKey key: Key) throws -> OrDefault<Value> {
    OrDefault(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? Value())
  }
}

extension KeyedDecodingContainer {
  /// Podman answers `null` for a port without bindings; it becomes one with none.
  func decode(
    _ type: OrDefault<[String: [PortBinding]]>.Type, forKey key: Key
  ) throws -> OrDefault<[String: [PortBinding]]> {
    let bindings = try decodeIfPresent([String: [PortBinding]?].self, forKey: key) ?? [:]
    return OrDefault(wrappedValue: bindings.mapValues { $0 ?? [] })
  }
}

extension KeyedEncodingContainer {
  mutating func encode<Value>(_ value: OrDefault<Value>, forKey key: Key) throws {
    if value.wrappedValue != Value() { try encode(value.wrappedValue, forKey: key) }
  }
}

/// A property as `OrDefault`, but sent also when it has the default: other clients send it, and the engine keeps the difference.
@propertyWrapper
package struct AlwaysSent<Value: WireValue>: Codable, Hashable {
  package var wrappedValue: Value

  package init(wrappedValue: Value = Value()) {
    self.wrappedValue = wrappedValue
  }

  package init(from decoder: any Decoder) throws {
    wrappedValue = try OrDefault<Value>(from: decoder).wrappedValue
  }

  package func encode(to encoder: any Encoder) throws {
    try wrappedValue.encode(to: encoder)
  }
}

extension AlwaysSent: Sendable where Value: Sendable {}

extension KeyedDecodingContainer {
  func decode<Value>(_ type: AlwaysSent<Value>.Type, forKey key: Key) throws -> AlwaysSent<Value> {
    AlwaysSent(wrappedValue: try decode(OrDefault<Value>.self, forKey: key).wrappedValue)
  }

  func decode(
    _ type: AlwaysSent<[String: [PortBinding]]>.Type, forKey key: Key
  ) throws -> AlwaysSent<[String: [PortBinding]]> {
    AlwaysSent(wrappedValue: try decode(OrDefault<[String: [PortBinding]]>.self, forKey: key).wrappedValue)
  }
}

/// An object without members, the value in Go's sets (`"ExposedPorts": {"80/tcp": {}}`).
package struct EmptyObject: WireValue, Sendable {
  package init() {}
}

/// A container's name as people write it.
func unslashed(_ name: String) -> String {
  name.hasPrefix("/") ? String(name.dropFirst()) : name
}
