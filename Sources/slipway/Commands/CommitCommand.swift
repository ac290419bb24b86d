import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration

/// `slipway commit`: as `docker compose commit`.
struct CommitCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "commit", abstract: "Make an image of what a service's container has changed, without its volumes.")

  @OptionGroup var global: GlobalOptions

  @Option(name: [.customShort("a"), .customLong("author")], help: "Author of the image.")
  var author: String?

  @Option(
    name: [.customShort("c"), .customLong("change")],
    help: ArgumentHelp("Dockerfile instruction to apply; may be repeated.", valueName: "instruction"))
  var changes: [String] = []

  @Option(name: .customLong("index"), help: ArgumentHelp("Which container of the service.", valueName: "number"))
  var index: Int?

  @Option(name: [.customShort("m"), .customLong("message")], help: "Message, kept with the image.")
  var message: String?

  @Flag(name: [.customShort("p"), .customLong("pause")], inversion: .prefixedNo, help: "Freeze the container meanwhile.")
  var pauses = true

  @Flag(name: .customLong("dry-run"), help: "Say which container it would be, and make no image.")
  var isDryRun = false

  @Argument(help: "Service.")
  var service: String

  @Argument(help: "Name of the image, with a tag if it should have one.")
  var reference: String?

  func run() async throws {
    let session = StackSession(global: global)
    let project = try session.projectName()
    var options = CommitOptions()
    options.author = author
    options.changes = changes
    options.comment = message
    options.pauses = pauses
    options.reference = try reference.map { try ImageName.checked($0) }
    let (service, index, chosen, isDryRun) = (service, index, options, isDryRun)
    let (name, image) = try await session.withContainers(of: project) { access in
      let container = try await access.container(of: service, index: index, in: project)
      return (container.name, isDryRun ? nil : try await access.commit(container.id, chosen))
    }
    if global.isJSON {
      let fields = ComposeMap([("container", .string(name)), ("image", image.map { .string($0) } ?? .null)])
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else {
      StandardError.note(" \(name)  \(image.map { "Committed as \($0)" } ?? "Would be committed")")
    }
  }
}
