/// Loads a Compose project: finds its files, joins them, checks the result.
package enum ComposeLoader {
  /// The project that `request` asks for, or everything that is wrong with it.
  ///
  /// Pure but for `source`: the environment and the current directory are those of the request.
  package static func load(
    _ request: LoadRequest, from source: some FileSource
  ) throws(ComposeProblems) -> LoadedProject {
    try load(request, from: source, limits: LoadLimits())
  }

  static func load(
    _ request: LoadRequest, from source: some FileSource, limits: LoadLimits
  ) throws(ComposeProblems) -> LoadedProject {
    var reading = ProjectReading(source, limits: limits)
    let location = reading.locate(request)
    guard reading.problems.isEmpty, let location else { throw ComposeProblems(reading.problems) }
    let document = reading.document(at: location, for: request)
    guard let document, reading.problems.allSatisfy(\.leavesModelWhole) else { throw ComposeProblems(reading.problems) }
    guard reading.problems.count < ComposeProblems.gatheringLimit else { throw ComposeProblems(reading.problems) }
    let slipway = SlipwayReading(document.root)
    reading.warnings += slipway.warnings
    var found = slipway.problems
    let project = ProjectBuilder.build(
      document, from: source, inputs: &reading.inputs, warnings: &reading.warnings, problems: &found)
    // What follows from a value that could not be read says nothing new.
    let known = Set(reading.problems.map(\.position))
    let isAboutFiles = !reading.problems.isEmpty
    let problems =
      reading.problems + found.filter { !known.contains($0.position) && !(isAboutFiles && $0.position.line == 0) }
    guard let project, problems.isEmpty else { throw ComposeProblems(problems) }
    return LoadedProject(
      project: project, warnings: reading.warnings, inputs: reading.inputs, usedVariables: reading.usedVariables,
      slipway: slipway.result, places: SourcePlaces(document.root))
  }
}

extension ComposeProblem {
  /// The rest of the project can still be judged.
  fileprivate var leavesModelWhole: Bool {
    switch rule {
    case .unknownKey, .wrongType, .invalidValue, .missingValue, .conflictingValues, .interpolation, .requiredVariable: true
    case .syntax, .limit, .duplicateKey, .unknownTag, .cycle, .missingFile, .unreadableFile, .emptyFile, .undefinedService,
      .undefinedNetwork, .undefinedVolume, .undefinedSecret, .undefinedConfig, .undefinedModel, .dependencyCycle,
      .projectName, .profile, .extends, .include, .envFile, .unsupported, .sharedValue:
      false
    }
  }
}
