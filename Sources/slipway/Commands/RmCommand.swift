import ArgumentParser
import Orchestration
import StackPlanning

/// `slipway rm`: as `docker compose rm`.
struct RmCommand: StackCommand {
  static let serverUse = ServerUse.backwardRollout
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove stopped containers of a stack.",
    discussion: "Named volumes stay; anonymous ones go with -v only. What is not in a volume is lost.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: ServiceOptions

  @Flag(name: [.customShort("f"), .customLong("force")], help: "Do not ask.")
  var isForced = false

  @Flag(name: [.customShort("s"), .customLong("stop")], help: "Stop the containers first.")
  var stopsFirst = false

  @Flag(name: [.customShort("v"), .customLong("volumes")], help: "Remove their anonymous volumes too.")
  var removesVolumes = false

  /// Docker Compose takes it and does nothing with it.
  @Flag(name: [.customShort("a"), .customLong("all")], help: .hidden)
  var isAll = false

  func run() async throws {
    let session = StackSession(global: global)
    let scope = try session.scope(services: options.services)
    let command = ServiceCommand.remove(stopsFirst: stopsFirst, withAnonymousVolumes: removesVolumes)
    let steps = try await session.serviceSteps(command, scope)
    let doomed = steps.compactMap { step -> ContainerReference? in
      guard case .remove(let container, _) = step.action else { return nil }
      return container
    }
    guard !doomed.isEmpty else {
      if global.isJSON { StandardOutput.write("[]\n") }
      return StandardError.note("No stopped containers")
    }
    if options.isDryRun { return try await ServiceRunner(session, options).run(command, scope) }
    let names = doomed.map(\.name).joined(separator: ", ")
    if isForced {
      if !global.isJSON { StandardOutput.show("Going to remove \(names)\n") }
    } else {
      guard let isSure = Question.confirms("Going to remove \(names)\nAre you sure?") else {
        throw CommandFailure("rm asks before it removes something, and nobody answered\n  fix: add -f")
      }
      guard isSure else { return }
    }
    let ids = doomed.compactMap { container -> String? in
      guard case .existing(let id, _, _) = container else { return nil }
      return id
    }
    try await ServiceRunner(session, options).run(command, scope, confirmed: Set(ids))
  }
}
