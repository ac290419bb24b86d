/// Finds the level of a line: an explicit field, then an anchored prefix, then a keyword near the start.
///
/// Pure, on bytes. Colours and times before the level are passed over. It is a guess: no line is lost by a wrong one.
enum LevelDetection {
  /// How far a field such as `level=` is looked for, and how far a keyword.
  private static let fieldLimitBytes = 256
  private static let keywordLimitBytes = 128

  static func level(of bytes: Span<UInt8>) -> LogLevel {
    let start = afterColoursAndSpace(bytes, 0)
    guard start < bytes.count else { return .none }
    switch bytes[start] {
    case UInt8(ascii: "{"): return json(bytes.extracting(start..<bytes.count))
    case UInt8(ascii: "<"): if let level = syslog(bytes, start) { return level }
    case UInt8(ascii: "I"), UInt8(ascii: "W"), UInt8(ascii: "E"), UInt8(ascii: "F"):
      if let level = klog(bytes, start) { return level }
    default: break
    }
    return words(bytes, from: start)
  }

  // MARK: Forms of their own

  private static func json(_ bytes: Span<UInt8>) -> LogLevel {
    var level = LogLevel.none
    FlatJSON.fields(of: bytes) { field in
      guard isLevelKey(bytes.extracting(field.key)) else { return true }
      let value = bytes.extracting(field.value)
      switch field.kind {
      case .text: level = LogLevel(word: PackedWord(value)) ?? number(value).flatMap(LogLevel.init(number:)) ?? .none
      case .number: level = number(value).flatMap(LogLevel.init(number:)) ?? .none
      case .other: return true
      }
      return false
    }
    return level
  }

  /// Also `log.level` of the Elastic schema and `@level` of hclog.
  private static func isLevelKey(_ key: Span<UInt8>) -> Bool {
    var word = PackedWord()
    for index in key.indices where isLetter(key[index]) { word.append(key[index]) }
    return isLevelKey(word)
  }

  private static func isLevelKey(_ word: PackedWord) -> Bool {
    switch word {
    case .level, .lvl, .severity, .levelname, .loglevel: true
    default: false
    }
  }

  private static func number(_ bytes: Span<UInt8>) -> Int? {
    guard (1...3).contains(bytes.count) else { return nil }
    var value = 0
    for index in bytes.indices {
      guard isDigit(bytes[index]) else { return nil }
      value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
    }
    return value
  }

  /// `<34>` (RFC 5424 §6.2.1), also as systemd and the kernel write it.
  private static func syslog(_ bytes: Span<UInt8>, _ start: Int) -> LogLevel? {
    var index = start + 1
    while index < bytes.count, index <= start + 3, isDigit(bytes[index]) { index += 1 }
    guard index > start + 1, index < bytes.count, bytes[index] == UInt8(ascii: ">"),
      let priority = number(bytes.extracting(start + 1..<index)), priority <= 191
    else { return nil }
    return LogLevel(syslogPriority: priority)
  }

  /// `E0512 10:00:00.000000       1 file.go:12] text`, as glog and klog write it.
  private static func klog(_ bytes: Span<UInt8>, _ start: Int) -> LogLevel? {
    guard bytes.count >= start + 9, bytes[start + 5] == UInt8(ascii: " "), bytes[start + 8] == UInt8(ascii: ":") else {
      return nil
    }
    for index in start + 1...start + 7 where index != start + 5 {
      guard isDigit(bytes[index]) else { return nil }
    }
    switch bytes[start] {
    case UInt8(ascii: "I"): return .info
    case UInt8(ascii: "W"): return .warn
    default: return .error
    }
  }

  // MARK: Words

