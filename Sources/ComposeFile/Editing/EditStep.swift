/// One change of one place that an edit takes.
struct EditStep {
  var change: TreeChange
  var operation: EditPlanner.Operation
  /// The path that the planner walks; a setting's name is not part of it.
  var descent: [String]
  /// The place as in messages.
  var subject: String { change.path.joined(separator: ".") }

  /// Where only the text of values counts.
  var lenient: [String]? {
    switch change {
    case .setting: change.path
    case .set(let path, let content):
      switch content {
      case .bool, .int, .double: path
      case .null, .timestamp, .string, .list, .map: nil
      }
    case .remove, .removeSetting: nil
    }
  }

  /// Whether a difference beyond the change itself may be: values under `x-` keys mean nothing to Compose, and others that share the
  /// value change with it where that was allowed.
  func allows(_ path: [String], _ options: EditOptions) -> Bool {
    guard let first = path.first else { return false }
    if first.hasPrefix("x-"), first != "x-slipway" { return true }
    guard options.changesShared, first == "services", path.count > 2 else { return false }
    let attribute = change.path.dropFirst(2)
    // An item of a list of settings has a number where the change has a name.
    if path.count == 4, attribute.count == 2, path[2] == attribute.first, Int(path[3]) != nil { return true }
    return path.dropFirst(2).starts(with: attribute) || attribute.starts(with: path.dropFirst(2))
  }
}

extension EditStep {
  /// What `edit` takes in a file that has these documents.
  static func steps(
    of edit: ComposeEdit, in documents: [Node], _ options: EditOptions, _ file: String
  ) throws(ComposeProblems) -> [EditStep] {
    func has(_ path: [String]) -> Bool { documents.contains { $0.value(at: path[...]) != nil } }
    func text(_ value: String) -> String { options.keepsVariables ? value : value.escapingVariables }
    if let service = edit.service {
      switch edit {
      case .addService, .addServiceText:
        if let there = documents.compactMap({ $0["services"]?[service] }).first {
          throw ComposeProblems([
            ComposeProblem(
              .conflictingValues, at: there.position, "services.\(service): the service is already there",
              fix: "choose another name, or remove it first")
          ])
        }
      case .setImage, .setVariable, .removeVariable, .setLabel, .removeLabel, .setScale, .removeService, .set, .remove:
        try require(service, in: documents, file)
      }
    }
    switch edit {
    case .setImage(let service, let image):
      return [assign(["services", service, "image"], .string(text(image)))]
    case .setVariable(let service, let name, let value):
      try check(name, file)
      return [setting(["services", service, "environment"], name, text(value))]
    case .removeVariable(let service, let name):
      return [removeSetting(["services", service, "environment"], name)]
    case .setLabel(let service, let name, let value):
      try check(name, file)
      return [setting(["services", service, "labels"], name, text(value))]
    case .removeLabel(let service, let name):
      return [removeSetting(["services", service, "labels"], name)]
    case .setScale(let service, let count):
      let places = [["services", service, "deploy", "replicas"], ["services", service, "scale"]]
      let written = places.filter(has)
      return (written.isEmpty ? [places[1]] : written).map { assign($0, .int(count)) }
    case .addService(let name, let value):
      let value = options.keepsVariables ? value : value.escapingVariables
      return [added(name, .value(value), value, file)]
    case .addServiceText(let name, let yaml):
      let (lines, value) = try serviceLines(yaml, file)
      return [added(name, lines.isEmpty ? .value(value) : .lines(lines, value), value, file)]
    case .removeService(let name):
      let count = documents.count { $0["services"]?[name] != nil }
      return Array(
        repeating: EditStep(change: .remove(["services", name]), operation: .remove, descent: ["services", name]), count: count)
    case .set(let path, let value):
      try check(path, file)
      return [assign(path, options.keepsVariables ? value : value.escapingVariables)]
    case .remove(let path):
      try check(path, file)
      return [EditStep(change: .remove(path), operation: .remove, descent: path)]
    }
  }

