/// Collects steps in an order in which they could run one by one, and numbers them.
struct PlanBuilder {
  private(set) var steps: [PlanStep] = []

  /// Appends a step; returns its number.
  @discardableResult
  mutating func add(
    _ phase: PlanPhase, _ action: PlanAction, cause: String, after dependencies: [Int] = [], downtime: Bool = false,
    dataLoss: Bool = false
  ) -> Int {
    let number = steps.count + 1
    steps.append(
      PlanStep(
        number: number, phase: phase, action: action, cause: cause, dependencies: Array(Set(dependencies)).sorted(),
        causesDowntime: downtime, losesData: dataLoss))
    return number
  }

  /// The steps sorted by phase and numbered anew; dependencies on an earlier phase are implied and left out.
  func numbered() -> [PlanStep] {
    let sorted = PlanPhase.allCases.flatMap { phase in steps.filter { $0.phase == phase } }
    var newNumber: [Int: Int] = [:]
    var phaseOf: [Int: PlanPhase] = [:]
    for (index, step) in sorted.enumerated() {
      newNumber[step.number] = index + 1
      phaseOf[step.number] = step.phase
    }
    return sorted.enumerated().map { index, step in
      var copy = step
      copy.number = index + 1
      copy.dependencies = step.dependencies.filter { phaseOf[$0] == step.phase }.compactMap { newNumber[$0] }.sorted()
      return copy
    }
  }
}
