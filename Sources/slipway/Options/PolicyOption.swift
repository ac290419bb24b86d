import StackPlanning

/// `--allow POL-1`: what an admin confirms on a server; where the policy binds nobody, it says nothing.
enum PolicyOption {
  static func rules(_ names: [String]) throws -> Set<PolicyRule> {
    Set(
      try names.flatMap { $0.split(separator: ",") }.map { name in
        guard let rule = PolicyRule(rawValue: name.uppercased()) else {
          throw CommandFailure(
            "--allow \(name) is no rule\n  fix: name one of \(PolicyRule.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return rule
      })
  }
}
