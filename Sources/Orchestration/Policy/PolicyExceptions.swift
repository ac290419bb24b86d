import RevisionStore
import StackPlanning

/// What admins have allowed a stack.
struct PolicyExceptions: Hashable, Sendable {
  var exceptions: [PolicyException]

  /// The findings, those that are allowed only told.
  func applied(to findings: [PolicyFinding]) -> [PolicyFinding] {
    findings.map { finding in
      guard finding.isDenied, let exception = exceptions.first(where: { $0.covers(finding) }) else { return finding }
      var allowed = finding
      allowed.severity = .warn
      allowed.exception = "allowed by \(exception.grantedBy) until \(exception.expiresAt.text): \(exception.reason)"
      return allowed
    }
  }
}

extension PolicyException {
  fileprivate func covers(_ finding: PolicyFinding) -> Bool {
    rule == finding.rule.rawValue && subjects?.contains(finding.key) ?? true
  }
}
