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
  /// The compose files that a request means, absolute (`-`: standard input); what they include is not among them.
  package static func files(of request: LoadRequest, from source: some FileSource) -> [String] {
    var reading = ProjectReading(source, limits: LoadLimits())
    return reading.locate(request)?.files ?? []
  }

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
    var model = (request.isNormalized ? normalized(document) : document.root).plain.map ?? ComposeMap()
    model["name"] = .string(document.projectName)
    return ProjectInspection(
      model: .map(model), environment: document.environment, profiles: profiles.sorted(), warnings: reading.warnings)
  }

  /// The tree with defaults and names, values untouched: they may hold variables.
  private static func normalized(_ document: MergedDocument) -> Node {
    let normalization = ServiceNormalization(workingDirectory: document.workingDirectory)
    var usesDefault = false
    var root = document.root.mappingEntries { section in
      guard section.key == "services" else { return }
      section.value = section.value.mappingEntries { service in
        service.value = normalization.normalized(service.value)
        usesDefault = usesDefault || service.value["networks"]?["default"] != nil
      }
    }
    if usesDefault, root["networks"]?["default"] == nil {
      var networks = root["networks"] ?? Node(.map([]), at: root.position)
      networks["default"] = Node(.map([]), at: root.position)
      root["networks"] = networks
    }
    return root.mappingEntries { section in
      guard ["networks", "volumes", "secrets", "configs"].contains(section.key) else { return }
      section.value = section.value.mappingEntries { resource in
        var value = resource.value.isNull ? Node(.map([]), at: resource.keyPosition) : resource.value
        if value["name"].isAbsent, value["external"].isAbsent {
          value["name"] = Node(.string("\(document.projectName)_\(resource.key)"), at: resource.keyPosition)
        }
        resource.value = value
      }
    }
  }
}
