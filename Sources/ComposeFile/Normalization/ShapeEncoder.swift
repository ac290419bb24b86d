/// Converts located values of a document in long form into canonical ones by a shape, with all problems.
struct ShapeEncoder {
  var problems: [ComposeProblem] = []
  private var path: AttributePath

  init(at path: AttributePath) { self.path = path }

  /// The mapping in canonical form; keys without a part in the shape (extensions, what the loader used up) vanish.
  mutating func object(_ node: Node, as shape: ObjectShape) -> ComposeValue? {
    guard case .map(let entries) = node.content else { return mismatch(node, "a mapping") }
    var slots = [ComposeValue?](repeating: nil, count: shape.parts.count)
    for entry in entries {
      guard let place = shape.places[entry.key] else { continue }
      path.push(entry.key)
      slots[place] = value(entry.value, as: shape.parts[place].shape)
      path.pop()
    }
    var map = ComposeMap()
    for (place, part) in shape.parts.enumerated() {
      if let value = slots[place] ?? part.whenAbsent { map[part.printedKey] = value }
    }
    return .map(map)
  }

  mutating func value(_ node: Node, as shape: Shape) -> ComposeValue? {
    if case .words = shape, node.isNull { return .null }
    if node.isNull { return nil }
    switch shape {
    case .text:
      guard let text = plainText(node) else { return nil }
      return text.isEmpty ? nil : .string(text)
    case .flag: return boolean(node).flatMap { $0 ? .bool(true) : nil }
    case .tristate: return boolean(node).map(ComposeValue.bool)
    case .optOut: return boolean(node).flatMap { $0 ? nil : .bool(false) }
    case .integer: return integer(node).flatMap { $0 == 0 ? nil : .int($0) }
    case .count: return integer(node).map(ComposeValue.int)
    case .fraction: return fraction(node)
    case .bytes: return bytes(node)
    case .duration: return duration(node, keepsZero: true)
    case .span: return duration(node, keepsZero: false)
    case .natural(let limit): return natural(node, upTo: limit)
    case .hosts: return hosts(node)
    case .texts:
      guard let items = node.items ?? (node.string == nil ? nil : [node]) else { return mismatch(node, "a list") }
      let texts = items.compactMap { item in text(item).map(ComposeValue.string) }
      return texts.isEmpty ? nil : .list(texts)
    case .words: return words(node)
    case .textMap: return textMap(node, keepsNull: false)
    case .environment: return textMap(node, keepsNull: true)
    case .fileMode: return fileMode(node)
    case .deviceCount:
      if node.string == "all" { return .int(-1) }
      if case .double = node.content { return refuse(node, "is not a number of devices", fix: "write a whole number, or all") }
      return integer(node).flatMap { $0 == 0 ? nil : .int($0) }
    case .ulimit: return ulimit(node)
    case .textLists: return textLists(node)
    case .raw: return node.plain
    case .object(let shape): return object(node, as: shape)
    case .list(let shape):
      guard let items = node.items else { return mismatch(node, "a list") }
      var values: [ComposeValue] = []
      values.reserveCapacity(items.count)
      for (index, item) in items.enumerated() {
        path.push(index)
        if let value = value(item, as: shape) { values.append(value) }
        path.pop()
      }
      return values.isEmpty ? nil : .list(values)
    case .map(let shape): return map(node, of: shape)
    }
  }

