/// Lines of a YAML text by their bytes. A line ends where libyaml ends it: at LF, CR, CRLF, NEL, LS or PS.
struct TextLines: Sendable {
  let bytes: [UInt8]
  /// The line end that most texts like this one use: that of its first line.
  let lineBreak: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let first = bytes.firstIndex { $0 == 10 || $0 == 13 }
    if let first, bytes[first] == 13 {
      lineBreak = first + 1 < bytes.count && bytes[first + 1] == 10 ? [13, 10] : [13]
    } else {
      lineBreak = [10]
    }
  }

  /// Bytes of the line end at `offset`; 0 where none is.
  func breakLength(at offset: Int) -> Int {
    guard offset < bytes.count else { return 0 }
    switch bytes[offset] {
    case 10: return 1
    case 13: return offset + 1 < bytes.count && bytes[offset + 1] == 10 ? 2 : 1
    case 0xC2: return offset + 1 < bytes.count && bytes[offset + 1] == 0x85 ? 2 : 0
    case 0xE2:
      guard offset + 2 < bytes.count, bytes[offset + 1] == 0x80 else { return 0 }
      return bytes[offset + 2] == 0xA8 || bytes[offset + 2] == 0xA9 ? 3 : 0
    default: return 0
    }
  }

  /// Where the line of `offset` ends, before its line end.
  func end(from offset: Int) -> Int {
    var at = offset
    while at < bytes.count, breakLength(at: at) == 0 { at += 1 }
    return at
  }

  /// Where the line after that of `offset` starts; the end of the text when there is none.
  func next(from offset: Int) -> Int {
    let end = end(from: offset)
    return end + breakLength(at: end)
  }

  /// Where the line of `offset` starts.
  func start(of offset: Int) -> Int {
    var at = offset
    while at > 0 {
      let length = breakLength(endingAt: at)
      if length > 0 { return at }
      at -= 1
    }
    return bytes.starts(with: YAMLEvents.byteOrderMark) && offset >= 3 ? 3 : 0
  }

  /// Bytes of the line end just before `offset`; 0 where none is.
  func breakLength(endingAt offset: Int) -> Int {
    guard offset > 0 else { return 0 }
    switch bytes[offset - 1] {
    case 10: return offset > 1 && bytes[offset - 2] == 13 ? 2 : 1
    // Between CR and LF is no line start.
    case 13: return offset < bytes.count && bytes[offset] == 10 ? 0 : 1
    case 0x85: return offset > 1 && bytes[offset - 2] == 0xC2 ? 2 : 0
    case 0xA8, 0xA9: return offset > 2 && bytes[offset - 2] == 0x80 && bytes[offset - 3] == 0xE2 ? 3 : 0
    default: return 0
    }
  }

  func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == 32 || $0 == 9 } }

  /// The first place from `offset` on that is no blank.
  func skippingBlanks(from offset: Int) -> Int {
    var at = offset
    while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
    return at
  }

  /// The place after the last byte before `offset` that is no blank.
  func droppingBlanks(before offset: Int) -> Int {
    var at = offset
    while at > 0, bytes[at - 1] == 32 || bytes[at - 1] == 9 { at -= 1 }
    return at
  }

  /// The first place from `offset` on that is no blank, line end or comment.
  func skippingSpace(from offset: Int) -> Int {
    var at = offset
    while at < bytes.count {
      let length = breakLength(at: at)
      if length > 0 {
        at += length
      } else if bytes[at] == 32 || bytes[at] == 9 {
        at += 1
      } else if bytes[at] == UInt8(ascii: "#"),
        at == 0 || bytes[at - 1] == 32 || bytes[at - 1] == 9 || breakLength(endingAt: at) > 0
      {
        at = end(from: at)
      } else {
        return at
      }
    }
    return at
  }

  /// True when nothing but a comment stands between `offset` and the end of its line.
  func isEndOfLine(_ offset: Int) -> Bool {
    let at = skippingBlanks(from: offset)
    return at == bytes.count || breakLength(at: at) > 0 || (bytes[at] == UInt8(ascii: "#") && at > offset)
  }
}
