import ArgumentParser
import Orchestration
import StackPlanning

/// `slipway plan`: what a deploy would do, with a cause for each step. Exit 0: nothing, 2: something, 1: error.
struct PlanCommand: StackCommand {
  static let serverUse = ServerUse.rollout
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a deploy would do, and why (exit 0: nothing to do, 2: changes).")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: UpOptions

  func run() async throws {
    let session = StackSession(global: global)
    let request = try options.request(session, isGated: true, settles: true)
    let plan = try await PlanPrinter.print(request, session)
    if !plan.isEmpty { throw ExitCode(2) }
  }
}
