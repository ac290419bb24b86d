/// Reads typed attributes of one canonical mapping and notes what is missing or of a wrong kind.
struct CanonicalReader {
  let map: ComposeMap
  let path: String

  init(_ value: ComposeValue?, at path: String) {
    self.map = value?.map ?? ComposeMap()
    self.path = path
  }

  subscript(key: String) -> ComposeValue? { map[key] }

  func text(_ key: String) -> String? { map[key]?.string }
  func flag(_ key: String) -> Bool { map[key]?.bool ?? false }
  func flagIfGiven(_ key: String) -> Bool? { map[key]?.bool }

  func integer(_ key: String) -> Int? {
    switch map[key] {
    case .int(let value): value
    case .double(let value): Int(exactly: value)
    case .string(let text): Int(text)
    default: nil
    }
  }

  func fraction(_ key: String) -> Double? {
    switch map[key] {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  func duration(_ key: String) -> Duration? {
    text(key).flatMap(GoDuration.parse).map { .nanoseconds($0) }
  }

  func octal(_ key: String) -> Int? { text(key).flatMap { Int($0, radix: 8) } }

  func texts(_ key: String) -> [String] { map[key]?.list?.compactMap(\.string) ?? [] }

  /// nil: null or absent.
  func words(_ key: String) -> [String]? { map[key]?.list?.compactMap(\.string) }

  func textMap(_ key: String) -> [String: String] {
    guard let map = map[key]?.map else { return [:] }
    return Dictionary(map.pairs.compactMap { pair in pair.value.string.map { (pair.key, $0) } }) { $1 }
  }

  func environment(_ key: String) -> [String: String?] {
    guard let map = map[key]?.map else { return [:] }
    return Dictionary(map.pairs.map { ($0.key, $0.value.string) }) { $1 }
  }

  func object(_ key: String) -> CanonicalReader? {
    guard let value = map[key], value.map != nil else { return nil }
    return CanonicalReader(value, at: "\(path).\(key)")
  }

  func objects(_ key: String) -> [CanonicalReader] {
    (map[key]?.list ?? []).enumerated().map { CanonicalReader($1, at: "\(path).\(key)[\($0)]") }
  }

  /// A limit is one number for both, or each.
  func ulimits() -> [String: Ulimit] {
    var limits: [String: Ulimit] = [:]
    for (name, limit) in entries("ulimits") {
      let both = self["ulimits"]?[name]?.int
      limits[name] = Ulimit(soft: both ?? limit.integer("soft") ?? 0, hard: both ?? limit.integer("hard") ?? 0)
    }
    return limits
  }

  func entries(_ key: String) -> [(key: String, value: CanonicalReader)] {
    (map[key]?.map?.pairs ?? []).map { ($0.key, CanonicalReader($0.value, at: "\(path).\(key).\($0.key)")) }
  }
}
