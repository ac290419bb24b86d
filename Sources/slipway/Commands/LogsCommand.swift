import ArgumentParser
import DockerEngine
import LogStreaming
import Orchestration

/// `slipway logs`: what the containers of a stack wrote, merged by time.
struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "logs", abstract: "Show the logs of a stack.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: [.customShort("f"), .customLong("follow")], help: "Go on with what is written later.")
  var follows = false

  @Option(name: [.customShort("n"), .customLong("tail")], help: "Last lines of each container; all.")
  var tail = "all"

  @Flag(name: [.customShort("t"), .customLong("timestamps")], help: "Show the time of each line.")
  var hasTimestamps = false

  @Flag(name: .customLong("no-log-prefix"), help: "Do not show the container's name.")
  var isBare = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    guard tail == "all" || Int(tail).map({ $0 >= 0 }) == true else {
      throw CommandFailure("--tail \(tail) is not a number or all")
    }
    let (wanted, count, isFollowed, isTimed, isPlain) = (Set(services), Int(tail), follows, hasTimestamps, isBare)
    try await session.withOperations { operations in
      let containers = try await operations.engine.listContainers(
        all: true, filters: .labels([ComposeLabel.project: name, ComposeLabel.oneOff: "False"])
      ).filter { wanted.isEmpty || wanted.contains($0.labels[ComposeLabel.service] ?? "") }
      let sources = containers.map { (id: $0.id, name: $0.name) }
      let width = sources.map(\.name.count).max() ?? 0
      let show: @Sendable (LogLine) -> Void = { line in
        var text = isPlain ? "" : line.source + String(repeating: " ", count: max(0, width - line.source.count)) + " | "
        if isTimed { text += line.time + " " }
        _ = StandardOutput.write(text + Self.printable(line.text) + "\n")
      }
      let logs = StackLogs(operations.engine)
      if isFollowed {
        try await logs.follow(sources, tail: count, show)
      } else {
        for line in try await logs.history(of: sources, tail: count) { show(line) }
      }
    }
  }

  /// Control characters never reach a terminal but for colours (`ESC [ … m`) and tabs (S-WEB-5).
  static func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}", rest.first == "[" {
        let parameters = rest.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" }
        let end = rest.dropFirst(1 + parameters.count).first
        if end == "m" {
          result.append(scalar)
          result.append(contentsOf: rest.prefix(2 + parameters.count))
        }
        rest = rest.dropFirst(2 + parameters.count)
        continue
      }
      let isControl = scalar.value < 0x20 && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
      let isBidirectional = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      if !isControl, !isBidirectional { result.append(scalar) }
    }
    return String(result)
  }
}
