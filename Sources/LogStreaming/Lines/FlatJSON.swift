/// Walks the fields of a JSON object that lies in bytes, without building anything.
///
/// It is for log lines: what is not JSON ends the walk where it stops being so; values inside of values are passed over.
enum FlatJSON {
  enum Kind: Hashable { case text, number, other }

  /// A field of the outermost object. A text's range is without its quotes, with its escapes.
  struct Field {
    var key: Range<Int>
    var value: Range<Int>
    var kind: Kind
  }

  /// Shows each field to `visit` until it answers false.
  static func fields(of bytes: Span<UInt8>, _ visit: (Field) -> Bool) {
    var index = skipSpace(bytes, 0)
    guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return }
    index += 1
    while true {
      index = skipSpace(bytes, index)
      guard index < bytes.count, bytes[index] == UInt8(ascii: "\""), let keyEnd = endOfText(bytes, index) else { return }
      let key = index + 1..<keyEnd
      index = skipSpace(bytes, keyEnd + 1)
      guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return }
      index = skipSpace(bytes, index + 1)
      guard let (field, end) = value(bytes, index, key), visit(field) else { return }
      index = skipSpace(bytes, end)
      guard index < bytes.count, bytes[index] == UInt8(ascii: ",") else { return }
      index += 1
    }
  }

  private static func value(_ bytes: Span<UInt8>, _ start: Int, _ key: Range<Int>) -> (Field, end: Int)? {
    guard start < bytes.count else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "\""):
      guard let end = endOfText(bytes, start) else { return nil }
      return (Field(key: key, value: start + 1..<end, kind: .text), end + 1)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard let end = endOfNested(bytes, start) else { return nil }
      return (Field(key: key, value: start..<end, kind: .other), end)
    default:
      var end = start
      while end < bytes.count, !isEndOfPlain(bytes[end]) { end += 1 }
      guard end > start else { return nil }
      let first = bytes[start]
      let isNumber = first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") <= 9
      return (Field(key: key, value: start..<end, kind: isNumber ? .number : .other), end)
    }
  }

  private static func isEndOfPlain(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte <= UInt8(ascii: " ")
  }

  /// The index of the quote that ends the text which begins at `start`.
  private static func endOfText(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
    var index = start + 1
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "\""): return index
      default: index += 1
      }
    }
    return nil
  }

  private static func endOfNested(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
    var depth = 0
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return index + 1 }
      case UInt8(ascii: "\""):
        guard let end = endOfText(bytes, index) else { return nil }
        index = end
      default: break
      }
      index += 1
    }
    return nil
  }

  private static func skipSpace(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] <= UInt8(ascii: " ") { index += 1 }
    return index
  }
}
