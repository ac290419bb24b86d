/// What is known of a project before it is checked: for `config --no-interpolate`, `--environment`, `--profiles`, `--variables`.
package struct ProjectInspection: Sendable {
  /// The files joined and in long form.
  package var model: ComposeValue
  /// What interpolation sees.
  package var environment: [String: String]
  /// All profiles that services have, sorted.
  package var profiles: [String]
  package var warnings: [ComposeWarning]
}

extension ComposeLoader {
  /// Joins the files of a project without making it; throws what stands in the way of that.
  package static func inspect(
    _ request: LoadRequest, from source: some FileSource
  ) throws(ComposeProblems) -> ProjectInspection {
    var reading = ProjectReading(source, limits: LoadLimits())
    guard let location = reading.locate(request), reading.problems.isEmpty,
      let document = reading.document(at: location, for: request), reading.problems.isEmpty
    else { throw ComposeProblems(reading.problems) }
    var profiles: Set<String> = []
    for service in document.root["services"]?.entries ?? [] {
      profiles.formUnion(service.value["profiles"]?.items?.compactMap(\.string) ?? [])
    }
    var model = document.root.plain.map ?? ComposeMap()
    model["name"] = .string(document.projectName)
    return ProjectInspection(
      model: .map(model), environment: document.environment, profiles: profiles.sorted(), warnings: reading.warnings)
  }
}
