package import StackPlanning

/// What a move of a stack to another server will do, in order, and what stays.
package struct MovePlan: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    /// When it is done.
    package enum Part: String, Hashable, Sendable, CaseIterable {
      /// Everything runs on.
      case before = "before anything stops"
      case downtime
      case after

      /// For programs.
      package var word: String {
        switch self {
        case .before: "before"
        case .downtime: "downtime"
        case .after: "after"
        }
      }

      package init?(word: String) {
        guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = found
      }
    }

    package var part: Part
    package var verb: String
    package var object: String
    package var cause: String

    package init(_ part: Part, _ verb: String, _ object: String, cause: String) {
      self.part = part
      self.verb = verb
      self.object = object
      self.cause = cause
    }
  }

  package var project: String
  package var source: String
  package var target: String
  package var revision: Int
  package var steps: [Step]
  /// Services that do not run from the first stop until they are healthy on the target.
  package var servicesWithDowntime: [String]
  /// What is left on the source, with the way to remove it.
  package var staying: [String]
  package var warnings: [String]
  /// What the policy of the target finds, the denied first.
  package var findings: [PolicyFinding]

  package init(
    project: String, source: String, target: String, revision: Int, steps: [Step], servicesWithDowntime: [String],
    staying: [String], warnings: [String], findings: [PolicyFinding]
  ) {
    self.project = project
    self.source = source
    self.target = target
    self.revision = revision
    self.steps = steps
    self.servicesWithDowntime = servicesWithDowntime
    self.staying = staying
    self.warnings = warnings
    self.findings = findings
  }

  /// The plan for people, one step a line; also the golden form of the tests. Ends without a line break.
  package var text: String {
    var lines = ["\(project): revision \(revision) moves from \(source) to \(target)"]
    if !servicesWithDowntime.isEmpty { lines[0] += "; downtime: \(servicesWithDowntime.joined(separator: ", "))" }
    let verbs = steps.map(\.verb.count).max() ?? 0
    let objects = min(60, steps.map(\.object.count).max() ?? 0)
    for part in Step.Part.allCases {
      let chosen = steps.filter { $0.part == part }
      guard !chosen.isEmpty else { continue }
      lines.append("\(part.rawValue):")
      for step in chosen {
        lines.append("  \(Self.padded(step.verb, verbs))  \(Self.padded(step.object, objects))  \(step.cause)")
      }
    }
    if !staying.isEmpty { lines += ["stays on \(source):"] + staying.map { "  \($0)" } }
    return (lines + warnings.map { "warning: \($0)" } + findings.flatMap(\.planLines)).joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// What the user wants of a move.
package struct MoveOptions: Hashable, Sendable {
  /// The source's containers and networks stay, stopped.
  package var keepsSource = false
  package var withoutVolumes = false
  package var stopTimeoutSeconds: Int?

  package init() {}
}
