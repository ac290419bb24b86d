/// A test of a field of a line that is a JSON object: `field:value`, `field>n` and the like.
///
/// Only fields of the outermost object are seen. Numbers are compared as numbers, other values as text, `:` without case.
package struct LogFieldTest: Hashable, Sendable {
  package enum Relation: Hashable, Sendable { case equal, unequal, greater, less }

  package var field: String
  package var relation: Relation
  package var value: String

  package init(field: String, _ relation: Relation, _ value: String) {
    self.field = field
    self.relation = relation
    self.value = value
  }

  /// Reads `field:value`, `field!:value`, `field>n` or `field<n`; nil when it is not that.
  package init?(_ text: String) {
    guard let place = text.firstIndex(where: { ":><".contains($0) }), place != text.startIndex else { return nil }
    var field = text[..<place]
    let relation: Relation
    switch text[place] {
    case ">": relation = .greater
    case "<": relation = .less
    default:
      relation = field.last == "!" ? .unequal : .equal
      if relation == .unequal { field.removeLast() }
    }
    guard !field.isEmpty else { return nil }
    let value = String(text[text.index(after: place)...])
    if relation == .greater || relation == .less, Double(value) == nil { return nil }
    self.init(field: String(field), relation, value)
  }

  /// Whether all hold in one line; false when it is not JSON.
  static func allHold(_ tests: [LogFieldTest], in text: Span<UInt8>) -> Bool {
    var held = Array(repeating: false, count: tests.count)
    FlatJSON.fields(of: text) { field in
      for (index, test) in tests.enumerated() where !held[index] && equal(text.extracting(field.key), test.field) {
        held[index] = test.holds(string(of: text.extracting(field.value)), field.kind)
      }
      return true
    }
    return held.allSatisfy { $0 }
  }

  private func holds(_ found: String, _ kind: FlatJSON.Kind) -> Bool {
    switch relation {
    case .equal: return isEqual(found, kind)
    case .unequal: return !isEqual(found, kind)
    case .greater, .less:
      guard let found = Double(found), let wanted = Double(value) else { return false }
      return relation == .greater ? found > wanted : found < wanted
    }
  }

  private func isEqual(_ found: String, _ kind: FlatJSON.Kind) -> Bool {
    if kind == .number, let found = Double(found), let wanted = Double(value) { return found == wanted }
    let text = kind == .text ? Self.unescaped(found) : found
    return text.lowercased() == value.lowercased()
  }

  /// JSON's escapes (RFC 8259 §7); half a surrogate pair becomes U+FFFD.
  private static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    var units: [UInt16] = []
    var rest = Array(text.utf16)[...]
    while let unit = rest.popFirst() {
      guard unit == UInt16(UInt8(ascii: "\\")), let escape = rest.popFirst() else {
        units.append(unit)
        continue
      }
      switch UInt8(truncatingIfNeeded: escape) {
      case UInt8(ascii: "n"): units.append(10)
      case UInt8(ascii: "r"): units.append(13)
      case UInt8(ascii: "t"): units.append(9)
      case UInt8(ascii: "b"): units.append(8)
      case UInt8(ascii: "f"): units.append(12)
      case UInt8(ascii: "u"):
        units.append(UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16) ?? 0xFFFD)
        rest = rest.dropFirst(4)
      default: units.append(escape)
      }
    }
    return String(decoding: units, as: UTF16.self)
  }
}

private func equal(_ bytes: Span<UInt8>, _ text: String) -> Bool {
  guard bytes.count == text.utf8.count else { return false }
  var index = 0
  for byte in text.utf8 {
    if bytes[index] != byte { return false }
    index += 1
  }
  return true
}
