/// One reason why a Compose project cannot be used: what is wrong, where, and the way out.
package struct ComposeProblem: Error, Hashable, Sendable {
  /// The kind of mistake; stable, for machines and tests.
  package enum Rule: String, Sendable, CaseIterable {
    case syntax, limit, duplicateKey, unknownTag, cycle
    case missingFile, unreadableFile, emptyFile
    case unknownKey, wrongType, invalidValue, missingValue, conflictingValues
    case interpolation, requiredVariable
    case undefinedService, undefinedNetwork, undefinedVolume, undefinedSecret, undefinedConfig, undefinedModel
    case dependencyCycle, projectName, profile, extends, include, envFile, unsupported, sharedValue
  }

  package var rule: Rule
  package var position: SourcePosition
  /// What is wrong, in one sentence without a full stop; names the attribute path, e.g. `services.web.ports[0]: …`.
  package var message: String
  /// What the user can do about it.
  package var remedy: String

  package init(_ rule: Rule, at position: SourcePosition, _ message: String, fix remedy: String) {
    self.rule = rule
    self.position = position
    self.message = message
    self.remedy = remedy
  }
}

extension ComposeProblem: CustomStringConvertible {
  package var description: String { "\(locatedMessage) [\(rule.rawValue)]\n  fix: \(remedy)" }

  /// The message behind its place, when it has one.
  package var locatedMessage: String { position.file.isEmpty ? message : "\(position): \(message)" }
}

/// What is wrong with a project, sorted by place; never empty.
package struct ComposeProblems: Error, Hashable, Sendable, CustomStringConvertible {
  /// More mistakes than this help nobody; a hostile file could give millions.
  static let limit = 100
  /// Whoever looks for problems may stop looking after so many: what a hostile file makes wrong costs time to tell.
  static let gatheringLimit = 200

  package var problems: [ComposeProblem]
  /// Problems past the limit, which are only counted.
  package var omittedCount: Int

  /// False when the search for problems may have stopped early.
  private var isCountExact: Bool { problems.count + omittedCount < Self.gatheringLimit }

  package init(_ problems: [ComposeProblem]) {
    var seen: Set<ComposeProblem> = []
    let sorted = problems.filter { seen.insert($0).inserted }.sorted { $0.position < $1.position }
    self.problems = Array(sorted.prefix(Self.limit))
    omittedCount = sorted.count - self.problems.count
  }

  package var description: String {
    let lines =
      problems.map(\.description) + (omittedCount > 0 ? ["and \(omittedCount)\(isCountExact ? "" : " or") more problems"] : [])
    return lines.joined(separator: "\n")
  }
}

/// Something that Compose accepts but that the user should know (unset variable, obsolete attribute, Swarm-only setting).
package struct ComposeWarning: Hashable, Sendable, CustomStringConvertible {
  package var position: SourcePosition?
  package var message: String

  package init(at position: SourcePosition?, _ message: String) {
    self.position = position
    self.message = message
  }

  package var description: String { position.map { "\($0): \(message)" } ?? message }
}