  private static func assign(_ path: [String], _ value: ComposeValue) -> EditStep {
    let place = SourcePosition(file: "", line: 0, column: 0)
    return EditStep(change: .set(path, Node.Content(value, at: place)), operation: .assign(.value(value)), descent: path)
  }

  private static func setting(_ section: [String], _ name: String, _ value: String) -> EditStep {
    EditStep(change: .setting(section, name: name, value: value), operation: .setting(name, value), descent: section)
  }

  private static func removeSetting(_ section: [String], _ name: String) -> EditStep {
    EditStep(change: .removeSetting(section, name: name), operation: .removeSetting(name), descent: section)
  }

  private static func added(_ name: String, _ fragment: Fragment, _ value: ComposeValue, _ file: String) -> EditStep {
    let place = SourcePosition(file: file, line: 0, column: 0)
    let path = ["services", name]
    return EditStep(change: .set(path, Node.Content(value, at: place)), operation: .assign(fragment), descent: path)
  }

  private static func require(_ service: String, in documents: [Node], _ file: String) throws(ComposeProblems) {
    let known = documents.flatMap { $0["services"]?.entries?.map(\.key) ?? [] }
    guard !known.contains(service) else { return }
    throw ComposeProblems([
      ComposeProblem(
        .undefinedService, at: SourcePosition(file: file, line: 1, column: 1), "there is no service `\(service)` in this file",
        fix: Spelling.nearest(to: service, among: known).map { "did you mean `\($0)`?" } ?? "define it first")
    ])
  }

  /// Names of variables and labels: what stands before `=`.
  private static func check(_ name: String, _ file: String) throws(ComposeProblems) {
    let isGood = !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "=" && $0 != "$" }
    guard isGood else {
      throw ComposeProblems([
        ComposeProblem(
          .invalidValue, at: SourcePosition(file: file, line: 0, column: 0), "`\(name)` is not a name of a variable or label",
          fix: "use a name without blanks, `=` and `$`")
      ])
    }
  }

  private static func check(_ path: [String], _ file: String) throws(ComposeProblems) {
    guard path.isEmpty || path.contains(where: { $0.isEmpty || $0 == "<<" }) else { return }
    throw ComposeProblems([
      ComposeProblem(
        .invalidValue, at: SourcePosition(file: file, line: 0, column: 0),
        "`\(path.joined(separator: "."))` is not a path of keys",
        fix: "name the keys from the top, such as services.web.image")
    ])
  }

  /// The lines of a service that is given as YAML, without the indentation that all of them have, and its value.
  private static func serviceLines(_ yaml: String, _ file: String) throws(ComposeProblems) -> ([String], ComposeValue) {
    let (documents, problems) = YAMLReader.read(Array(yaml.utf8), file: "the given service")
    guard problems.isEmpty else { throw ComposeProblems(problems) }
    guard documents.count == 1, let entries = documents[0].entries, !entries.isEmpty else {
      throw ComposeProblems([
        ComposeProblem(
          .wrongType, at: SourcePosition(file: "the given service", line: 1, column: 1), "a service must be a mapping",
          fix: "write it as `image: …`")
      ])
    }
    var lines = yaml.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.map(String.init)
    while let last = lines.last, last.utf8.allSatisfy({ $0 == 32 }) { lines.removeLast() }
    let indents = lines.filter { $0.utf8.contains { $0 != 32 } }.map { $0.utf8.prefix { $0 == 32 }.count }
    let common = indents.min() ?? 0
    let isBlock = lines.first?.utf8.drop { $0 == 32 }.first != UInt8(ascii: "{")
    let value = documents[0].plain
    guard isBlock else { return ([], value) }
    return (lines.map { String(decoding: Array($0.utf8.dropFirst(common)), as: UTF8.self) }, value)
  }
}
