extension Plan {
  /// The plan for people, one step a line, in aligned columns; also the golden form of the tests.
  ///
  /// No trailing spaces; ends without a line break.
  package var text: String {
    var lines: [String] = []
    if isEmpty {
      lines.append("\(project): nothing to do")
    } else {
      lines.append("\(project): \(steps.count) step\(steps.count == 1 ? "" : "s")\(summary)")
    }
    let numberWidth = String(steps.count).count
    let rows = steps.map { (step: $0, words: $0.action.words) }
    let verbWidth = rows.map(\.words.verb.count).max() ?? 0
    let objectWidth = min(60, rows.map(\.words.object.count).max() ?? 0)
    for phase in PlanPhase.allCases {
      let inPhase = rows.filter { $0.step.phase == phase }
      guard !inPhase.isEmpty else { continue }
      lines.append("\(phase.rawValue):")
      for (step, words) in inPhase {
        var line = "  " + Self.pad(String(step.number), numberWidth, right: true) + "  " + Self.pad(words.verb, verbWidth) + "  "
        line += Self.pad(words.object, objectWidth) + "  " + step.cause
        if !step.dependencies.isEmpty { line += " (after \(Self.ranges(step.dependencies)))" }
        if step.causesDowntime { line += " [downtime]" }
        if step.losesData { line += " [data loss]" }
        lines.append(line)
      }
    }
    lines += warnings.map { "warning: \($0)" }
    for finding in findings ?? [] { lines += finding.planLines }
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    var parts: [String] = []
    if !servicesWithDowntime.isEmpty { parts.append("downtime: \(servicesWithDowntime.joined(separator: ", "))") }
    if losesData { parts.append("data is lost") }
    return parts.isEmpty ? "" : "; " + parts.joined(separator: "; ")
  }

  private static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
    let fill = String(repeating: " ", count: max(0, width - text.count))
    return right ? fill + text : text + fill
  }

  /// `[1, 2, 3, 7]` as `1-3, 7`.
  static func ranges(_ numbers: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for number in Set(numbers).sorted() {
      if let last = parts.last, last.upperBound + 1 == number {
        parts[parts.count - 1] = last.lowerBound...number
      } else {
        parts.append(number...number)
      }
    }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
  }
}
