/// Which files make a project, where its relative paths count from, and the variables that it sees.
struct ProjectLocation {
  /// Absolute.
  var files: [String]
  /// Absolute.
  var directory: String
  /// Given by `--env-file`; absolute.
  var environmentFiles: [String]
  /// The process environment over the values of env files.
  var environment: [String: String]
}

extension ProjectReading {
  /// The name of a compose file that is read from standard input; its relative paths count from the current directory.
  private static var standardInput: String { "-" }
  private static var fileNames: [String] {
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
  }
  private static var overrideNames: [String] {
    [
      "compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml",
    ]
  }

  /// Finds the files of the project as Docker Compose does; nil (and a problem) when there are none.
  ///
  /// The env file is read twice where that differs: before `COMPOSE_FILE` is looked at, and when the project directory is known.
  mutating func locate(_ request: LoadRequest) -> ProjectLocation? {
    let current = request.currentDirectory
    func path(_ file: String) -> String { file == Self.standardInput ? file : PathText.joined(current, file) }
    var files = request.files.map(path)
    let usual = request.environment["COMPOSE_ENV_FILES"].map(Self.listed) ?? []
    let envFiles = (request.envFiles.isEmpty ? usual : request.envFiles).map { PathText.joined(current, $0) }
    let chosen = request.projectDirectory.flatMap { $0.isEmpty ? nil : PathText.joined(current, $0) }
    func directory() -> String {
      guard let first = files.first, first != Self.standardInput else { return chosen ?? current }
      return chosen ?? PathText.directory(of: first)
    }
    var environment = request.environment
    let firstDirectory = directory()
    mergeEnvFiles(envFiles, in: firstDirectory, into: &environment)
    if files.isEmpty, let list = environment["COMPOSE_FILE"], !list.isEmpty {
      let separator = environment["COMPOSE_PATH_SEPARATOR"].flatMap { $0.isEmpty ? nil : $0 } ?? ":"
      files = list.split(separator: separator).map { path(String($0)) }
    }
    if files.isEmpty { files = defaultFiles(from: directory()) }
    guard !files.isEmpty else {
      report(
        .missingFile, SourcePosition(file: PathText.joined(directory(), Self.fileNames[0]), line: 0, column: 0),
        "no compose file found in \(directory()) or the folders above it",
        fix: "create compose.yaml, or name the file with -f")
      return nil
    }
    // The same files again would add nothing.
    if envFiles.isEmpty, directory() != firstDirectory { mergeEnvFiles(envFiles, in: directory(), into: &environment) }
    return ProjectLocation(
      files: files, directory: directory(), environmentFiles: envFiles, environment: environment)
  }

  private mutating func mergeEnvFiles(_ given: [String], in directory: String, into environment: inout [String: String]) {
    var files = given
    if files.isEmpty {
      let isDisabled = environment["COMPOSE_DISABLE_ENV_FILE"].flatMap(TypedText.boolean.value)
      if case .bool(true) = isDisabled { return }
      if environment["COMPOSE_DISABLE_ENV_FILE"] == "1" { return }
      let usual = PathText.joined(directory, ".env")
      guard source.kind(of: usual) == .file else { return }
      files = [usual]
    }
    let earlier = problems
    let values = variables(of: files.map { ($0, nil) }, over: environment)
    // The second reading of the same file has nothing new to say.
    if problems.count > earlier.count {
      let known = Set(earlier)
      problems = earlier + problems.dropFirst(earlier.count).filter { !known.contains($0) }
    }
    environment.merge(values) { old, _ in old }
  }

  /// The first folder, going up from `directory`, that has a file with a usual name; with at most one override file.
  private mutating func defaultFiles(from directory: String) -> [String] {
    var folder = directory
    while true {
      let found = Self.fileNames.map { PathText.joined(folder, $0) }.filter { source.kind(of: $0) == .file }
      if let first = found.first {
        let overrides = Self.overrideNames.map { PathText.joined(folder, $0) }.filter { source.kind(of: $0) == .file }
        for candidates in [found, overrides] where candidates.count > 1 {
          warnings.append(
            ComposeWarning(
              at: nil,
              "Found multiple config files with supported names: \(candidates.joined(separator: ", ")); "
                + "using \(candidates[0])"))
        }
        return [first] + overrides.prefix(1)
      }
      if folder == "/" { return [] }
      folder = PathText.directory(of: folder)
    }
  }

  static func listed(_ text: String) -> [String] {
    text.split(separator: ",").compactMap { item in
      let bytes = item.utf8.drop { $0 == 32 }
      let name = String(Substring(bytes))
      return name.isEmpty ? nil : name
    }
  }
}
