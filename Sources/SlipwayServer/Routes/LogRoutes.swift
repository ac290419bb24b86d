import Accounts
import ComposeFile
import DockerEngine
import HTTPTypes
import HummingbirdCore
import LogStreaming
import NIOCore
import Orchestration
import RevisionStore
import SlipwayAPI

/// What containers have written: search, pages and files (C2, C3). Live lines come by the socket.
extension ServerParts {
  var logRoutes: [Route] {
    let targets: [Route.Parameter] = [
      .optional("stack", .text(limit: 127, minimum: 1), "NAME or NAME@SERVER; may be repeated"),
      .optional("server", .text(limit: 63, minimum: 1), "only on this server"),
      .optional("service", .text(limit: 255, minimum: 1), "may be repeated"),
      .optional("container", .text(limit: 255, minimum: 1), "name or id; may be repeated"),
    ]
    let filters: [Route.Parameter] = [
      .optional("text", .text(limit: 256, minimum: 1), "lines that contain it"),
      .optional("regex", .text(limit: 256, minimum: 1), "lines that match it"),
      .optional("exclude", .text(limit: 256, minimum: 1), "lines that do not contain it"),
      .optional("case", .boolean, "capital and small letters differ"),
      .optional("level", .words(LogLevel.allCases.map(\.name)), "may be repeated"),
      .optional("stream", .words(["stdout", "stderr"]), ""),
      .optional("field", .text(limit: 256, minimum: 1), "of JSON lines: field:value, field>number; may be repeated"),
    ]
    return [
      Route(
        method: .get, path: "/api/v1/logs", access: .may(.logsRead, .all), tag: "logs", summary: "Search what was written",
        details: "Newest first unless asked otherwise; the answer tells how far it was searched, and why not further.",
        query: targets + filters + [
          .optional("before", .text(limit: 40, minimum: 1), "RFC 3339: lines before it"),
          .optional("after", .text(limit: 40, minimum: 1), "RFC 3339: lines after it, oldest first"),
          .optional("around", .text(limit: 40, minimum: 1), "RFC 3339: lines around it, unfiltered"),
          .optional("limit", .integer(minimum: 1, maximum: LogSearch.limitLines), "200 when left out"),
        ],
        answers: [.json(Self.found, "The lines in order of time.")], refusals: Self.engineRefusals, handle: searchLogs),
      Route(
        method: .get, path: "/api/v1/logs/download", access: .may(.logsRead, .all), tag: "logs",
        summary: "What was written, as a file",
        details:
          "Containers that cannot be read are named by the header Slipway-Unreadable; where the link to an engine is lost in the midst for "
          + "longer than 30 s the answer is cut off.",
        query: targets + filters + [
          .optional("tail", .integer(minimum: 0, maximum: 100_000_000), "the last lines of each container"),
          .optional("last", .text(limit: 20, minimum: 1), "a duration back from now: 90s, 15m, 2h, 7d"),
          .optional("since", .text(limit: 40, minimum: 1), "RFC 3339"),
          .optional("until", .text(limit: 40, minimum: 1), "RFC 3339"),
          .optional("format", .words(["text", "jsonl"]), "text when left out"),
          .optional("timestamps", .boolean, "of text"),
        ],
        answers: [
          Route.Answer(status: .ok, about: "The lines in order of time, as they are read.", type: "text/plain; charset=utf-8")
        ],
        refusals: Self.engineRefusals, handle: downloadLogs),
    ]
  }

  private static let found = Schema.named("LogPage") {
    .object([
      .required("lines", .array(of: LogRecordSchema.schema)), .required("searched_to", .nullable(.time)),
      .required("reason", .words(["limit", "deadline", "end"]), "why it was not searched further"),
      .required("unreadable", .array(of: .text)),
    ])
  }

  private func origins(_ call: APICall) async throws -> [LogOrigin] {
    let (stacks, services, containers) = (call.query["stack"] ?? [], call.query["service"] ?? [], call.query["container"] ?? [])
    let server = call.value("server")
    var members: [[(String, ComposeValue)]] = [server.map { [("server", .string($0))] } ?? []]
    for (name, values) in [("stack", stacks), ("service", services), ("container", containers)] where !values.isEmpty {
      members = members.flatMap { before in values.map { before + [(name, .string($0))] } }
    }
    guard members.count <= LogTarget.limit else {
      throw Problem(.unprocessable, "too_many_targets", "at most \(LogTarget.limit) targets")
    }
    let caller = try call.caller()
    let targets = LogTargets(targets: try members.map { try LogTarget(.map(ComposeMap($0))) }, caller: caller)
    try await targets.requireKnown(catalog, fleet.states)
    return targets.origins(fleet.states)
  }

  private static func filter(_ call: APICall) throws -> LogFilter? {
    func texts(_ name: String) -> ComposeValue? { call.query[name].map { .list($0.map { .string($0) }) } }
    return try LogFilter(
      Schema.fields([
        ("text", call.value("text").map { .string($0) }), ("regex", call.value("regex").map { .string($0) }),
        ("exclude", call.value("exclude").map { .string($0) }),
        ("case", call.value("case").map { _ in .bool(call.flag("case")) }),
        ("levels", texts("level")), ("streams", texts("stream")), ("fields", texts("field")),
      ]))
  }

