import ArgumentParser
import ComposeFile
import Orchestration
import StackPlanning

/// Runs a deploy and tells how it ended.
enum DeployRunner {
  static func run(_ request: DeployRequest, _ session: StackSession) async throws {
    let result = try await session.withProgress { try await $0.deploy(request) }
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
      code = 130
      text = "\(name): revision \(revision) was cancelled: \(state)"
    }
    if global.isJSON {
      _ = StandardOutput.write(ComposeValue.map(fields).json(indented: true) + "\n")
    } else {
      StandardError.write(text)
    }
    if code != 0 { throw ExitCode(code) }
  }
}

/// Prints plans, for people and for machines.
enum PlanPrinter {
  static func print(_ request: DeployRequest, _ session: StackSession) async throws {
    let plan = try await session.withOperations { try await $0.plan(request) }
    print(plan, session.global)
  }

  static func print(_ plan: Plan, _ global: GlobalOptions) {
    if global.isJSON {
      _ = StandardOutput.write(json(plan) + "\n")
    } else {
      _ = StandardOutput.write(plan.text + "\n" + (plan.isEmpty ? "" : "plan \(plan.hash)\n"))
    }
  }

  static func json(_ plan: Plan) -> String {
    let steps = plan.steps.map { step -> ComposeValue in
      .map(
        ComposeMap([
          ("number", .int(step.number)), ("phase", .string(step.phase.rawValue)), ("action", .string(step.action.words.verb)),
          ("target", .string(step.action.words.object)),
          ("service", step.action.service.map { .string($0) } ?? .null), ("cause", .string(step.cause)),
          ("after", .list(step.dependencies.map { .int($0) })), ("downtime", .bool(step.causesDowntime)),
          ("dataLoss", .bool(step.losesData)),
        ]))
    }
    return ComposeValue.map(
      ComposeMap([
        ("project", .string(plan.project)), ("hash", .string(plan.hash)), ("empty", .bool(plan.isEmpty)), ("steps", .list(steps)),
        ("downtime", .list(plan.servicesWithDowntime.map { .string($0) })), ("dataLoss", .bool(plan.losesData)),
        ("warnings", .list(plan.warnings.map { .string($0) })),
      ])
    ).json(indented: true)
  }
}
