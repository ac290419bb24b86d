/// The rules of project names: `^[a-z0-9][a-z0-9_-]{0,62}$` (S-IN-1); Compose itself has no limit.
enum ProjectName {
  static let maximumLength = 63

  /// Lower-cased, without the characters that a name cannot have.
  static func normalized(_ text: String) -> String {
    let kept = text.lowercased().utf8.filter { isLetterOrDigit($0) || isMark($0) }.drop(while: isMark)
    return String(decoding: Array(kept.prefix(maximumLength)), as: UTF8.self)
  }

  static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetterOrDigit(first), name.utf8.count <= maximumLength else { return false }
    return name.utf8.allSatisfy { isLetterOrDigit($0) || isMark($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
  private static func isMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") }
}

extension ProjectReading {
  /// `-p`, else `COMPOSE_PROJECT_NAME`, else the last `name` of the files, else the name of the project directory.
  mutating func projectName(at location: ProjectLocation, for request: LoadRequest, _ files: [ParsedFile]) -> String {
    let given = [
      (request.projectName, "-p"), (location.environment["COMPOSE_PROJECT_NAME"], "COMPOSE_PROJECT_NAME"),
    ]
    for (name, origin) in given {
      guard let name, !name.isEmpty else { continue }
      if !ProjectName.isValid(name) {
        let suggestion = ProjectName.normalized(name)
        report(
          .projectName, SourcePosition(file: location.files.first ?? "", line: 0, column: 0),
          "the project name \"\(name)\" (from \(origin)) is not valid: it must have only lower-case letters, digits, "
            + "`-` and `_`, start with a letter or digit, and be at most \(ProjectName.maximumLength) long",
          fix: suggestion.isEmpty ? "choose another name" : "use \"\(suggestion)\"")
      }
      return name
    }
    var result = ""
    var written: SourcePosition?
    let interpolator = Interpolator { location.environment[$0] }
    for file in files {
      for document in file.documents {
        guard let node = document["name"], let text = node.string, !text.isEmpty else { continue }
        // Mistakes in it are reported when the file is interpolated.
        var trace = Interpolator.Trace()
        guard let name = try? interpolator.substitute(text, &trace) else { continue }
        result = ProjectName.normalized(name)
        written = node.position
      }
    }
    if result.isEmpty, let written {
      report(
        .projectName, written, "name: nothing is left of the project name", fix: "use letters a-z or digits in it")
    }
    if result.isEmpty { result = ProjectName.normalized(PathText.lastComponent(of: location.directory)) }
    if result.isEmpty {
      report(
        .projectName, SourcePosition(file: location.files.first ?? "", line: 0, column: 0),
        "the project has no name: the folder \(location.directory) gives none", fix: "give one with -p or `name:`")
    }
    return result
  }
}
