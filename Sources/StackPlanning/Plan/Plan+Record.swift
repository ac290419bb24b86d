package import ComposeFile

extension Plan {
  /// The plan for machines: what `--json` prints, and what the API answers.
  package var record: ComposeValue {
    var map = ComposeMap([
      ("project", .string(project)), ("hash", .string(hash)), ("empty", .bool(isEmpty)), ("steps", .list(steps.map(\.record))),
      ("downtime", .list(servicesWithDowntime.map { .string($0) })), ("dataLoss", .bool(losesData)),
      ("warnings", .list(warnings.map { .string($0) })),
    ])
    if let findings { map["findings"] = .list(findings.map(\.record)) }
    return .map(map)
  }
}

extension PolicyFinding {
  /// The finding for machines.
  package var record: ComposeValue {
    .map(
      ComposeMap([
        ("rule", .string(rule.rawValue)), ("severity", .string(severity.rawValue)),
        ("service", service.map { .string($0) } ?? .null), ("attribute", .string(attribute)),
        ("place", .string(place)), ("message", .string(message)), ("remedy", .string(remedy)),
        ("exception", exception.map { .string($0) } ?? .null),
      ]))
  }

  /// As another Slipway told it; nil: it is none. What of the attribute it is about is not in it.
  package init?(record: ComposeValue) {
    func text(_ name: String) -> String? { record[name]?.string }
    guard let rule = text("rule").flatMap({ PolicyRule(rawValue: $0) }), let severity = text("severity").flatMap(Severity.init),
      let attribute = text("attribute"), let message = text("message"), let remedy = text("remedy")
    else { return nil }
    self.init(
      rule: rule, severity: severity, service: text("service"), attribute: attribute, subject: attribute,
      place: text("place") ?? "", message: message, remedy: remedy)
    exception = text("exception")
  }
}

extension PlanStep {
  /// The step for machines.
  package var record: ComposeValue {
    .map(
      ComposeMap([
        ("number", .int(number)), ("phase", .string(phase.rawValue)), ("action", .string(action.words.verb)),
        ("target", .string(action.words.object)), ("service", action.service.map { .string($0) } ?? .null),
        ("cause", .string(cause)), ("after", .list(dependencies.map { .int($0) })), ("downtime", .bool(causesDowntime)),
        ("dataLoss", .bool(losesData)),
      ]))
  }
}
