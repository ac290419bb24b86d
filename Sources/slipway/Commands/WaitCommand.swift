import ArgumentParser
import ComposeFile
import DockerEngine
import Orchestration
import StackPlanning

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
      try await session.withOperations(notice: nil) { operations in
        let containers = try await operations.engine.serviceContainers(of: project).filter { wanted.contains($0.service) }
        guard !containers.isEmpty else {
          throw CommandFailure(
            "no containers of \(wanted.sorted().joined(separator: ", ")) in the project \(project)\n  fix: see what there is with: slipway ps -a -p \(project)"
          )
        }
        return try await Self.wait(for: containers, operations.engine, onlyFirst: takesDown, isJSON: isJSON)
      }
    }
    if takesDown {
      var options = DownOptions()
      options.removesOrphans = true
      let chosen = options
      _ = try await session.withProgress { try await $0.down(name: project, project: nil, options: chosen) }
    }
    if code != 0 { throw ExitCode(Int32(truncatingIfNeeded: code)) }
  }

  /// The code of the last that ended, or of the first.
  private static func wait(
    for containers: [ServiceContainer], _ engine: EngineClient, onlyFirst: Bool, isJSON: Bool
  ) async throws -> Int {
    try await withThrowingTaskGroup(of: (ServiceContainer, Int).self) { group in
      for container in containers {
        group.addTask { (container, try await engine.waitContainer(container.id, for: .notRunning).statusCode) }
      }
      var code = 0
      while let (container, ended) = try await group.next() {
        code = ended
        if isJSON {
          let fields = ComposeMap([
            ("container", .string(container.name)), ("service", .string(container.service)), ("id", .string(container.id)),
            ("code", .int(ended)),
          ])
          StandardOutput.write(ComposeValue.map(fields).json(indented: false) + "\n")
        } else {
          StandardOutput.show("container \"\(container.id)\" exited with status code \(ended)\n")
        }
        if onlyFirst { break }
      }
      group.cancelAll()
      return code
    }
  }
}
