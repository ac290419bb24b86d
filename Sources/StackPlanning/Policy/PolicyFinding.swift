/// One thing of a stack that a rule is about, with the place and the way out.
package struct PolicyFinding: Hashable, Sendable, Codable {
  package enum Severity: String, Hashable, Sendable, Codable { case warn, deny }

  package var rule: PolicyRule
  package var severity: Severity
  /// Nil: it is a volume or a network of the stack.
  package var service: String?
  /// The attribute, as in `services.web.volumes`.
  package var attribute: String
  /// What of it: a path, a capability; the attribute's own name where there is nothing to choose from.
  package var subject: String
  /// `file:line:column`; empty where no file is to blame.
  package var place: String
  /// One sentence without a full stop.
  package var message: String
  package var remedy: String
  /// By whose word it is allowed, and until when; nil: by nobody's.
  package var exception: String?

  package init(
    rule: PolicyRule, severity: Severity, service: String?, attribute: String, subject: String, place: String = "",
    message: String, remedy: String
  ) {
    self.rule = rule
    self.severity = severity
    self.service = service
    self.attribute = attribute
    self.subject = subject
    self.place = place
    self.message = message
    self.remedy = remedy
  }

  /// The same for the same thing, from the file and from the engine request that comes of it: what an exception is bound to.
  package var key: String { "\(rule.rawValue) \(service ?? "-") \(subject)" }

  /// It is about how an image is built, and not about what is run.
  package var isOfBuild: Bool { service.map { attribute.hasPrefix("services.\($0).build.") } ?? false }

  package var isDenied: Bool { severity == .deny }

  /// In a plan for people.
  package var planLines: [String] { ["policy \(text)"] + (isDenied ? ["  fix: \(remedy)"] : []) }

  /// For people, in one line.
  package var text: String {
    let allowed = exception.map { " (\($0))" } ?? ""
    return
      "\(rule.rawValue) \(severity == .deny ? "denied" : "warning"): \(place.isEmpty ? attribute : place): \(message)\(allowed)"
  }
}

/// A stack that the policy does not let through; with all findings, the denied ones first.
package struct PolicyDenied: Error, Hashable, Sendable, CustomStringConvertible {
  package var findings: [PolicyFinding]

  package init(_ findings: [PolicyFinding]) { self.findings = findings.filter(\.isDenied) + findings.filter { !$0.isDenied } }

  package var denied: [PolicyFinding] { findings.filter(\.isDenied) }

  /// The rules that an admin would have to confirm, each once.
  package var rules: [PolicyRule] { PolicyRule.allCases.filter { rule in denied.contains { $0.rule == rule } } }

  /// What an admin can do about all of it.
  package var remedy: String {
    "change the stack, or have an admin allow it: \(rules.map { "--allow \($0.rawValue)" }.joined(separator: " "))"
  }

  package var description: String {
    (["the policy of the server does not allow this"] + denied.map { "  \($0.text); \($0.remedy)" } + ["  fix: \(remedy)"])
      .joined(separator: "\n")
  }
}
