import ArgumentParser
import ComposeFile
import Orchestration
import StackPlanning

/// Runs a deploy and tells how it ended.
enum DeployRunner {
  static func run(
    _ request: DeployRequest, _ session: StackSession, hiding hidden: ProgressParts = []
  ) async throws {
    let result = try await session.deploy(request, hiding: hidden)
    try report(result, request.project.name, session.global)
  }

  static func report(_ result: DeployResult, _ name: String, _ global: GlobalOptions) throws {
    var fields = ComposeMap([("project", .string(name))])
    var code: Int32 = 0
    var text = ""
    switch result {
    case .unchanged(let revision):
      fields["outcome"] = .string("unchanged")
      if let revision { fields["revision"] = .int(revision) }
      text = "\(name): nothing to do\(revision.map { ", revision \($0) runs" } ?? "")"
    case .deployed(let revision):
      fields["outcome"] = .string("deployed")
      fields["revision"] = .int(revision)
      text = "\(name): revision \(revision) is deployed"
    case .failed(let revision, let reason, let state):
      fields["outcome"] = .string("failed")
      fields["revision"] = .int(revision)
      fields["reason"] = .string(reason)
      fields["state"] = .string(state)
      code = 1
      text = "\(name): revision \(revision) failed: \(reason)\n\(name): \(state)"
    case .cancelled(let revision, let state):
      fields["outcome"] = .string("cancelled")
      fields["revision"] = .int(revision)
      fields["state"] = .string(state)
      code = Interruption.exitCode
      text = "\(name): revision \(revision) was cancelled: \(state)"
    }
    if global.isJSON {
      StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else {
      StandardError.write(text)
    }
    if code != 0 { throw ExitCode(code) }
  }
}

/// Prints plans, for people and for machines.
enum PlanPrinter {
  @discardableResult
  static func print(_ request: DeployRequest, _ session: StackSession) async throws -> Plan {
    let plan = try await session.plan(request)
    print(plan, session.global)
    if let wanted = request.planHash, !plan.hash.hasPrefix(wanted) {
      throw CommandFailure(
        "the plan is not \(wanted), it is \(plan.hash): the files or what runs have changed since\n  fix: deploy with --plan \(plan.hash.prefix(12)) when this plan is right"
      )
    }
    return plan
  }

  static func print(_ plan: Plan, _ global: GlobalOptions) {
    if global.isJSON {
      StandardOutput.write(plan.record.json(indented: true) + "\n")
    } else {
      StandardOutput.show(plan.text + "\n" + (plan.isEmpty ? "" : "plan \(plan.hash)\n"))
    }
  }
}
