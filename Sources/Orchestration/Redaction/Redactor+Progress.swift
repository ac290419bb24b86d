import StackPlanning

extension Redactor {
  func redacted(_ plan: Plan) -> Plan {
    var plan = plan
    for index in plan.steps.indices { plan.steps[index].cause = redacted(plan.steps[index].cause) }
    plan.warnings = plan.warnings.map(redacted)
    return plan
  }

  func redacted(_ progress: OperationProgress) -> OperationProgress {
    switch progress {
    case .stepFailed(let step, let reason): .stepFailed(step, reason: redacted(reason))
    case .undoing(let reason): .undoing(reason: redacted(reason))
    case .waitingForEngine(let reason): .waitingForEngine(reason: redacted(reason))
    case .warning(let text): .warning(redacted(text))
    case .planned, .phase, .pulling, .pulled, .stepStarted, .stepDone, .stepSkipped, .engineIsBack: progress
    }
  }
}
