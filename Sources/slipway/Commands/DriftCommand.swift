import ArgumentParser
import ComposeFile
import Orchestration
import StackPlanning

/// `slipway drift [NAME]`: what was changed since the current revision. Exit 0: nothing, 2: something, 1: error.
struct DriftCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Show how what runs differs from the current revision, field by field (exit 0: not at all, 2: it does).")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Project; none: that of the files.")
  var name: String?

  func run() async throws {
    let session = StackSession(global: global)
    let project: String
    if let name {
      guard let checked = StackName(name) else {
        throw CommandFailure("\"\(name)\" is not a project name\n  fix: see the names with slipway ls")
      }
      project = checked.text
    } else {
      project = try session.projectName()
    }
    let drift = try await session.drift(of: project)
    if global.isJSON {
      let fields = ComposeMap([
        ("project", .string(drift.project)), ("revision", .int(drift.revision)), ("drift", .bool(!drift.isEmpty)),
        ("differences", drift.difference.record),
      ])
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else if drift.isEmpty {
      StandardOutput.show("\(drift.project): all is as in revision \(drift.revision)\n")
    } else {
      StandardOutput.show("\(drift.project): what runs differs from revision \(drift.revision)\n\(drift.difference.text)\n")
    }
    if !drift.isEmpty { throw ExitCode(2) }
  }
}
