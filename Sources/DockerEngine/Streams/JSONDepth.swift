/// Follows the nesting of JSON without parsing it, over any cuts of its bytes.
struct JSONDepth {
  let limit: Int
  private(set) var depth = 0
  private var isInString = false
  private var isEscaped = false

  init(limit: Int) { self.limit = limit }

  /// False once the nesting is deeper than the limit.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for index in bytes.indices {
      unsafe take(bytes[index])
      if depth > limit { return false }
    }
    return true
  }

  /// Takes one byte; `depth` is 0 again after the last byte of an object or list.
  mutating func take(_ byte: UInt8) {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
    default: break
    }
  }
}
