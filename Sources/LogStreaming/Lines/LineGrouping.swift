import DockerEngine

/// Tells which lines go on with the one before: stack traces and the like. Pure.
///
/// One for each container; its streams are looked at apart.
struct LineGrouping {
  /// What is later than this after the line before stands for itself.
  static let windowNanoseconds: Int64 = 1_000_000_000

  /// The line before, of one stream.
  private struct Before {
    var time = Int64.min
    /// It was the heading of a trace, whose next lines belong to it.
    var isHeading = false
    var level = LogLevel.none
  }

  private var stdout = Before()
  private var stderr = Before()

  /// Whether a line belongs to the one before it, and the level of the group it is in.
  mutating func take(
    _ text: Span<UInt8>, time: Int64, stream: LogFrame.Stream, level: LogLevel
  ) -> (isContinued: Bool, level: LogLevel) {
    var before = stream == .stdout ? stdout : stderr
    let (distance, overflows) = time.subtractingReportingOverflow(before.time)
    let isNear = !overflows && before.time != .min && distance <= Self.windowNanoseconds && distance >= -Self.windowNanoseconds
    let isHeading = Self.isHeading(text)
    var isContinued = isNear && Self.continues(text)
    if isNear, !isContinued, before.isHeading, let place = Self.placeInTrace(text) {
      isContinued = true
      before.isHeading = place == .middle
    }
    if !isContinued { before = Before(level: level) }
    if isHeading { before.isHeading = true }
    before.time = time
    switch stream {
    case .stdout: stdout = before
    case .stderr: stderr = before
    }
    return (isContinued, before.level)
  }

  /// Whether a line can only be the middle of something.
  private static func continues(_ text: Span<UInt8>) -> Bool {
    guard let first = text.isEmpty ? nil : text[0] else { return false }
    switch first {
    case UInt8(ascii: " "), UInt8(ascii: "\t"): return !isBlank(text)
    case UInt8(ascii: "a"): return begins(text, "at ")
    case UInt8(ascii: "."): return begins(text, "...")
    case UInt8(ascii: "C"): return begins(text, "Caused by:")
    case UInt8(ascii: "S"): return begins(text, "Suppressed:")
    case UInt8(ascii: "T"): return begins(text, "Traceback (")
    case UInt8(ascii: "D"): return begins(text, "During handling of the above")
    case UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]"): return text.count <= 3
    default: return false
    }
  }

  /// A trace of Python or Go: more lines without an indent belong to it.
  private static func isHeading(_ text: Span<UInt8>) -> Bool {
    switch text.isEmpty ? 0 : text[0] {
    case UInt8(ascii: "T"): begins(text, "Traceback (")
    case UInt8(ascii: "p"): begins(text, "panic: ")
    case UInt8(ascii: "g"): begins(text, "goroutine ")
    default: false
    }
  }

  private enum Place { case middle, end }

  /// Within such a trace: `goroutine 1 [running]:`, `main.main()`, and at its end `ValueError: text`.
  private static func placeInTrace(_ text: Span<UInt8>) -> Place? {
    if begins(text, "goroutine ") { return .middle }
    var index = 0
    while index < text.count, isOfName(text[index]) { index += 1 }
    guard index > 0 else { return nil }
    if index == text.count { return .end }
    switch text[index] {
    case UInt8(ascii: ":"): return .end
    case UInt8(ascii: "("): return .middle
    default: return nil
    }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "*")
  }

  private static func isBlank(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] > UInt8(ascii: " ") { return false }
    return true
  }

  private static func begins(_ text: Span<UInt8>, _ start: StaticString) -> Bool {
    guard text.count >= start.utf8CodeUnitCount else { return false }
    // SAFETY: the bytes of a literal live for ever; as many are read as it has.
    let literal = unsafe UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount)
    for index in 0..<start.utf8CodeUnitCount where unsafe text[index] != literal[index] { return false }
    return true
  }
}
