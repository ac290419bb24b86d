import ArgumentParser
import Orchestration
import SlipwayAPI
import StackPlanning

/// `slipway rollback [REVISION]`: deploys an earlier revision from its snapshot; the files need not be there.
struct RollbackCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Bring an earlier revision back, whole: files, environment, image digests.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Number of the revision; none: the deployed one before the current.")
  var revision: Int?

  @Option(name: [.short, .customLong("message")], help: "Why; kept with the new revision.")
  var message: String?

  @Flag(name: .customLong("no-rollback"), help: "Leave a failed rollback as it is, for inspection.")
  var skipsRollback = false

  @Flag(name: .customLong("remove-orphans"), help: "Remove containers of services that the revision does not have.")
  var removesOrphans = false

  @Option(name: [.short, .customLong("timeout")], help: ArgumentHelp("Grace period for stopping.", valueName: "seconds"))
  var timeout: Int?

  @Option(name: .customLong("wait-timeout"), help: ArgumentHelp("Longest wait for health.", valueName: "seconds"))
  var waitTimeout: Int?

  @Flag(name: .customLong("restore-files"), help: "Bring mounted project files back too; what they replace is kept aside.")
  var restoresFiles = false

  @Flag(name: .customLong("take-over"), help: "Change the stack although another Slipway instance deployed it.")
  var takesOver = false

  @Option(
    name: .customLong("allow"),
    help: ArgumentHelp("On a server: confirm what a rule of its policy finds, as an admin.", valueName: "rule"))
  var allowed: [String] = []

  @Flag(name: .customLong("dry-run"), help: "Print the plan and change nothing.")
  var isDryRun = false

  func run() async throws {
    let session = StackSession(global: global)
    if let revision { try RevisionNumber.check(revision) }
    let name = try session.projectName()
    var options = PlanOptions()
    options.gate = .ready
    options.removesOrphans = removesOrphans
    options.stopTimeoutSeconds = try ServiceRunner.checked(graceSeconds: timeout)
    let waits = try session.settings().waits(isGated: true, timeoutSeconds: ServiceRunner.checked(waitSeconds: waitTimeout))
    let files: FileRestoration = isDryRun ? .none : restoresFiles ? .all : .missing
    let rules = try PolicyOption.rules(allowed)
    let (number, text, chosen, limits, reverts, takes, isDry) =
      (revision, message, options, waits, !skipsRollback, takesOver, isDryRun)
    if case .remote(let connection) = try await session.place() {
      var body = RollbackBody()
      body.to = number
      body.message = text
      body.rollback = reverts
      body.removeOrphans = chosen.removesOrphans
      body.stopTimeoutSeconds = chosen.stopTimeoutSeconds
      body.timeoutSeconds = Int(limits.condition.components.seconds)
      body.takeOver = takes
      body.restoreFiles = restoresFiles
      body.allow = rules.isEmpty ? nil : rules.map(\.rawValue).sorted()
      let path = session.served(name, connection).path("rollback")
      if isDry { return PlanPrinter.print(try await session.plan(connection, path + "/plan", body), global) }
      return try DeployRunner.report(
        try await session.operate(connection, path, body).deployResult(connection), name, global)
    }
    if case .local = try await session.place(), !isDry {
      var request = try await session.withProgress {
        try await $0.rollbackRequest(
          project: name, to: number, message: text, options: chosen, waits: limits, files: .none)
      }
      request.revertsOnFailure = reverts
      request.takesOver = takes
      return try DeployRunner.report(
        try await session.deploy(request, restoresFiles: restoresFiles), name, global)
    }
    let result = try await session.withProgress { operations -> DeployResult? in
      var request = try await operations.rollbackRequest(
        project: name, to: number, message: text, options: chosen, waits: limits, files: files)
      request.revertsOnFailure = reverts
      request.takesOver = takes
      if isDry {
        PlanPrinter.print(try await operations.plan(request), session.global)
        return nil
      }
      return try await operations.deploy(request)
    }
    if let result { try DeployRunner.report(result, name, global) }
  }
}