  private mutating func map(_ node: Node, of shape: Shape) -> ComposeValue? {
    guard let entries = node.entries else { return mismatch(node, "a mapping") }
    var map = ComposeMap()
    for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      path.push(entry.key)
      map[entry.key] = entry.value.isNull ? .null : value(entry.value, as: shape) ?? .null
      path.pop()
    }
    return map.isEmpty ? nil : .map(map)
  }

  private mutating func textMap(_ node: Node, keepsNull: Bool) -> ComposeValue? {
    guard let entries = node.entries else { return mismatch(node, "a mapping") }
    var map = ComposeMap()
    for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      if entry.value.isNull {
        map[entry.key] = keepsNull ? .null : .string("")
      } else if let text = text(entry.value) {
        map[entry.key] = .string(text)
      } else {
        path.push(entry.key)
        let _: String? = mismatch(entry.value, "a string")
        path.pop()
      }
    }
    return map.isEmpty ? nil : .map(map)
  }

  private mutating func textLists(_ node: Node) -> ComposeValue? {
    guard let entries = node.entries else { return mismatch(node, "a mapping") }
    var map = ComposeMap()
    for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let items = entry.value.items ?? [entry.value]
      map[entry.key] = .list(items.compactMap { item in text(item).map(ComposeValue.string) })
    }
    return map.isEmpty ? nil : .map(map)
  }

  /// A scalar in the words of Go's `%v`; nil for lists and mappings.
  private func text(_ node: Node) -> String? {
    switch node.content {
    case .string(let text), .timestamp(let text): text
    case .int(let value): String(value)
    case .double(let value): GoNumber.text(value)
    case .bool(let value): value ? "true" : "false"
    case .null, .list, .map: nil
    }
  }

  /// Text that is written as such; a number or a date would look different when printed.
  private mutating func plainText(_ node: Node) -> String? {
    switch node.content {
    case .double, .timestamp, .null, .list, .map: mismatch(node, "a string")
    case .string, .int, .bool: text(node)
    }
  }

  /// Text is split as a shell does it.
  private mutating func words(_ node: Node) -> ComposeValue? {
    if let text = node.string {
      guard let words = ShellWords.split(text) else {
        return refuse(
          node, "has an unclosed quote or a bare parenthesis",
          fix: "close it, escape it with `\\`, or write the command as a list")
      }
      return .list(words.map(ComposeValue.string))
    }
    guard let items = node.items else { return mismatch(node, "a list") }
    return .list(items.compactMap { item in text(item).map(ComposeValue.string) })
  }

  private mutating func hosts(_ node: Node) -> ComposeValue? {
    guard let items = node.items else { return mismatch(node, "a list") }
    let hosts = items.compactMap { item in item.string.map { ExtraHost($0)?.text ?? $0 } }
    let sorted = hosts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return sorted.isEmpty ? nil : .list(sorted.map(ComposeValue.string))
  }

  private mutating func natural(_ node: Node, upTo limit: Int) -> ComposeValue? {
    let number: Int? =
      switch node.content {
      case .int(let value): value
      case .double(let value): Int(exactly: value.rounded(.towardZero))
      case .null, .bool, .timestamp, .string, .list, .map: nil
      }
    guard let number, (0...limit).contains(number) else {
      return refuse(node, "is not a number from 0 to \(limit)", fix: "write a whole number, without quotes")
    }
    return number == 0 ? nil : .int(number)
  }

  private mutating func boolean(_ node: Node) -> Bool? {
    switch node.content {
    case .bool(let value): return value
    case .string(let text):
      switch text.lowercased() {
      case "true", "yes", "y", "on": return true
      case "false", "no", "n", "off": return false
      default: break
      }
    default: break
    }
    return refuse(node, "is not a boolean", fix: "write true or false")
  }

  private mutating func integer(_ node: Node) -> Int? {
    switch node.content {
    case .int(let value): return value
    case .double(let value):
      // Docker Compose cuts decimals off.
      if let whole = Int(exactly: value.rounded(.towardZero)) { return whole }
    case .string(let text):
      if let value = Int(text) { return value }
    default: break
    }
    return refuse(node, "is not a whole number", fix: "write a whole number")
  }

  private mutating func fraction(_ node: Node) -> ComposeValue? {
    let number: Double? =
      switch node.content {
      case .int(let value): Double(value)
      case .double(let value): value
      case .string(let text): Double(text)
      default: nil
      }
    guard let number, number.isFinite else { return refuse(node, "is not a number", fix: "write a number such as 0.5") }
    return number == 0 ? nil : GoNumber.singlePrecision(number)
  }

  private mutating func bytes(_ node: Node) -> ComposeValue? {
    let size: Int? =
      switch node.content {
      case .int(let value): value
      case .double(let value): Int(exactly: value.rounded(.towardZero))
      case .string(let text): ByteSize.parse(text)
      default: nil
      }
    guard let size else { return refuse(node, "is not a size", fix: "write a number with a unit, e.g. \"512m\" or \"1g\"") }
    return size == 0 ? nil : .string(String(size))
  }

  private mutating func duration(_ node: Node, keepsZero: Bool) -> ComposeValue? {
    guard let text = node.string, let nanoseconds = GoDuration.parse(text) else {
      return refuse(node, "is not a duration", fix: "write a number with a unit, e.g. \"30s\" or \"1m30s\"")
    }
    return nanoseconds == 0 && !keepsZero ? nil : .string(GoDuration.text(nanoseconds))
  }

  private mutating func fileMode(_ node: Node) -> ComposeValue? {
    let mode: Int? =
      switch node.content {
      case .int(let value): value
      case .string(let text): Int(text, radix: 8)
      default: nil
      }
    guard let mode, mode >= 0, mode <= 0o777_7777 else {
      return refuse(node, "is not a file mode", fix: "write permission bits in octal, e.g. \"0440\"")
    }
    return .string("0" + String(mode, radix: 8))
  }

  private mutating func ulimit(_ node: Node) -> ComposeValue? {
    guard node.entries != nil else {
      guard node.string == nil else { return refuse(node, "is not a number", fix: "write the number without quotes") }
      return integer(node).map { $0 == 0 ? .map(ComposeMap()) : .int($0) }
    }
    return object(node, as: Self.limits)
  }

  private static let limits = ObjectShape(["soft": .integer, "hard": .integer])

  private mutating func mismatch<Value>(_ node: Node, _ expected: String) -> Value? {
    guard problems.count < ComposeProblems.gatheringLimit else { return nil }
    problems.append(
      ComposeProblem(
        .wrongType, at: node.position, "\(path): must be \(expected), but is \(node.kind)", fix: "write \(expected)"))
    return nil
  }

  private mutating func refuse<Value>(_ node: Node, _ reason: String, fix: String) -> Value? {
    guard problems.count < ComposeProblems.gatheringLimit else { return nil }
    let shown = text(node).map { "`\($0)` " } ?? ""
    problems.append(ComposeProblem(.invalidValue, at: node.position, "\(path): \(shown)\(reason)", fix: fix))
    return nil
  }
}

extension Node {
  /// The value without places; timestamps as RFC 3339 text.
  var plain: ComposeValue {
    switch content {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .double(let value): return .double(value)
    case .string(let text): return .string(text)
    case .timestamp(let text): return .string(Self.internetTime(text))
    case .list(let items): return .list(items.map(\.plain))
    case .map(let entries):
      var map = ComposeMap()
      for entry in entries { map[entry.key] = entry.value.plain }
      return .map(map)
    }
  }

  /// RFC 3339, from Go's text of a time: `2001-12-14 21:59:43 +0100 +0100` is `2001-12-14T21:59:43+01:00`.
  private static func internetTime(_ text: String) -> String {
    let parts = text.split(separator: " ")
    guard parts.count == 4 else { return text }
    let zone = parts[2] == "+0000" ? "Z" : "\(parts[2].prefix(3)):\(parts[2].suffix(2))"
    return "\(parts[0])T\(parts[1])\(zone)"
  }
}
