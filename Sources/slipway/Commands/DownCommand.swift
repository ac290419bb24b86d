import ArgumentParser
import ComposeFile
import Orchestration
import StackPlanning

/// `slipway down`: as `docker compose down`; revisions stay.
struct DownCommand: StackCommand {
  static let serverUse = ServerUse.backwardRollout
  static let configuration = CommandConfiguration(commandName: "down", abstract: "Stop and remove a stack.")

  @OptionGroup var global: GlobalOptions

  @Flag(name: [.customShort("v"), .customLong("volumes")], help: "Remove named and anonymous volumes too.")
  var removesVolumes = false

  @Option(name: .customLong("rmi"), help: "Remove images: all or local.")
  var images: String?

  @Flag(name: .customLong("remove-orphans"), help: "Remove containers of services that are not in the files.")
  var removesOrphans = false

  @Option(name: [.short, .customLong("timeout")], help: ArgumentHelp("Grace period for stopping.", valueName: "seconds"))
  var timeout: Int?

  @Flag(name: .customLong("take-over"), help: "Remove the stack although another Slipway instance deployed it.")
  var takesOver = false

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  @Argument(help: "Services; none: the whole stack.")
  var services: [String] = []

  func run() async throws {
    let session = StackSession(global: global)
    var options = DownOptions()
    options.removesVolumes = removesVolumes
    options.removesOrphans = removesOrphans
    options.stopTimeoutSeconds = try ServiceRunner.checked(graceSeconds: timeout)
    options.services = services
    if let images {
      guard let choice = DownOptions.Images(rawValue: images) else {
        throw CommandFailure("--rmi \(images) is not all or local")
      }
      options.images = choice
    }
    // With a name given, the files may be gone: what carries the project's label is enough. Files that are there and broken are
    // an error: they may say that a volume is not the stack's own.
    let loaded = try loaded(session)
    if session.isOn("COMPOSE_REMOVE_ORPHANS", loaded?.inputs ?? []) { options.removesOrphans = true }
    let project = loaded?.project
    let name = try project?.name ?? session.projectName()
    let chosen = options
    if isDryRun {
      return PlanPrinter.print(
        try await session.downPlan(name: name, project: project, options: chosen), global)
    }
    let hasRemoved = try await session.takeDown(name: name, project: project, options: chosen, takesOver: takesOver)
    if !hasRemoved { StandardError.note("\(name): nothing to remove") }
  }

  /// nil when there are no files, and `-p` or the environment gives the name.
  private func loaded(_ session: StackSession) throws -> LoadedProject? {
    do {
      return try session.load(naming: services)
    } catch let problems as ComposeProblems {
      guard session.isWithoutFiles(problems), session.givenName != nil else { throw problems }
      return nil
    }
  }
}
