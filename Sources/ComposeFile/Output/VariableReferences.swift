/// A variable that the files of a project name, as `config --variables` lists it.
package struct VariableReference: Hashable, Sendable {
  package var name: String
  package var isRequired = false
  package var defaultValue = ""
  package var alternateValue = ""
}

extension VariableReference {
  /// The variables in all texts of a model that is not interpolated, sorted by name, each once.
  package static func all(in model: ComposeValue) -> [VariableReference] {
    var found: [String: VariableReference] = [:]
    collect(model, into: &found)
    return found.values.sorted { $0.name < $1.name }
  }

  private static func collect(_ value: ComposeValue, into found: inout [String: VariableReference]) {
    switch value {
    case .string(let text): scan(Array(text.utf8)[...], into: &found)
    case .list(let items): for item in items { collect(item, into: &found) }
    case .map(let map): for pair in map.pairs { collect(pair.value, into: &found) }
    case .null, .bool, .int, .double: return
    }
  }

  private static func scan(_ text: ArraySlice<UInt8>, into found: inout [String: VariableReference]) {
    var rest = text
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
      rest = rest[(dollar + 1)...]
      guard let next = rest.first else { return }
      if next == UInt8(ascii: "$") {
        rest = rest.dropFirst()
      } else if next == UInt8(ascii: "{") {
        rest = braced(rest.dropFirst(), into: &found)
      } else if next.isLetter || next == UInt8(ascii: "_") {
        let name = rest.prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
        add(name, nil, [], into: &found)
        rest = rest.dropFirst(name.count)
      }
    }
  }

  /// Reads a `${` whose text begins at `text`; returns what follows its `}`.
  private static func braced(
    _ text: ArraySlice<UInt8>, into found: inout [String: VariableReference]
  ) -> ArraySlice<UInt8> {
    let name = text.prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
    var body = text.dropFirst(name.count)
    if body.first == UInt8(ascii: ":") { body = body.dropFirst() }
    let sign = body.first.flatMap { "-+?".utf8.contains($0) ? $0 : nil }
    if sign != nil { body = body.dropFirst() }
    var depth = 1
    var end = body.endIndex
    for index in body.indices {
      if body[index] == UInt8(ascii: "{"), index > body.startIndex, body[index - 1] == UInt8(ascii: "$") { depth += 1 }
      if body[index] == UInt8(ascii: "}") { depth -= 1 }
      guard depth == 0 else { continue }
      end = index
      break
    }
    let operand = body[..<end]
    if !name.isEmpty { add(name, sign, operand, into: &found) }
    scan(operand, into: &found)
    return end < body.endIndex ? body[(end + 1)...] : []
  }

  private static func add(
    _ name: ArraySlice<UInt8>, _ sign: UInt8?, _ operand: ArraySlice<UInt8>, into found: inout [String: VariableReference]
  ) {
    let key = String(decoding: name, as: UTF8.self)
    let text = String(decoding: operand, as: UTF8.self)
    var reference = found[key] ?? VariableReference(name: key)
    switch sign {
    case UInt8(ascii: "-"): reference.defaultValue = text
    case UInt8(ascii: "+"): reference.alternateValue = text
    case UInt8(ascii: "?"): reference.isRequired = true
    default: break
    }
    found[key] = reference
  }
}
