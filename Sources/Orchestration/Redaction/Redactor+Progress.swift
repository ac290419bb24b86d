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
    case .building(let reference, let service, let line):
      .building(reference: reference, service: service, line: redacted(line))
    case .undoing(let reason): .undoing(reason: redacted(reason))
    case .waitingForEngine(let reason): .waitingForEngine(reason: redacted(reason))
    case .warning(let text): .warning(redacted(text))
    case .recorded, .planned, .phase, .pulling, .pulled, .pushing, .pushed, .built, .copying, .copied, .stepStarted, .stepDone,
      .stepSkipped,
      .engineIsBack:
      progress
    }
  }
}
