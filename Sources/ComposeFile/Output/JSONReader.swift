/// Why a text is not JSON that this module reads.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  /// Offset of the byte at fault.
  package var offset: Int

  package var description: String { "byte \(offset): \(message)" }
}

extension ComposeValue {
  /// Bytes of the longest text that `init(json:)` takes.
  package static let jsonLimitBytes = 64 << 20
  /// Nesting of the deepest text that `init(json:)` takes.
  package static let jsonDepthLimit = 128

  /// Reads JSON (RFC 8259); throws `JSONError`. Whole numbers of 64 bits are integers. Of a repeated key the last value counts.
  package init(json bytes: [UInt8]) throws(JSONError) {
    guard bytes.count <= Self.jsonLimitBytes else {
      throw JSONError(message: "longer than \(Self.jsonLimitBytes) bytes", offset: Self.jsonLimitBytes)
    }
    var reader = JSONReader(bytes: bytes)
    self = try reader.document()
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> ComposeValue {
    let value = try value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw fault("text after the value") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> ComposeValue {
    guard depth < ComposeValue.jsonDepthLimit else { throw fault("nested too deeply") }
    skipSpace()
    guard at < bytes.count else { throw fault("ends too early") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try map(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func map(depth: Int) throws(JSONError) -> ComposeValue {
    at += 1
    var map = ComposeMap()
    skipSpace()
    if take(UInt8(ascii: "}")) { return .map(map) }
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("a key is missing") }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("`:` is missing") }
      map[key] = try value(depth: depth + 1)
      skipSpace()
      if take(UInt8(ascii: "}")) { return .map(map) }
      guard take(UInt8(ascii: ",")) else { throw fault("`,` or `}` is missing") }
    }
  }

  private mutating func list(depth: Int) throws(JSONError) -> ComposeValue {
    at += 1
    var items: [ComposeValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .list(items) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .list(items) }
      guard take(UInt8(ascii: ",")) else { throw fault("`,` or `]` is missing") }
    }
  }

  private mutating func string() throws(JSONError) -> String {
    at += 1
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else { throw fault("not UTF-8") }
        return result
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<32: throw fault("a control character in a string")
      default: text.append(byte)
      }
    }
    throw fault("a string is not closed")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard at < bytes.count else { throw fault("ends too early") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault("half of a surrogate pair") }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("not a character") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw fault("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    guard at + 4 <= bytes.count, let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16) else {
      throw fault("four hexadecimal digits are missing")
    }
    at += 4
    return code
  }

  private mutating func number() throws(JSONError) -> ComposeValue {
    let start = at
    while at < bytes.count, bytes[at].isDigit || "+-.eE".utf8.contains(bytes[at]) { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if let whole = Int(text), !text.hasPrefix("+") { return .int(whole) }
    guard let first = text.utf8.first, first.isDigit || first == UInt8(ascii: "-"), let value = Double(text), value.isFinite
    else {
      at = start
      throw fault("not a value")
    }
    return .double(value)
  }

  private mutating func word(_ word: String, _ value: ComposeValue) throws(JSONError) -> ComposeValue {
    guard bytes[at...].starts(with: word.utf8) else { throw fault("not a value") }
    at += word.utf8.count
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 32 || (9...10).contains(bytes[at]) || bytes[at] == 13 { at += 1 }
  }

  private func fault(_ message: String) -> JSONError { JSONError(message: message, offset: at) }
}
