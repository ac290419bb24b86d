import CYAML

/// The events of one YAML text, read one at a time, each with its place; the first mistake ends them.
///
/// Holds a copy of the text: libyaml reads from it until the last event.
@safe
struct YAMLEvents: ~Copyable {
  /// One libyaml event as plain values; the C event is freed at once.
  struct Event {
    var kind: yaml_event_type_t
    var start: SourcePosition
    /// Characters of the text (without a byte order mark) before the event and up to its end.
    var characters: Range<Int>
    var anchor: String?
    var tag: String?
    var value = ""
    var style = Style.plain

    var isPlain: Bool { style == .plain }
  }

  /// How a scalar is written; of a mapping or list `plain` stands for indentation, `flow` for brackets.
  enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded, flow }

  /// Ends the reading; the reason is in `problem`.
  struct Stop: Error {}

  private let file: String
  private let scalarLimit: Int
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private(set) var problem: ComposeProblem?

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  /// libyaml compares each `%TAG` line with all before it, so that a file full of them would take minutes. A file that has
  /// even one is rare.
  private static let directiveLimit = 100

  /// nil when memory is short.
  init?(_ text: [UInt8], file: String, scalarLimit: Int) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    // SAFETY: freed in `deinit`, or here when it cannot be set up; libyaml fills it before it is read.
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      return nil
    }
    // libyaml takes a byte order mark for a column, which spoils the indentation of the first line.
    let content = text.starts(with: Self.byteOrderMark) ? text.dropFirst(Self.byteOrderMark.count) : text[...]
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: content.count)
    _ = unsafe input.initialize(from: content)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    self.file = file
    self.scalarLimit = scalarLimit
    unsafe self.parser = parser
    unsafe self.input = input
    problem = Self.excessOfDirectives(content, file: file)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  private func position(_ mark: yaml_mark_t) -> SourcePosition {
    SourcePosition(file: file, line: mark.line + 1, column: mark.column + 1)
  }

  private mutating func stop(_ rule: ComposeProblem.Rule, _ at: SourcePosition, _ message: String, fix: String) -> Stop {
    problem = ComposeProblem(rule, at: at, message, fix: fix)
    return Stop()
  }

  /// nil after the last event.
  mutating func next() throws(Stop) -> Event? {
    if problem != nil { throw Stop() }
    var raw = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &raw) == 1 else {
      problem = syntaxProblem()
      throw Stop()
    }
    defer { unsafe yaml_event_delete(&raw) }
    var event = unsafe Event(
      kind: raw.type, start: position(raw.start_mark),
      characters: raw.start_mark.index..<max(raw.start_mark.index, raw.end_mark.index))
    switch unsafe raw.type {
    case YAML_NO_EVENT:
      return nil
    case YAML_DOCUMENT_START_EVENT:
      if let version = unsafe raw.data.document_start.version_directive {
        let major = unsafe version.pointee.major
        let minor = unsafe version.pointee.minor
        if major != 1 || minor != 1 {
          throw stop(
            .syntax, event.start, "the directive %YAML \(major).\(minor) is not supported",
            fix: "remove the line, or write %YAML 1.1")
        }
      }
    case YAML_ALIAS_EVENT:
      event.anchor = unsafe text(raw.data.alias.anchor)
    case YAML_SCALAR_EVENT:
      let scalar = unsafe raw.data.scalar
      guard unsafe scalar.length <= scalarLimit else {
        throw stop(.limit, event.start, "a value has more than \(scalarLimit) bytes", fix: "move it into a file")
      }
      event.anchor = unsafe text(scalar.anchor)
      event.tag = unsafe text(scalar.tag)
      event.value = unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      event.style = unsafe style(scalar.style)
    case YAML_SEQUENCE_START_EVENT:
      event.anchor = unsafe text(raw.data.sequence_start.anchor)
      event.tag = unsafe text(raw.data.sequence_start.tag)
      if unsafe raw.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE { event.style = .flow }
    case YAML_MAPPING_START_EVENT:
      event.anchor = unsafe text(raw.data.mapping_start.anchor)
      event.tag = unsafe text(raw.data.mapping_start.tag)
      if unsafe raw.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE { event.style = .flow }
    default:
      break
    }
    return event
  }

  private func style(_ style: yaml_scalar_style_t) -> Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  // MARK: Problems

  private func syntaxProblem() -> ComposeProblem {
    if unsafe parser.pointee.error == YAML_READER_ERROR {
      return unsafe encodingProblem(at: parser.pointee.problem_offset)
    }
    let mark = unsafe parser.pointee.problem_mark
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "not YAML"
    let context = unsafe parser.pointee.context.map { unsafe " " + String(cString: $0) } ?? ""
    let fix =
      problem.contains("tab") || problem.contains("indent") || problem.contains("expected key")
      ? "check the indentation of this line and the one before it (spaces only)"
      : "correct the YAML at this place; quote values that hold special characters"
    return ComposeProblem(.syntax, at: position(mark), "invalid YAML: \(problem)\(context)", fix: fix)
  }

  /// A byte that no YAML text in UTF-8 has; libyaml reads ahead of its marks, so that only the byte's offset tells the place.
  private func encodingProblem(at offset: Int) -> ComposeProblem {
    let content = unsafe Array(input)
    let place = min(max(0, offset), content.count)
    let before = content.prefix(place)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex
    // Continuation bytes of UTF-8 (10xxxxxx) are not characters of their own.
    let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    let at = SourcePosition(file: file, line: line, column: column)
    let head = Array(content.prefix(2))
    if head == [0xFF, 0xFE] || head == [0xFE, 0xFF] {
      return ComposeProblem(.syntax, at: at, "invalid YAML: the file is in UTF-16", fix: "save it as UTF-8")
    }
    let byte = content.dropFirst(place).first ?? 0
    let digits = String(byte, radix: 16, uppercase: true)
    let text = "0x" + String(repeating: "0", count: 2 - digits.count) + digits
    return ComposeProblem(
      .syntax, at: at,
      byte < 0x80 ? "invalid YAML: the control character \(text) is not allowed" : "invalid YAML: the byte \(text) is not UTF-8",
      fix: byte < 0x80
        ? "remove it; in double quotes write it as \\x\(digits.count < 2 ? "0" : "")\(digits)" : "save the file as UTF-8")
  }

  /// What is wrong with a text that has more lines beginning with `%TAG` than any file needs.
  private static func excessOfDirectives(_ content: ArraySlice<UInt8>, file: String) -> ComposeProblem? {
    guard content.contains(UInt8(ascii: "%")) else { return nil }
    var count = 0
    var line = 1
    var isLineStart = true
    for index in content.indices {
      let byte = content[index]
      if isLineStart, byte == UInt8(ascii: "%"), content[index...].starts(with: "%TAG".utf8) {
        count += 1
        if count > directiveLimit {
          return ComposeProblem(
            .limit, at: SourcePosition(file: file, line: line, column: 1), "more than \(directiveLimit) %TAG directives",
            fix: "write the tags out")
        }
      }
      isLineStart = byte == 10 || byte == 13
      if byte == 10 { line += 1 }
    }
    return nil
  }
}
