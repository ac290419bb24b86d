import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore

/// `slipway events`: as `docker compose events`.
struct EventsCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show what happens to the containers of a stack, as it happens.",
    discussion: "Times are RFC 3339, seconds since 1970, or a length of time before now such as 10m or 1h30m.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("since"), help: ArgumentHelp("Begin with what happened then.", valueName: "time"))
  var since: String?

  @Option(name: .customLong("until"), help: ArgumentHelp("End with what happened then.", valueName: "time"))
  var until: String?

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let now = Timestamp.systemNow().milliseconds
    let from = try since.map { try EventTime.point($0, option: "--since", nowMilliseconds: now) }
    let to = try until.map { try EventTime.point($0, option: "--until", nowMilliseconds: now) }
    let (wanted, isJSON) = (Set(services), global.isJSON)
    try await LostEngine.telling("the events end here") {
      try await session.withContainers(of: name) { access in
        try await access.events(since: from, until: to) { event in
          let labels = event.actor.attributes
          guard labels[ComposeLabel.oneOff]?.lowercased() != "true", let service = labels[ComposeLabel.service],
            wanted.isEmpty || wanted.contains(service)
          else { return true }
          // False: nobody reads any more.
          return StandardOutput.write((isJSON ? Self.json(event, service) : TerminalText.line(Self.line(event))) + "\n")
        }
      }
    }
  }

  /// Without the labels by which Compose finds its own.
  private static func attributes(_ event: EngineEvent) -> [(key: String, value: String)] {
    event.actor.attributes.filter { !$0.key.hasPrefix("com.docker.compose.") }.sorted { $0.key < $1.key }
  }

  private static func time(_ event: EngineEvent) -> EngineTimestamp {
    EngineTimestamp(
      seconds: event.timeNanoseconds / 1_000_000_000, nanoseconds: Int32(event.timeNanoseconds % 1_000_000_000))
  }

  private static func line(_ event: EngineEvent) -> String {
    let details = attributes(event).map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    return "\(ClockText.local(time(event))) \(event.kind) \(event.action) \(event.actor.id) (\(details))"
  }

  private static func json(_ event: EngineEvent, _ service: String) -> String {
    ComposeValue.map(
      ComposeMap([
        ("action", .string(event.action)),
        ("attributes", .map(ComposeMap(attributes(event).map { ($0.key, .string($0.value)) }))),
        ("id", .string(event.actor.id)), ("service", .string(service)),
        ("time", .string(ClockText.trimmed(time(event).description))), ("type", .string(event.kind)),
      ])
    ).json(indented: false)
  }
}

/// Points in time as Docker's options take them.
enum EventTime {
  static func point(_ text: String, option: String, nowMilliseconds: Int64) throws -> EngineTimestamp {
    if let time = EngineTimestamp(text) ?? EngineTimestamp(text + "Z") ?? EngineTimestamp(text + "T00:00:00Z") { return time }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if let seconds = Int64(parts[0]), parts.count == 1 || Int64(parts[1]) != nil {
      let digits = parts.count > 1 ? (parts[1] + "000000000").prefix(9) : "0"
      return EngineTimestamp(seconds: seconds, nanoseconds: Int32(digits) ?? 0)
    }
    if let ago = milliseconds(text) {
      let time = nowMilliseconds - ago
      return EngineTimestamp(seconds: time / 1000, nanoseconds: Int32(time % 1000) * 1_000_000)
    }
    throw CommandFailure(
      "\(option) \(text) is not a time\n  fix: use 2026-01-31T12:00:00Z, seconds since 1970, or 10m for ten minutes ago")
  }

  /// Reads `1h30m`, `90s`, `250ms`; at most about 30 years.
  private static func milliseconds(_ text: String) -> Int64? {
    let units: [String: Double] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000]
    var rest = text[...]
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let value = Double(number), let factor = units[String(unit)] else { return nil }
      total += value * factor
    }
    return total.isFinite && total < 1e12 ? Int64(total) : nil
  }
}
