extension ProjectReading {
  /// All files of the project as one document.
  mutating func document(at location: ProjectLocation, for request: LoadRequest) -> MergedDocument? {
    var files: [ParsedFile] = []
    for path in location.files {
      if let file = parsedFile(path, as: .compose) { files.append(file) }
    }
    let name = projectName(at: location, for: request, files)
    var environment = location.environment
    environment["COMPOSE_PROJECT_NAME"] = name
    let scope = FileScope(
      id: nextScope(), directory: location.directory, environment: environment)
    guard files.count == location.files.count else {
      // The other files may have more to tell.
      for file in files { _ = merged([file], in: scope, isInterpolated: request.isInterpolated) }
      return nil
    }
    let root = merged(files, in: scope, isInterpolated: request.isInterpolated, resolvesPaths: request.resolvesPaths)
    guard let root else { return nil }
    let services = root["services"]?.entries?.count ?? 0
    if services > limits.services {
      report(
        .limit, root.position, "\(services) services, the limit is \(limits.services)", fix: "make several projects")
      return nil
    }
    var profiles = request.profiles
    if profiles.isEmpty { profiles = environment["COMPOSE_PROFILES"].map(Self.listed) ?? [] }
    // No profile at all is the empty one.
    if profiles.isEmpty { profiles = [""] }
    return MergedDocument(
      root: root, projectName: name, workingDirectory: location.directory, configFiles: location.files,
      environmentFiles: location.environmentFiles, environment: environment, profiles: profiles, request: request)
  }

  /// The files of one scope, joined and with absolute paths; nil when they hold nothing.
  mutating func merged(
    _ files: [ParsedFile], in scope: FileScope, isInterpolated: Bool = true, resolvesPaths: Bool = true
  ) -> Node? {
    var result: Node?
    for file in files {
      result = merged(file, onto: result, in: scope, as: .project, isInterpolated: isInterpolated).root
    }
    guard var root = result else { return nil }
    if resolvesPaths {
      paths(in: scope.directory, scope).resolve(&root)
      // A path that an extended service has absolute already can be the same as one that was relative until now.
      Deduplication.run(&root)
    }
    return root
  }

  func paths(in directory: String, _ scope: FileScope) -> PathResolution {
    PathResolution(directory: directory, home: scope.environment["HOME"])
  }

  /// The documents of `file`, one after the other, on top of `base`.
  ///
  /// The order of the steps is Docker Compose's, and decides many cases.
  mutating func merged(
    _ file: ParsedFile, onto base: Node?, in scope: FileScope, as use: FileUse, isInterpolated: Bool = true
  ) -> (root: Node?, cuts: TagCuts) {
    var result = base
    var lastCuts = TagCuts()
    for var document in file.documents {
      let cuts = TagCuts.taken(from: &document)
      lastCuts = cuts
      if isInterpolated { interpolate(&document, in: scope) }
      if use == .project {
        include(into: &document, of: file.path, in: scope, cuts)
        extend(&document, of: file.path, in: scope, cuts)
      }
      let size = document.count(upTo: limits.mergedNodes) + (result?.count(upTo: limits.mergedNodes) ?? 0)
      guard spend(size, at: document.position) else { return (result, cuts) }
      if let earlier = result {
        var merger = Merger()
        document = merger.merged(cuts.applied(to: earlier), document)
        problems += merger.problems
      }
      Deduplication.run(&document)
      if use == .project {
        ComposeSchema.check(document, problems: &problems)
        if let version = document["version"] {
          warnings.append(
            ComposeWarning(at: version.position, "the attribute `version` is obsolete and ignored; please remove it"))
          document["version"] = nil
        }
      }
      document = CanonicalForm.transform(document, problems: &problems)
      Deduplication.run(&document)
      result = document
    }
    return (result, lastCuts)
  }

  private mutating func interpolate(_ document: inout Node, in scope: FileScope) {
    let environment = scope.environment
    var interpolation = DocumentInterpolation(Interpolator { environment[$0] })
    interpolation.run(&document)
    problems += interpolation.problems
    warnings += interpolation.warnings
    usedVariables.merge(interpolation.trace.values) { $1 }
  }
}
