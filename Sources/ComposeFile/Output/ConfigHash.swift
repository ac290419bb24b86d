/// Hashes as Docker Compose computes them for `com.docker.compose.config-hash`, so that both tools see the same
/// containers as current.
///
/// The input is compact JSON in the order of the shapes, whatever the order of keys in the value; keys of the user's choice
/// are sorted by bytes.
enum ConfigHash {
  /// Attributes that may change without a new container.
  private static let unhashed: Set<String> = [
    "build", "pull_policy", "scale", "depends_on", "profiles", "env_file",
  ]

  static func service(_ canonical: ComposeValue) -> String {
    var service = canonical.map ?? ComposeMap()
    for key in unhashed where service[key] != nil { service[key] = nil }
    if var deploy = service["deploy"]?.map {
      deploy["replicas"] = nil
      service["deploy"] = .map(deploy)
    }
    return digest(.map(service), as: .object(ServiceShape.service))
  }

  static func network(_ canonical: ComposeValue) -> String { digest(canonical, as: .object(ResourceShape.network)) }

  static func volume(_ canonical: ComposeValue) -> String {
    var volume = canonical.map ?? ComposeMap()
    if volume["driver"] == nil { volume["driver"] = .string("local") }
    return digest(.map(volume), as: .object(ResourceShape.volume))
  }

  private static func digest(_ value: ComposeValue, as shape: Shape) -> String {
    var out = JSONText()
    write(value, as: shape, to: &out)
    return ContentHash.hexadecimal(out.bytes)
  }

  static func write(_ value: ComposeValue, as shape: Shape?, to out: inout JSONText) {
    switch value {
    case .list(let items):
      let itemShape: Shape? = if case .list(let inner) = shape { inner } else { nil }
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(item, as: itemShape, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .map(let map):
      out.append(UInt8(ascii: "{"))
      if case .object(let object) = shape {
        write(map, as: object, to: &out)
      } else if case .ulimit = shape {
        write(map, as: limits, to: &out)
      } else {
        let valueShape: Shape? = if case .map(let inner) = shape { inner } else { nil }
        var isFirst = true
        for key in map.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
          write(key, map[key] ?? .null, as: valueShape, isFirst: &isFirst, to: &out)
        }
      }
      out.append(UInt8(ascii: "}"))
    default: out.append(scalar: value)
    }
  }

  private static let limits = ObjectShape(["soft": .integer, "hard": .integer])

  private static func write(_ map: ComposeMap, as object: ObjectShape, to out: inout JSONText) {
    var isFirst = true
    for part in object.parts {
      guard let value = map[part.printedKey] ?? part.whenAbsent else { continue }
      write(part.printedKey, value, as: part.shape, isFirst: &isFirst, to: &out)
    }
  }

  private static func write(
    _ key: String, _ value: ComposeValue, as shape: Shape?, isFirst: inout Bool, to out: inout JSONText
  ) {
    if !isFirst { out.append(UInt8(ascii: ",")) }
    isFirst = false
    out.append(string: key)
    out.append(UInt8(ascii: ":"))
    write(value, as: shape, to: &out)
  }
}

extension Service {
  /// The hash with attributes replaced that are only known when a container is made (`network_mode: container:<id>`,
  /// `platform` …).
  package func configHash(replacing attributes: [String: ComposeValue]) -> String {
    guard !attributes.isEmpty else { return configHash }
    var service = canonical.map ?? ComposeMap()
    for (key, value) in attributes { service[key] = value }
    return ConfigHash.service(.map(service))
  }
}