  @Sendable private func searchLogs(_ call: APICall) async throws -> APIAnswer {
    let search = LogSearch(logs, try await origins(call), filter: try Self.filter(call), limit: call.number("limit") ?? 200)
    let result: LogSearch.Result
    if let moment = try LogMoment.parsed(call.value("around"), "around") {
      result = try await search.around(moment)
    } else if let moment = try LogMoment.parsed(call.value("after"), "after") {
      result = try await search.page(.oldestFirst, from: moment)
    } else {
      result = try await search.page(.newestFirst, from: try LogMoment.parsed(call.value("before"), "before"))
    }
    let reason =
      switch result.reason {
      case .limit: "limit"
      case .deadline: "deadline"
      case .end: "end"
      }
    var json = result.json
    var body = ByteBuffer(string: "{\"lines\":[")
    body.writeBuffer(&json)
    let unreadable = ComposeValue.list(result.unreadable.map { .string($0.source.name) }).json(indented: false)
    let searched = result.searchedTo.map { "\"\($0)\"" } ?? "null"
    body.writeString("],\"searched_to\":\(searched),\"reason\":\"\(reason)\",\"unreadable\":\(unreadable)}")
    return APIAnswer(status: .ok, content: .bytes(Array(body.readableBytesView), type: "application/json"))
  }

  /// Containers whose logs are not in a download.
  private static let unreadable = HTTPField.Name.named("Slipway-Unreadable")
  private static let namesInHeader = 50

  @Sendable private func downloadLogs(_ call: APICall) async throws -> APIAnswer {
    var selection = LogSelection(tail: call.number("tail"))
    selection.since = try LogMoment.parsed(call.value("since"), "since")
    selection.until = try LogMoment.parsed(call.value("until"), "until")
    if let last = call.value("last") {
      guard let duration = LogMoment.duration(last) else {
        throw Problem(.unprocessable, "invalid_time", "last: \"\(last)\" is no duration", remedy: "write 90s, 15m, 2h or 7d")
      }
      selection.since = LogMoment.ago(duration)
    }
    let origins = try await origins(call)
    let isJSON = call.value("format") == "jsonl"
    let form: LogForm =
      isJSON ? .jsonLines : .text(hasTimes: call.flag("timestamps"), hasSources: Set(origins.map(\.source.name)).count > 1)
    var download = LogDownload(logs, origins, selection, filter: try Self.filter(call), form: form)
    // Told before the first line: behind the last one nobody would look.
    let unreadable = try await download.leaveOutUnreadable().map(\.source.name)
    let readable = download
    let name = (call.value("stack") ?? call.value("container") ?? "logs").filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
    }
    let answer = APIAnswer(
      status: .ok,
      content: .stream(type: isJSON ? "application/x-ndjson" : "text/plain; charset=utf-8") { writer in
        try await write(readable, to: &writer)
      }
    ).with(.contentDisposition, "attachment; filename=\"\(name).\(isJSON ? "jsonl" : "log")\"")
    guard !unreadable.isEmpty else { return answer }
    let more = unreadable.count - Self.namesInHeader
    return answer.with(
      Self.unreadable, unreadable.prefix(Self.namesInHeader).joined(separator: ", ") + (more > 0 ? ", and \(more) more" : ""))
  }

  private func write(_ download: LogDownload, to writer: inout any ResponseBodyWriter) async throws {
    // SAFETY: the chunks are given one after the other, and nobody else writes meanwhile.
    nonisolated(unsafe) var taken = writer
    _ = try await download.stream { unsafe try await taken.write($0) }
    unsafe writer = taken
  }
}

/// A line, as the log hub writes it.
enum LogRecordSchema {
  static let schema = Schema.named("LogRecord") {
    .object([
      .required("time", .time), .required("source", .text), .optional("server", .text), .optional("stack", .text),
      .optional("service", .text), .required("stream", .words(["stdout", "stderr"])),
      .required("level", .words(LogLevel.allCases.map(\.name))), .required("text", .text),
      .optional("partial", .boolean, "the line goes on"),
      .optional("continued", .boolean, "goes on with the group of the line before"),
    ])
  }
}

extension LogMoment {
  /// `90s`, `15m`, `2h`, `7d`.
  static func duration(_ text: String) -> Duration? {
    guard let unit = text.last, let count = Int(text.dropLast()), (1...1_000_000).contains(count) else { return nil }
    return switch unit {
    case "s": .seconds(count)
    case "m": .seconds(count * 60)
    case "h": .seconds(count * 3600)
    case "d": .seconds(count * 86_400)
    default: nil
    }
  }

  static func ago(_ duration: Duration) -> EngineTimestamp {
    let now = Timestamp.systemNow().milliseconds - Int64(duration / .milliseconds(1))
    return EngineTimestamp(seconds: now / 1000, nanoseconds: Int32(now % 1000) * 1_000_000)
  }
}
