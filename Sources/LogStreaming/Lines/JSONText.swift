/// Writes text into JSON strings (RFC 8259 §7).
///
/// Control bytes are escaped as `\u00XX`, apart from those with short escapes; what is not UTF-8 (RFC 3629) becomes U+FFFD, one for
/// each longest beginning of a character.
enum JSONText {
  /// What one byte of text can become, at most: `\u0000`.
  static let growth = 6

  /// Whether text can stand in JSON as it is, all of it being ASCII.
  static func isPlain(_ bytes: Span<UInt8>) -> Bool {
    // SAFETY: loads of eight bytes, each within the span.
    unsafe bytes.withUnsafeBytes { bytes in
      var index = 0
      while index + 8 <= bytes.count {
        if needsLook(unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { return false }
        index += 8
      }
      var rest: UInt64 = 0x2020_2020_2020_2020
      while index < bytes.count {
        rest = rest << 8 | UInt64(unsafe bytes[index])
        index += 1
      }
      return !needsLook(rest)
    }
  }

  /// Whether one of eight bytes is a control, a quote, a backslash or not ASCII.
  @inline(__always)
  private static func needsLook(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    let delete = word ^ (ones &* 0x7F)
    // A byte that is zero, or less than 0x20, borrows into its highest bit.
    let hits =
      (word &- ones &* 0x20) | ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((delete &- ones) & ~delete) | word
    return hits & highs != 0
  }

  /// Writes `text` to `output`, which has room for six times its length, and what it reads as to `besides`.
  ///
  /// Gives the bytes written, and whether they are the text itself.
  static func write(
    _ text: Span<UInt8>, to output: UnsafeMutableRawBufferPointer, besides: inout [UInt8]
  ) -> (count: Int, isSame: Bool) {
    var count = 0
    var isSame = true
    var index = 0
    func put(_ byte: UInt8) {
      // SAFETY: checked by the buffer in debug builds; the caller gives room for six bytes for each of the text's.
      unsafe output[count] = byte
      count += 1
    }
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        besides.append(byte)
        index += 1
        if byte >= 0x20, byte != 0x22, byte != 0x5C, byte != 0x7F {
          put(byte)
          continue
        }
        isSame = false
        put(0x5C)
        switch byte {
        case 0x22, 0x5C: put(byte)
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0D: put(UInt8(ascii: "r"))
        case 0x09: put(UInt8(ascii: "t"))
        default:
          put(UInt8(ascii: "u"))
          put(UInt8(ascii: "0"))
          put(UInt8(ascii: "0"))
          put(hex(byte >> 4))
          put(hex(byte & 15))
        }
        continue
      }
      let (length, isValid) = character(text, index)
      if isValid {
        for place in index..<index + length {
          put(text[place])
          besides.append(text[place])
        }
      } else {
        isSame = false
        for byte in [0xEF, 0xBF, 0xBD] as [UInt8] {
          put(byte)
          besides.append(byte)
        }
      }
      index += length
    }
    return (count, isSame)
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10 }

  /// Length of the character that begins at `start`, or of what begins like one (RFC 3629 §4).
  static func character(_ text: Span<UInt8>, _ start: Int) -> (length: Int, isValid: Bool) {
    let lead = text[start]
    let (length, low, high): (Int, UInt8, UInt8) =
      switch lead {
      case 0..<0x80: (1, 0, 0)
      case 0xC2...0xDF: (2, 0x80, 0xBF)
      case 0xE0: (3, 0xA0, 0xBF)
      case 0xED: (3, 0x80, 0x9F)
      case 0xE1...0xEF: (3, 0x80, 0xBF)
      case 0xF0: (4, 0x90, 0xBF)
      case 0xF1...0xF3: (4, 0x80, 0xBF)
      case 0xF4: (4, 0x80, 0x8F)
      default: (0, 0, 0)
      }
    guard length > 0 else { return (1, false) }
    var taken = 1
    while taken < length {
      guard start + taken < text.count else { return (taken, false) }
      let byte = text[start + taken]
      guard taken == 1 ? byte >= low && byte <= high : byte & 0xC0 == 0x80 else { return (taken, false) }
      taken += 1
    }
    return (length, true)
  }
}
