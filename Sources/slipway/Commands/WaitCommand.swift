import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import StackPlanning
import Synchronization

/// `slipway wait`: as `docker compose wait`.
struct WaitCommand: StackCommand {
  static let serverUse = ServerUse.one
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until the containers of services have ended.",
    discussion: "The exit code is that of the container that ended last.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var dryRun: RefusedDryRun

  @Flag(name: .customLong("down-project"), help: "Take the whole stack down when the first container has ended.")
  var takesDown = false

  @Argument(help: "Services.")
  var services: [String] = []

  func validate() throws {
    if services.isEmpty { throw ValidationError("Name a service") }
  }

  func run() async throws {
    let session = StackSession(global: global)
    let project = try session.projectName()
    let (wanted, isJSON, takesDown) = (Set(services), global.isJSON, takesDown)
    let code = try await LostEngine.telling("the wait ends here") {
      try await session.withContainers(of: project) { access in
        let containers = try await access.containers().filter { wanted.contains($0.service) }
        guard !containers.isEmpty else {
          throw CommandFailure(
            "no containers of \(wanted.sorted().joined(separator: ", ")) in the project \(project)\n  fix: see what there is with: slipway ps -a -p \(project)"
          )
        }
        return try await Self.wait(for: containers, access, onlyFirst: takesDown, isJSON: isJSON)
      }
    }
    if takesDown {
      var options = DownOptions()
      options.removesOrphans = true
      _ = try await session.takeDown(name: project, project: nil, options: options, takesOver: false)
    }
    if code != 0 { throw ExitCode(Int32(truncatingIfNeeded: code)) }
  }

  /// The code of the last that ended, or of the first.
  private static func wait(
    for containers: [ServiceContainer], _ access: any ContainerAccess, onlyFirst: Bool, isJSON: Bool
  ) async throws -> Int {
    let last = Mutex(0)
    try await access.ends(of: containers) { container, ended in
      last.withLock { $0 = ended }
      if isJSON {
        let fields = ComposeMap([
          ("container", .string(container.name)), ("service", .string(container.service)), ("id", .string(container.id)),
          ("code", .int(ended)),
        ])
        StandardOutput.write(ComposeValue.map(fields).json(indented: false) + "\n")
      } else {
        StandardOutput.show("container \"\(container.id)\" exited with status code \(ended)\n")
      }
      return !onlyFirst
    }
    return last.withLock { $0 }
  }
}
