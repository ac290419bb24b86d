import ComposeFile
import DockerEngine
import LogStreaming
import SlipwayAPI

extension LogFilter {
  static let schema = Schema.object([
    .optional("text", .text(limit: 256, minimum: 1), "the line contains it"),
    .optional("regex", .text(limit: 256, minimum: 1), "the line matches it"),
    .optional("exclude", .text(limit: 256, minimum: 1), "the line does not contain it"),
    .optional("exclude_regex", .text(limit: 256, minimum: 1), "the line does not match it"),
    .optional("case", .boolean, "capital and small letters differ"),
    .optional("levels", .array(.words(LogLevel.allCases.map(\.name)), limit: 10)),
    .optional("streams", .array(.words(["stdout", "stderr"]), limit: 2)),
    .optional("services", .array(.text(limit: 255, minimum: 1), limit: 100)),
    .optional("stacks", .array(.text(limit: 63, minimum: 1), limit: 100)),
    .optional(
      "fields", .array(.text(limit: 256, minimum: 1), limit: 10), "of JSON lines: field:value, field>number, field<number"),
    .optional("since", .text(limit: 40, minimum: 1), "RFC 3339"), .optional("until", .text(limit: 40, minimum: 1), "RFC 3339"),
  ])

  /// Nil: nothing is asked.
  ///
  /// - Throws: a `Problem` that tells what is wrong with a pattern, and where.
  init?(_ json: ComposeValue?) throws {
    guard let json, let map = json.map, !map.isEmpty else { return nil }
    self.init()
    let ignoresCase = json["case"]?.bool != true
    if let text = json["text"]?.string {
      includes.append(
        try Self.pattern("text") { () throws(LogPatternError) in try LogPattern(text: text, ignoresCase: ignoresCase) })
    }
    if let text = json["regex"]?.string {
      includes.append(
        try Self.pattern("regex") { () throws(LogPatternError) in try LogPattern(expression: text, ignoresCase: ignoresCase) })
    }
    if let text = json["exclude"]?.string {
      excludes.append(
        try Self.pattern("exclude") { () throws(LogPatternError) in try LogPattern(text: text, ignoresCase: ignoresCase) })
    }
    if let text = json["exclude_regex"]?.string {
      excludes.append(
        try Self.pattern("exclude_regex") { () throws(LogPatternError) in
          try LogPattern(expression: text, ignoresCase: ignoresCase)
        })
    }
    levels = Set(json["levels"]?.list?.compactMap { $0.string.flatMap { LogLevel(name: $0) } } ?? [])
    streams = Set(json["streams"]?.list?.compactMap { $0.string == "stderr" ? .stderr : .stdout } ?? [])
    services = Set(json["services"]?.list?.compactMap(\.string) ?? [])
    stacks = Set(json["stacks"]?.list?.compactMap(\.string) ?? [])
    fields = try (json["fields"]?.list ?? []).compactMap(\.string).map { text in
      guard let test = LogFieldTest(text) else {
        throw Problem(
          .unprocessable, "invalid_filter", "\"\(text)\" is no test of a field",
          remedy: "write field:value, field>number or field<number")
      }
      return test
    }
    since = try LogMoment.parsed(json["since"]?.string, "since")
    until = try LogMoment.parsed(json["until"]?.string, "until")
  }

  private static func pattern(_ name: String, _ make: () throws(LogPatternError) -> LogPattern) throws -> LogPattern {
    do {
      return try make()
    } catch {
      throw Problem(
        .unprocessable, "invalid_filter", "\(name) cannot be used: \(error)",
        faults: [ProblemBody.Fault(place: "/filter/\(name)", message: "\(error)")])
    }
  }
}

/// Times in messages.
enum LogMoment {
  /// - Throws: a `Problem` for what is no time, or one that no log can have.
  static func parsed(_ text: String?, _ name: String) throws -> EngineTimestamp? {
    guard let text else { return nil }
    guard let time = EngineTimestamp(text) else {
      throw Problem(
        .unprocessable, "invalid_time", "\(name): \"\(text.prefix(60))\" is no time", remedy: "write it as 2026-11-22T05:30:00Z")
    }
    guard let moment = time.logNanoseconds, moment >= 0 else {
      throw Problem(
        .unprocessable, "invalid_time", "\(name): \"\(text.prefix(60))\" is a time that no log has",
        remedy: "name one between 1970 and 2262")
    }
    return time
  }
}
