import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import RevisionStore

/// `slipway images`: as `docker compose images`.
struct ImagesCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "images", abstract: "List the images that the containers of a stack run.")

  @OptionGroup var global: GlobalOptions

  @Option(name: .customLong("format"), help: "table or json.")
  var format = "table"

  @Flag(name: .shortAndLong, help: "Only ids, each once.")
  var quiet = false

  @Argument(help: "Services; none: all.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    let name = try session.projectName()
    let style = try OutputFormat(format, isJSON: global.isJSON)
    let wanted = Set(services)
    let (containers, images) = try await session.withContainers(of: name) { access in
      let containers = try await access.summaries(all: true)
        .filter { $0.labels[ComposeLabel.oneOff]?.lowercased() != "true" }
        .filter { wanted.isEmpty || wanted.contains($0.labels[ComposeLabel.service] ?? "") }
        .sorted { $0.name < $1.name }
      return (containers, try await access.images(Set(containers.map(\.imageID))))
    }
    if quiet {
      var seen: Set<String> = []
      let ids = containers.map(\.imageID).filter { seen.insert($0).inserted }
      StandardOutput.list(ids.map(Self.bare), isJSON: global.isJSON)
      return
    }
    let rows = containers.map { Row(container: $0, image: images[$0.imageID]) }
    switch style {
    case .json: StandardOutput.write(ComposeValue.list(rows.map(\.json)).json(indented: false) + "\n")
    case .table:
      let head = ["CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"]
      StandardOutput.show(Table.text([head] + rows.map(\.cells), minimum: 20))
    }
  }

  static func bare(_ id: String) -> String { id.hasPrefix("sha256:") ? String(id.dropFirst(7)) : id }

  private struct Row {
    let container: ContainerSummary
    /// nil when the image was removed by force.
    let image: ShownImage?

    private var name: (repository: String, tag: String) {
      guard let reference = image?.tags.first, let colon = reference.lastIndex(of: ":") else { return ("<none>", "<none>") }
      return (String(reference[..<colon]), String(reference[reference.index(after: colon)...]))
    }

    private var platform: String {
      guard let image else { return "" }
      return [image.os, image.architecture, image.variant].filter { !$0.isEmpty }.joined(separator: "/")
    }

    private var isDated: Bool { (image?.createdAt ?? .never) != .never }

    var cells: [String] {
      let age = isDated ? Timestamp.systemNow().milliseconds / 1000 - (image?.createdAt.seconds ?? 0) : 0
      return [
        container.name, name.repository, name.tag, platform, String(ImagesCommand.bare(container.imageID).prefix(12)),
        HumanText.size(image?.sizeBytes ?? 0), isDated ? HumanText.duration(seconds: age) + " ago" : "N/A",
      ]
    }

    var json: ComposeValue {
      var fields = ComposeMap([
        ("ID", .string(container.imageID)), ("ContainerName", .string(container.name)),
        ("Repository", .string(name.repository)), ("Tag", .string(name.tag)), ("Platform", .string(platform)),
        ("Size", .int(Int(image?.sizeBytes ?? 0))),
      ])
      if isDated { fields["Created"] = .string(ClockText.trimmed(image?.createdAt.description ?? "")) }
      return .map(fields)
    }
  }
}

/// `--format` of the lists.
enum OutputFormat: String {
  case table, json

  init(_ text: String, isJSON: Bool) throws {
    guard let format = OutputFormat(rawValue: text) else {
      throw CommandFailure("--format \(text) is not known\n  fix: use table or json")
    }
    self = isJSON ? .json : format
  }
}