  private static func words(_ bytes: Span<UInt8>, from start: Int) -> LogLevel {
    let end = min(bytes.count, start + fieldLimitBytes)
    var index = start
    /// Only times, numbers and brackets came so far.
    var isAnchored = true
    var keyword = LogLevel.none
    while index < end {
      let byte = bytes[index]
      guard isLetter(byte) else {
        index = byte == 0x1B ? afterColoursAndSpace(bytes, index) : index + 1
        continue
      }
      let first = index
      var word = PackedWord()
      while index < bytes.count, isLetter(bytes[index]) {
        word.append(bytes[index])
        index += 1
      }
      let next = index < bytes.count ? bytes[index] : UInt8(ascii: " ")
      if next == UInt8(ascii: "="), isLevelKey(word), let level = fieldValue(bytes, index + 1) { return level }
      if keyword == .none, first - start < keywordLimitBytes, stands(alone: first..<index, bytes),
        let level = LogLevel(word: word)
      {
        if isAnchored, word.isUpperCase || isMark(next) { return level }
        if word.isUpperCase || isTelling(word) { keyword = level }
      } else if keyword == .none, word == .exception, first - start < keywordLimitBytes {
        keyword = .error
      }
      isAnchored = isAnchored && isOfTime(bytes, first..<index)
    }
    return keyword
  }

  private static func fieldValue(_ bytes: Span<UInt8>, _ start: Int) -> LogLevel? {
    var index = start
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") { index += 1 }
    let first = index
    while index < bytes.count, isLetter(bytes[index]) || isDigit(bytes[index]) { index += 1 }
    let value = bytes.extracting(first..<index)
    return LogLevel(word: PackedWord(value)) ?? number(value).flatMap(LogLevel.init(number:))
  }

  /// Words that mean trouble also in the middle of a sentence; the others only in capitals.
  private static func isTelling(_ word: PackedWord) -> Bool {
    switch word {
    case .error, .fatal, .panic, .critical, .warning: true
    default: false
    }
  }

  /// What ends a prefix such as `warn:`, `[warn]` or `warn |`.
  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ":") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: ")")
      || byte == 0x1B || byte == UInt8(ascii: ">")
  }

  /// Not a piece of a name, a path, a number or a field.
  private static func stands(alone word: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    if word.lowerBound > 0, isJoint(bytes[word.lowerBound - 1]) || bytes[word.lowerBound - 1] == UInt8(ascii: ".") {
      // The end of a colour, `ESC [ 31 m`, is a letter and was passed over.
      return false
    }
    guard word.upperBound < bytes.count else { return true }
    let next = bytes[word.upperBound]
    if next == UInt8(ascii: ".") {
      return word.upperBound + 1 >= bytes.count || bytes[word.upperBound + 1] <= UInt8(ascii: " ")
    }
    return !isJoint(next)
  }

  private static func isJoint(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "="), UInt8(ascii: "@"): true
    default: isDigit(byte) || byte >= 0x80
    }
  }

  /// The letters within times: `T`, `Z`, the names of months, days and zones.
  private static func isOfTime(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Bool {
    if word.count == 1 { return true }
    guard word.count <= 4 else { return false }
    if word.lowerBound > 0, isDigit(bytes[word.lowerBound - 1]) { return true }
    guard word.count == 3 || word.count == 2 else { return false }
    return timeWords.contains(PackedWord(bytes.extracting(word)))
  }

  private static let timeWords = Set(
    ([
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri",
      "sat",
      "sun", "utc", "gmt", "cet", "est", "pst", "am", "pm",
    ] as [StaticString]).map { PackedWord($0) })

  // MARK: Bytes

  /// Behind spaces and `ESC [ … m`.
  private static func afterColoursAndSpace(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < bytes.count {
      if bytes[index] == 0x1B {
        index += 1
        guard index < bytes.count, bytes[index] == UInt8(ascii: "[") else { continue }
        index += 1
        while index < bytes.count, bytes[index] < 0x40 { index += 1 }
        index += 1
      } else if bytes[index] <= UInt8(ascii: " ") {
        index += 1
      } else {
        break
      }
    }
    return min(index, bytes.count)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
