/// Writes JSON as Go's encoder does: `<`, `>`, `&`, U+2028 and U+2029 escaped, other text raw.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(scalar value: ComposeValue) {
    switch value {
    case .null, .list, .map: append("null")
    case .bool(let flag): if flag { append("true") } else { append("false") }
    case .int(let number): bytes.append(contentsOf: String(number).utf8)
    case .double(let number): bytes.append(contentsOf: GoNumber.json(number).utf8)
    case .string(let text): append(string: text)
    }
  }

  mutating func append(string text: String) {
    bytes.append(UInt8(ascii: "\""))
    var pending: (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 8: append("\\b")
      case 9: append("\\t")
      case 10: append("\\n")
      case 12: append("\\f")
      case 13: append("\\r")
      case UInt8(ascii: "<"): append("\\u003c")
      case UInt8(ascii: ">"): append("\\u003e")
      case UInt8(ascii: "&"): append("\\u0026")
      case 0..<32:
        append("\\u00")
        bytes.append(Self.hex[Int(byte >> 4)])
        bytes.append(Self.hex[Int(byte & 15)])
      case 0xA8 where pending == (0xE2, 0x80), 0xA9 where pending == (0xE2, 0x80):
        bytes.removeLast(2)
        if byte == 0xA8 { append("\\u2028") } else { append("\\u2029") }
      default: bytes.append(byte)
      }
      pending = (pending.1, byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let hex = Array("0123456789abcdef".utf8)
}

extension ComposeValue {
  /// The value as JSON, keys in order; two spaces a level when indented.
  package func json(indented: Bool) -> String {
    var out = JSONText()
    write(to: &out, indent: indented ? 0 : nil)
    return out.text
  }

  private func write(to out: inout JSONText, indent: Int?) {
    func newline(_ depth: Int?, _ out: inout JSONText) {
      guard let depth else { return }
      out.append(10)
      for _ in 0..<depth { out.append("  ") }
    }
    let inner = indent.map { $0 + 1 }
    switch self {
    case .list(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newline(inner, &out)
        item.write(to: &out, indent: inner)
      }
      if !items.isEmpty { newline(indent, &out) }
      out.append(UInt8(ascii: "]"))
    case .map(let map):
      out.append(UInt8(ascii: "{"))
      for (index, pair) in map.pairs.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newline(inner, &out)
        out.append(string: pair.key)
        out.append(UInt8(ascii: ":"))
        if indent != nil { out.append(UInt8(ascii: " ")) }
        pair.value.write(to: &out, indent: inner)
      }
      if !map.isEmpty { newline(indent, &out) }
      out.append(UInt8(ascii: "}"))
    default: out.append(scalar: self)
    }
  }
}
